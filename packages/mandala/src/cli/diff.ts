import type { Command } from 'commander'
import { isIdStart } from '../inspect/find-id.ts'
import type { Storage } from '../storage/storage.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'

/** `mandala diff <a> <b>`: what differs between two calls, values, versions or contents of code. */
export function addDiff(program: Command): void {
  addStoreCommand(program, {
    name: 'diff', description: 'show what differs between two calls, values, versions or contents of code',
    example: 'mandala diff 1de485fa ab8e6d5d',
  })
    .argument('<a>', 'the id of a call, a Ref, a value, a version or a content')
    .argument('<b>', 'that of another one of the kind')
    .action((a: string, b: string, options: StoreOptions) => answer(options, async ({ storage }) => {
      const diff = await storage.diff(await findWhole(storage, a), await findWhole(storage, b))
      return { data: diff, text: diff.isSame ? 'nothing differs' : String(diff), isNo: !diff.isSame }
    }))
}

/** How an id of a call or a ref begins is enough; those of code are given whole. */
async function findWhole(storage: Storage, id: string): Promise<string> {
  return isIdStart(id) && id.length < 40 ? (await storage.find(id)).hid : id
}
