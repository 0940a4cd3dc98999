import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, op, Storage, unwrap, type ListRef, type Ref } from '../../src/index.ts'
import { hasCode, logOf, makePath, type EventLog } from '../helpers.ts'

// A Ref that was held while its call was refreshed or dropped: its history stands for another content by now.

const double = op(function double(x: number) { return x * 2 })
const describe = op(function describe(x: number) { return { is: `n ${x}` } })
const parity = op(function parity(x: number) { return x % 2 })

/** An op whose result is another each time. */
function makeRandom<T>(make: (n: number) => T, options: object = {}) {
  let n = 0
  return op('random', () => { n += 1; return make(n) }, options)
}

const runsIn = (log: EventLog): string[] => log.take().filter((line) => line.startsWith('run'))

test('what is computed from a Ref of before a refresh is right, and leaves what is stored for the new one', async (t) => {
  await using storage = new Storage(makePath(t))
  const random = makeRandom((n) => n)
  const log = logOf(storage)
  const old = (await storage.run(() => random())) as unknown as Ref<number>
  const program = async (x: unknown): Promise<unknown> => unwrap([double(x as number), describe(x as number), describe(double(x as number)), parity(x as number)])
  const before = [2, { is: 'n 1' }, { is: 'n 2' }, 1]
  const after = [4, { is: 'n 2' }, { is: 'n 4' }, 0]
  assert.deepEqual(await storage.run({ refresh: [random] }, async () => program(await random())), after)
  for (let i = 0; i < 2; i += 1) {
    assert.deepEqual(await storage.run(() => program(old)), before)
    assert.deepEqual(await storage.run(async () => program(await random())), after)
  }
  log.take()
  await storage.drop([double, describe, parity])
  assert.deepEqual(await storage.run(() => program(old)), before)
  assert.deepEqual(await storage.run(async () => program(await random())), after)
  assert.deepEqual(await storage.check(), [])
  await using again = new Storage(storage.path)
  const later = logOf(again)
  assert.deepEqual(await again.run(async () => program(await random())), after)
  assert.deepEqual(runsIn(later), [])
  assert.equal((await again.calls(describe)).length, 2)
})

test('elements of a list of before a refresh are right inputs, alone and in arrays', async (t) => {
  await using storage = new Storage(makePath(t))
  const random = makeRandom((n) => [n, 10 * n], { output: list() })
  const sum = op(function sum(xs: readonly number[]) { return xs.reduce((a, b) => a + b, 0) })
  const program = async (xs: unknown): Promise<unknown> => {
    const [a, b] = xs as ListRef<number>
    return unwrap([double(a as Ref<number>), sum([a as Ref<number>, b as Ref<number>]), sum(xs as ListRef<number>)])
  }
  const old = await storage.run(() => random())
  assert.deepEqual(await storage.run({ refresh: [random] }, async () => program(await random())), [4, 22, 22])
  assert.deepEqual(await storage.run(() => program(old)), [2, 11, 11])
  assert.deepEqual(await storage.run(async () => program(await random())), [4, 22, 22])
  assert.deepEqual(await storage.check(), [])
})

test('another storage that holds a Ref of before a refresh does not hit what was computed from the new one', async (t) => {
  const path = makePath(t)
  const random = makeRandom((n) => n)
  await using one = new Storage(path)
  await using other = new Storage(path)
  const old = (await other.run(() => random())) as unknown as Ref<number>
  assert.equal(await one.run({ refresh: [random] }, async () => unwrap(double(await random()))), 4)
  assert.equal(await other.run(() => unwrap(double(old))), 2)
  assert.deepEqual(await one.check(), [])
})

test('unwrapping a Ref whose value went with its call is an error, and takes nothing of the call that has its place', async () => {
  const storage = new Storage({ logger: { warn: () => {}, show: () => {}, progress: () => {} } })
  const random = makeRandom((n) => [n])
  const first = op(function first(xs: readonly number[]) { return xs[0] })
  const old = await storage.run(() => random())
  await storage.drop(random)
  assert.equal(await storage.run(async () => unwrap(first(await random()))), 2)
  await assert.rejects(unwrap(old), hasCode('VALUE_DAMAGED', /no stored call gives it/))
  const log = logOf(storage)
  assert.equal(await storage.run(async () => unwrap(first(await random()))), 2)
  assert.deepEqual(log.take(), ['hit random by history', 'hit first by history'])
})

test('going through a list that another process deleted is an error that says so', async (t) => {
  const path = makePath(t)
  const range = op('range', (n: number) => Array.from({ length: n }, (_, i) => i), { output: list() })
  await using first = new Storage(path)
  await first.run(() => range(3))
  await using storage = new Storage(path)
  const numbers = (await storage.run(() => range(3))) as ListRef<number>
  await first.drop(range)
  assert.throws(() => [...numbers], hasCode('VALUE_DAMAGED', /^ListRef\(hid=.*was deleted from the store.*\n.*run again/))
  assert.deepEqual(await unwrap(numbers), [0, 1, 2])
})
