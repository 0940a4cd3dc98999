import type { Command } from 'commander'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'

/** `mandala diff <a> <b>`: what differs between two calls, values, versions or contents of code. */
export function addDiff(program: Command): void {
  addStoreCommand(program, {
    name: 'diff', description: 'show what differs between two calls, values, versions or contents of code',
    example: 'mandala diff 62e0b3ab40d5b69bb2ab8f88ee73d2c4e53bd1cf 8d1c2f0a77be40d2c1e6a0f1f2b44c3de5a60917',
  })
    .argument('<a>', 'the id of a call, a Ref, a value, a version or a content')
    .argument('<b>', 'that of another one of the kind')
    .action((a: string, b: string, options: StoreOptions) => answer(options, async ({ storage }) => {
      const diff = await storage.diff(a, b)
      return { data: diff, text: diff.isSame ? 'nothing differs' : String(diff), isNo: !diff.isSame }
    }))
}
