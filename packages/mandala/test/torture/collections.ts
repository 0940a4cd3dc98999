import type { Pair, Subject } from './pair.ts'

const map = (...entries: (readonly [unknown, unknown])[]): Map<unknown, unknown> => new Map(entries)
const set = (...elements: unknown[]): Set<unknown> => new Set(elements)

const differ: readonly Pair[] = [
  ['an empty Map and an empty Set', () => map(), () => set()],
  ['an empty Map and an empty object', () => map(), () => ({})],
  ['an empty Map and an empty array', () => map(), () => []],
  ['an empty Set and an empty object', () => set(), () => ({})],
  ['an empty Set and an empty array', () => set(), () => []],
  ['a Map and an empty Map', () => map(['a', 1]), () => map()],
  ['a Set and an empty Set', () => set(1), () => set()],
  ['a Map and an object', () => map(['a', 1]), () => ({ a: 1 })],
  ['a Map and its entries', () => map(['a', 1]), () => [['a', 1]]],
  ['a Map and the Set of its entries', () => map(['a', 1]), () => set(['a', 1])],
  ['a Set and its elements', () => set(1, 2), () => [1, 2]],
  ['a Set and the Map of its entries', () => set(1), () => map([1, 1])],
  ['two elements of a Map', () => map(['a', 1]), () => map(['a', 2])],
  ['two keys of a Map', () => map(['a', 1]), () => map(['b', 1])],
  ['two elements of a Set', () => set(1), () => set(2)],
  ['a key that is a number or a text', () => map([1, 'x']), () => map(['1', 'x'])],
  ['a key that is a number or a bigint', () => map([1, 'x']), () => map([1n, 'x'])],
  ['a key that is null or undefined', () => map([null, 'x']), () => map([undefined, 'x'])],
  ['a key that is null or its text', () => map([null, 'x']), () => map(['null', 'x'])],
  ['a key that is true or its text', () => map([true, 'x']), () => map(['true', 'x'])],
  ['a key that is NaN or its text', () => map([NaN, 'x']), () => map(['NaN', 'x'])],
  ['an element that is a number or a text', () => set(1), () => set('1')],
  ['an element that is null or undefined', () => set(null), () => set(undefined)],
  ['a Set with or without undefined', () => set(undefined), () => set()],
  ['a Map with or without an undefined element', () => map(['a', undefined]), () => map()],
  ['keys that are objects', () => map([{ a: 1 }, 'x']), () => map([{ a: 2 }, 'x'])],
  ['keys that are an object or its print', () => map([{}, 'x']), () => map(['[object Object]', 'x'])],
  ['keys that are arrays', () => map([[1, 2], 'x']), () => map([[2, 1], 'x'])],
  ['keys that are an array or its text', () => map([[1, 2], 'x']), () => map(['1,2', 'x'])],
  ['keys that are an array or its JSON', () => map([[1], 'x']), () => map(['[1]', 'x'])],
  ['keys that are Dates', () => map([new Date(0), 'x']), () => map([new Date(1), 'x'])],
  ['elements under swapped keys', () => map(['a', 1], ['b', 2]), () => map(['a', 2], ['b', 1])],
  ['elements under swapped object keys', () => map([{ k: 'a' }, 1], [{ k: 'b' }, 2]), () => map([{ k: 'a' }, 2], [{ k: 'b' }, 1])],
  ['a key and an element swapped', () => map(['a', 'b']), () => map(['b', 'a'])],
  ['one equal object twice or once', () => set({ a: 1 }, { a: 1 }), () => set({ a: 1 })],
  ['equal keys twice or once', () => map([{}, 1], [{}, 1]), () => map([{}, 1])],
  ['nested Sets', () => set(set(1), set(2)), () => set(set(1, 2))],
  ['a nested and an empty Set', () => set(set()), () => set()],
  ['a nested Set and a nested array', () => set(set(1)), () => set([1])],
  ['nested Maps', () => map(['a', map(['b', 1])]), () => map(['a', map(['b', 2])])],
  ['a nested Map and a nested object', () => map(['a', map(['b', 1])]), () => map(['a', { b: 1 }])],
  ['a Map within an object', () => ({ m: map(['a', 1]) }), () => ({ m: map(['a', 2]) })],
  ['a Set within an object', () => ({ s: set(1) }), () => ({ s: set(2) })],
  ['a comma within an element', () => set('a,b'), () => set('a', 'b')],
  ['a colon within a key', () => map(['a:1', 2]), () => map(['a', '1:2'])],
  ['Sets of arrays with another order within', () => set([1, 2], [3]), () => set([2, 1], [3])],
  ['the last of a large Set', () => set(...large(), 'a'), () => set(...large(), 'b')],
  ['the last of a large Map', () => map(...large().map((i) => [i, i] as const), ['a', 1]), () => map(...large().map((i) => [i, i] as const), ['a', 2])],
  ['who is linked to whom', () => graph([['a', 'b'], ['b', 'c']]), () => graph([['a', 'b'], ['a', 'c']])],
  ['which of two equal keys is used again', () => usedAgain(0), () => usedAgain(1)],
]

