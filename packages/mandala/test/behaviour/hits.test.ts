import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Ref, Storage, unwrap } from '../../src/index.ts'
import { logOf, makeGate, makePath } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })
const double = op(async function double(x: number) { return x * 2 })

test('a call with inputs of the same history is a hit and executes nothing', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const first = await storage.run(() => increment(23))
  assert.deepEqual(log.take(), ['run increment'])
  const second = await storage.run(() => increment(23))
  assert.deepEqual(log.take(), ['hit increment by history'])
  assert.ok(first instanceof Ref && second instanceof Ref)
  assert.equal(first.hid, second.hid)
  assert.equal(first.cid, second.cid)
  assert.equal(await unwrap(second), 24)
})

test('a call on another input is a miss', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(async () => { await increment(1); await increment(2); await increment(-0); await increment(0) })
  assert.deepEqual(log.take(), ['run increment', 'run increment', 'run increment', 'run increment'])
})

test('a call on equal inputs with another history is found by its content, and recorded with its own history', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(async () => {
    const plain = await double(2)
    const derived = await double(await increment(1))
    assert.ok(plain instanceof Ref && derived instanceof Ref)
    assert.equal(derived.cid, plain.cid)
    assert.notEqual(derived.hid, plain.hid)
  })
  assert.deepEqual(log.take(), ['run double', 'run increment', 'hit double by content'])
  assert.equal((await storage.calls(double)).length, 2)
  await storage.run(async () => double(await increment(1)))
  assert.deepEqual(log.take(), ['hit increment by history', 'hit double by history'])
})

test('a run after reopening hits by history, reads no value and executes nothing', async (t) => {
  const path = makePath(t)
  const program = async (): Promise<unknown> => double(double(increment(20)))
  {
    await using storage = new Storage(path)
    await storage.run(program)
  }
  await using storage = new Storage(path)
  const log = logOf(storage)
  const result = await storage.run(program)
  assert.deepEqual(log.take(), ['hit increment by history', 'hit double by history', 'hit double by history'])
  assert.equal(storage.summary().loaded, 0)
  assert.equal(await unwrap(result), 84)
  assert.deepEqual(log.take(), ['load'])
})

test('a call after reopening is found by its content too', async (t) => {
  const path = makePath(t)
  {
    await using storage = new Storage(path)
    await storage.run(() => double(2))
  }
  await using storage = new Storage(path)
  const log = logOf(storage)
  const result = await storage.run(async () => double(await increment(1)))
  assert.deepEqual(log.take(), ['run increment', 'hit double by content'])
  assert.equal(await unwrap(result), 4)
})

test('equal calls in flight execute once, whatever their histories', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const gate = makeGate()
  let runs = 0
  const slow = op(async function slow(x: number) { runs += 1; await gate.opened; return x * 10 })
  await storage.run(async () => {
    const two = await increment(1)
    log.take()
    const calls = [slow(2), slow(2), slow(two)]
    await new Promise(setImmediate)
    gate.open()
    const results = await Promise.all(calls)
    assert.deepEqual(await unwrap(results), [20, 20, 20])
    const hids = results.map((result) => (result as Ref<number>).hid)
    assert.equal(hids[0], hids[1])
    assert.notEqual(hids[0], hids[2])
  })
  assert.equal(runs, 1)
  assert.deepEqual(log.take(), ['run slow', 'hit slow by in-flight', 'hit slow by in-flight'])
})

test('equal calls of two runs at once execute once', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const gate = makeGate()
  const slow = op(async function slow(x: number) { await gate.opened; return x })
  const runs = [storage.run(() => slow(1)), storage.run(() => slow(1))]
  await new Promise(setImmediate)
  gate.open()
  await Promise.all(runs)
  assert.deepEqual(log.take(), ['run slow', 'hit slow by in-flight'])
})

test('two Storage objects on one file see each other\'s calls', async (t) => {
  const path = makePath(t)
  await using one = new Storage(path)
  await using other = new Storage(path)
  const log = logOf(other)
  await one.run(() => increment(5))
  assert.equal(await unwrap(await other.run(() => increment(5))), 6)
  assert.deepEqual(log.take(), ['hit increment by history', 'load'])
})

test('adding an op to a program executes only what is new', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(async () => { for (const x of [1, 2]) await increment(x) })
  log.take()
  await storage.run(async () => { for (const x of [1, 2, 3]) await double(await increment(x)) })
  assert.deepEqual(log.take(), [
    'hit increment by history', 'run double', 'hit increment by history', 'run double', 'run increment', 'run double',
  ])
})

test('a call tells of its life: it will execute, is recorded, and is committed', async () => {
  const storage = new Storage()
  const { events } = logOf(storage)
  await storage.run(() => increment(1))
  const kinds = events.map((event) => event.kind)
  assert.deepEqual(kinds, ['run-started', 'call-will-execute', 'call-recorded', 'calls-committed', 'run-finished'])
})

test('a listener hears nothing after it unsubscribed', async () => {
  const storage = new Storage()
  const heard: string[] = []
  const unsubscribe = storage.subscribe((event) => heard.push(event.kind))
  unsubscribe()
  await storage.run(() => increment(1))
  assert.deepEqual(heard, [])
})
