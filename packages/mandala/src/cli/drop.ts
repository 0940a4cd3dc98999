import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import { renderDropped } from '../render/dropped.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'
import { confirm, hasTerminal } from './confirm.ts'

interface DropOptions extends StoreOptions {
  readonly dryRun?: boolean
  readonly dependents: boolean
  readonly yes?: boolean
}

/** `mandala drop`: deletes calls of a store, after showing which. */
export function addDrop(program: Command): void {
  addStoreCommand(program, {
    name: 'drop', description: 'delete calls, and what was computed from them', example: 'mandala drop train --dry-run',
  })
    .argument('<what...>', 'ops, ids of calls, ids of versions')
    .option('--dry-run', 'only say what would go')
    .option('--no-dependents', 'keep what was computed from them')
    .option('--yes', "don't ask")
    .action((what: readonly string[], { dryRun = false, dependents, yes = false, ...options }: DropOptions) => answer(options, async ({ storage }) => {
      const planned = await storage.drop(what, { dependents, dryRun: true })
      if (dryRun || planned.calls === 0) return { data: planned, text: renderDropped(planned, !dryRun) }
      if (!yes && !(await isConfirmed(renderDropped(planned, false)))) {
        return { data: { ...planned, calls: 0, refs: 0, values: 0, bytes: 0, ops: [] }, text: 'nothing was dropped', isNo: true }
      }
      const dropped = await storage.drop(what, { dependents })
      return { data: dropped, text: renderDropped(dropped, true) }
    }))
}

async function isConfirmed(plan: string): Promise<boolean> {
  if (!hasTerminal()) {
    throw new MandalaError('OPTION_INVALID', 'mandala drop asks before it deletes, and here is no terminal to ask in', {
      hint: 'say --yes, or --dry-run to see what would go',
    })
  }
  process.stderr.write(`${plan}\n`)
  return confirm('Drop them?')
}
