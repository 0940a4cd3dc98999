import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, op, Storage, unwrap, type Ref } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'
import { FakeCode } from './fake-code.ts'

const increment = op(function increment(x: number) { return x + 1 })
const double = op(function double(x: number) { return x * 2 })
const range = op(function range(n: number) { return Array.from({ length: n }, (_, i) => i) }, { output: list() })
const sum = op(function sum(xs: readonly number[]) { return xs.reduce((a, b) => a + b, 0) }, { inputs: { xs: list() } })
const around = op(async function around(x: number) { return (await unwrap(increment(x))) + 1 })

const block = async (): Promise<number> => unwrap(double(await increment(1)))
/** The ops of the calls that are stored, structure calls left out. */
const stored = async (storage: Storage): Promise<string> =>
  (await storage.ops()).map(({ name, calls }) => `${name} ${calls}`).join(', ')

test('a run that drops deletes what it retraces and nothing else, and says what went', async (t) => {
  await using storage = new Storage(makePath(t))
  const log = logOf(storage)
  await storage.run(async () => { await block(); await increment(7); await around(await increment(1)) })
  log.take()
  const planned = await storage.run({ mode: 'drop', dryRun: true }, block)
  assert.deepEqual(log.take().filter((line) => line !== 'load'), [])
  assert.deepEqual(planned.ops.map(({ name, calls, dependents }) => [name, calls, dependents]), [['double', 1, 0], ['increment', 1, 0]])
  assert.deepEqual(await storage.run({ mode: 'drop' }, block), planned)
  assert.deepEqual(log.take().filter((line) => line !== 'load'), ['drop 2'])
  assert.equal(await stored(storage), 'around 1, increment 2')
  // What stands on a dropped call, outside the block, stays and is found.
  await storage.run(async () => { await around(await increment(1)); await block() })
  assert.deepEqual(log.take().filter((line) => line !== 'load'), ['run increment', 'hit around by history', 'hit increment by history', 'run double'])
  assert.deepEqual(await storage.check(), [])
})

test('a call that is not stored ends a run that drops, and nothing is deleted', async () => {
  const storage = new Storage()
  await storage.run(block)
  const longer = async (): Promise<unknown> => { await block(); return increment(99) }
  await assert.rejects(storage.run({ mode: 'drop' }, longer), hasCode('NEW_CALL_REFUSED', /increment\(x: 99\).*nothing was dropped/))
  assert.equal(await stored(storage), 'double 1, increment 1')
})

test('a block that throws, with calls still being looked for, deletes nothing', async () => {
  const storage = new Storage()
  await storage.run(block)
  await assert.rejects(storage.run({ mode: 'drop' }, () => { void increment(1); throw new Error('no') }), /no/)
  await assert.rejects(storage.run({ mode: 'drop' }, async () => { await block(); throw new Error('no') }), /no/)
  assert.equal(await stored(storage), 'double 1, increment 1')
})

test('calls that a block does not wait for are dropped too', async () => {
  const storage = new Storage()
  await storage.run(async () => { await increment(1); await increment(2) })
  assert.equal((await storage.run({ mode: 'drop' }, () => { void increment(1); void increment(2) })).calls, 2)
})

test('collections go with the calls that gave them or took them, and calls inside bodies stay', async (t) => {
  await using storage = new Storage(makePath(t))
  const collections = async (): Promise<void> => {
    const xs = await range(3)
    await sum([...xs, await increment(5)])
    await around(1)
  }
  await storage.run(collections)
  const dropped = await storage.run({ mode: 'drop' }, collections)
  assert.deepEqual(dropped.ops.map(({ name, calls }) => `${name} ${calls}`), ['__list_getitem__ 3', '__make_list__ 1', 'around 1', 'increment 1', 'range 1', 'sum 1'])
  assert.equal(await stored(storage), 'increment 1')
  assert.equal((await storage.stats()).calls, 1)
  assert.deepEqual(await storage.check(), [])
})