function large(): number[] {
  return Array.from({ length: 1000 }, (_, i) => i)
}

/** Nodes that know the nodes they lead to. */
function graph(edges: readonly (readonly [string, string])[]): unknown {
  const nodes = new Map(['a', 'b', 'c'].map((name) => [name, { name, next: new Set<unknown>() }]))
  for (const [from, to] of edges) nodes.get(from)?.next.add(nodes.get(to))
  return set(...nodes.values())
}

function usedAgain(which: 0 | 1): unknown {
  const keys = [{}, {}]
  return [map([keys[0], 1], [keys[1], 2]), keys[which]]
}

const agree: readonly Pair[] = [
  ['two orders of a Set', () => set(1, 2, 3), () => set(3, 1, 2)],
  ['two orders of a Set of several types', () => set(1, '1', null, [1]), () => set([1], null, '1', 1)],
  ['two orders of a Map', () => map(['a', 1], ['b', 2]), () => map(['b', 2], ['a', 1])],
  ['two orders of object keys', () => map([{ k: 'a' }, 1], [{ k: 'b' }, 2]), () => map([{ k: 'b' }, 2], [{ k: 'a' }, 1])],
  ['two orders of nested Sets', () => set(set(1, 2), set(3)), () => set(set(3), set(2, 1))],
  ['two orders of Sets of objects', () => set({ a: 1 }, { a: 2 }), () => set({ a: 2 }, { a: 1 })],
  ['two orders of keys within elements of a Set', () => set({ a: 1, b: 2 }), () => set({ b: 2, a: 1 })],
  ['equal keys with elements in two orders', () => map([{}, 1], [{}, 2]), () => map([{}, 2], [{}, 1])],
  ['equal objects in a Set', () => set({}, {}), () => set({}, {})],
  ['keys NaN', () => map([NaN, 1]), () => map([0 / 0, 1])],
  ['keys zero and minus zero', () => map([0, 'x']), () => map([-0, 'x'])],
  ['elements zero and minus zero', () => set(0), () => set(-0)],
  ['an element that was set twice', () => map(['a', 1]), () => map(['a', 2], ['a', 1])],
  ['an element that was deleted', () => set(1), () => { const made = set(1, 2); made.delete(2); return made }],
  ['nested Maps in two orders', () => map(['x', map(['a', 1], ['b', 2])]), () => map(['x', map(['b', 2], ['a', 1])])],
  ['nodes that know each other, in two orders', () => graph([['a', 'b'], ['b', 'c'], ['c', 'a']]), () => graph([['c', 'a'], ['b', 'c'], ['a', 'b']])],
  ['a thousand elements in two orders', () => set(...large()), () => set(...large().reverse())],
]

class Index extends Map<unknown, unknown> {}
class Names extends Set<unknown> {}

const refused: readonly Pair[] = [
  ['a subclass of Map and a Map', () => new Index([['a', 1]]), () => map(['a', 1])],
  ['a subclass of Set and a Set', () => new Names(['a']), () => set('a')],
  ['a Map with a property and none', () => Object.assign(map(), { unit: 'm' }), () => map()],
  ['a Set with a property and none', () => Object.assign(set(), { unit: 'm' }), () => set()],
  ['two WeakMaps', () => new WeakMap([[weakKey, 1]]), () => new WeakMap([[weakKey, 2]])],
  ['a WeakSet and an empty Set', () => new WeakSet([weakKey]), () => set()],
  ['an iterator and its array', () => map(['a', 1]).keys(), () => ['a']],
  ['a Map that poses as an object, and an object', () => Object.setPrototypeOf(map(['a', 1]), Object.prototype) as unknown, () => ({})],
]

const weakKey = {}

export const collections: Subject = { subject: 'Maps and Sets', differ, agree, refused }
