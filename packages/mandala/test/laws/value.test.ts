import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DEPTH_MAX } from '../../src/value/canonical-text.ts'
import { decode, encode } from '../../src/value/codec.ts'
import { identify } from '../../src/value/identify.ts'
import { renderPath } from '../../src/value/refusal.ts'

const anything = fc.anything({
  withBigInt: true, withBoxedValues: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true,
  withSparseArray: true, withTypedArray: true, withObjectString: true, withUnicodeString: true,
})
const settings = { seed: 20261124, numRuns: 3000 } as const
const cidOf = (value: unknown): string => identify(value).cid
const roundTrip = (value: unknown): unknown => decode(encode(value, identify(value).isPlain))

test('a decoded value has the id of the one encoded, and its key order', () => {
  fc.assert(fc.property(anything, (value) => {
    const back = roundTrip(value)
    assert.equal(cidOf(back), cidOf(value))
    assert.deepEqual(back, value)
    if (typeof value === 'object' && value !== null) assert.deepEqual(Object.keys(back as object), Object.keys(value))
  }), settings)
})

test('values of equal ids are deeply equal', () => {
  fc.assert(fc.property(anything, anything, (a, b) => {
    if (cidOf(a) === cidOf(b)) assert.deepStrictEqual(a, b)
  }), settings)
})

test('a change in one place changes the id', () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), anything), fc.string(), anything, anything, (base, key, a, b) => {
    const [left, right] = [{ ...base, [key]: a }, { ...base, [key]: b }]
    assert.equal(cidOf(left) === cidOf(right), cidOf(a) === cidOf(b))
  }), settings)
})

test('the order of keys, of Set elements and of Map entries does not count', () => {
  fc.assert(fc.property(fc.uniqueArray(fc.tuple(fc.string(), anything), { selector: ([key]) => key }), (entries) => {
    const turned = entries.toReversed()
    assert.equal(cidOf(Object.fromEntries(entries)), cidOf(Object.fromEntries(turned)))
    assert.equal(cidOf(new Map<unknown, unknown>(entries)), cidOf(new Map<unknown, unknown>(turned)))
    assert.equal(cidOf(new Set(entries)), cidOf(new Set(turned)))
  }), settings)
})

test('shared references and cycles are part of a value', () => {
  const shared = { n: 1 }
  assert.notEqual(cidOf([shared, shared]), cidOf([{ n: 1 }, { n: 1 }]))
  const loop: { self?: unknown } = {}
  loop.self = loop
  const back = roundTrip(loop) as { self: unknown }
  assert.equal(back.self, back)
  assert.equal(cidOf(back), cidOf(loop))
  const inMap = new Map<unknown, unknown>()
  inMap.set({ inMap }, inMap).set({ a: 1 }, 2)
  assert.equal(cidOf(roundTrip(inMap)), cidOf(inMap))
})

test('views that share memory still do after decoding', () => {
  const all = new Float64Array([1, 2, 3, 4])
  const value = { all, tail: all.subarray(2) }
  const back = roundTrip(value) as typeof value
  back.all[3] = 9
  assert.equal(back.tail[1], 9)
  assert.notEqual(cidOf(value), cidOf({ all, tail: all.slice(2) }))
  assert.equal((roundTrip(all.subarray(1, 3)) as Float64Array).buffer.byteLength, 16)
})

test('the order of Sets does not count for nodes that know each other, and takes no time to find', () => {
  interface Person { readonly name: string; readonly friends: Set<Person> }
  const meet = (names: readonly string[]): Person[] => {
    const people = names.map((name): Person => ({ name, friends: new Set() }))
    for (const a of people) for (const b of people) if (a !== b) a.friends.add(b)
    return people
  }
  const names = Array.from({ length: 12 }, (_, i) => `p${i}`)
  assert.equal(cidOf(new Set(meet(names))), cidOf(new Set(meet(names.toReversed()))))
  assert.notEqual(cidOf(new Set(meet(names))), cidOf(new Set(meet([...names.slice(1), 'q']))))
})

