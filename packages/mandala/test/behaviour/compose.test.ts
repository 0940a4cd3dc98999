import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, ListRef, op, Ref, Storage, unwrap, wrap, type Op } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })
const double = op(function double(x: number) { return x * 2 })

test('a composed op gets Refs, its inner calls are linked, and a hit of it executes nothing', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const seen: unknown[] = []
  const both = op(async function both(x: number) {
    seen.push(x)
    return double(await increment(x))
  }, { compose: true })
  const result = await storage.run(() => both(1))
  assert.equal(await unwrap(result), 4)
  assert.ok(seen[0] instanceof Ref)
  assert.deepEqual(log.take(), ['run both', 'run increment', 'run double'])
  await storage.run(() => both(1))
  assert.deepEqual(log.take(), ['hit both by history'])
  await storage.drop(await storage.calls(increment))
  assert.equal((await storage.calls(both)).length, 0)
})

test('a composed op that is new reuses its inner calls', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const both = op(async function both(x: number) { return double(await increment(x)) }, { compose: true })
  await storage.run(async () => { await double(await increment(1)) })
  log.take()
  assert.equal(await unwrap(await storage.run(() => both(1))), 4)
  assert.deepEqual(log.take(), ['run both', 'hit increment by history', 'hit double by history'])
})

test('a composed op can unwrap an array or object that was given as a value', async () => {
  const storage = new Storage()
  const sum = op(function sum(xs: number[]) { return xs.reduce((a, b) => a + b, 0) })
  const sizeAndSum = op(async function sizeAndSum(xs: number[]) {
    const { length } = await unwrap(xs)
    return [await sum(xs), length]
  }, { compose: true })
  assert.deepEqual(await unwrap(await storage.run(() => sizeAndSum([4, 5]))), [9, 2])
})

test('a composed op takes a list of Refs and returns one', async () => {
  const storage = new Storage()
  const incrementAll = op(async function incrementAll(xs: number[]) {
    const results: unknown[] = []
    for (const x of xs) results.push(await increment(x))
    return results as number[]
  }, { compose: true, inputs: { xs: list() }, output: list() })
  const result = (await storage.run(() => incrementAll([1, 2]))) as ListRef<number>
  assert.ok(result instanceof ListRef)
  assert.deepEqual(await unwrap([...result]), [2, 3])
  assert.equal((await storage.creator(result))?.op, 'incrementAll')
})

test('a composed op of named inputs gets them as Refs', async () => {
  const storage = new Storage()
  const f = op(async function f({ x, y }: { x: number; y: number }) { return [await increment(x), await double(y)] }, {
    compose: true, outputs: ['a', 'b'],
  })
  assert.deepEqual(await unwrap(await storage.run(() => f({ x: 1, y: 2 }))), [2, 4])
})

test('a composed op may return a wrapped value', async () => {
  const storage = new Storage()
  const f = op(function f(_x: number) { return wrap(5) }, { compose: true })
  assert.equal(await unwrap(await storage.run(() => f(1))), 5)
})

test('a composed op outside a run gets values', async () => {
  const both = op(async function both(x: number) { return double(await increment(x)) }, { compose: true })
  assert.equal(await both(1), 4)
})

test('an op called in an op\'s function gives a plain value and is a recorded call of its own', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const outer = op(async function outer(x: number) {
    const one = await increment(x)
    return (one as number) + 10
  })
  assert.equal(await unwrap(await storage.run(() => outer(1))), 12)
  assert.deepEqual(log.take(), ['run outer', 'run increment'])
  await storage.run(async () => { await outer(1); await increment(1) })
  assert.deepEqual(log.take(), ['hit outer by history', 'hit increment by history'])
})

test('several outputs and collections of an inner call are plain too', async () => {
  const pair = op(function pair(x: number) { return { a: x, b: [x] } }, { outputs: ['a', 'b'] })
  const range = op(function range(n: number) { return Array.from({ length: n }, (_, i) => i) }, { output: list() })
  const outer = op(async function outer() { return JSON.stringify([await pair(1), await range(2)]) })
  const storage = new Storage()
  for (let i = 0; i < 2; i += 1) assert.equal(await unwrap(await storage.run(() => outer())), '[{"a":1,"b":[1]},[0,1]]')
  const again = op(async function again() { return JSON.stringify([await pair(1), await range(2)]) })
  assert.equal(await unwrap(await storage.run(() => again())), '[{"a":1,"b":[1]},[0,1]]')
})

test('dropping an inner call drops the call around it', async (t) => {
  await using storage = new Storage(makePath(t))
  const log = logOf(storage)
  const outer = op(async function outer(x: number) { return unwrap(increment(x)) })
  await storage.run(() => outer(1))
  log.take()
  await storage.drop(increment)
  assert.deepEqual(log.take(), ['drop 2'])
  await storage.run(() => outer(1))
  assert.deepEqual(log.take(), ['run outer', 'run increment'])
})

test('an op may call itself with a smaller input', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const factorial: Op = op('factorial', async (n: number): Promise<number> => (n < 2 ? 1 : n * (await factorial(n - 1) as number)))
  assert.equal(await unwrap(await storage.run(() => factorial(5))), 120)
  assert.equal(log.take().length, 5)
  assert.equal(await unwrap(await storage.run(() => factorial(7))), 5040)
  assert.deepEqual(log.take(), ['run factorial', 'run factorial', 'hit factorial by history'])
})

test('an op that calls itself with its own input is an error rather than a deadlock', { timeout: 5000 }, async () => {
  const storage = new Storage()
  const loop: Op = op('loop', async (n: number): Promise<unknown> => loop(n))
  await assert.rejects(storage.run(() => loop(1)), hasCode('INPUT_INVALID', /loop calls itself with the inputs that it was called with/))
})

test('two ops that call each other with their own inputs are an error rather than a deadlock', { timeout: 5000 }, async () => {
  const storage = new Storage()
  const ping: Op = op('ping', async (n: number): Promise<unknown> => pong(n))
  const pong: Op = op('pong', async (n: number): Promise<unknown> => ping(n))
  await assert.rejects(storage.run(() => ping(1)), hasCode('INPUT_INVALID', /ping calls itself/))
})
