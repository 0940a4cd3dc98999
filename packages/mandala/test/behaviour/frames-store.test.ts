import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Storage, type ComputationFrame } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const inc = op('inc', (x: number) => ({ at: x + 1 }), { output: 'y' })
const dec = op('dec', (y: { at: number }) => y.at - 1, { output: 'z' })
const program = (from: number) => async (): Promise<void> => { for (const x of [from, from + 1]) await dec(await inc(x)) }

test('deleting the calls of a frame takes them and what rests on them; a dry run says so and takes nothing', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(program(0))
  const cf = await storage.cf(inc).isIn('x', [0])
  log.take()
  const planned = await cf.deleteCalls({ dryRun: true })
  assert.equal(planned.calls, 2)
  assert.equal((await storage.stats()).calls, 4)
  assert.deepEqual(await cf.deleteCalls(), planned)
  await storage.run(program(0))
  assert.deepEqual(log.take(), ['drop 2', 'run inc', 'run dec', 'hit inc by history', 'hit dec by history'])
  assert.equal((await storage.cf(inc).deleteCalls({ dependents: false })).calls, 2)
  assert.deepEqual((await storage.calls(dec)).length, 2)
})

test('a frame still shows calls that were dropped meanwhile, with Refs for values that are gone; a new frame has none', async (t) => {
  const storage = new Storage({ path: makePath(t), logger: { warn: () => {}, show: () => {}, progress: () => {} } })
  await storage.run(program(0))
  const cf = await storage.cf(inc).expandAll()
  await storage.drop(inc)
  assert.equal(cf.calls('inc').length, 2)
  const table = await cf.df()
  assert.equal(table.numRows(), 2)
  assert.deepEqual(cf.check(), [])
  assert.ok((await cf.expandAll()).calls('dec').length === 2)
  assert.ok(String(cf).includes('2 calls'))
  assert.equal((await storage.cf(inc)).calls('inc').length, 0)
  await storage.close()
})

test('a frame takes in what another Storage wrote to the file, when it is expanded and not before', async (t) => {
  const path = makePath(t)
  await using one = new Storage(path)
  await using other = new Storage(path)
  await one.run(async () => { await inc(0) })
  const before = await one.cf(inc)
  await other.run(program(0))
  assert.equal(before.calls('inc').length, 1)
  assert.equal((await before.expandForward()).calls('dec').length, 1)
  assert.equal((await one.cf(inc)).calls('inc').length, 2)
})

test('a frame has calls of the run that is under way', async () => {
  const storage = new Storage()
  let cf: ComputationFrame | undefined
  await storage.run(async () => {
    const y = await inc(1)
    cf = await storage.cf(y).expandBack({ recursive: true })
  })
  assert.deepEqual((await cf?.df({ calls: false }))?.objects(), [{ x: 1, v: { at: 2 } }])
})

test('what was deleted and gave something else since is shown as it is now, while an old frame lives', async () => {
  let result = 1
  const moody = op('moody', (x: number) => x + result)
  await using storage = new Storage()
  const run = (): Promise<unknown> => storage.run(() => moody(10))
  await run()
  const before = await storage.cf(moody)
  await storage.drop(moody)
  result = 2
  await run()
  assert.deepEqual((await (await storage.cf(moody)).df({ calls: false })).objects(), [{ x: 10, moody_out: 12 }])
  assert.equal((await before.df({ calls: false, values: 'refs' })).numRows(), 1)
  const after = await storage.cf(moody)
  assert.throws(() => before.union(after), hasCode('FRAME_INVALID'))
})
