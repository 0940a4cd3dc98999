import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { test } from 'node:test'
import { op, Ref, registerType, Storage, unwrap, wrap } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })
const add = op(function add(a: number, b: number) { return a + b }, { output: 'sum' })

test('a ref and a call are found by their ids, also before they are committed', async () => {
  const storage = new Storage()
  await storage.run(async () => {
    const ref = (await increment(1)) as Ref<number>
    const found = await storage.ref(ref.hid)
    assert.equal(found.cid, ref.cid)
    assert.equal(await unwrap(found), 2)
    const call = await storage.creator(ref)
    assert.ok(call)
    assert.deepEqual(await storage.call(call.hid), call)
  })
})

test('a call tells its op, version, inputs, outputs, start and duration', async () => {
  const storage = new Storage()
  const before = Date.now()
  await storage.run(() => add(1, 2))
  const [call] = await storage.calls('add')
  assert.ok(call)
  assert.equal(call.op, 'add')
  assert.equal(call.version, 0)
  assert.deepEqual(await unwrap({ inputs: call.inputs, outputs: call.outputs }), { inputs: { a: 1, b: 2 }, outputs: { sum: 3 } })
  assert.ok(call.startedAt.getTime() >= before - 1 && call.startedAt.getTime() <= Date.now())
  assert.ok(call.durationMs >= 0 && call.durationMs < 1000)
})

test('consumers are the calls that a Ref is an input of, oldest first', async () => {
  const storage = new Storage()
  const ref = await storage.run(async () => {
    const one = (await increment(0)) as Ref<number>
    await add(one, 5)
    await increment(one)
    await add(7, 7)
    return one
  })
  const consumers = await storage.consumers(ref)
  assert.deepEqual(consumers.map((call) => call.op), ['add', 'increment'])
  assert.equal(consumers[0]?.inputs['a']?.hid, ref.hid)
})

test('a value that was given has no creator, and a wrapped one finds its consumers', async () => {
  const storage = new Storage()
  await storage.run(() => increment(5))
  assert.equal(await storage.creator(wrap(5)), undefined)
  assert.deepEqual((await storage.consumers(wrap(5))).map((call) => call.op), ['increment'])
})

test('calls of an op are of all its versions, oldest first', async () => {
  const storage = new Storage()
  const fn = function f(x: number): number { return x }
  const [old, now] = [op(fn), op(fn, { version: 1 })]
  await storage.run(async () => { await old(1); await now(1); await old(2) })
  assert.deepEqual((await storage.calls(now)).map((call) => call.version), [0, 1, 0])
})

test('an id that is not there is NOT_FOUND', async () => {
  const storage = new Storage()
  const id = 'ab'.repeat(20)
  await assert.rejects(storage.ref(id), hasCode('NOT_FOUND', /no ref ab/))
  await assert.rejects(storage.call(id), hasCode('NOT_FOUND', /no call ab/))
  await assert.rejects(storage.call('not an id'), hasCode('NOT_FOUND', /no call not an id/))
  await assert.rejects(storage.drop(id as never), hasCode('NOT_FOUND'))
  assert.equal(await storage.creator(wrap(1)), undefined)
})

test('a Ref of a value without history, used as an input, is the same call as the value itself', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(() => increment(1))
  const [call] = await storage.calls(increment)
  await storage.run(() => increment(call?.inputs['x'] as Ref<number>))
  assert.deepEqual(log.take(), ['run increment', 'hit increment by history'])
  assert.equal((await storage.calls(increment)).length, 1)
})

test('wrapped values are equal Refs if the values are, and the same call as the values', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const [one, other] = [wrap({ a: 1, b: 2 }), wrap({ b: 2, a: 1 })]
  assert.ok(one instanceof Ref)
  assert.equal(one.hid, other.hid)
  assert.notEqual(one.hid, one.cid)
  await storage.run(async () => { await increment(5); await increment(wrap(5)) })
  assert.deepEqual(log.take(), ['run increment', 'hit increment by history'])
})

