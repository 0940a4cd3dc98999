import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { op, Storage, unwrap, type Ref } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })
const bytes = op(function bytes(n: number) { return new Uint8Array(10_000).fill(n) })
const lengthOf = op(function lengthOf(xs: Uint8Array) { return xs.length })

test('gc without options drops no call', async () => {
  const storage = new Storage()
  await storage.run(() => bytes(1))
  assert.deepEqual(await storage.gc(), { calls: 0, refs: 0, values: 0, bytes: 0, ops: [], failures: 0 })
  assert.equal((await storage.stats()).calls, 1)
})

test('gc with maxBytes drops the oldest calls until the rest fits', async (t) => {
  await using storage = new Storage(makePath(t))
  const log = logOf(storage)
  await storage.run(async () => { for (const n of [1, 2, 3, 4]) await bytes(n) })
  log.take()
  const planned = await storage.gc({ maxBytes: 25_000, dryRun: true })
  assert.equal(planned.calls, 2)
  assert.equal((await storage.stats()).calls, 4)
  assert.deepEqual(await storage.gc({ maxBytes: 25_000 }), planned)
  const { valueBytes } = await storage.stats()
  assert.ok(valueBytes <= 25_000, `${valueBytes} bytes`)
  await storage.run(async () => { for (const n of [4, 3, 1]) await bytes(n) })
  assert.deepEqual(log.take(), ['drop 2', 'hit bytes by history', 'hit bytes by history', 'run bytes'])
})

test('gc with olderThan drops calls that were executed before, and leaves what was computed from them', async (t) => {
  await using storage = new Storage(makePath(t))
  const log = logOf(storage)
  const old = await storage.run(() => bytes(1))
  await wait(15)
  const between = new Date()
  await wait(5)
  await storage.run(() => lengthOf(old))
  log.take()
  assert.equal((await storage.gc({ olderThan: between })).calls, 1)
  assert.deepEqual((await storage.stats()).ops.filter(({ calls }) => calls > 0).map(({ name }) => name), ['lengthOf'])
  await storage.run(async () => lengthOf(await bytes(1)))
  assert.deepEqual(log.take(), ['drop 1', 'run bytes', 'hit lengthOf by history'])
})

test('gc refuses options that it does not know, and limits that are none, and drops nothing then', async () => {
  const storage = new Storage()
  await storage.run(() => bytes(1))
  for (const options of [{ max: 1 }, { maxBytes: NaN }, { maxBytes: '1 GB' }, { olderThan: new Date(NaN) }, { olderThan: 5 }]) {
    await assert.rejects(storage.gc(options as object), hasCode('OPTION_INVALID'))
    assert.equal((await storage.stats()).calls, 1)
  }
})

test('stats count what is stored and what is cached', async () => {
  const storage = new Storage()
  await storage.run(async () => { await increment(1); await increment(2); await bytes(1) })
  const stats = await storage.stats()
  assert.equal(stats.calls, 3)
  assert.deepEqual(stats.ops, [{ name: 'bytes', version: 0, calls: 1 }, { name: 'increment', version: 0, calls: 2 }])
  assert.ok(stats.valueBytes > 10_000)
  assert.equal(stats.cached.pendingCalls, 0)
  assert.ok(stats.cached.calls >= 3)
  assert.ok(stats.cached.valueBytes >= 10_000)
})

test('check finds nothing wrong with a store that went through all kinds of calls', async (t) => {
  await using storage = new Storage(makePath(t))
  await storage.run(async () => lengthOf(await bytes(await increment(1))))
  assert.deepEqual(await storage.check(), [])
})

test('a storage closes twice without harm, and is refused after that', async (t) => {
  const path = makePath(t)
  const storage = new Storage(path)
  const ref = (await storage.run(() => increment(1))) as Ref<number>
  await storage.close()
  await storage.close()
  let hasRun = false
  await assert.rejects(storage.run(() => { hasRun = true }), hasCode('STORE_CLOSED'))
  assert.equal(hasRun, false)
  const uses = [
    () => storage.stats(), () => storage.check(), () => storage.calls('x'), () => storage.ref(ref.hid), () => storage.creator(ref),
    () => storage.gc(), () => storage.drop(increment),
  ]
  for (const use of uses) await assert.rejects(use(), hasCode('STORE_CLOSED'))
})

test('a call that is under way when the storage closes is refused, and the next process works', async (t) => {
  const path = makePath(t)
  const storage = new Storage(path)
  const slow = op(async function slow(x: number) { await wait(5); return x })
  const running = storage.run(() => slow(1))
  await new Promise(setImmediate)
  await storage.close()
  await assert.rejects(running, hasCode('STORE_CLOSED'))
  await using again = new Storage(path)
  assert.equal(await unwrap(await again.run(() => slow(1))), 1)
})

test('await using closes the storage', async (t) => {
  const path = makePath(t)
  let kept: Storage
  {
    await using storage = new Storage(path)
    kept = storage
    await storage.run(() => increment(1))
  }
  await assert.rejects(kept.run(() => increment(1)), hasCode('STORE_CLOSED'))
})

test('the summary tells what ran, what was loaded and what was saved', async (t) => {
  const path = makePath(t)
  const slow = op(async function slow(x: number) { await wait(120); return [x] })
  const first = new Storage(path)
  await first.run(() => slow(1))
  assert.equal(String(first.summary()), 'executed 1 · loaded 0 · saved 0 s')
  await first.close()
  await using storage = new Storage(path)
  await unwrap(await storage.run(() => slow(1)))
  const summary = storage.summary()
  assert.match(String(summary), /^executed 0 · loaded 1 · saved 0\.\d s$/)
  assert.deepEqual([summary.executed, summary.hits, summary.loaded], [0, 1, 1])
  assert.ok(summary.savedMs >= 100)
})

test('the time that overlapping and inner calls took counts once in what a retrace saves', async (t) => {
  const path = makePath(t)
  const wait = op(async function wait(n: number) { await new Promise((resolve) => setTimeout(resolve, 60)); return n })
  const around = op(async function around(n: number) { return (await unwrap(wait(n))) + 1 })
  const program = async (): Promise<void> => {
    await Promise.all(Array.from({ length: 10 }, (_, i) => wait(i)))
    await around(100)
    await wait(100)
  }
  const first = new Storage(path)
  const startedAt = performance.now()
  await first.run(program)
  const took = performance.now() - startedAt
  await first.close()
  await using storage = new Storage(path)
  await storage.run(program)
  const { hits, savedMs } = storage.summary()
  assert.equal(hits, 12)
  assert.ok(savedMs >= 110 && savedMs <= took, `${savedMs} of ${took} ms`)
})
