import type { Pair, Subject } from './pair.ts'

const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i)
const sparse = (length: number): unknown[] => { const made: unknown[] = []; made.length = length; return made }

const differ: readonly Pair[] = [
  ['a hole and undefined', () => [1, , 3], () => [1, undefined, 3]],
  ['a hole and null', () => [1, , 3], () => [1, null, 3]],
  ['a hole at the end and none', () => [1, ,], () => [1]],
  ['where the hole is', () => [, 1, 2], () => [1, , 2]],
  ['only holes and none', () => sparse(3), () => []],
  ['only holes and undefined', () => sparse(3), () => [undefined, undefined, undefined]],
  ['sparse lengths', () => sparse(1_000_000), () => sparse(1_000_001)],
  ['sparse arrays with one element at another place', () => Object.assign(sparse(1000), { 500: 1 }), () => Object.assign(sparse(1000), { 501: 1 })],
  ['a named property and none', () => Object.assign([1, 2], { unit: 'm' }), () => [1, 2]],
  ['two named properties', () => Object.assign([1, 2], { unit: 'm' }), () => Object.assign([1, 2], { unit: 'cm' })],
  ['a named property of a long array and none', () => Object.assign(numbers(100), { unit: 'm' }), () => numbers(100)],
  ['an index too large for an array, and none', () => Object.assign([1], { 4294967295: 0 }), () => [1]],
  ['a negative index and none', () => Object.assign([1], { '-1': 0 }), () => [1]],
  ['the result of a match and its groups alone', () => 'ab'.match(/(a)b/), () => ['ab', 'a']],
  ['two orders', () => [1, 2], () => [2, 1]],
  ['an element twice', () => [1, 2], () => [1, 2, 2]],
  ['an array within and without', () => [[1]], () => [1]],
  ['nested twice or once', () => [[[]]], () => [[]]],
  ['where the inner array ends', () => [[1], 2], () => [[1, 2]]],
  ['where the inner array begins', () => [1, [2]], () => [[1, 2]]],
  ['two cuts', () => [[1, 2], [3]], () => [[1], [2, 3]]],
  ['an empty array before or behind', () => [[], 1], () => [1, []]],
  ['one or two empty arrays', () => [[]], () => [[], []]],
  ['side by side or nested', () => [[], []], () => [[[]]]],
  ['undefined and an empty array', () => [undefined], () => [[]]],
  ['null and undefined', () => [null], () => [undefined]],
  ['null and NaN', () => [null], () => [NaN]],
  ['one undefined or two', () => [undefined], () => [undefined, undefined]],
  ['a number and its text', () => [1, 2], () => ['1', '2']],
  ['numbers and their joined text', () => [1, 2], () => ['1,2']],
  ['where the cut between digits is', () => [1, 23], () => [12, 3]],
  ['minus zero among many', () => [...numbers(100), 0], () => [...numbers(100), -0]],
  ['the last of ten thousand', () => [...numbers(10_000), 1], () => [...numbers(10_000), 2]],
  ['a matrix and its transpose', () => [[1, 2], [3, 4]], () => [[1, 3], [2, 4]]],
  ['a matrix and its numbers', () => [[1, 2], [3, 4]], () => [1, 2, 3, 4]],
  ['shapes of one matrix', () => [[1, 2, 3, 4, 5, 6]], () => [[1, 2, 3], [4, 5, 6]]],
  ['records in another order', () => [{ id: 1 }, { id: 2 }], () => [{ id: 2 }, { id: 1 }]],
  ['objects merged', () => [{ a: 1 }, { b: 2 }], () => [{ a: 1, b: 2 }]],
  ['an array and a Set', () => [1, 2], () => new Set([1, 2])],
  ['an array and a typed array', () => [1, 2], () => new Float64Array([1, 2])],
]

const agree: readonly Pair[] = [
  ['arrays made in two ways', () => [0, 1, 2], () => numbers(3)],
  ['one hole made in two ways', () => [1, , 3], () => { const made = [1, 2, 3]; delete made[1]; return made }],
  ['a sparse array', () => sparse(1_000_000), () => Array<unknown>(1_000_000)],
  ['named properties', () => Object.assign([1], { unit: 'm' }), () => Object.assign([1], { unit: 'm' })],
  ['named properties in two orders', () => Object.assign([1], { a: 1, b: 2 }), () => Object.assign([1], { b: 2, a: 1 })],
  ['a frozen array', () => [1, 2], () => Object.freeze([1, 2])],
  ['nested arrays', () => [[1], [2, [3]]], () => JSON.parse('[[1],[2,[3]]]') as unknown],
  ['ten thousand numbers', () => numbers(10_000), () => [...numbers(10_000)]],
  ['an array that had more elements', () => [1], () => { const made = [1, 2]; made.pop(); return made }],
  ['an array of both integers and doubles', () => [1, 2.5], () => [2.5, 1].reverse()],
]

class List extends Array<number> {}

const refused: readonly Pair[] = [
  ['a subclass and an array', () => List.from([1, 2]), () => [1, 2]],
  ['an element with a getter, and its value', () => Object.defineProperty([1, 2], 0, { get: () => 1 }), () => [1, 2]],
  ['an element with a setter alone, and undefined', () => Object.defineProperty([1, 2], 0, { set: () => {} }), () => [undefined, 2]],
  ['a hidden element and a shown one', () => Object.defineProperty([1, 2], 0, { enumerable: false }), () => [1, 2]],
  ['a hidden property of a long array, and none', () => Object.defineProperty(numbers(100), 'h', { value: 1 }), () => numbers(100)],
  ['a symbol key of a long array, and none', () => Object.assign(numbers(100), { [Symbol('a')]: 1 }), () => numbers(100)],
  ['an array without a prototype, and one', () => Object.setPrototypeOf([1], null) as unknown, () => [1]],
]

export const arrays: Subject = { subject: 'arrays', differ, agree, refused }
