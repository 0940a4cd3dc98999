import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Ref, Storage, unwrap, type Op } from '../../src/index.ts'
import { hasCode, logOf } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })

/** Calls in one run each; gives what ran. */
async function runEach(...calls: (() => Promise<unknown>)[]): Promise<string[]> {
  const storage = new Storage()
  const log = logOf(storage)
  for (const call of calls) await storage.run(call)
  return log.take()
}

test('a Ref, a promise of a Ref, a promise of a value and a value are all inputs', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(async () => {
    const ref = await increment(1)
    assert.equal(await unwrap(increment(ref)), 3)
    assert.equal(await unwrap(increment(increment(1))), 3)
    assert.equal(await unwrap(increment(Promise.resolve(2))), 3)
    assert.equal(await unwrap(increment(2)), 3)
  })
  assert.deepEqual(log.take(), [
    'run increment', 'run increment', 'hit increment by history', 'hit increment by history', 'hit increment by content',
    'hit increment by history',
  ])
})

test('promises among the inputs run at the same time', async () => {
  const started: number[] = []
  let release = (): void => {}
  const both = new Promise<void>((resolve) => { release = resolve })
  const meet = op(async function meet(x: number) {
    started.push(x)
    if (started.length === 2) release()
    await both
    return x
  })
  const sum = op(function sum(a: number, b: number) { return a + b })
  assert.equal(await unwrap(await new Storage().run(() => sum(meet(1), meet(2)))), 3)
})

test('an array and an object may hold Refs and promises, at any depth', async () => {
  const storage = new Storage()
  const average = op(function average(xs: number[]) { return xs.reduce((a, b) => a + b, 0) / xs.length })
  const total = op(function total(data: { rows: { n: number }[]; base: number }) {
    return data.rows.reduce((sum, { n }) => sum + n, data.base)
  })
  await storage.run(async () => {
    assert.equal(await unwrap(average([increment(1), increment(3)])), 3)
    assert.equal(await unwrap(average([await increment(1), 4])), 3)
    assert.equal(await unwrap(total({ rows: [{ n: increment(1) }, { n: await increment(2) }], base: 5 })), 10)
  })
})

test('an array that holds Refs or promises hits when it is passed again', async () => {
  const total = op(function total(xs: number[]) { return xs.reduce((a, b) => a + b, 0) })
  const log = await runEach(() => total([increment(1), 5]), () => total([increment(1), 5]))
  assert.deepEqual(log, ['run increment', 'run total', 'hit increment by history', 'hit total by history'])
})

test('a parameter left out, given as undefined, or given its literal default is the same call', async () => {
  const scale = op(function scale(x: number, by: number = 10) { return x * by })
  assert.deepEqual(await runEach(() => scale(1), () => scale(1, 10), () => scale(1, undefined), () => scale(1, 11)), [
    'run scale', 'hit scale by history', 'hit scale by history', 'run scale',
  ])
})

test('literal defaults of every form count as given', async () => {
  const f = op(function f(a = -1, b = 'two', c = [3, { d: null }], e = 5n, g = true) { return [a, b, c, String(e), g] })
  const log = await runEach(() => f(), () => f(-1, 'two', [3, { d: null }], 5n, true), () => f(-1, 'two', [3, { d: null }], 5n, false))
  assert.deepEqual(log, ['run f', 'hit f by history', 'run f'])
})

test('a default that is an expression belongs to the code: leaving it out differs from giving its value', async () => {
  const size = 4
  const f = op(function f(x: number, n: number = size * 2) { return x + n })
  assert.deepEqual(await runEach(() => f(1), () => f(1, 8), () => f(1)), ['run f', 'run f', 'hit f by history'])
})

test('an optional parameter given as undefined is left out; null is a value', async () => {
  const f = op(function f(x: number, label?: string | null) { return `${x} ${label}` })
  assert.deepEqual(await runEach(() => f(1), () => f(1, undefined), () => f(1, null)), ['run f', 'hit f by history', 'run f'])
})

test('a rest parameter takes any number of inputs, each counts, in order', async () => {
  const sum = op(function sum(first: number, ...others: number[]) { return others.reduce((a, b) => a + b, first) })
  assert.deepEqual(await runEach(() => sum(1), () => sum(1, 2, 3), () => sum(1, 3, 2), () => sum(1, 2), () => sum(1, 2, 3)), [
    'run sum', 'run sum', 'run sum', 'run sum', 'hit sum by history',
  ])
})

test('undefined in a rest parameter keeps its place', async () => {
  const join = op(function join(...parts: (string | undefined)[]) { return parts.join('-') })
  const storage = new Storage()
  await storage.run(async () => {
    assert.equal(await unwrap(join('a', undefined, 'b')), 'a--b')
    assert.equal(await unwrap(join('a', 'b', undefined)), 'a-b-')
    assert.equal(await unwrap(join('a', 'b')), 'a-b')
  })
})

interface Ask { model: string; prompt: string; temperature?: number }

