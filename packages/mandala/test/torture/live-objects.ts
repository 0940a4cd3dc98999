import type { Pair, Subject } from './pair.ts'

/** Functions of one text that do other things. */
const adder = (n: number) => (x: number) => x + n

class Counter {
  readonly #count: number
  constructor(count: number) { this.#count = count }
  get count(): number { return this.#count }
}
class Point {
  readonly x: number
  constructor(x: number) { this.x = x }
}
class Money {
  readonly amount: number
  constructor(amount: number) { this.amount = amount }
  toJSON(): string { return 'money' }
}
const makeLocal = (rate: number) => new (class Tax { readonly base = 1; total(): number { return this.base * rate } })()

const refused: readonly Pair[] = [
  ['functions of one text and other closures', () => adder(1), () => adder(2)],
  ['two functions', () => (x: number) => x + 1, () => (x: number) => x + 2],
  ['a function and its text', () => adder, () => String(adder)],
  ['a function within an object', () => ({ run: adder(1) }), () => ({ run: adder(2) })],
  ['a function within an array', () => [adder(1)], () => [adder(2)]],
  ['a function as a key of a Map', () => new Map([[adder(1), 1]]), () => new Map([[adder(2), 1]])],
  ['a bound function', () => adder.bind(null, 1), () => adder.bind(null, 2)],
  ['two classes of one text', () => makeClass(1), () => makeClass(2)],
  ['instances with other private state', () => new Counter(1), () => new Counter(2)],
  ['an instance and a plain object', () => new Point(1), () => ({ x: 1 })],
  ['an instance whose toJSON hides its state', () => new Money(1), () => new Money(2)],
  ['an instance whose toJSON is a text, and that text', () => new Money(1), () => 'money'],
  ['instances of one class made twice', () => makeLocal(0.1), () => makeLocal(0.2)],
  ['an object whose toJSON hides its state', () => ({ n: 1, toJSON: () => 'x' }), () => ({ n: 2, toJSON: () => 'x' })],
  ['two Proxies', () => proxy(1), () => proxy(2)],
  ['a Proxy and its target', () => proxy(1), () => ({})],
  ['a Proxy within an array', () => [proxy(1)], () => [{}]],
  ['a getter that throws and undefined', () => ({ get a(): number { throw new Error('asked') } }), () => ({ a: undefined })],
  ['two WeakRefs', () => new WeakRef(new Point(1)), () => new WeakRef(new Point(2))],
  ['two generators', () => count(1), () => count(2)],
  ['two AbortSignals', () => AbortSignal.abort('a'), () => AbortSignal.abort('b')],
  ['two Blobs', () => new Blob(['a']), () => new Blob(['b'])],
  ['two TextDecoders', () => new TextDecoder('utf-8'), () => new TextDecoder('utf-16le')],
  ['the global object and an empty one', () => globalThis, () => ({})],
]

function makeClass(n: number): unknown {
  return class { total(): number { return n } }
}

function proxy(n: number): object {
  return new Proxy({}, { get: () => n, ownKeys: () => [], getOwnPropertyDescriptor: () => undefined })
}

function* count(step: number): Generator<number> {
  for (let i = 0; ; i += step) yield i
}

export const liveObjects: Subject = { subject: 'functions, classes, Proxies', differ: [], agree: [], refused }
