import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, op, Storage, unwrap, wrap } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const sort = op(function sort(xs: number[]) { return xs.sort((a, b) => a - b) })
const keep = op(function keep(x: { n: number[] }) { return x })

test('changing an input after the call changes nothing stored', async (t) => {
  await using storage = new Storage(makePath(t))
  const input = { n: [1] }
  await storage.run(async () => {
    const result = await keep(input)
    input.n.push(2)
    assert.deepEqual(await unwrap(result), { n: [1] })
  })
  const [call] = await storage.calls(keep)
  assert.deepEqual(await unwrap(call?.inputs), { x: { n: [1] } })
})

test('a function that changes its input does not change what is stored as the input', async () => {
  const storage = new Storage()
  await storage.run(() => sort([3, 1, 2]))
  const [call] = await storage.calls(sort)
  assert.deepEqual(await unwrap(call?.inputs['xs']), [3, 1, 2])
  assert.deepEqual(await unwrap(call?.outputs['output']), [1, 2, 3])
  assert.deepEqual(await storage.check(), [])
})

test('a function that changes an input given as a Ref does not change the value behind the Ref', async () => {
  const storage = new Storage()
  const make = op(function make() { return [3, 1, 2] })
  await storage.run(async () => {
    const made = await make()
    await sort(made)
    assert.deepEqual(await unwrap(made), [3, 1, 2])
  })
})

test('changing what a function returned, after it returned, changes nothing stored', async () => {
  const storage = new Storage()
  const kept: number[] = []
  const make = op(function make() { kept.push(1); return kept })
  const result = await storage.run(() => make())
  kept.push(2)
  assert.deepEqual(await unwrap(result), [1])
})

test('an unwrapped value may be changed without harm', async () => {
  const storage = new Storage()
  const ref = await storage.run(() => keep({ n: [1] }))
  const value = await unwrap(ref)
  value.n.push(5)
  assert.deepEqual(await unwrap(ref), { n: [1] })
  assert.deepEqual(await unwrap(await storage.run(() => keep({ n: [1] }))), { n: [1] })
  assert.notEqual(await unwrap(ref), await unwrap(ref))
})

test('a large view that was read from its file stands on memory of its own, which may be changed or given away', async (t) => {
  const path = makePath(t)
  const halves = op(function halves(n: number) { return Float64Array.from({ length: n }, (_, i) => i / 2) })
  const expected = halves.fn(1000)
  for (let i = 0; i < 3; i += 1) {
    await using storage = new Storage({ path, overflow: { thresholdMB: 0.001 } })
    const ref = await storage.run(() => halves(1000))
    const [first, second] = [await unwrap(ref), await unwrap(ref)]
    assert.deepEqual([first, second], [expected, expected])
    assert.deepEqual([first.byteOffset, first.buffer.byteLength], [0, 8000])
    first.fill(0)
    structuredClone(second, { transfer: [second.buffer] })
    assert.deepEqual(await unwrap(ref), expected)
    const { executed, loaded } = storage.summary()
    // The second reading is kept.
    assert.deepEqual({ executed, loaded }, i === 0 ? { executed: 1, loaded: 0 } : { executed: 0, loaded: 2 })
    assert.deepEqual(await storage.check(), [])
  }
})

test('changing elements of an unwrapped list changes nothing stored', async () => {
  const rows = op(function rows() { return [[1], [2]] }, { output: list() })
  const ref = await new Storage().run(() => rows())
  for (const row of await unwrap(ref)) row.push(9)
  assert.deepEqual(await unwrap(ref), [[1], [2]])
})

test('two calls at once on one value each get what was passed, also if one changes it', async () => {
  const storage = new Storage()
  const make = op(function make() { return [3, 1, 2] })
  const first = op(function first(xs: number[]) { return xs[0] })
  await storage.run(async () => {
    const made = await make()
    const [sorted, head] = await Promise.all([sort(made), first(made)])
    assert.deepEqual(await unwrap([sorted, head]), [[1, 2, 3], 3])
  })
})

test('changing a wrapped value afterwards changes nothing', async () => {
  const value = [1]
  const ref = wrap(value)
  value.push(2)
  assert.deepEqual(await unwrap(ref), [1])
  ;(await unwrap(ref)).push(3)
  assert.deepEqual(await unwrap(ref), [1])
})

test('with detectMutation a function that changes its input is an error, and nothing is stored', async () => {
  const storage = new Storage({ detectMutation: true })
  const log = logOf(storage)
  await assert.rejects(storage.run(() => sort([3, 1, 2])), hasCode('INPUT_MUTATED', /sort changed its input "xs"/))
  assert.deepEqual(log.take(), ['run sort', 'fail sort'])
  assert.equal((await storage.stats()).calls, 0)
})

test('with detectMutation a function that leaves its inputs alone, or changes an ignored one, is no error', async () => {
  const storage = new Storage({ detectMutation: true })
  const fill = op(function fill(xs: number[], into: number[]) { into.push(...xs); return xs.length }, { ignore: ['into'] })
  const into: number[] = []
  assert.equal(await unwrap(await storage.run(() => fill([1, 2], into))), 2)
  assert.deepEqual(into, [1, 2])
  assert.deepEqual(await unwrap(await storage.run(() => sort([1, 2]))), [1, 2])
})

test('detectMutation sees changes of named inputs and of inputs given as Refs', async () => {
  const storage = new Storage({ detectMutation: true })
  const make = op(function make() { return [3, 1] })
  const sortNamed = op(function sortNamed({ xs }: { xs: number[] }) { return xs.sort() })
  await assert.rejects(storage.run(() => sortNamed({ xs: [2, 1] })), hasCode('INPUT_MUTATED', /"xs"/))
  await assert.rejects(storage.run(async () => sort(await make())), hasCode('INPUT_MUTATED', /"xs"/))
})
