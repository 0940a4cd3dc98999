/** A program with what bundlers treat in their own ways: names that clash, values nobody reads, barrels, CommonJS, JSON, code that is loaded late. */
export const FILES: Readonly<Record<string, string>> = {
  // A module of which nothing is used may be left out: barrels are.
  'package.json': '{ "name": "project", "type": "module", "sideEffects": false }',
  'src/main.ts': `import { newArg, op, Storage, unwrap } from 'mandala-ts'
import { parts } from 'parts'
import table from './table.json' with { type: 'json' }
import { old } from './old.cjs'
import { Forest, LIMIT, scale, shift, Level } from './tools/index.ts'
import load, { half } from './load.ts'
import { combine as merge } from './combine.ts'
import { double, power } from './powers.ts'

const offset: number = 1
export const unused = ['never', 'read']
const steps = new Map<string, (x: number) => number>([['half', half], ['scale', scale]])
const scaled = op(function scaled(x: number, { by = 2, extra = newArg(0) }: { by?: number; extra?: number } = {}): number {
  return scale(x) * by + offset + extra
})
const loaded = op(load)
const combined = op(merge)
const forest = op('forest', async (size: number): Promise<number> => new Forest(size).grow() + Level.High)
const lazy = op(async function lazy(x: number) { const { heavy } = await import('./heavy.ts'); return heavy(x) })
const stepped = op('stepped', (name: string, x: number) => (steps.get(name) as (x: number) => number)(x) + LIMIT)
const mixed = op(function mixed(x: number) { return parts(x).length + old(x) + table.factor + shift(x) + Number(process.env.FLAVOUR === 'a') })
const makeAdder = (by: number) => op('adder', (x: number) => x + by)
const multiply = (factor: number) => (value: number, { digits = 2, extra = newArg(0) }: { digits?: number; extra?: number } = {}): number =>
  Number((scale(value) * factor + extra).toFixed(digits))
const multiplied = op('multiplied', multiply(3))
const saved = <A extends number[], R>(name: string, fn: (...args: A) => R) => op(name, fn)
const doubled = saved('doubled', double)
const powered = saved('powered', power)
const makeLocal = (offset: number) => {
  function local(start: number, ...rest: number[]): number { return rest.reduce((a, b) => a + b, start) + offset }
  class Box { readonly content = offset }
  const opened = (lid: number) => op('opened', (box: number) => new Box().content + box + lid)
  return { local: op(local), opened: opened(2) }
}
const { local, opened } = makeLocal(4)
const nameless = new Map([[1, (x: number) => [x].map((each) => each + offset)[0]!], [2, (x: number) => [x].map((each) => each - offset)[0]!]])
const picked = op('picked', (which: number, x: number) => nameless.get(which)!(x))

export async function run(path = process.env.STORE) {
  const executed: string[] = []
  const warnings: string[] = []
  const logger = { warn: (text: string) => { warnings.push(text) }, show: () => {}, progress: () => {} }
  const storage = new Storage({ path, deps: 'src', logger })
  storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
  const add = makeAdder(3)
  const all = { scaled, loaded, combined, forest, lazy, stepped, mixed, add, multiplied, doubled, powered, local, opened, picked }
  const result = await storage.run(async () => {
    const refs = [await scaled(3), await scaled(3, { by: 4 }), await loaded(2, 5), await combined([1, 2]), await forest(2), await lazy(4),
      await stepped('half', 8), await stepped('scale', 8), await mixed(6), await add(1),
      await multiplied(2), await doubled(3), await powered(2, 3), await local(1, 2, 3), await opened(1), await picked(1, 5), await picked(2, 5)]
    return Promise.all(refs.map(async (ref: any) => [await unwrap(ref), ref.cid, ref.hid]))
  })
  const versions: unknown[] = []
  for (const each of Object.values(all)) {
    for (const { op, isCurrent, calls, dependencies } of await storage.versions(each as never)) {
      versions.push([op, isCurrent, calls, ...dependencies.map(({ component, hash }) => [component, hash].join(" "))])
    }
  }
  const code = await storage.code((await storage.versions(scaled) as any)[0].id)
  const sources = (await storage.sources('src/tools/scale.ts#scale') as any).map(({ source }: any) => source)
  await storage.close()
  return { result, executed, warnings, versions, code, sources }
}
if (process.env.STORE) void run().then((report) => { console.log(JSON.stringify(report)) })
`,
  'src/tools/index.ts': "export * from './scale.ts'\nexport { Forest, Level } from './forest.ts'\nexport { scale as shift } from './shift.ts'\n",
  'src/tools/scale.ts': "export const LIMIT = 10\nexport function scale(x: number): number { return Math.min(x * 3, LIMIT) }\n",
  'src/tools/shift.ts': "const LIMIT = 5\nexport const scale = (x: number): number => [x, LIMIT].reduce((a, b) => a + b)\n",
  'src/tools/forest.ts': `export enum Level { Low = 1, High = 100 }
class Base { depth = 2; get twice() { return this.depth * 2 } }
export class Forest extends Base {
  static #made = 0
  readonly size: number
  constructor(size: number) { super(); this.size = size; Forest.#made += 1 }
  grow(): number { return this.size * this.twice * Number(Forest.#made > 0) }
}
`,
  'src/load.ts': "const LIMIT = 7\nexport const half = (x: number): number => x / 2\n"
    + "export default function load(first: number, second: number = 1) { return first * second + LIMIT }\n",
  'src/combine.ts': "export const combine = (values: readonly number[]): number => values.map((value) => value * FACTOR).reduce((a, b) => a + b)\n"
    + "const FACTOR = 11\n",
  'src/powers.ts': `export const double = (single: number): number => single * 2
export function power(base: number, exponent: number): number { return Array.from({ length: exponent }, () => base).reduce((a, b) => a * b) }
`,
  'src/heavy.ts': "import { times } from './times.ts'\nexport function heavy(x: number) { return times(x, Math.max(x, 1)) }\n",
  'src/times.ts': 'export function times(a: number, b: number): number { return [a, b].reduce((x, y) => x * y) }\n',
  'src/old.cjs': 'const N = 1000\nexports.old = function (x) { return Number(N) + x }\n',
  'src/table.json': '{ "factor": 10000 }\n',
  'node_modules/parts/package.json': '{ "name": "parts", "version": "1.0.0", "type": "module", "exports": "./index.js", "sideEffects": false }',
  'node_modules/parts/index.js': 'export const parts = (x) => Array.from({ length: x })\n',
}
