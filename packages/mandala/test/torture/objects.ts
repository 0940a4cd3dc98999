import type { Pair, Subject } from './pair.ts'

const bare = (parts: object): object => Object.assign(Object.create(null) as object, parts)
const own = (key: string, value: unknown): object => Object.defineProperty({}, key, { value, enumerable: true, writable: true, configurable: true })

const differ: readonly Pair[] = [
  ['an absent and an undefined property', () => ({}), () => ({ a: undefined })],
  ['an absent and an undefined property beside another', () => ({ b: 1 }), () => ({ b: 1, a: undefined })],
  ['an undefined and a null property', () => ({ a: undefined }), () => ({ a: null })],
  ['undefined under two names', () => ({ a: undefined }), () => ({ b: undefined })],
  ['an object and one without a prototype', () => ({}), () => bare({})],
  ['the same with a property', () => ({ a: 1 }), () => bare({ a: 1 })],
  ['the same within an array', () => [{ a: 1 }], () => [bare({ a: 1 })]],
  ['an object and its entries', () => ({ a: 1 }), () => [['a', 1]]],
  ['an object and an array with the same keys', () => ({ 0: 'a', 1: 'b' }), () => ['a', 'b']],
  ['an object and an array-like with a length', () => ({ 0: 'a', length: 1 }), () => ['a']],
  ['the empty object and the empty array', () => ({}), () => []],
  ['values under swapped keys', () => ({ a: 1, b: 2 }), () => ({ a: 2, b: 1 })],
  ['a key and a value swapped', () => ({ a: 'b' }), () => ({ b: 'a' })],
  ['a nested swap', () => ({ x: { a: 1 }, y: { b: 2 } }), () => ({ x: { b: 2 }, y: { a: 1 } })],
  ['a property one level up', () => ({ a: { b: 1, c: 2 } }), () => ({ a: { b: 1 }, c: 2 })],
  ['a property one level down', () => ({ a: { b: {} }, c: {} }), () => ({ a: { b: {}, c: {} } })],
  ['a dotted key and a nested object', () => ({ 'a.b': 1 }), () => ({ a: { b: 1 } })],
  ['a bracketed key and a nested array', () => ({ 'a[0]': 1 }), () => ({ a: [1] })],
  ['a key that holds a colon', () => ({ 'a:1,b': 2 }), () => ({ a: 1, b: 2 })],
  ['a key that holds quotes', () => ({ 'a":1,"b': 2 }), () => ({ a: 1, b: 2 })],
  ['a value that holds a property', () => ({ a: '1,b:2' }), () => ({ a: '1', b: '2' })],
  ['a value that holds a property in quotes', () => ({ a: '1","b":"2' }), () => ({ a: '1', b: '2' })],
  ['where key and value meet', () => ({ ab: 'c' }), () => ({ a: 'bc' })],
  ['an empty key and none', () => ({ '': 1 }), () => ({})],
  ['an empty key and a space', () => ({ '': 1 }), () => ({ ' ': 1 })],
  ['keys in another case', () => ({ Key: 1 }), () => ({ key: 1 })],
  ['an own __proto__ and none', () => own('__proto__', 1), () => ({})],
  ['an own __proto__ that is an object, and none', () => own('__proto__', { a: 1 }), () => ({})],
  ['two own __proto__', () => own('__proto__', { a: 1 }), () => own('__proto__', { a: 2 })],
  ['an own __proto__ from JSON, and none', () => JSON.parse('{"__proto__":{"admin":true}}') as unknown, () => ({})],
  ['an own constructor and none', () => own('constructor', 1), () => ({})],
  ['an own toString and none', () => own('toString', 'x'), () => ({})],
  ['an own hasOwnProperty and none', () => own('hasOwnProperty', true), () => ({})],
  ['an own toJSON that is no function, and none', () => ({ a: 1, toJSON: 1 }), () => ({ a: 1 })],
  ['an own valueOf and none', () => ({ valueOf: 1 }), () => ({})],
  ['integer-like keys and near ones', () => ({ 1: 'a' }), () => ({ '01': 'a' })],
  ['integer-like keys, one negative', () => ({ 1: 'a' }), () => ({ '-1': 'a' })],
  ['a nested array and its text', () => ({ a: [1, 2] }), () => ({ a: '1,2' })],
  ['null and the empty object within', () => ({ a: null }), () => ({ a: {} })],
  ['the empty object and the empty array within', () => ({ a: {} }), () => ({ a: [] })],
  ['the empty Map and the empty object within', () => ({ a: new Map() }), () => ({ a: {} })],
  ['the empty Set and the empty Map within', () => ({ a: new Set() }), () => ({ a: new Map() })],
  ['one more property at the end', () => ({ a: 1, b: 2 }), () => ({ a: 1, b: 2, c: 3 })],
  ['one more level', () => ({ a: {} }), () => ({ a: { a: {} } })],
  ['a leaf at depth 50', () => deep(50, 1), () => deep(50, 2)],
  ['depth 50 and 51', () => deep(50, 1), () => deep(51, 1)],
  ['a leaf among a thousand', () => wide(1000, 999), () => wide(1000, 0)],
  ['a bigint among numbers', () => ({ id: 10n }), () => ({ id: 10 })],
  ['a key named like a marker of cycles', () => ({ $ref: '#' }), () => { const loop: Record<string, unknown> = {}; loop['$ref'] = loop; return loop }],
]

