import type { Command } from 'commander'
import { renderCheck, renderRepair } from '../render/check.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'

/** `mandala check`: what is wrong with a store. */
export function addCheck(program: Command): void {
  addStoreCommand(program, {
    name: 'check', description: 'list what is wrong with a store, every value read; ends with 1 if anything is', example: 'mandala check --repair --store lab.db',
  })
    .option('--repair', 'turn damage into misses: what is lost is computed again when it is needed, what is whole stays')
    .action(({ repair, ...options }: StoreOptions & { readonly repair?: boolean }) => answer(options, async ({ storage }) => {
      if (repair) {
        const repaired = await storage.check({ repair })
        return { data: repaired, text: renderRepair(repaired), isNo: repaired.left.length > 0 }
      }
      const faults = await storage.check()
      return { data: faults, text: renderCheck(faults), isNo: faults.length > 0 }
    }))
}
