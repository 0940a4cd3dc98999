import assert from 'node:assert/strict'
import { test } from 'node:test'
import { approx, external, ExternalRef, ignore, list, newArg, op, Ref, Storage, unwrap, type Op } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

test('an ignored value is passed to the function and is no part of the call', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const seen: number[] = []
  const train = op(function train(x: number, batchSize: number) { seen.push(batchSize); return x })
  await storage.run(async () => { await train(1, ignore(10)); await train(1, ignore(20)); await train(1, 20) })
  assert.deepEqual(log.take(), ['run train', 'hit train by history', 'run train'])
  assert.deepEqual(seen, [10, 20])
  assert.deepEqual(Object.keys((await storage.calls(train))[0]?.inputs ?? {}), ['x'])
})

test('an input that the op ignores is passed to the function and is no part of the call', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const train = op(function train(x: number, onStep?: () => void) { onStep?.(); return x }, { ignore: ['onStep'] })
  let steps = 0
  await storage.run(async () => { await train(1, () => { steps += 1 }); await train(1); await train(1, () => {}) })
  assert.deepEqual(log.take(), ['run train', 'hit train by history', 'hit train by history'])
  assert.equal(steps, 1)
})

test('named inputs may be ignored either way, and may be promises then', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const ask = op(function ask({ prompt, key, tries = 1 }: { prompt: string; key: string; tries?: number }) {
    return `${prompt} ${key} ${tries}`
  }, { ignore: ['key'] })
  assert.equal(await unwrap(await storage.run(() => ask({ prompt: 'p', key: Promise.resolve('k'), tries: ignore(3) }))), 'p k 3')
  await storage.run(() => ask({ prompt: 'p', key: 'other', tries: ignore(4) }))
  assert.deepEqual(log.take(), ['run ask', 'hit ask by history'])
})

test('a parameter added with newArg keeps the hits of before, and another value is a miss', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const before = op('f', (x: number) => x)
  await storage.run(() => before(1))
  const fn = (x: number, y: number = newArg(5)): number => x + y - 5
  const after = op('f', fn, { version: 0 })
  const other = new Storage()
  const otherLog = logOf(other)
  await other.run(async () => {
    await after(1)
    await after(1, 5)
    await after(1, Promise.resolve(5))
    await after(1, 6)
    await after(1, 6)
  })
  assert.deepEqual(otherLog.take(), ['run f', 'hit f by history', 'hit f by history', 'run f', 'hit f by history'])
  const [hit] = await other.calls('f')
  assert.equal(hit?.hid, (await storage.calls('f'))[0]?.hid)
  assert.deepEqual(log.take(), ['run f'])
})

test('a newArg of a value that can not be read off the source is refused', () => {
  const size = 4
  assert.throws(() => op('f', (x: number, y: number = newArg(size)) => x + y), hasCode('OP_INVALID', /newArg\(…\) needs a literal/))
})

test('newArg outside a run is its value', async () => {
  const f = op('f', (x: number, y: number = newArg(5)) => x + y)
  assert.equal(await f(1), 6)
})

class Model {
  readonly weights = [1, 2, 3]
  predict(): number { return this.weights.length }
}

test('an external value is identified by its name, reaches the function, and is not stored', async (t) => {
  const path = makePath(t)
  await using storage = new Storage(path)
  const log = logOf(storage)
  const predict = op(function predict(model: Model, x: number) { return model.predict() + x })
  assert.equal(await unwrap(await storage.run(() => predict(external('model-v1', new Model()), 1))), 4)
  await storage.run(() => predict(external('model-v1', new Model()), 1))
  await storage.run(() => predict(external('model-v2', new Model()), 1))
  assert.deepEqual(log.take(), ['run predict', 'hit predict by history', 'run predict'])
  const input = (await storage.calls(predict))[0]?.inputs['model']
  assert.ok(input instanceof ExternalRef)
  await assert.rejects(unwrap(input), hasCode('NOT_FOUND', /external "model-v1" is not stored/))
  assert.deepEqual(await storage.check(), [])
})

test('an external value and the string of its name are different inputs', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const typeOf = op(function typeOf(x: unknown) { return typeof x })
  await storage.run(async () => { await typeOf(external('X', 1)); await typeOf('X') })
  assert.deepEqual(log.take(), ['run typeOf', 'run typeOf'])
})