test('the order of a Map does not count for keys that only their elements tell apart', () => {
  const entry = (n: number): [object, number] => [{}, n]
  assert.equal(cidOf(new Map([entry(1), entry(2)])), cidOf(new Map([entry(2), entry(1)])))
})

test('a view of floats has one NaN, whatever bits the engine keeps for it', () => {
  const bits = new BigUint64Array([0xfff8000000000000n, 0x7ff8000000000001n])
  assert.equal(cidOf(new Float64Array(bits.buffer)), cidOf(new Float64Array([NaN, NaN])))
  assert.notEqual(cidOf(bits), cidOf(new BigUint64Array(new Float64Array([NaN, NaN]).buffer)))
})

test('a value of the greatest depth is stored and read', () => {
  for (const innermost of [{}, Object.create(null) as object]) {
    const value = Array.from({ length: DEPTH_MAX }).reduce<unknown>((inner) => [inner], innermost)
    assert.equal(cidOf(roundTrip(value)), cidOf(value))
    assert.throws(() => cidOf([value]), /is nested too deeply/)
  }
})

test('an error keeps its class, cause, properties and stack', () => {
  const error = Object.assign(new TypeError('bad', { cause: new RangeError('worse') }), { code: 'E_BAD' })
  const back = roundTrip(error) as typeof error
  assert.ok(back instanceof TypeError && back.cause instanceof RangeError)
  assert.equal(back.stack, error.stack)
  assert.deepEqual(Object.keys(back), ['code'])
  assert.equal(cidOf(back), cidOf(error))
})

const refused: readonly (readonly [string, unknown, string])[] = [
  ['a function', { tools: [{}, { run: () => 1 }] }, 'x.tools[1].run'],
  ['a symbol', [Symbol('s')], 'x[0]'],
  ['a symbol key', { a: { [Symbol('s')]: 1 } }, 'x.a'],
  ['an instance of a class', { a: new (class Point { x = 1 })() }, 'x.a'],
  ['a subclass of Array', new (class List extends Array {})(), 'x'],
  ['a subclass of Map', new (class Index extends Map {})(), 'x'],
  ['a Proxy', { p: new Proxy({}, {}) }, 'x.p'],
  ['a getter', { a: { get b() { return 1 } } }, 'x.a'],
  ['a getter in an array', Object.defineProperty([1, 2], 0, { get: () => 1 }), 'x'],
  ['a hidden property', Object.defineProperty({}, 'h', { value: 1 }), 'x'],
  ['a promise', [Promise.resolve(1)], 'x[0]'],
  ['a WeakMap', new WeakMap(), 'x'],
  ['a Map that poses as an object', Object.setPrototypeOf(new Map(), Object.prototype), 'x'],
  ['a date with a property', Object.assign(new Date(0), { zone: 'UTC' }), 'x'],
  ['a view with a property', Object.assign(new Float64Array(100), { unit: 'm' }), 'x'],
  ['a hidden property of a long array', Object.defineProperty(Array.from({ length: 100 }), 'h', { value: 1 }), 'x'],
  ['a hidden property of a long view', Object.defineProperty(new Float64Array(100), 'h', { value: 1 }), 'x'],
  ['a hidden element', [Object.defineProperty([1, 2], 0, { enumerable: false })], 'x[0]'],
  ['a setter in an array', Object.defineProperty([1, 2], 0, { set: () => {} }), 'x'],
  ['a RegExp whose lastIndex is a string', Object.assign(/a/g, { lastIndex: '0' }), 'x'],
  ['an object that poses as a URL', [Object.create(URL.prototype)], 'x[0]'],
  ['a function as the key of a Map', { m: new Map([[() => 1, 1], [() => 2, 2]]) }, 'x.m<key>'],
  ['a function under a key that looks like a marker', { '<run>': () => 1 }, 'x["<run>"]'],
  ['a value nested too deeply', Array.from({ length: 1e5 }).reduce((inner) => [inner], []), 'x'],
]
for (const [name, value, place] of refused) {
  test(`${name} is refused at its place`, () => {
    assert.throws(() => identify(value), (error: { path?: [] }) => error.path !== undefined && renderPath('x', error.path) === place)
  })
}
