import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Storage, unwrap } from '../../src/index.ts'
import { logOf, makeGate } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })

test('an error of a function passes unchanged, is not stored, and the next call executes anew', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const error = Object.freeze(new TypeError('bad input'))
  let fails = true
  const flaky = op(function flaky(x: number) { if (fails) throw error; return x })
  await assert.rejects(storage.run(() => flaky(1)), (thrown) => thrown === error)
  assert.equal((await storage.stats()).calls, 0)
  fails = false
  assert.equal(await unwrap(await storage.run(() => flaky(1))), 1)
  assert.deepEqual(log.take(), ['run flaky', 'fail flaky', 'run flaky'])
})

test('what is thrown need not be an Error', async () => {
  const fail = op(async function fail(x: unknown) { throw x })
  for (const thrown of ['text', undefined, null, 5]) {
    const caught: unknown = await new Storage().run(() => fail(1 as never).catch(() => 'wrong'))
      .then(() => new Storage().run(() => fail(thrown))).catch((error: unknown) => [error])
    assert.deepEqual(caught, [thrown])
  }
})

test('calls before an error that ends the run are stored', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await assert.rejects(storage.run(async () => { await increment(1); throw new Error('stop') }), /stop/)
  await storage.run(() => increment(1))
  assert.deepEqual(log.take(), ['run increment', 'hit increment by history'])
})

test('an error that the block catches leaves the run as it was', async () => {
  const storage = new Storage()
  const fail = op(function fail(): number { throw new Error('no') })
  assert.equal(await storage.run(async () => {
    await fail().catch(() => undefined)
    return unwrap(increment(1))
  }), 2)
  assert.equal((await storage.stats()).calls, 1)
})

test('equal calls in flight share an error, others are unaffected, and a later one executes anew', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const gate = makeGate()
  const error = new Error('no')
  const slow = op(async function slow(x: number) { await gate.opened; if (x === 1) throw error; return x })
  await storage.run(async () => {
    const calls = [slow(1), slow(1), slow(2)]
    await new Promise(setImmediate)
    gate.open()
    const [first, second, third] = await Promise.allSettled(calls)
    assert.ok(first?.status === 'rejected' && first.reason === error)
    assert.ok(second?.status === 'rejected' && second.reason === error)
    assert.equal(third?.status, 'fulfilled')
    assert.deepEqual(log.take(), ['run slow', 'run slow', 'fail slow'])
    await assert.rejects(slow(1), (thrown) => thrown === error)
    assert.deepEqual(log.take(), ['run slow', 'fail slow'])
  })
})

test('a run that only retraces does not spoil an equal call of another run at the same time', async () => {
  const storage = new Storage()
  const [refused, executed] = await Promise.allSettled([
    storage.run({ newCalls: 'error' }, () => increment(7)),
    storage.run(() => increment(7)),
  ])
  assert.equal(refused.status, 'rejected')
  assert.equal(executed.status, 'fulfilled')
})

test('an error of an inner call passes through the call around it', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const error = new Error('inner')
  const inner = op(function inner(): number { throw error })
  const outer = op(async function outer() { return inner() })
  await assert.rejects(storage.run(() => outer()), (thrown) => thrown === error)
  assert.deepEqual(log.take(), ['run outer', 'run inner', 'fail inner', 'fail outer'])
  assert.equal((await storage.stats()).calls, 0)
})
