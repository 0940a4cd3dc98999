import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Ref, Storage, unwrap } from '../../src/index.ts'
import { logOf } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })
const split = op(function split(n: number) { return { a: n, b: -n } }, { outputs: ['a', 'b'] })

test('an op outside a run is its function, and resolves to plain values', async () => {
  assert.equal(await increment(1), 2)
  assert.deepEqual(await split(1), { a: 1, b: -1 })
  assert.equal(increment.fn(1), 2)
})

test('an op outside a run takes promises and Refs', async () => {
  const ref = await new Storage().run(() => increment(1))
  assert.ok(ref instanceof Ref)
  assert.equal(await increment(ref), 3)
  assert.equal(await increment(increment(1)), 3)
})

test('what an op outside a run returns is the very object, and values that no store takes are no error', async () => {
  const shared = { f: () => 1 }
  const get = op(function get() { return shared })
  assert.equal(await get(), shared)
})

test('an op outside a run rejects with what its function throws, also when that is not async', async () => {
  const error = new Error('bad')
  const fail = op(function fail() { throw error })
  await assert.rejects(fail(), (thrown) => thrown === error)
})

test('in the mode noop ops are plain and nothing is recorded', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const outer = op(async function outer(x: number) { return (await increment(x) as number) + 1 })
  assert.equal(await storage.run({ mode: 'noop' }, () => outer(1)), 3)
  assert.deepEqual(log.take(), [])
  assert.equal((await storage.stats()).calls, 0)
})

test('noop inside a run holds for its duration, and run inside noop records again', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(async () => {
    assert.equal(await storage.run({ mode: 'noop' }, async () => {
      assert.equal(await storage.run(() => increment(5)), 6)
      const recorded = await storage.run({ mode: 'run' }, () => increment(1))
      assert.ok(recorded instanceof Ref)
      return increment(recorded)
    }), 3)
    assert.ok((await increment(1)) instanceof Ref)
  })
  assert.deepEqual(log.take(), ['run increment', 'hit increment by history'])
})

test('unwrap goes through arrays, objects, Maps, Sets and promises, and gives back what holds no Ref', async () => {
  const ref = await new Storage().run(() => increment(1))
  assert.deepEqual(await unwrap([ref, { a: Promise.resolve(ref), b: new Map([['k', ref]]), c: new Set([ref]) }]), [
    2, { a: 2, b: new Map([['k', 2]]), c: new Set([2]) },
  ])
  const plain = { a: [1, { b: 2 }] }
  assert.equal(await unwrap(plain), plain)
  assert.equal(await unwrap(5), 5)
})