test('a Ref prints with its value where that is at hand, and its history id', async (t) => {
  const path = makePath(t)
  const first = new Storage(path)
  const ref = (await first.run(() => increment(1))) as Ref<number>
  assert.match(ref.toString(), /^Ref\(2, hid=[0-9a-f]{3,}…\)$/)
  assert.equal(inspect(ref), ref.toString())
  await first.close()
  await using storage = new Storage(path)
  assert.match(inspect(await storage.run(() => increment(1))), /^Ref\(hid=[0-9a-f]{3,}…\)$/)
})

test('a Ref in a template string, in arithmetic or in JSON is an error that names it, not a text of its internals', async () => {
  const storage = new Storage()
  const ref = (await storage.run(() => increment(1))) as unknown as number
  const uses = [() => `judge ${ref}`, () => String(ref), () => ref + 1, () => ref > 1, () => [ref].join(), () => JSON.stringify({ prompt: [ref] })]
  for (const use of uses) assert.throws(use, hasCode('REF_AS_VALUE', /^Ref\(2, hid=\w+…\) was .* without its value\n.*await unwrap\(ref\)/))
  assert.equal(`judge ${await unwrap(ref)}`, 'judge 2')
  const [call] = await storage.calls(increment)
  assert.equal(JSON.stringify([call]), JSON.stringify([String(call)]))
  const table = await storage.cf(increment).df()
  assert.match(table.toHTML(), /Call\(/)
})

class Point {
  readonly x: number
  #secret = 1
  constructor(x: number) { this.x = x }
  get secret(): number { return this.#secret }
}

test('instances of a registered class are inputs and outputs, equal by what they are', async (t) => {
  registerType<Point, number>({
    name: 'look-up/Point', is: (value): value is Point => value instanceof Point, encode: ({ x }) => x, decode: (x) => new Point(x),
  })
  const path = makePath(t)
  const move = op(function move(point: Point, by: number) { return new Point(point.x + by) })
  const first = new Storage(path)
  await first.run(() => move(new Point(1), 2))
  await first.close()
  await using storage = new Storage(path)
  const log = logOf(storage)
  const moved = await unwrap(await storage.run(() => move(new Point(1), 2)))
  assert.ok(moved instanceof Point)
  assert.equal(moved.x, 3)
  assert.equal(moved.secret, 1)
  assert.deepEqual(log.take(), ['hit move by history', 'load'])
  assert.deepEqual(await storage.check(), [])
})

test('a type without its parts is refused', () => {
  assert.throws(() => registerType({ name: 'x' } as never), hasCode('TYPE_INVALID'))
  assert.throws(() => registerType({ name: '', is: () => false, encode: () => 1, decode: () => 1 } as never), hasCode('TYPE_INVALID'))
})

class Tally {
  readonly counts: readonly number[]
  readonly note: string
  constructor(counts: readonly number[], note: string) { this.counts = counts; this.note = note }
}

test('a registered type that loses something is refused when a value of it is to be stored, as an input and as an output', async () => {
  registerType<Tally, { counts: readonly number[]; note?: string }>({
    name: 'look-up/Tally', is: (value): value is Tally => value instanceof Tally, encode: ({ counts, note }) => ({ counts, note }),
    decode: ({ counts }) => new Tally(counts, ''),
  })
  const storage = new Storage()
  let runs = 0
  const count = op(function count(note: string) { return [new Tally([1], note)] })
  const total = op(function total(tally: Tally) { runs += 1; return tally.counts.length })
  await assert.rejects(storage.run(() => count('lost')), hasCode('TYPE_INVALID', /"look-up\/Tally" does not come back/))
  await assert.rejects(storage.run(() => total(new Tally([1], 'lost'))), hasCode('TYPE_INVALID'))
  assert.equal(runs, 0)
  assert.equal(await storage.run(() => unwrap(total(new Tally([1, 2], '')))), 2)
  assert.equal((await storage.run(() => unwrap(count(''))))[0]?.counts.length, 1)
  registerType<Tally, readonly number[]>({
    name: 'look-up/Tally', is: (value): value is Tally => value instanceof Tally, encode: ({ counts }) => counts, decode: (counts) => new Tally(counts, ''),
    hash: ({ counts }) => counts,
  })
  await storage.run(() => count('not what it is known by'))
  assert.deepEqual(await storage.check(), [])
})
