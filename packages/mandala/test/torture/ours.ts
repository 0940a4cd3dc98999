import { approx, dict, external, list, op, registerType, set, wrap } from '../../src/index.ts'

/** Two calls of ours; what others have no word for: registered classes, externals, kinds, approximate inputs. */
export type CallPair = readonly [name: string, a: () => Promise<unknown>, b: () => Promise<unknown>]

class Vector {
  readonly x: number
  readonly y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
}
class Meters {
  readonly n: number
  constructor(n: number) { this.n = n }
}
class Feet extends Meters {}

registerType<Vector, [number, number]>({
  name: 'torture-vector', is: (value) => value instanceof Vector, encode: ({ x, y }) => [x, y], decode: ([x, y]) => new Vector(x, y),
})
registerType<Feet, number>({ name: 'torture-feet', is: (value) => value instanceof Feet, encode: ({ n }) => n, decode: (n) => new Feet(n) })
registerType<Meters, number>({
  name: 'torture-meters', is: (value): value is Meters => value instanceof Meters && !(value instanceof Feet), encode: ({ n }) => n, decode: (n) => new Meters(n),
})

const show = (x: unknown): string => typeof x
const look = op('look', show)
const other = op('other', show)
const newer = op('look', show, { version: 1 })
const asList = op('look', show, { inputs: { x: list() } })
const asSet = op('look', show, { inputs: { x: set() } })
const asDict = op('look', show, { inputs: { x: dict() } })
const three = op('look', show, { inputs: { x: approx(3) } })
const four = op('look', show, { inputs: { x: approx(4) } })
const two = op('two', (x: unknown, y: unknown) => [typeof x, typeof y])
const rest = op('rest', (...xs: readonly unknown[]) => xs.length)

type Callable = (...xs: readonly any[]) => PromiseLike<unknown>
const call = (of: Callable, ...xs: readonly unknown[]) => async (): Promise<unknown> => of(...xs)

export const differ: readonly CallPair[] = [
  ['instances of a registered class', call(look, new Vector(1, 2)), call(look, new Vector(2, 1))],
  ['a registered instance and its data', call(look, new Vector(1, 2)), call(look, [1, 2])],
  ['a registered instance and a plain object', call(look, new Vector(1, 2)), call(look, { x: 1, y: 2 })],
  ['registered classes of one data', call(look, new Meters(1)), call(look, new Feet(1))],
  ['registered instances within', call(look, [new Meters(1)]), call(look, [new Meters(2)])],
  ['registered instances, shared and copied', call(look, Array(2).fill(new Meters(1))), call(look, [new Meters(1), new Meters(1)])],
  ['two externals', call(look, external('a', {})), call(look, external('b', {}))],
  ['an external and its name', call(look, external('a', {})), call(look, 'a')],
  ['an external and its value', call(look, external('a', 5)), call(look, 5)],
  ['externals within a list', call(look, [external('a', 1)]), call(look, [external('b', 1)])],
  ['externals within a list, in two orders', call(look, [external('a', 1), external('b', 1)]), call(look, [external('b', 1), external('a', 1)])],
  ['a list and an array', call(asList, [1, 2]), call(look, [1, 2])],
  ['a list and a set', call(asList, [1, 2]), call(asSet, new Set([1, 2]))],
  ['a set and an opaque Set', call(asSet, new Set([1, 2])), call(look, new Set([1, 2]))],
  ['a dict and an opaque object', call(asDict, { a: 1 }), call(look, { a: 1 })],
  ['a dict and a list', call(asDict, { 0: 1 }), call(asList, [1])],
  ['empty collections of two kinds', call(asList, []), call(asSet, new Set())],
  ['an empty list and an empty dict', call(asList, []), call(asDict, {})],
  ['two orders of a list', call(asList, [1, 2]), call(asList, [2, 1])],
  ['where a nested list is cut', call(asList, [[1], [2]]), call(asList, [[1, 2]])],
  ['elements under swapped keys of a dict', call(asDict, { a: 1, b: 2 }), call(asDict, { a: 2, b: 1 })],
  ['a dict with an undefined value', call(asDict, { a: undefined }), call(asDict, {})],
  ['a dict with a key that looks like two', call(asDict, { 'a","b': 1 }), call(asDict, { a: 1, b: 1 })],
  ['zero and minus zero in a list', call(asList, [0]), call(asList, [-0])],
  ['an approximate and an exact input', call(three, 1.5), call(look, 1.5)],
  ['approximate inputs of two precisions', call(three, 1.5), call(four, 1.5)],
  ['approximate inputs that differ enough', call(three, 1.234), call(three, 1.244)],
  ['an approximate zero and minus zero', call(three, [0]), call(three, [-0])],
  ['an approximate zero and minus zero in a view', call(three, new Float64Array([0])), call(three, new Float64Array([-0]))],
  ['approximate text', call(three, '1.2341'), call(three, '1.2342')],
  ['approximate bigints', call(three, 12341n), call(three, 12342n)],
  ['two ops', call(look, 1), call(other, 1)],
  ['two versions of an op', call(look, 1), call(newer, 1)],
  ['inputs swapped', call(two, 1, 2), call(two, 2, 1)],
  ['which input is left out', call(two, 1, undefined), call(two, undefined, 1)],
  ['an input that is null and one left out', call(two, 1, null), call(two, 1)],
  ['a rest list and its array', call(rest, 1, 2), call(rest, [1, 2])],
  ['a rest list with an undefined member', call(rest, undefined, 1), call(rest, 1)],
  ['a rest list with a trailing undefined member', call(rest, 1, undefined), call(rest, 1)],
]

export const agree: readonly CallPair[] = [
  ['equal instances of a registered class', call(look, new Vector(1, 2)), call(look, new Vector(1, 2))],
  ['one external with two values', call(look, external('a', { n: 1 })), call(look, external('a', { n: 2 }))],
  ['two orders of a set', call(asSet, new Set([1, 2])), call(asSet, new Set([2, 1]))],
  ['two orders of a dict', call(asDict, { a: 1, b: 2 }), call(asDict, { b: 2, a: 1 })],
  ['a list and its copy', call(asList, [1, { a: 2 }]), call(asList, [1, { a: 2 }])],
  ['a list that shares its elements, and one of copies', call(asList, Array(2).fill({ a: 1 })), call(asList, [{ a: 1 }, { a: 1 }])],
  ['approximate inputs', call(three, 1.2341), call(three, 1.2342)],
  ['approximate views', call(three, new Float32Array([1.2341])), call(three, new Float32Array([1.2342]))],
  ['approximate numbers within', call(three, { a: [1.2341] }), call(three, { a: [1.2342] })],
  ['an input left out and an undefined one', call(two, 1), call(two, 1, undefined)],
  ['a wrapped value and the value', call(look, wrap({ a: 1 })), call(look, { a: 1 })],
  ['a promise and its value', call(look, Promise.resolve([1])), call(look, [1])],
]