test('an external value may stand in an array, and be returned', async () => {
  const storage = new Storage()
  const count = op(function count(models: Model[]) { return models.reduce((n, model) => n + model.predict(), 0) })
  const load = op(function load() { return external('loaded', new Model()) })
  assert.equal(await unwrap(await storage.run(() => count([external('a', new Model()), external('b', new Model())]))), 6)
  const loaded = await storage.run(() => load())
  assert.ok(loaded instanceof Ref)
  await assert.rejects(unwrap(loaded), hasCode('NOT_FOUND', /"loaded"/))
})

test('an external value without a name is refused', () => {
  assert.throws(() => external('', 1), hasCode('INPUT_INVALID'))
})

test('approx identifies an output by so many significant digits', async () => {
  const measure = op(function measure(x: number) { return { acc: 0.3 + x * 1e-9, label: 'a' } }, { output: approx(6) })
  const [a, b, c] = await new Storage().run(async () => [await measure(1), await measure(2), await measure(1e6)] as Ref<unknown>[])
  assert.equal(a?.cid, b?.cid)
  assert.notEqual(a?.cid, c?.cid)
})

test('of outputs that are as good as equal the first is stored, whole, and stays', async (t) => {
  const path = makePath(t)
  const measure = op(function measure(x: number) { return { acc: 0.3 + x * 1e-9 } }, { output: approx(6) })
  const first = new Storage(path)
  const values = await first.run(async () => unwrap([await measure(1), await measure(2), await measure(1)]))
  await first.close()
  await using storage = new Storage(path)
  assert.deepEqual(await storage.run(async () => unwrap(await measure(1))), { acc: 0.3 + 1e-9 })
  assert.deepEqual(await storage.check(), [])
  assert.deepEqual(values[2], { acc: 0.3 + 1e-9 })
})

test('a call on an approx output hits what was computed from one that is as good as equal', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const measure = op(function measure(x: number) { return 2 + x * 1e-9 }, { output: { acc: approx(6) } })
  const rank = op(function rank(acc: number) { return Math.round(acc) })
  await storage.run(async () => { await rank(measure(1)); await rank(measure(2)) })
  assert.deepEqual(log.take(), ['run measure', 'load', 'run rank', 'run measure', 'hit rank by content'])
})

test('approx rounds whole numbers too: 1234567 and 1234567.4 are equal to six digits', async () => {
  const identity = op('identity', (x: number) => x, { output: approx(6) })
  const [a, b] = await new Storage().run(async () => [await identity(1234567), await identity(1234567.4)] as Ref<number>[])
  assert.equal(a?.cid, b?.cid)
})

test('approx takes 1 to 17 digits', () => {
  for (const digits of [0, 18, 1.5, NaN]) assert.throws(() => approx(digits), hasCode('OP_INVALID', /1 to 17/))
})

test('ignore outside a run passes the value itself', async () => {
  const f = op('f', (x: number, y: number) => x + y)
  assert.equal(await f(1, ignore(2)), 3)
  assert.equal(await (f as unknown as Op)(external('one', 1), 2), 3)
})

test('a name without a UTF-8 form is refused: two of them would be one', async () => {
  const use = op(function use(x: unknown) { return typeof x })
  await assert.rejects(new Storage().run(() => use(external('\ud800', 1))), hasCode('INPUT_INVALID', /surrogate/))
  const named = op(function named({ ...rest }: Record<string, number>) { return Object.keys(rest).length })
  await assert.rejects(new Storage().run(() => named({ '\ud801': 1 })), hasCode('INPUT_INVALID', /surrogate/))
})

test('an input added later is left out at its default also where it is a collection, or known by some digits only', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const f = op(function f(x: number, tags: string[] = newArg(['a', 'b']), rate: number = newArg(0.5)) { return [x, tags.length, rate] }, {
    inputs: { tags: list(), rate: approx(3) },
  })
  await storage.run(async () => {
    await f(1)
    await f(1, ['a', 'b'])
    await f(1, ['a', 'b'], 0.5000001)
    await f(1, ['a'])
  })
  assert.deepEqual(log.take(), ['run f', 'hit f by history', 'hit f by history', 'run f'])
})