test('where a call is found by its contents, the calls that answer go, and none is recorded on the way', async (t) => {
  const path = makePath(t)
  await using storage = new Storage(path)
  const other = async (): Promise<unknown> => double(await increment(1))
  await storage.run(async () => { await increment(1); await double(2) })
  assert.equal((await storage.run({ mode: 'drop', dryRun: true }, other)).calls, 2)
  assert.equal((await storage.stats()).calls, 2)
  await storage.run({ mode: 'drop' }, other)
  assert.equal((await storage.stats()).calls, 0)
})

test('an equal call of another history stays and answers the next run', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(async () => { await double(2); await double(await increment(1)) })
  await storage.run({ mode: 'drop' }, () => double(2))
  log.take()
  await storage.run(() => double(2))
  assert.deepEqual(log.take(), ['hit double by content'])
})

test('a run inside one that drops goes along; one of its own mode behaves as that says', async () => {
  const storage = new Storage()
  await storage.run(block)
  const nested = async (): Promise<void> => {
    assert.equal(await storage.run(block), 4)
    assert.equal(await storage.run({ mode: 'noop' }, async () => await increment(50)), 51)
    await storage.run({ mode: 'run' }, () => increment(8))
  }
  assert.deepEqual((await storage.run({ mode: 'drop' }, nested)).ops.map(({ name, calls }) => `${name} ${calls}`), ['double 1', 'increment 1'])
  assert.equal(await stored(storage), 'increment 1')
})

test('a value without bytes is computed again in a run that drops, and its call goes whole', async () => {
  const storage = new Storage()
  const big = op(async function big(n: number) { return [await unwrap(increment(n))] }, { transient: true })
  await storage.run(() => big(3))
  await using again = storage
  await again.run({ mode: 'drop' }, async () => assert.deepEqual(await unwrap(big(3)), [4]))
  assert.equal(await stored(again), 'increment 1')
  assert.deepEqual(await again.check(), [])
})

test('where code is followed, a run that drops deletes the calls of the code of now', async () => {
  const code = new FakeCode({ a: '1' })
  const storage = code.open()
  const f = op('f', (x: number) => x * Number(code.use('a')))
  const blockOf = async (): Promise<number> => unwrap(f(10))
  await storage.run(blockOf)
  code.edit('a', '2')
  await storage.run(blockOf)
  assert.equal((await storage.run({ mode: 'drop' }, blockOf)).calls, 1)
  await assert.rejects(storage.run({ newCalls: 'error' }, blockOf), hasCode('NEW_CALL_REFUSED'))
  code.edit('a', '1')
  assert.equal(await storage.run({ newCalls: 'error' }, blockOf), 10)
})

test('options that make no sense with dropping are refused, and so is dryRun without it', async () => {
  const storage = new Storage()
  const run = (options: object): Promise<unknown> => storage.run(options as { mode: 'drop' }, block)
  await assert.rejects(run({ mode: 'drop', refresh: [increment] }), hasCode('OPTION_INVALID', /refresh/))
  await assert.rejects(run({ mode: 'drop', newCalls: 'execute' }), hasCode('OPTION_INVALID', /newCalls/))
  await assert.rejects(run({ dryRun: true }), hasCode('OPTION_INVALID', /mode: 'drop'/))
  await assert.rejects(run({ mode: 'delete' }), hasCode('OPTION_INVALID', /'drop'/))
  assert.equal((await storage.stats()).calls, 0)
})

test('a Ref of a dropped block is still known by its value as long as that is in memory', async () => {
  const storage = new Storage()
  let kept: Ref<number> | undefined
  await storage.run(async () => { kept = (await increment(1)) as Ref<number> })
  await storage.run({ mode: 'drop' }, () => increment(1))
  assert.equal(await storage.run(() => unwrap(double(kept as Ref<number>))), 4)
  assert.deepEqual(await storage.check(), [])
})
