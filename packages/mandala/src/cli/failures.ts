import type { Command } from 'commander'
import { renderFailures } from '../render/failures.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'

/** `mandala failures`: calls that gave no result. */
export function addFailures(program: Command): void {
  addStoreCommand(program, {
    name: 'failures', description: 'list calls that failed or were refused, latest first', example: 'mandala failures fail --stack',
  })
    .argument('[op]', 'of this op only')
    .option('--stack', 'also where they were thrown')
    .action((op: string | undefined, { stack = false, ...options }: StoreOptions & { readonly stack?: boolean }) => answer(options, async ({ storage }) => {
      const failures = await storage.failures(op)
      return { data: failures, text: renderFailures(failures, stack) }
    }))
}
