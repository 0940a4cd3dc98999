import assert from 'node:assert/strict'
import { test } from 'node:test'
import { external, ignore, list, ListRef, op, Storage, unwrap } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const big = op(function big(n: number) { return Array.from({ length: n }, (_, i) => i) }, { transient: true })
const sum = op(function sum(xs: number[]) { return xs.reduce((a, b) => a + b, 0) })

test('a transient output is stored by its identity alone', async (t) => {
  await using storage = new Storage(makePath(t))
  await storage.run(() => big(1000))
  const { calls, valueBytes } = await storage.stats()
  assert.equal(calls, 1)
  assert.ok(valueBytes < 100, `${valueBytes} bytes`)
})

test('what was computed from a transient output is a hit after reopening, and nothing is executed', async (t) => {
  const path = makePath(t)
  const first = new Storage(path)
  await first.run(async () => sum(await big(10)))
  await first.close()
  await using storage = new Storage(path)
  const log = logOf(storage)
  assert.equal(await unwrap(await storage.run(async () => sum(await big(10)))), 45)
  assert.deepEqual(log.take(), ['hit big by history', 'hit sum by history', 'load'])
})

test('the value of a transient output is computed again when it is needed after reopening', async (t) => {
  const path = makePath(t)
  const first = new Storage(path)
  await first.run(() => big(4))
  await first.close()
  await using storage = new Storage(path)
  const log = logOf(storage)
  const ref = await storage.run(() => big(4))
  assert.deepEqual(log.take(), ['hit big by history'])
  assert.deepEqual(await unwrap(ref), [0, 1, 2, 3])
  assert.deepEqual(log.take(), ['run big'])
  assert.equal(await unwrap(await storage.run(() => sum(ref))), 6)
  assert.deepEqual(log.take(), ['run sum'])
  assert.deepEqual(await storage.check(), [])
})

test('one of several outputs may be transient', async (t) => {
  const path = makePath(t)
  const f = op(function f(n: number) { return { rows: [n, n], size: { n } } }, { outputs: ['rows', 'size'], transient: ['rows'] })
  const first = new Storage(path)
  await first.run(() => f(1))
  await first.close()
  await using storage = new Storage(path)
  const log = logOf(storage)
  const { rows, size } = await storage.run(() => f(1))
  assert.deepEqual(await unwrap(size), { n: 1 })
  assert.deepEqual(log.take(), ['hit f by history', 'load'])
  assert.deepEqual(await unwrap(rows), [1, 1])
  assert.deepEqual(log.take(), ['run f'])
})

test('a transient list keeps its structure; an element is computed again when it is needed', async (t) => {
  const path = makePath(t)
  const f = op(function f(n: number) { return [[n], [n + 1]] }, { output: list(), transient: true })
  const first = new Storage(path)
  await first.run(() => f(1))
  await first.close()
  await using storage = new Storage(path)
  const log = logOf(storage)
  const rows = await storage.run(() => f(1))
  assert.ok(rows instanceof ListRef)
  assert.equal(rows.length, 2)
  assert.deepEqual(log.take(), ['hit f by history'])
  assert.deepEqual(await unwrap(rows.at(1)), [2])
  assert.deepEqual(log.take(), ['run f'])
})

const outer = op(async function outer(xs: number[]) { return unwrap(sum(xs)) })

test('a transient value that an op passes on to an inner op is stored there by its identity alone, and can be had again', async (t) => {
  const path = makePath(t)
  const first = new Storage(path)
  assert.equal(await first.run(async () => unwrap(outer(await big(1000)))), 499_500)
  assert.ok((await first.stats()).valueBytes < 200)
  await first.close()
  await using storage = new Storage(path)
  const log = logOf(storage)
  await storage.run(async () => outer(await big(1000)))
  const [call] = await storage.calls(sum)
  assert.equal((await unwrap(call?.inputs['xs']) as number[]).length, 1000)
  assert.deepEqual(log.take().filter((line) => line !== 'load'), ['hit big by history', 'hit outer by history', 'run big'])
  assert.deepEqual(await storage.check(), [])
})

test('a transient value that the function of an op got from an inner op is passed on by its identity alone, after a hit too', async (t) => {
  const path = makePath(t)
  for (let version = 0; version < 2; version += 1) {
    await using storage = new Storage(path)
    const program = op('program', async (n: number) => unwrap(sum(await unwrap(big(n)))), { version })
    assert.equal(await storage.run(() => unwrap(program(1000))), 499_500)
    assert.ok((await storage.stats()).valueBytes < 200)
  }
})

test('an element of a transient list that is passed on is stored by its identity alone, and a value given in a run with its bytes', async () => {
  const storage = new Storage()
  const rows = op(function rows(n: number) { return [Array.from({ length: n }, () => 1), [2]] }, { output: list(), transient: true })
  const each = op(async function each(all: readonly (readonly number[])[]) { return unwrap(sum(all[0] as number[])) })
  assert.equal(await storage.run(async () => unwrap(each(await rows(1000)))), 1000)
  assert.ok((await storage.stats()).valueBytes < 1000)
  await storage.run(() => sum(Array.from({ length: 5000 }, () => 1)))
  const before = (await storage.stats()).valueBytes
  await storage.run(async () => sum(await unwrap(big(1000))))
  assert.ok((await storage.stats()).valueBytes > before + 1000)
})

test('a transient output larger than the cache can be unwrapped', async () => {
  const storage = new Storage()
  const bytes = 40 << 20
  const huge = op(function huge() { return new Uint8Array(bytes) }, { transient: true })
  const value = await storage.run(async () => unwrap(await huge()))
  assert.equal(value.length, bytes)
})

test('a transient output whose op was not called in this process tells so', async (t) => {
  const path = makePath(t)
  const first = new Storage(path)
  const { hid } = (await first.run(() => big(4))) as unknown as { hid: string }
  await first.close()
  await using storage = new Storage(path)
  await assert.rejects(unwrap(await storage.ref(hid)), hasCode('VALUE_DAMAGED', /big, which made it, was not called in this process/))
})

test('a transient output that comes out otherwise when computed again is an error, and its call is dropped', async (t) => {
  const path = makePath(t)
  let n = 0
  const random = op(function random() { n += 1; return [n] }, { transient: true })
  const first = new Storage(path)
  await first.run(() => random())
  await first.close()
  await using storage = new Storage(path)
  const ref = await storage.run(() => random())
  await assert.rejects(unwrap(ref), hasCode('VALUE_DAMAGED', /gave another result/))
  assert.equal((await storage.calls(random)).length, 0)
})

test('a transient output that rests on an external value says that it is needed', async (t) => {
  const path = makePath(t)
  const f = op(function f(model: { n: number }) { return [model.n] }, { transient: true })
  const first = new Storage(path)
  await first.run(() => f(external('m', { n: 1 })))
  await first.close()
  await using storage = new Storage(path)
  const ref = await storage.run(() => f(external('m', { n: 1 })))
  await assert.rejects(unwrap(ref), hasCode('NOT_FOUND', /external "m"/))
})

test('a transient output of a call with an ignored value says that it is needed, and its call stays', async (t) => {
  const path = makePath(t)
  const f = op('f', (x: number, scale: number) => [x * scale], { transient: true })
  const first = new Storage(path)
  await first.run(() => f(2, ignore(3)))
  await first.close()
  await using storage = new Storage(path)
  const ref = await storage.run(() => f(2, ignore(3)))
  await assert.rejects(unwrap(ref), hasCode('VALUE_DAMAGED', /ignored input/))
  assert.equal((await storage.calls(f)).length, 1)
})
