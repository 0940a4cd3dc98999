import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { diffValues } from '../../src/inspect/value-diff.ts'
import { renderValueDiff } from '../../src/render/value-diff.ts'
import { registerType } from '../../src/index.ts'
import { identify } from '../../src/value/identify.ts'

const linesOf = (before: unknown, after: unknown): string[] => renderValueDiff('x', diffValues(before, after)).split('\n')

test('each place that differs is told with what is there in both', () => {
  assert.deepEqual(linesOf({ a: 1, b: { c: [1, { d: 'x' }] } }, { b: { c: [1, { d: 'y' }] }, e: null }), ['x.a  removed: 1', "x.b.c[1].d  'x' → 'y'", 'x.e  added: null'])
  assert.deepEqual(linesOf(0, -0), ['x  0 → -0'])
  assert.deepEqual(linesOf(1, 1n), ['x  1 → 1n'])
  assert.deepEqual(linesOf({ 'a b': undefined }, {}), ['x["a b"]  removed: undefined'])
  assert.deepEqual(linesOf([, 1], [undefined, 1]), ['x[0]  added: undefined'])
  assert.deepEqual(linesOf(new Date(0), new Date(1)), ['x  1970-01-01T00:00:00.000Z → 1970-01-01T00:00:00.001Z'])
  assert.deepEqual(linesOf([1], new Set([1])), ['x  [ 1 ] → Set(1) { 1 }'])
  assert.deepEqual(linesOf(new Error('a', { cause: 1 }), new Error('b', { cause: 1 })), ["x.message  'a' → 'b'"])
})

test('an element that was put in between leaves the others equal; many that come or go are told as one', () => {
  assert.deepEqual(linesOf([{ a: 1 }, { a: 2 }], [{ a: 0 }, { a: 1 }, { a: 2 }]), ['x[0]  added: { a: 0 }'])
  assert.deepEqual(linesOf([1, 2, 3, 4, 5, 6], [1, 6]), ['x[1…4]  removed: [ 2, 3, 4, 5 ]  (4 elements)'])
})

test('of long arrays and typed arrays the first element that differs is told, and how many do', () => {
  const many = Array.from({ length: 1000 }, (_, i) => i)
  assert.deepEqual(linesOf(many, many.map((i) => (i % 2 === 1 ? -i : i))), ['x[1]  1 → -1  (the first of 500 elements that differ, of 1,000)'])
  assert.deepEqual(linesOf(many, many.with(7, 0)), ['x[7]  7 → 0'])
  assert.deepEqual(linesOf(new Float64Array([1, 2, NaN]), new Float64Array([1, 3, NaN])), ['x[1]  2 → 3'])
  assert.deepEqual(linesOf(new Uint8Array(3), new Uint8Array(5)), ['x[3]  nothing → 0  (the first that differs; 3 elements, now 5)'])
})

test('Maps and Sets are compared by what is in them, texts by their lines, long ones by where they part', () => {
  assert.deepEqual(linesOf(new Map<unknown, number>([[{ k: 1 }, 1], ['a', 2]]), new Map<unknown, number>([['a', 3], [{ k: 1 }, 1]])), ["x.get('a')  2 → 3"])
  assert.deepEqual(linesOf(new Set([1, 2]), new Set([2, 3])), ['x  removed: 1', 'x  added: 3'])
  assert.deepEqual(linesOf('a\nb\nc', 'a\nB\nc'), ['x', '    a', '  - b', '  + B', '    c'])
  assert.deepEqual(linesOf(`${'a'.repeat(100)}b`, `${'a'.repeat(100)}c`), [`x  …"${'a'.repeat(20)}b" → …"${'a'.repeat(20)}c"`])
})

test('values that hold themselves, share parts, or are of a registered class', () => {
  const ring = (n: number): object => { const self: Record<string, unknown> = { n }; self['self'] = self; return self }
  assert.deepEqual(linesOf(ring(1), ring(2)), ['x.n  1 → 2'])
  const part = {}
  assert.match(linesOf([part, part], [{}, {}]).join(), /no part differs, but which parts are one and the same object/)
  class Point { readonly x: number; constructor(x: number) { this.x = x } }
  registerType({ name: 'Point', is: (v) => v instanceof Point, encode: (v: Point) => ({ x: v.x }), decode: ({ x }: { x: number }) => new Point(x) })
  assert.deepEqual(linesOf({ p: new Point(1) }, { p: new Point(2) }), ['x.p.x  1 → 2'])
})

test('a long list of differences is cut, and what is left out is counted', () => {
  const record = (by: number): object => Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`k${i}`, i + by]))
  assert.equal(linesOf(record(0), record(1)).at(-1), '… 10 more')
})

const value = fc.anything({ withMap: true, withSet: true, withTypedArray: true, withDate: true, withBigInt: true, withSparseArray: true, withNullPrototype: true })

test('nothing differs exactly where two values have one id', () => {
  const cid = (given: unknown): string | undefined => { try { return identify(given).cid } catch { return undefined } }
  fc.assert(fc.property(value, value, (a, b) => {
    const [before, after] = [cid(a), cid(b)]
    fc.pre(before !== undefined && after !== undefined)
    assert.deepEqual(diffValues(a, structuredClone(b)).changes.length === 0, before === cid(structuredClone(b)))
    assert.deepEqual(diffValues({ a, b }, { a, b }).changes, [])
  }), { numRuns: 500 })
})