test('one destructured object is named inputs: their order does not count, defaults do', async () => {
  const ask = op(async function ask({ model, prompt, temperature = 0 }: Ask) { return `${model} ${prompt} ${temperature}` })
  assert.deepEqual(await runEach(
    () => ask({ model: 'm', prompt: 'p' }), () => ask({ prompt: 'p', model: 'm' }), () => ask({ model: 'm', prompt: 'p', temperature: 0 }),
    () => ask({ model: 'm', prompt: 'p', temperature: 1 }),
  ), ['run ask', 'hit ask by history', 'hit ask by history', 'run ask'])
})

test('named inputs take Refs and promises, and are recorded by name', async () => {
  const storage = new Storage()
  const add = op(function add({ a, b = 1 }: { a: number; b?: number }) { return a + b })
  const result = await storage.run(() => add({ a: increment(1) }))
  const [call] = await storage.calls(add)
  assert.deepEqual(await unwrap(call?.inputs), { a: 2, b: 1 })
  assert.deepEqual((await storage.creator(result as Ref<number>))?.hid, call?.hid)
})

test('what a destructured rest collects is named inputs too', async () => {
  const f = op(function f({ a, ...others }: { a: number; [key: string]: number }) { return a + Object.values(others).length })
  const log = await runEach(() => f({ a: 1, b: 2 }), () => f({ a: 1, c: 2 }), () => f({ b: 2, a: 1 }))
  assert.deepEqual(log, ['run f', 'run f', 'hit f by history'])
})

test('a whole object of named inputs given as a promise or a Ref counts by what it holds', async () => {
  const storage = new Storage()
  const settings = op(function settings(n: number) { return { a: n, b: 1 } })
  const add = op(function add({ a, b }: { a: number; b: number }) { return a + b })
  await storage.run(async () => {
    assert.equal(await unwrap(add(Promise.resolve({ a: 1, b: 2 }))), 3)
    assert.equal(await unwrap(add(Promise.resolve({ a: 5, b: 2 }))), 7)
    assert.equal(await unwrap(add(await settings(10))), 11)
    assert.equal(await unwrap(add(await settings(20))), 21)
    assert.equal(await unwrap(add(settings(30))), 31)
  })
})

test('too many inputs are refused before the function runs', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const call = increment as unknown as Op
  await assert.rejects(storage.run(() => call(1, 2)), hasCode('INPUT_INVALID', /increment takes 1 input and got 2/))
  assert.deepEqual(log.take(), [])
})

test('an op of named inputs refuses anything but one object', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const ask = op(function ask({ x }: { x: number }) { return x }) as unknown as Op
  for (const args of [[], [null], [1], [[1]], ['x'], [{ x: 1 }, 2]]) {
    await assert.rejects(storage.run(() => ask(...args)), hasCode('INPUT_INVALID', /ask takes one object of named inputs/))
  }
  assert.deepEqual(log.take(), [])
})

test('an op of named inputs that may be left out takes what its default says', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const ask = op(function ask({ x = 1, y = 2 }: { x?: number; y?: number } = { x: 5 }) { return [x, y] }, { compose: true })
  const plain = op(function plain({ x = 1, y = 2 }: { x?: number; y?: number } = { x: 5 }) { return [x, y] })
  for (const each of [ask, plain]) {
    await storage.run(async () => {
      assert.deepEqual(await unwrap(each()), [5, 2])
      assert.deepEqual(await unwrap(each({})), [1, 2])
      assert.deepEqual(await unwrap(each({ x: 5 })), [5, 2])
    })
  }
  assert.deepEqual(log.take(), ['run ask', 'run ask', 'hit ask by history', 'run plain', 'run plain', 'hit plain by history'])
})

test('names of inputs may be stated where the source can not tell them', async () => {
  const storage = new Storage()
  const max = op('max', Math.max, { inputs: ['a', 'b'] })
  assert.equal(await unwrap(await storage.run(() => max(1, 2))), 2)
  assert.deepEqual(await unwrap((await storage.calls(max))[0]?.inputs), { a: 1, b: 2 })
})

test('the function gets plain values, promises of Refs resolved', async () => {
  const seen: unknown[] = []
  const look = op(function look(x: unknown, y: unknown) { seen.push(x, y); return 0 })
  await new Storage().run(() => look(increment(1), { n: [increment(2)] }))
  assert.deepEqual(seen, [2, { n: [3] }])
})

test('an input promise that rejects rejects the call with the same error, and nothing runs', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const error = new Error('no input')
  await assert.rejects(storage.run(() => increment(Promise.reject(error))), (thrown) => thrown === error)
  assert.deepEqual(log.take(), [])
})

test('one parameter that is an object, not destructured, is one input', async () => {
  const f = op(function f(options: { a: number; b: number }) { return options.a })
  const storage = new Storage()
  await storage.run(() => f({ a: 1, b: 2 }))
  assert.deepEqual(Object.keys((await storage.calls(f))[0]?.inputs ?? {}), ['options'])
})
