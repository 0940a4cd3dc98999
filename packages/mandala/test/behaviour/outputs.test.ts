import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, ListRef, op, Ref, Storage, unwrap, value, type Op } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const split = op(function split(n: number) { return { low: n - 1, high: [n + 1] } }, { outputs: ['low', 'high'] })
const pair = op(function pair(n: number) { return [n, `${n}`] as [number, string] }, { outputs: ['number', 'text'] })

test('several outputs as an object resolve to an object of Refs, each with its own history', async () => {
  const storage = new Storage()
  const { low, high } = await storage.run(() => split(5))
  assert.ok(low instanceof Ref && high instanceof Ref)
  assert.notEqual(low.hid, high.hid)
  assert.deepEqual(await unwrap({ low, high }), { low: 4, high: [6] })
  const [call] = await storage.calls(split)
  assert.deepEqual(Object.keys(call?.outputs ?? {}), ['low', 'high'])
})

test('several outputs as a tuple resolve to a tuple of Refs', async () => {
  const storage = new Storage()
  const outputs = await storage.run(() => pair(5))
  assert.ok(Array.isArray(outputs))
  assert.deepEqual(await unwrap(outputs), [5, '5'])
})

test('a hit after reopening gives several outputs in the form that they had', async (t) => {
  const path = makePath(t)
  {
    await using storage = new Storage(path)
    await storage.run(async () => { await split(5); await pair(5) })
  }
  await using storage = new Storage(path)
  const log = logOf(storage)
  const [object, tuple] = await storage.run(async () => [await split(5), await pair(5)] as const)
  assert.deepEqual(log.take(), ['hit split by history', 'hit pair by history'])
  assert.deepEqual(Object.keys(object), ['low', 'high'])
  assert.ok(Array.isArray(tuple))
  assert.deepEqual(await unwrap({ object, tuple }), { object: { low: 4, high: [6] }, tuple: [5, '5'] })
})

test('a hit by content gives several outputs in the form that they had', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const identity = op(function identity(x: number) { return x })
  const outputs = await storage.run(async () => { await pair(5); return pair(identity(5)) })
  assert.deepEqual(log.take(), ['run pair', 'run identity', 'hit pair by content'])
  assert.deepEqual(await unwrap(outputs), [5, '5'])
})

test('one output of several is an input like any other', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const negate = op(function negate(x: number) { return -x })
  const program = async (): Promise<unknown> => {
    const { low } = await split(5)
    return negate(low)
  }
  assert.equal(await unwrap(await storage.run(program)), -4)
  await storage.run(program)
  assert.deepEqual(log.take(), ['run split', 'run negate', 'hit split by history', 'hit negate by history'])
})

test('an object of outputs may name kinds', async () => {
  const storage = new Storage()
  const f = op(function f(n: number) { return { first: n, all: [n, n + 1] } }, { outputs: { first: value(), all: list() } })
  const { first, all } = await storage.run(() => f(1))
  assert.ok(first instanceof Ref && !(first instanceof ListRef))
  assert.ok(all instanceof ListRef)
})

const wrong: readonly (readonly [what: string, returned: unknown, got: RegExp])[] = [
  ['too few keys', { a: 1 }, /has the outputs a, b and returned \{ a \}/],
  ['too many keys', { a: 1, b: 2, c: 3 }, /returned \{ a, b, c \}/],
  ['other keys', { a: 1, c: 2 }, /returned \{ a, c \}/],
  ['a tuple that is too short', [1], /returned an array/],
  ['a tuple that is too long', [1, 2, 3], /returned an array/],
  ['a single value', 5, /returned number 5/],
  ['nothing', undefined, /returned undefined/],
]
for (const [what, returned, got] of wrong) {
  test(`a function of two outputs that returns ${what} is an error of that call`, async () => {
    const storage = new Storage()
    const log = logOf(storage)
    const f = op('f', () => returned, { outputs: ['a', 'b'] as never }) as unknown as Op
    await assert.rejects(storage.run(() => f()), hasCode('OUTPUT_INVALID', got))
    assert.deepEqual(log.take(), ['run f', 'fail f'])
    assert.equal((await storage.stats()).calls, 0)
  })
}

const both = function both(x: number): { a: number; b: number } { return { a: x, b: x } }
for (const where of ['in the same process', 'after reopening']) {
  test(`a call ${where} of an op that declares other outputs now is an error, and another version mends it`, async (t) => {
    const path = makePath(t)
    const first = new Storage(path)
    await first.run(() => op(both, { outputs: ['a', 'b'] })(1))
    if (where === 'after reopening') await first.close()
    await using storage = where === 'after reopening' ? new Storage(path) : first
    await assert.rejects(storage.run(() => op('both', both as () => never, { output: list() })(...([1] as unknown as []))),
      hasCode('OUTPUT_INVALID', /is stored with the outputs a \(value\), b \(value\)/))
    await storage.run(() => op(both, { version: 1 })(1))
  })
}

test('an output of a declared collection that is none is an error of that call', async () => {
  const storage = new Storage()
  const f = op('f', () => 5 as unknown as number[], { output: list() })
  await assert.rejects(storage.run(() => f()), hasCode('OUTPUT_INVALID', /f: output output is declared as a list and is number 5/))
})

test('undefined is a value to return', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const nothing = op(function nothing() {})
  await storage.run(() => nothing())
  assert.equal(await unwrap(await storage.run(() => nothing())), undefined)
  assert.deepEqual(log.take(), ['run nothing', 'hit nothing by history'])
})

test('two ops over one function that declare other outputs never answer for each other', async () => {
  const storage = new Storage()
  const named = op(both, { outputs: ['a', 'b'] })
  const single = op(both)
  await storage.run(async () => {
    await named(1)
    await single(2)
    await named(3)
    await assert.rejects(single(3), hasCode('OUTPUT_INVALID'))
    await assert.rejects(named(2), hasCode('OUTPUT_INVALID'))
  })
})
