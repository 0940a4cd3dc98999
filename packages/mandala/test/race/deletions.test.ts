import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Storage, unwrap } from '../../src/index.ts'
import { logOf, makePath } from '../helpers.ts'
import { grow, table, weigh } from './program.ts'
import { runTogether } from './together.ts'

const program = async (): Promise<number> => {
  let sum = 0
  for (let i = 0; i < 24; i += 1) {
    for (const row of await table(i)) sum += (await unwrap(grow(row, 1)))[0] as number
    sum += await unwrap(weigh(i))
  }
  return sum
}

for (const [where, thresholdMB] of [['in the file', 4], ['in files of their own', 0.00003]] as const) {
  test(`calls are right while other processes drop them and collect garbage, and the store is whole, its values ${where}`, async (t) => {
    const path = makePath(t)
    const outcomes = await runTogether(path, 'churn', 4, thresholdMB)
    // That a value went between a hit and its use is a warning; it is computed again. Who is iterating over a list can't wait for that.
    const faults = outcomes.flatMap(({ errors, wrong }) => [...errors, ...wrong])
    assert.deepEqual(faults.filter((fault) => !/its bytes are missing; \w+ is executed again$|was deleted from the store, its elements with it/.test(fault)), [])
    await using storage = new Storage({ path, overflow: { thresholdMB } })
    assert.deepEqual(await storage.check(), [])
    const right = await op('plain', program).fn()
    const first = await storage.run(program)
    await using again = new Storage({ path, overflow: { thresholdMB } })
    const log = logOf(again)
    assert.deepEqual([first, await again.run(program)], [right, right])
    assert.deepEqual(log.take().filter((line) => line.startsWith('run')), [])
    assert.deepEqual(await again.check(), [])
    t.diagnostic(`${outcomes.map(({ executed }) => executed).join(', ')} executions`)
  })
}
