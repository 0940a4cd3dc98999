import { approx, dict, external, list, newArg, op, set, Storage, unwrap, type ListRef } from '../../src/index.ts'
import { VALUES } from './values.ts'

const load = op('load', (n: number, scale: number = 2) => ({ X: Float64Array.from({ length: n }, (_, i) => i * scale), y: [n, `${n}`] }), {
  outputs: ['X', 'y'],
})
const train = op('train', async ({ X, depth = 3 }: { X: Float64Array; depth?: number }) => ({ weights: X.map((x) => x * depth) }), {
  version: 2,
})
const pair = op('pair', (n: number, since: number = newArg(5)) => [n + since, [n]] as [number, number[]], { outputs: ['sum', 'all'] })
const range = op('range', (n: number) => Array.from({ length: n }, (_, i) => ({ i })), { output: list() })
const scores = op('scores', (...xs: number[]) => ({ zoe: xs, adam: [] as number[] }), { output: { byName: dict(list()) } })
const distinct = op('distinct', (x: string) => new Set([x]), { output: set() })
const total = op('total', (xs: { i: number }[]) => xs.reduce((sum, { i }) => sum + i, 0))
const measure = op('measure', (x: number) => x / 3, { output: approx(6) })
const predict = op('predict', (model: { bias: number }, x: number) => model.bias + x)
const grid = op('grid', (n: number) => new Float32Array(n), { transient: true })
const around = op('around', async (n: number) => (await unwrap(total([{ i: n }]))) + 1)
const both = op('both', async (n: number) => [await measure(n), await around(n)] as [unknown, unknown], {
  compose: true, outputs: ['a', 'b'],
})
const keep = op('keep', (name: string, _value: unknown) => name.length)

/** Calls of every kind; what it gives is the same on every machine. */
export async function program(): Promise<unknown> {
  const { X } = await load(4)
  const model = await train({ X })
  const [sum] = await pair(1)
  const items = (await range(3)) as ListRef<{ i: number }>
  const sums = [await total([items.at(2) as never, { i: 10 }]), await total(items)]
  const named = await predict(external('model-v1', { bias: 7 }), 1)
  const rest = [await scores(1, 2), await distinct('a'), await measure(2), named, await grid(5), await around(6), await both(sum)]
  for (const [name, make] of VALUES) await keep(name, make())
  return unwrap([model, sum, sums, rest])
}

/** Makes the store of today's format, for a format that has none yet. */
export async function makeStore(path: string): Promise<void> {
  await using storage = new Storage(path)
  await storage.run(program)
}
