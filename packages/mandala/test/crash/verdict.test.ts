import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { makeFolder } from '../helpers.ts'
import { makeFiles, makeRandom, type Files } from './kill.ts'
import { openStore, runChains, setPace } from './program.ts'
import { findLoss, judge, listStored, readLog } from './verdict.ts'

const STEPS = 8

async function makeWhole(t: TestContext): Promise<{ files: Files; results: unknown }> {
  setPace(0)
  const files = makeFiles(makeFolder(t), 'whole')
  await using storage = openStore(files.path)
  return { files, results: await storage.run(() => runChains(STEPS)) }
}

function change({ path }: Files, sql: string): void {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}

test('the verdict on a whole store names no fault and nothing that was executed again', async (t) => {
  const { files, results } = await makeWhole(t)
  const { faults, executedAgain, lost } = await judge(files, STEPS, results)
  assert.deepEqual({ faults, executedAgain, lost }, { faults: [], executedAgain: 0, lost: 0 })
})

test('the verdict complains of a call that resolved, took 15 ms, and is gone', async (t) => {
  const { files, results } = await makeWhole(t)
  writeFileSync(files.logPath, 'cheap 0 0.01\nsplit 3 15.02\nsplit 1')
  {
    await using storage = openStore(files.path)
    await storage.drop((await storage.calls('split')).map((call) => call.hid), { dependents: false })
  }
  const { faults, lost, executedAgain } = await judge(files, STEPS, results)
  assert.deepEqual(faults, ['calls of 15.0 ms are lost: split 3'])
  assert.deepEqual([lost, executedAgain], [1, 1])
})

test('the verdict complains of a call without its second output', async (t) => {
  const { files } = await makeWhole(t)
  change(files, 'DELETE FROM io WHERE slot = -2')
  await using storage = openStore(files.path)
  assert.deepEqual((await listStored(storage)).faults, ['split 3 is stored with the outputs half'])
})

test('the verdict complains of other results, and of what the store itself finds wrong', async (t) => {
  const { files } = await makeWhole(t)
  change(files, `INSERT INTO calls (id, hid, cid, op, started_ms, duration_us, is_tuple)
    SELECT id + 1000, randomblob(20), cid, op, started_ms, duration_us, is_tuple FROM calls WHERE id = 1`)
  const { faults } = await judge(files, STEPS, ['something else'])
  assert.ok(faults.includes('1 calls without an output'), faults.join('\n'))
  assert.ok(faults.includes('the results are others than without a kill'), faults.join('\n'))
})

test('losses are summed over the calls that resolved and are not stored', () => {
  const works = new Map([['cheap 1', 5], ['cheap 2', 4.9], ['cheap 3', 20]])
  assert.deepEqual(findLoss(works, new Set(['cheap 3'])).faults, [])
  assert.equal(findLoss(works, new Set(['cheap 1', 'cheap 2'])).faults.length, 1)
})

test('a log that a kill cut off is read up to its last whole line', (t) => {
  const { logPath } = makeFiles(makeFolder(t), 'log')
  writeFileSync(logPath, 'cheap 0 0.5\nsplit 3 15\nend\n')
  assert.deepEqual(readLog(logPath), { works: new Map([['cheap 0', 0.5], ['split 3', 15]]), hasEnded: true })
  writeFileSync(logPath, 'cheap 0 0.5\nsplit 3 1')
  assert.deepEqual(readLog(logPath), { works: new Map([['cheap 0', 0.5]]), hasEnded: false })
})

test('the moments of the kills are the same for the same seed', () => {
  const [a, b, c] = [makeRandom(1), makeRandom(1), makeRandom(2)]
  const first = [a(), a()]
  assert.deepEqual([b(), b()], first)
  assert.notDeepEqual([c(), c()], first)
})
