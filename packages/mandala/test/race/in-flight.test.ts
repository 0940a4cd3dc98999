import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Storage, unwrap } from '../../src/index.ts'
import { logOf, makeGate, makePath } from '../helpers.ts'

test('equal calls in flight in one process are executed once, and all get the result', async (t) => {
  await using storage = new Storage(makePath(t))
  const log = logOf(storage)
  const gate = makeGate()
  const slow = op(async function slow(x: number) { await gate.opened; return { x } })
  const results = await storage.run(async () => {
    const calls = Array.from({ length: 50 }, (_, i) => slow(i % 2))
    gate.open()
    return unwrap(await Promise.all(calls))
  })
  assert.deepEqual(results, Array.from({ length: 50 }, (_, i) => ({ x: i % 2 })))
  const lines = log.take()
  assert.equal(lines.filter((line) => line === 'run slow').length, 2)
  assert.equal(lines.filter((line) => line === 'hit slow by in-flight').length, 48)
  assert.deepEqual(await storage.check(), [])
})

test('calls in flight on equal inputs with other histories are executed once, and each is stored', async (t) => {
  await using storage = new Storage(makePath(t))
  const log = logOf(storage)
  const gate = makeGate()
  const one = op(function one(_: string) { return 1 })
  const slow = op(async function slow(x: number) { await gate.opened; return x + 1 })
  await storage.run(async () => {
    const inputs = await Promise.all(['a', 'b', 'c'].map((name) => one(name)))
    log.take()
    const calls = inputs.map((input) => slow(input))
    gate.open()
    assert.deepEqual(await unwrap(await Promise.all(calls)), [2, 2, 2])
  })
  assert.deepEqual(log.take().filter((line) => line !== 'load').sort(), ['hit slow by in-flight', 'hit slow by in-flight', 'run slow'])
  assert.equal((await storage.calls(slow)).length, 3)
})
