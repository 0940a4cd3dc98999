import { readdirSync } from 'node:fs'
import type { RootCommand } from '@bomb.sh/tab'
import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import { Storage } from '../storage/storage.ts'
import { findStore } from './command.ts'
import { findConfig } from './config.ts'

/** Arguments that take the name of an op. */
const OP_ARGUMENTS: ReadonlySet<string> = new Set(['op', 'ops', 'what'])

const HELP = `
Example:
  mandala completion bash

Bash, in ~/.bashrc:           source <(mandala completion bash)
Zsh, in ~/.zshrc:             source <(mandala completion zsh)
Fish:                         mandala completion fish > ~/.config/fish/completions/mandala.fish
PowerShell, in its profile:   mandala completion powershell | Out-String | Invoke-Expression
`

/** `mandala completion bash`: what a shell is told to complete this command line. Add it after all other commands. */
export function addCompletion(program: Command): void {
  const completions = tab(program, { completionCommandName: 'completion' })
  program.commands.find((command) => command.name() === 'completion')
    ?.description('print what a shell needs to complete commands, options and the names of ops')
    .addHelpText('after', HELP)
  program.hook('preAction', async (_, command) => {
    // The shell asks, with the line so far.
    if (command.name() === 'complete') offer(completions, { ops: await listOps(command.args), stores: readdirSync('.').filter((name) => name.endsWith('.db')) })
  })
}

function offer({ commands }: RootCommand, { ops, stores }: { readonly ops: readonly string[]; readonly stores: readonly string[] }): void {
  for (const command of commands.values()) {
    for (const argument of command.arguments.values()) {
      if (OP_ARGUMENTS.has(argument.name)) argument.handler = (complete) => { for (const name of ops) complete(name, 'op') }
    }
    const store = command.options.get('store')
    if (store) store.handler = (complete) => { for (const name of stores) complete(name, 'store') }
  }
}

/** Where there is no store, or one that can't be read, no names are offered: nobody would see the reason. */
async function listOps(args: readonly string[]): Promise<readonly string[]> {
  try {
    const at = args.indexOf('--store')
    const path = findStore(at < 0 ? undefined : args[at + 1], await findConfig(process.cwd()))
    await using storage = new Storage({ path, deps: false })
    return [...new Set((await storage.ops()).map(({ name }) => name))]
  } catch {
    return []
  }
}
