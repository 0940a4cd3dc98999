import type { Command } from 'commander'
import { MandalaError } from '../base/mandala-error.ts'
import type { Storage } from '../storage/storage.ts'
import { isIdStart } from '../inspect/find-id.ts'
import { Call } from '../model/call.ts'
import type { Explanation } from '../render/explanation.ts'
import { addStoreCommand, answer, type StoreOptions } from './command.ts'

interface Options extends StoreOptions {
  readonly input: Readonly<Record<string, unknown>>
  readonly ref: Readonly<Record<string, unknown>>
  readonly program?: string
}

const NOTES = `
Without a program, inputs are held against the stored calls of the op, all of which are given by name, and code is
held against nothing. The module that --program names is loaded, with what it does when it is loaded: then the code
of today counts, and inputs that are left out stand at their defaults.
`

/** `mandala explain <op>`: would this call be a hit? `mandala explain <call>`: does it still hold? */
export function addExplain(program: Command): void {
  addStoreCommand(program, {
    name: 'explain', description: 'say whether a call would be a hit, and if not, what differs from the nearest stored call',
    example: "mandala explain train --input depth=3 --ref X=62e0b3ab40d5b69bb2ab8f88ee73d2c4e53bd1cf",
  })
    .argument('<op or call>', 'the name of an op, or the id of a stored call')
    .option('--input <name=json>', 'an input by its value: --input \'words=["a", "b"]\'', collect('input', (json, text) => parse(json, text)), {})
    .option('--ref <name=id>', 'an input by the id of a stored Ref', collect('ref', (id) => id), {})
    .option('--program <file>', 'the module that defines the ops (default: that of mandala.config.ts)')
    .addHelpText('after', NOTES)
    .action((asked: string, options: Options) => answer({ ...options, followsCode: 'of a program' }, async ({ storage }) => {
      const told = await explain(storage, asked, options)
      return { data: told, text: String(told), isNo: told.verdict !== 'hit' }
    }))
}

async function explain(storage: Storage, asked: string, { input, ref }: Options): Promise<Explanation> {
  const refs = await Promise.all(Object.entries(ref).map(async ([name, id]) => [name, await storage.find(id as string)] as const))
  const inputs = { ...input, ...Object.fromEntries(refs) }
  const call = await findCall(storage, asked)
  if (call && Object.keys(inputs).length > 0) throw new MandalaError('OPTION_INVALID', 'a stored call has its inputs', { hint: 'name an op to give other ones' })
  return call ? storage.explain(call) : storage.explain(asked, inputs)
}

/** An op may be called like the beginning of an id. */
async function findCall(storage: Storage, asked: string): Promise<Call | undefined> {
  if (!isIdStart(asked) || (await storage.ops()).some(({ name }) => name === asked)) return undefined
  const found = await storage.find(asked)
  if (found instanceof Call) return found
  throw new MandalaError('INPUT_INVALID', `${asked} is the id of a ref`, { hint: 'name a call, or an op with --input and --ref' })
}

type Given = Readonly<Record<string, unknown>>

function collect(option: string, read: (text: string, whole: string) => unknown): (text: string, known: Given) => Given {
  return (text, known) => {
    const at = text.indexOf('=')
    if (at > 0) return { ...known, [text.slice(0, at)]: read(text.slice(at + 1), text) }
    throw new MandalaError('OPTION_INVALID', `--${option} is ${JSON.stringify(text)}`, { hint: `write --${option} name=…` })
  }
}

function parse(json: string, whole: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch (cause) {
    throw new MandalaError('OPTION_INVALID', `--input ${whole}: ${(cause as Error).message}`, {
      hint: `values are JSON, so a text needs its own quotes: --input 'name="text"'`, cause,
    })
  }
}
