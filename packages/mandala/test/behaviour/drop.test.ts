import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, op, Storage, unwrap, type Call, type ListRef, type Ref } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })
const double = op(function double(x: number) { return x * 2 })
const program = async (): Promise<unknown> => double(await increment(1))

test('dropping a call drops what was computed from it, and the next calls are misses', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(program)
  await storage.run(() => double(50))
  log.take()
  const dropped = await storage.drop(await storage.calls(increment))
  assert.equal(dropped.calls, 2)
  assert.ok(dropped.refs > 0 && dropped.values > 0 && dropped.bytes > 0)
  await storage.run(program)
  await storage.run(() => double(50))
  assert.deepEqual(log.take(), ['drop 2', 'run increment', 'run double', 'hit double by history'])
})

test('dropping without dependents leaves them, and they hit when the dropped call gave the same result again', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(program)
  log.take()
  assert.equal((await storage.drop(increment, { dependents: false })).calls, 1)
  await storage.run(program)
  assert.deepEqual(log.take(), ['drop 1', 'run increment', 'hit double by history'])
})

test('a dry run says what would go and takes nothing', async (t) => {
  await using storage = new Storage(makePath(t))
  const log = logOf(storage)
  await storage.run(program)
  log.take()
  const before = await storage.stats()
  const planned = await storage.drop(increment, { dryRun: true })
  assert.deepEqual(await storage.stats(), before)
  await storage.run(program)
  assert.deepEqual(log.take(), ['hit increment by history', 'hit double by history'])
  assert.deepEqual(await storage.drop(increment), planned)
})

test('calls are chosen by themselves, by id, by op, and in arrays of these', async () => {
  const storage = new Storage()
  await storage.run(async () => { for (const x of [1, 2, 3, 4]) await increment(x); await double(1) })
  const calls = await storage.calls(increment)
  assert.equal((await storage.drop(calls[0] as Call)).calls, 1)
  assert.equal((await storage.drop((calls[1] as Call).hid)).calls, 1)
  assert.equal((await storage.drop([calls[2] as Call, double])).calls, 2)
  assert.equal((await storage.drop(increment)).calls, 1)
  assert.equal((await storage.stats()).calls, 0)
  assert.equal((await storage.stats()).values, 0)
})

test('dropping a call that is gone is harmless', async () => {
  const storage = new Storage()
  await storage.run(() => increment(1))
  const [call] = await storage.calls(increment)
  await storage.drop(call as Call)
  assert.deepEqual(await storage.drop(call as Call), { calls: 0, refs: 0, values: 0, bytes: 0, ops: [] })
})

test('unknown options of drop, and what is no op, are refused', async () => {
  const storage = new Storage()
  await assert.rejects(storage.drop(increment, { dependants: false } as never), hasCode('OPTION_INVALID', /dependants/))
  await assert.rejects(storage.drop((() => 1) as never), hasCode('INPUT_INVALID', /not an op/))
})

test('a dropped call is a miss for another Storage on the same file at its next run', async (t) => {
  const path = makePath(t)
  await using one = new Storage(path)
  await using other = new Storage(path)
  const log = logOf(other)
  await one.run(program)
  await other.run(program)
  await one.drop(increment)
  await other.run(program)
  assert.deepEqual(log.take(), ['hit increment by history', 'hit double by history', 'run increment', 'run double'])
})

test('a dropped call of a list takes the calls that take it apart along', async () => {
  const storage = new Storage()
  const range = op(function range(n: number) { return Array.from({ length: n }, (_, i) => i) }, { output: list() })
  await storage.run(() => range(3))
  await storage.drop(range, { dependents: false })
  const { calls, values } = await storage.stats()
  assert.deepEqual([calls, values], [0, 0])
})

/** An op whose result is another each time. */
function makeRandom<T>(make: (n: number) => T, options: object = {}) {
  let n = 0
  return op('random', () => { n += 1; return make(n) }, options)
}

test('when a non-deterministic call is dropped without dependents and gives another result, its consumers are executed anew', async (t) => {
  await using storage = new Storage(makePath(t))
  const random = makeRandom((n) => n)
  const block = async (): Promise<unknown> => unwrap(double(await increment(random())))
  assert.equal(await storage.run(block), 4)
  await storage.drop(random, { dependents: false })
  assert.equal(await storage.run(block), 6)
  assert.equal(await storage.run(block), 6)
  assert.deepEqual(await storage.check(), [])
})

test('when a non-deterministic list is dropped without dependents, consumers of its elements are executed anew', async (t) => {
  await using storage = new Storage(makePath(t))
  const random = makeRandom((n) => [n, n * 10], { output: list() })
  const block = async (): Promise<unknown> => {
    const xs = (await random()) as unknown as ListRef<number>
    const results: unknown[] = []
    for (const x of xs) results.push(await unwrap(x), await unwrap(increment(x)))
    return results
  }
  assert.deepEqual(await storage.run(block), [1, 2, 10, 11])
  await storage.drop(random, { dependents: false })
  assert.deepEqual(await storage.run(block), [2, 3, 20, 21])
  assert.deepEqual(await storage.run(block), [2, 3, 20, 21])
  assert.deepEqual(await storage.check(), [])
})

test('a Ref of a dropped call is still an input, by its id, while its value is known', async () => {
  const storage = new Storage()
  await storage.run(async () => {
    const ref = (await increment(1)) as Ref<number>
    await storage.drop(increment)
    assert.equal(await unwrap(double(ref)), 4)
  })
  assert.deepEqual(await storage.check(), [])
})

test('a value that another storage on the file deletes between a hit and its use is computed again, and its call is stored again', async (t) => {
  const path = makePath(t)
  const rows = op(function rows(n: number, word: string) { return [[n, word], [n + 1, word]] }, { output: list() })
  const wrapUp = op(function wrapUp(row: readonly unknown[]) { return { row } })
  await using one = new Storage(path)
  await one.run(async () => { for (const row of await rows(1, 'a')) await wrapUp(row) })
  await using other = new Storage({ path, logger: { warn: () => {}, show: () => {}, progress: () => {} } })
  const log = logOf(other)
  await other.run(async () => {
    const [first, second] = (await rows(1, 'a')) as ListRef<unknown[]>
    const wrapped = await wrapUp(second as Ref<unknown[]>)
    await one.drop(rows)
    // A burst of reads sees the store as it was when it began.
    await new Promise((resolve) => setTimeout(resolve, 30))
    assert.deepEqual(await unwrap(wrapped), { row: [2, 'a'] })
    assert.deepEqual(await unwrap(first), [1, 'a'])
  })
  assert.deepEqual(log.take().filter((line) => line !== 'load'), [
    'hit rows by history', 'hit wrapUp by history', 'damaged, made by wrapUp', 'damaged, made by rows', 'run rows', 'run wrapUp',
  ])
  assert.deepEqual([(await other.calls(rows)).length, (await other.calls(wrapUp)).length], [1, 1])
  assert.deepEqual(await other.check(), [])
})
