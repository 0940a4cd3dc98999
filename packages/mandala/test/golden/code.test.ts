import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CANON_VERSION } from '../../src/code/canonical-source.ts'
import { instrument, TRANSFORM_VERSION, transform } from '../../src/code/transform.ts'
import { digest } from '../../src/value/digest.ts'
import { fingerprintsOf } from '../program-in-memory.ts'

const SOURCE = `import data from './data.json' with { type: 'json' }
import { read as load, type Row } from './read.ts'
import * as tools from './tools.ts'
const LIMIT = 10, { a, b: [c = LIMIT] } = data
let count = 0
const { MODE, env: { DEPTH = '1' } } = process, here = import.meta.url, total = [LIMIT].map((x) => x + count)
export enum Level { Low, High = LIMIT }
export const half = (x: number) => x / 2
export async function run(rows: Row[], { limit = LIMIT, ...rest }: { limit?: number } = {}): Promise<number> {
  search: for (const [i, row] of rows.entries()) {
    if (i > limit) break search
    else if (row === undefined) continue
    switch (row.kind) { case 'a': count += half(i); break; default: await load(row) }
  }
  try { return tools.sum(rows.map((row) => row?.n ?? c)) } catch { throw new Error(\`\${a} \${rest}\`) } finally { count ||= Level.High }
}
export class Model<T> extends tools.Base<T> {
  static #made = 0
  @tools.logged weights = [LIMIT]
  constructor(readonly name: string) { super(name); Model.#made++ }
  get size() { return this.weights.length }
  *[Symbol.iterator]() { yield* this.weights; yield new.target }
}
tools.logged.on('run', (rows: Row[]) => run(rows), LIMIT)
export default { run: (x: bigint) => x ** 2n, pattern: /a+/giu, f() { return delete this.run } }
`

/** Ops, a name that nobody declares, and functions that keep locals. */
const OPS = `import { op } from 'mandala-ts'
export const halved = op(half), built = op('built', (x: number) => x + BUILD)
export const store = (state: number) => {
  const add = (n: number) => { state += n }
  return { add, get: () => state, read: later(() => [state, late()]) }
  function late() { return state }
}
`

// Another id here means: raise the version that stands beside it. Caches, and fingerprints in stores, are told apart by it.
test('what is inserted into a source changes only with its version', () => {
  const source = SOURCE + OPS
  const transformed = transform({ file: 'golden.ts', source, kind: 'module' })
  const written = instrument(source, transformed)
  assert.deepEqual([TRANSFORM_VERSION, digest('source', JSON.stringify([transformed, written]))], TRANSFORM)
})

test('what a component is known by changes only with its version', () => {
  const fingerprints = fingerprintsOf({ 'golden.ts': SOURCE, 'tools.ts': 'export const sum = (x: number[]) => x[0]\nexport class Base {}\nexport const logged = 1\n' })
  assert.deepEqual([CANON_VERSION, digest('source', JSON.stringify([...fingerprints]))], CANON)
})

const TRANSFORM = ['4.25', 'd2fb84b2399cde498ee6690eb1f73da83f8bb0f8']
const CANON = [4, '364b11bccb57d50e1a48571207c77be03ed395c4']