function deep(levels: number, leaf: unknown): unknown {
  return levels === 0 ? leaf : { a: deep(levels - 1, leaf) }
}

function wide(width: number, marked: number): object {
  return Object.fromEntries(Array.from({ length: width }, (_, i) => [`k${i}`, i === marked]))
}

const agree: readonly Pair[] = [
  ['two orders of keys', () => ({ a: 1, b: 2 }), () => ({ b: 2, a: 1 })],
  ['two orders of keys within', () => [{ x: { a: 1, b: 2 } }], () => [{ x: { b: 2, a: 1 } }]],
  ['two orders of integer-like keys', () => ({ 2: 'b', 1: 'a' }), () => ({ 1: 'a', 2: 'b' })],
  ['number and text as a key', () => ({ 1: 'a' }), () => ({ '1': 'a' })],
  ['a spread copy', () => ({ a: [1], b: { c: 2 } }), () => ({ ...{ a: [1], b: { c: 2 } } })],
  ['a parsed copy', () => ({ a: [1], b: { c: 2 } }), () => JSON.parse('{"b":{"c":2},"a":[1]}') as unknown],
  ['a structured clone', () => ({ a: [1n], b: { c: undefined } }), () => structuredClone({ a: [1n], b: { c: undefined } })],
  ['the empty object', () => ({}), () => Object.fromEntries([])],
  ['undefined properties in two orders', () => ({ a: undefined, b: 1 }), () => ({ b: 1, a: undefined })],
  ['objects without a prototype', () => bare({ a: 1, b: 2 }), () => bare({ b: 2, a: 1 })],
  ['own __proto__', () => own('__proto__', { a: 1 }), () => JSON.parse('{"__proto__":{"a":1}}') as unknown],
  ['a frozen object', () => ({ a: 1 }), () => Object.freeze({ a: 1 })],
  ['a sealed object', () => ({ a: 1 }), () => Object.seal({ a: 1 })],
  ['a property that was deleted', () => ({ a: 1 }), () => { const made: Record<string, number> = { a: 1, b: 2 }; delete made['b']; return made }],
  ['depth 50', () => deep(50, 1), () => deep(50, 1)],
  ['a thousand keys', () => wide(1000, 5), () => Object.fromEntries(Object.entries(wide(1000, 5)).reverse())],
  ['a read-only property', () => ({ a: 1 }), () => Object.defineProperty({}, 'a', { value: 1, enumerable: true })],
]

const refused: readonly Pair[] = [
  ['a symbol key and none', () => ({ [Symbol('a')]: 1 }), () => ({})],
  ['two symbol keys', () => ({ [Symbol('a')]: 1 }), () => ({ [Symbol('a')]: 2 })],
  ['a well-known symbol as a key', () => ({ [Symbol.toStringTag]: 'X' }), () => ({})],
  ['a hidden property and none', () => Object.defineProperty({}, 'a', { value: 1 }), () => ({})],
  ['two hidden properties', () => Object.defineProperty({}, 'a', { value: 1 }), () => Object.defineProperty({}, 'a', { value: 2 })],
  ['a getter and its value', () => ({ get a() { return 1 } }), () => ({ a: 1 })],
  ['two getters that give other values later', () => counter(1), () => counter(2)],
  ['a setter and undefined', () => ({ set a(_: number) {} }), () => ({ a: undefined })],
  ['a method and none', () => ({ a: 1, run() { return 1 } }), () => ({ a: 1 })],
  ['an inherited property and none', () => Object.create({ a: 1 }) as unknown, () => ({})],
  ['two inherited properties', () => Object.create({ a: 1 }) as unknown, () => Object.create({ a: 2 }) as unknown],
  ['arguments and their array', () => args(1, 2), () => [1, 2]],
]

function counter(step: number): object {
  let n = -step
  return { get next() { return (n += step) } }
}

function args(..._: readonly number[]): unknown {
  return arguments
}

export const objects: Subject = { subject: 'objects', differ, agree, refused }
