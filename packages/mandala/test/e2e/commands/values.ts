import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { external, list, op, registerType, Storage, type Ref } from '../../../src/index.ts'
import { makeFolder } from '../../helpers.ts'

class Forest {
  readonly trees: number

  constructor(trees: number) {
    this.trees = trees
  }
}

registerType({ name: 'Forest', is: (value): value is Forest => value instanceof Forest, encode: ({ trees }) => ({ trees }), decode: ({ trees }) => new Forest(trees) })

const VALUES = {
  number: () => 0.5,
  text: () => 'One line,\nand another: "quoted".',
  long: () => Array.from({ length: 50 }, (_, i) => `line ${i}`).join('\n'),
  table: () => Array.from({ length: 12 }, (_, i) => ({ name: `run ${i}`, acc: i / 8, ...(i === 3 ? { note: ['best'] } : {}) })),
  matrix: () => Array.from({ length: 3 }, (_, i) => [i, i + 0.5]),
  floats: () => Float64Array.from({ length: 100 }, (_, i) => i / 4),
  map: () => new Map([['a', new Date(0)]]),
  forest: () => ({ best: new Forest(10), all: [new Forest(3)] }),
}

const grow = op('grow', (n: number) => Array.from({ length: n }, (_, i) => i * i), { output: { squares: list() } })
const weigh = op('weigh', (_data: unknown, scale: number) => scale, { output: 'weight' })
const noise = op('noise', (seed: number) => [seed], { output: 'sample', transient: ['sample'] })

export interface Values {
  readonly folder: string
  /** Ids of refs. */
  readonly ids: Readonly<Record<keyof typeof VALUES | 'squares' | 'imagenet' | 'weight' | 'sample', string>>
}

/** A store in a folder of its own that has a value of each type. */
export async function makeValues(t: TestContext): Promise<Values> {
  const folder = makeFolder(t)
  await using storage = new Storage(join(folder, 'values.db'))
  return await storage.run(async () => {
    const ids: Record<string, string> = {}
    const keep = (name: string, ref: unknown): void => { ids[name] = (ref as Ref<unknown>).hid }
    for (const [name, make] of Object.entries(VALUES)) keep(name, await op(`make_${name}`, make as () => unknown)())
    keep('squares', await grow(30))
    keep('weight', await weigh(external('imagenet', {}) as never, 3))
    keep('sample', await noise(7))
    const [call] = await storage.calls(weigh)
    keep('imagenet', Object.values(call?.inputs ?? {}).find(({ kind }) => kind === 'external'))
    return { folder, ids: ids as Values['ids'] }
  })
}
