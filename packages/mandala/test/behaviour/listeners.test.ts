import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Storage, unwrap, type Logger } from '../../src/index.ts'
import { logOf } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })

function makeLogger(): Logger & { readonly warnings: string[] } {
  const warnings: string[] = []
  return { warnings, warn: (text) => warnings.push(text), show: () => {}, progress: () => {} }
}

test('a listener that throws fails no call, and is a warning once', async () => {
  const logger = makeLogger()
  const storage = new Storage({ logger })
  let heard = 0
  storage.subscribe(() => { heard += 1; throw new Error('no disk for the log') })
  const log = logOf(storage)
  assert.deepEqual(await storage.run(async () => unwrap([await increment(1), await increment(2), await increment(1)])), [2, 3, 2])
  assert.deepEqual(log.take().filter((line) => line !== 'load'), ['run increment', 'run increment', 'hit increment by history'])
  assert.ok(heard > 3)
  assert.deepEqual(logger.warnings, ['a listener of the storage failed: Error: no disk for the log'])
})

test('each listener that throws is a warning of its own, and what a promise brings counts too', async () => {
  const logger = makeLogger()
  const storage = new Storage({ logger })
  storage.subscribe(() => { throw new Error('a') })
  storage.subscribe(async () => { await null; throw new Error('b') })
  await storage.run(() => increment(1))
  await new Promise(setImmediate)
  assert.deepEqual(logger.warnings.map((text) => text.at(-1)), ['a', 'b'])
})
