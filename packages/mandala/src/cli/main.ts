#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { addCompletion } from './completion.ts'
import { addGraph } from './graph.ts'
import { addLs } from './ls.ts'
import { addRun } from './run.ts'
import { addShow } from './show.ts'
import { addVersions } from './versions.ts'

/** By purpose, as the help lists them. Each is in a file of its own, which says what it is called and what it takes. */
const COMMANDS = {
  'Run:': [addRun],
  'Look:': [addLs, addShow, addGraph],
  'Follow the code:': [addVersions],
  'Set up:': [addCompletion],
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }

const program = new Command('mandala')
  .description('Automatic saving, querying and versioning of computations.')
  .version(version)
  .showHelpAfterError('(mandala --help shows what there is)')
  .addHelpText('after', '\nmandala <command> --help tells more, with an example.\n')
  // What comes after a command's file belongs to that.
  .enablePositionalOptions()
  .exitOverride()
for (const [purpose, commands] of Object.entries(COMMANDS)) {
  program.commandsGroup(purpose)
  for (const add of commands) add(program)
}

// Who reads may have seen enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') throw error })

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else if (error instanceof MandalaError) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  } else throw error
}
