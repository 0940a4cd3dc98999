import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Ref, Storage, unwrap } from '../../src/index.ts'
import { hasCode, logOf } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })
const total = op(function total(xs: number[]) { return xs.reduce((a, b) => a + b, 0) })
const range = op(function range(n: number) { return Array.from({ length: n }, (_, i) => i) })

test('a run gives what its block returns, sync or async', async () => {
  const storage = new Storage()
  assert.equal(await storage.run(() => 5), 5)
  assert.equal(await storage.run(async () => 'x'), 'x')
})

test('the context follows awaits, timers and callbacks, and ends with the block', async () => {
  const storage = new Storage()
  await storage.run(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1))
    const results = await Promise.all([1, 2].map(async (x) => increment(x)))
    assert.ok(results.every((result) => result instanceof Ref))
  })
  assert.equal(await increment(1), 2)
})

test('two storages\' runs interleave in one process, each call in its own storage', async () => {
  const [one, other] = [new Storage(), new Storage()]
  const block = (xs: number[]) => async (): Promise<void> => {
    for (const x of xs) {
      await increment(x)
      await new Promise(setImmediate)
    }
  }
  await Promise.all([one.run(block([1, 2, 3])), other.run(block([10, 20]))])
  assert.equal((await one.calls(increment)).length, 3)
  assert.equal((await other.calls(increment)).length, 2)
})

test('a run of another storage inside a run leaves the outer one as it was', async () => {
  const [one, other] = [new Storage(), new Storage()]
  await one.run(async () => {
    await other.run(() => increment(1))
    await increment(2)
  })
  assert.deepEqual(await unwrap((await one.calls(increment)).map((call) => call.inputs)), [{ x: 2 }])
  assert.deepEqual(await unwrap((await other.calls(increment)).map((call) => call.inputs)), [{ x: 1 }])
})

test('options of an outer run hold in an inner one that leaves them out, and come back after one that sets them', async () => {
  const storage = new Storage()
  await storage.run({ newCalls: 'error' }, async () => {
    await assert.rejects(storage.run(() => increment(1)), hasCode('NEW_CALL_REFUSED'))
    await storage.run({ newCalls: 'execute' }, () => increment(2))
    await assert.rejects(increment(3), hasCode('NEW_CALL_REFUSED'))
    await increment(2)
  })
})

test('options of one storage\'s run do not hold in another\'s', async () => {
  const [one, other] = [new Storage(), new Storage()]
  await one.run({ newCalls: 'error' }, () => other.run(() => increment(1)))
  await one.run({ mode: 'noop' }, () => other.run(async () => assert.ok((await increment(2)) instanceof Ref)))
})

test('a Ref of another storage is an input by its value', async () => {
  const [one, other] = [new Storage(), new Storage()]
  const log = logOf(other)
  const ref = await one.run(() => range(4))
  assert.equal(await unwrap(await other.run(() => total(ref))), 6)
  await other.run(() => total([0, 1, 2, 3]))
  assert.deepEqual(log.take(), ['run total', 'hit total by history'])
  const three = await one.run(() => increment(2))
  assert.equal(await unwrap(await other.run(() => total([three, 1]))), 4)
})

test('a Ref of a run that ended is an input of a later one', async () => {
  const storage = new Storage()
  const ref = await storage.run(() => range(3))
  assert.equal(await unwrap(await storage.run(() => total(ref))), 3)
})

test('a run inside an op\'s function gives Refs, and its calls are linked to that op', async () => {
  const storage = new Storage()
  const outer = op(async function outer(x: number) {
    return storage.run(async () => {
      const one = await increment(x)
      assert.ok(one instanceof Ref)
      return unwrap(one)
    })
  })
  await storage.run(() => outer(1))
  await storage.drop(increment)
  assert.equal((await storage.calls(outer)).length, 0)
})
