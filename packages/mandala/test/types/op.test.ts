import { test } from 'node:test'
import {
  approx, dict, DictRef, external, ignore, list, ListRef, newArg, op, Ref, set, SetRef, Storage, unwrap, value, wrap, type AnyOp, type Op, type Tracked,
} from '../../src/index.ts'
import { expectType, type Equal } from './equal.ts'

// The compiler checks this file; nothing in it runs.

class Forest {
  readonly #trees: number
  constructor(trees: number) { this.#trees = trees }
  count(): number { return this.#trees }
}
interface Ask { model: string; prompt: string; temperature?: number }

const increment = op(function increment(x: number) { return x + 1 })
const shout = op(async function shout(text: string) { return text.toUpperCase() })
const train = op(function train(n: number) { return new Forest(n) })
const score = op(function score(model: Forest, xs: readonly number[]) { return model.count() / xs.length })

export async function resultsOfOneOutput(): Promise<void> {
  const one = await increment(1)
  expectType<Equal<typeof one, number | Ref<number>>>()
  const text = await shout('a')
  expectType<Equal<typeof text, Tracked<string>>>()
  const number = await unwrap(one)
  expectType<Equal<typeof number, number>>()
  const model = await unwrap(train(1))
  expectType<Equal<typeof model, Forest>>()
  const models = await unwrap({ all: [train(1)], first: await train(2), n: 1 })
  expectType<Equal<typeof models, { all: Forest[]; first: Forest; n: number }>>()
  const nothing = await op(function nothing() {})()
  expectType<Equal<typeof nothing, Tracked<void>>>()
  expectType<Equal<typeof increment.fn, (x: number) => number>>()
  // @ts-expect-error a tracked value must be unwrapped first
  void (one + 1)
  // @ts-expect-error a tracked value must be unwrapped first
  void text.length
  // @ts-expect-error an op call must be awaited
  void (increment(1) + 1)
}

export async function inputs(): Promise<void> {
  const model = await train(1)
  await score(model, [1])
  await score(train(1), [increment(1), await increment(2), 3])
  await score(external('m', new Forest(1)), ignore([1]))
  await increment(wrap(5))
  await increment(Promise.resolve(5))
  await increment(increment(1))
  // @ts-expect-error a wrong type
  await increment('1')
  // @ts-expect-error a wrong type through a Ref
  await increment(await shout('a'))
  // @ts-expect-error a wrong type through a promise of a Ref
  await increment(shout('a'))
  // @ts-expect-error a wrong type through a wrapped value
  await increment(wrap('a'))
  // @ts-expect-error a wrong type in an array
  await score(train(1), [shout('a')])
  // An object with the public shape of a class passes, as its private members are lost where Refs are let in among the parts.
  await score({ count: () => 1 }, [1])
  // @ts-expect-error too few inputs
  await score(train(1))
  // @ts-expect-error too many inputs
  await increment(1, 2)
}

export async function formsOfParameters(): Promise<void> {
  const optional = op(function optional(x: number, label?: string) { return label ?? x })
  const defaulted = op(function defaulted(x: number, by: number = 10, since: number = newArg(5)) { return x * by * since })
  const rest = op(function rest(first: string, ...others: number[]) { return first + others.length })
  const ask = op(async function ask({ model, prompt, temperature = 0 }: Ask) { return `${model}${prompt}${temperature}` })
  const either = op(function either(x: string | number, flag: boolean) { return flag ? x : null })
  await optional(1)
  await optional(1, shout('a'))
  await optional(1, undefined)
  await defaulted(1)
  await defaulted(1, increment(1))
  await rest('a')
  await rest(shout('a'), 1, increment(1))
  await ask({ model: 'm', prompt: shout('p') })
  await ask({ model: 'm', prompt: await shout('p'), temperature: increment(1) })
  await either(increment(1), true)
  await either(shout('a'), op(function isTrue() { return Math.random() > 0 })())
  const result = await either(1, false)
  expectType<Equal<typeof result, Tracked<string | number | null>>>()
  const flag = await op(function flag(x: number) { return x > 1 })(1)
  expectType<Equal<typeof flag, boolean | Ref<boolean>>>()
  // @ts-expect-error a wrong type of an optional input
  await optional(1, 2)
  // @ts-expect-error a wrong type of a defaulted input
  await defaulted(1, 'x')
  // @ts-expect-error a wrong type of a rest input
  await rest('a', 'b')
  // @ts-expect-error an input is missing
  await ask({ model: 'm' })
  // @ts-expect-error an input of another name
  await ask({ model: 'm', prompt: 'p', temprature: 1 })
  // @ts-expect-error a wrong type of a named input
  await ask({ model: 'm', prompt: increment(1) })
  // @ts-expect-error none of a union
  await either(wrap(true), true)
}

export async function severalOutputs(): Promise<void> {
  const split = op(function split(n: number) { return { low: n, high: [String(n)], spare: true } }, { outputs: ['low', 'high'] })
  const result = await split(1)
  expectType<Equal<typeof result, { low: Tracked<number>; high: Tracked<string[]> }>>()
  const pair = op(async function pair(n: number) { return [n, String(n)] as [number, string] }, { outputs: ['n', 's'] })
  const [n, s] = await pair(1)
  expectType<Equal<typeof n, Tracked<number>>>()
  expectType<Equal<typeof s, Tracked<string>>>()
  const kinds = await op(function kinds(x: number) { return { a: x, b: [x] } }, { outputs: { a: value(), b: list() } })(1)
  expectType<Equal<typeof kinds.a, Tracked<number>>>()
  expectType<Equal<typeof kinds.b, number[] | ListRef<number>>>()
  const values = await unwrap(kinds)
  expectType<Equal<typeof values, { a: number; b: number[] }>>()
  await increment(result.low)
  // @ts-expect-error an output of another type than the input
  await increment(result.high)
  // @ts-expect-error an output that was not declared
  void result.spare
  // @ts-expect-error a kind for an output that the function does not return
  op(function f() { return { a: [1] } }, { outputs: { b: list() } })
  // @ts-expect-error more names than the tuple has members
  op(function f() { return [1, 2] as [number, number] }, { outputs: ['a', 'b', 'c'] })
}

export async function collections(): Promise<void> {
  const range = op(function range(n: number) { return [n] }, { output: list() })
  const scores = op(function scores() { return { a: 1 } as Record<string, number> }, { output: { byName: dict() } })
  const names = op(function names() { return new Set(['a']) }, { output: set() })
  const rows = op(async function rows() { return [{ a: 1 }] as Record<string, number>[] }, { output: list(dict()) })
  const xs = await range(1)
  expectType<Equal<typeof xs, number[] | ListRef<number>>>()
  for (const x of xs) {
    expectType<Equal<typeof x, Tracked<number>>>()
    await increment(x)
    // @ts-expect-error an element of another type than the input
    await shout(x)
  }
  const byName = await scores()
  expectType<Equal<typeof byName, Record<string, number> | DictRef<Record<string, number>>>>()
  if (byName instanceof DictRef) for (const [key, x] of byName) expectType<Equal<[typeof key, typeof x], [string, Ref<number>]>>()
  for (const name of await names()) await shout(name)
  const distinct = await names()
  if (distinct instanceof SetRef) for (const name of distinct) expectType<Equal<typeof name, Ref<string>>>()
  const table = await rows()
  if (table instanceof ListRef) {
    for (const row of table) {
      expectType<Equal<typeof row, DictRef<Record<string, number>>>>()
      await increment(row.get('a') ?? 0)
    }
  }
  const plain = await unwrap(table)
  expectType<Equal<typeof plain, Record<string, number>[]>>()
  await score(train(1), xs)
  // @ts-expect-error a list of numbers is no list of strings
  await op(function join(parts: string[]) { return parts.join() })(xs)
}

interface Scores { readonly acc: number; readonly label: string; readonly note?: string }

export async function fixedKeys(): Promise<void> {
  const evaluate = op(function evaluate(x: number): Scores { return { acc: x, label: String(x) } }, { output: dict() })
  const scores = await evaluate(1)
  if (scores instanceof DictRef) {
    expectType<Equal<[ReturnType<typeof scores.get<'acc'>>, ReturnType<typeof scores.get<'label'>>], [Ref<number>, Ref<string>]>>()
    await increment(scores.get('acc'))
    await shout(scores.get('note') ?? 'none')
    for (const [key, ref] of scores) expectType<Equal<[typeof key, typeof ref], ['acc' | 'label' | 'note', Ref<number> | Ref<string>]>>()
    // @ts-expect-error a value of another type than the input
    await increment(scores.get('label'))
    // @ts-expect-error a value that may be missing
    await shout(scores.get('note'))
    // @ts-expect-error a key that it does not have
    scores.get('f1')
  }
  const plain = await unwrap(scores)
  expectType<Equal<typeof plain, Scores>>()
  const nested = await op(function nested() { return { xs: [1], names: ['a'] } }, { output: dict(list()) })()
  if (nested instanceof DictRef) expectType<Equal<ReturnType<typeof nested.get<'xs'>>, ListRef<number>>>()
  const { both } = await op(function two() { return { both: { a: 1, b: 'x' } } }, { outputs: { both: dict() } })()
  if (both instanceof DictRef) expectType<Equal<ReturnType<typeof both.get<'b'>>, Ref<string>>>()
}

export async function generics(): Promise<void> {
  const first = op(function first<T>(xs: T[], at = 0): T { return xs[at] as T })
  const result = await first([1])
  expectType<Equal<typeof result, Tracked<number>>>()
  const ofRefs = await first([increment(1), await increment(2)])
  expectType<Equal<typeof ofRefs, Tracked<number>>>()
  const repeat = op('repeat', async <T>(x: T) => [x, x], { output: list() })
  const repeated = await repeat('a')
  expectType<Equal<typeof repeated, string[] | ListRef<string>>>()
  const pluck = op(function pluck<T extends object, K extends keyof T>(x: T, key: K) { return x[key] }, { version: 1, output: 'part' })
  const part = await pluck({ a: true, b: 'x' }, 'b')
  expectType<Equal<typeof part, Tracked<string>>>()
  const pair = op(function pair<T, U>(a: T, b: U) { return { a, b } }, { outputs: ['a', 'b'] })
  const { a, b } = await pair(increment(1), wrap('x'))
  expectType<Equal<[typeof a, typeof b], [Tracked<number>, Tracked<string>]>>()
  // @ts-expect-error a key that the object does not have
  await pluck({ a: 1 }, 'b')
  // @ts-expect-error a result that is no string
  await shout(first([1]))
  // @ts-expect-error an output that the function does not return
  op(function f<T>(x: T) { return { x } }, { outputs: ['y'] })
  // @ts-expect-error a kind for an output that the function does not return
  op(function f<T>(x: T) { return { x } }, { outputs: { y: list() } })
  // @ts-expect-error an unknown option
  op(function f<T>(x: T) { return x }, { versoin: 1 })
  const untyped: AnyOp = first
  const storage = new Storage()
  await storage.run({ refresh: [untyped, first, increment] }, () => first([1]))
  await storage.drop([...(await storage.calls(first)), first])
}

export async function unannotated(): Promise<void> {
  const scale = op(function scale(x: number, by = 10) { return x * by })
  expectType<Equal<typeof scale.fn, (x: number, by?: number) => number>>()
  const ignoring = op(function ignoring(x: number, by = 10) { return x * by }, { version: 1, ignore: ['x'] })
  expectType<Equal<typeof ignoring.fn, (x: number, by?: number) => number>>()
}

export async function options(): Promise<void> {
  op(function f(x: number) { return x }, { version: 1, output: 'acc', transient: true, compose: false, ignore: ['x'], inputs: ['y'] })
  op(function f(x: number) { return x }, { output: approx(6), inputs: { x: approx(6) } })
  op(function f({ x }: { x: number }) { return x }, { ignore: ['x'] })
  op(function f() { return { a: 1, b: 2 } }, { outputs: ['a', 'b'], transient: ['a'] })
  op('name', (x: number) => x, { output: 'acc' })
  // @ts-expect-error an unknown option
  op(function f(x: number) { return x }, { versoin: 1 })
  // @ts-expect-error a version that is no number
  op(function f(x: number) { return x }, { version: '1' })
  // @ts-expect-error an option that is no array
  op(function f(x: number) { return x }, { ignore: 'x' })
  // Names in `transient` are checked when the op is made, not by the compiler.
  op(function f() { return { a: 1, b: 2 } }, { outputs: ['a', 'b'], transient: ['c'] })
  // @ts-expect-error no function
  op('name')
  const untyped: Op = increment
  const mixed: readonly Op[] = [increment, shout, train, score]
  void [untyped, mixed]
}

export async function storages(): Promise<void> {
  const storage = new Storage({ path: 'x.db', detectMutation: true })
  const result = await storage.run(async () => ({ x: await increment(1) }))
  expectType<Equal<typeof result, { x: Tracked<number> }>>()
  const inner = await storage.run({ newCalls: 'error', refresh: [increment, shout], progress: true }, () => 5)
  expectType<Equal<typeof inner, number>>()
  const plain = await storage.unwrap(result)
  expectType<Equal<typeof plain, { x: number }>>()
  await storage.drop(await storage.calls(increment), { dependents: false, dryRun: true })
  // @ts-expect-error an unknown option of a run
  await storage.run({ newcalls: 'error' }, () => 5)
  // @ts-expect-error an unknown option of a storage
  new Storage({ file: 'x.db' })
  // @ts-expect-error an unknown mode
  await storage.run({ mode: 'plain' }, () => 5)
  // @ts-expect-error a function that is no op
  await storage.run({ refresh: [() => 5] }, () => 5)
  // @ts-expect-error an unknown option of gc
  await storage.gc({ max: 1 })
}

test('types are checked by the compiler', () => {})

export function wrongOutputs(): void {
  // @ts-expect-error an output that the function does not return
  op(function f() { return { a: 1 } }, { outputs: ['a', 'b'] })
}

export async function parametersOfAComposedOp(): Promise<void> {
  const total = op(async function total(xs: ListRef<number>, by: Ref<number>) {
    for (const x of xs) expectType<Equal<typeof x, Ref<number>>>()
    return increment(by)
  }, { compose: true, inputs: { xs: list() } })
  const sum = await total([1, increment(2)], 3)
  expectType<Equal<typeof sum, Tracked<number>>>()
  await total(Promise.resolve([1]), increment(1))
  // @ts-expect-error A list of other elements.
  await total(['a'], 3)
}
