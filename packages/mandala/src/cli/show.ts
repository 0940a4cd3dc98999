import type { Command } from 'commander'
import { renderDescription } from '../render/description.ts'
import { addStoreCommand, answer, toCount, type StoreOptions } from './command.ts'

interface ShowOptions extends StoreOptions {
  readonly depth?: number
  readonly width?: number
  readonly whole?: boolean
}

/** `mandala show`: a call or a ref, whole. */
export function addShow(program: Command): void {
  addStoreCommand(program, {
    name: 'show', description: 'show a call or a value, how it came about and what was computed from it', example: 'mandala show 7a4d2fa0 --depth 2',
  })
    .argument('<id>', 'the id of a call or a ref, or its first digits, 4 at least')
    .option('--depth <n>', 'how many calls deep its origin and its uses are followed (default: 4)', toCount)
    .option('--width <n>', 'how many branches a call has there at most (default: 8)', toCount)
    .option('--whole', 'print the value in whole, however long it is')
    .action((id: string, { store, json, ...options }: ShowOptions) => answer({ store, json }, async ({ storage }) => {
      const what = await storage.describe(id, options)
      return { data: what, text: (width) => renderDescription(what, width) }
    }))
}
