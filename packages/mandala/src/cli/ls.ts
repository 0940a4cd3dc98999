import type { Command } from 'commander'
import { renderOps } from '../render/op-table.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'

/** `mandala ls`: the ops of a store. */
export function addLs(program: Command): void {
  addStoreCommand(program, { name: 'ls', description: 'list the ops of a store with what their calls come to', example: 'mandala ls --store digits.db' })
    .action((options: StoreOptions) => answer(options, async ({ storage }) => {
      const ops = await storage.ops()
      return { data: ops, text: renderOps(ops) }
    }))
}
