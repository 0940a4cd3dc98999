import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dict, list, op, Storage, unwrap, wrap } from '../../src/index.ts'
import { hasCode, logOf } from '../helpers.ts'

const ask = op(function ask(prompt: unknown, n: number) { return `${typeof prompt} ${n}` })

test('an input that can not be stored is refused at its place before the function runs', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const prompt = { tools: [{}, {}, {}, { run: () => 1 }] }
  await assert.rejects(storage.run(() => ask(prompt, 1)), hasCode('VALUE_REFUSED', /ask: input prompt\.tools\[3\]\.run is a function/))
  assert.deepEqual(log.take(), [])
})

const refused: readonly (readonly [what: string, value: unknown, text: RegExp])[] = [
  ['a function', () => 1, /input prompt is a function/],
  ['a symbol', Symbol('s'), /input prompt is a symbol/],
  ['an instance of a class', { a: new (class Point { x = 1 })() }, /input prompt\.a is an instance of Point.*\n.*registerType/],
  ['a Proxy', new Proxy({}, {}), /input prompt is a Proxy/],
  ['a WeakMap', { m: new WeakMap() }, /input prompt\.m/],
]
for (const [what, value, text] of refused) {
  test(`${what} among the inputs is refused`, async () => {
    const storage = new Storage()
    const log = logOf(storage)
    await assert.rejects(storage.run(() => ask(value, 1)), hasCode('VALUE_REFUSED', text))
    assert.deepEqual(log.take(), [])
  })
}

test('a refused part beside a Ref is refused at its place', async () => {
  const call = new Storage().run(async () => ask([await ask(1, 1), { run: () => 1 }], 1))
  await assert.rejects(call, hasCode('VALUE_REFUSED', /input prompt\[1\]\.run is a function/))
})

test('a refused part of a collection is refused at its place', async () => {
  const sum = op(function sum(rows: unknown[]) { return rows.length }, { inputs: { rows: list(dict()) } })
  const call = new Storage().run(() => sum([{ a: 1 }, { b: { run: () => 1 } }]))
  await assert.rejects(call, hasCode('VALUE_REFUSED', /sum: input rows\[1\]\.b\.run is a function/))
})

test('a refused output is an error for this call alone: the others are stored, and later calls work', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const make = op(function make(n: number) { return n === 2 ? { run: () => n } : { run: n } })
  await storage.run(async () => {
    await make(1)
    await assert.rejects(make(2), hasCode('VALUE_REFUSED', /make: output output\.run is a function/))
    await make(3)
  })
  assert.deepEqual(log.take(), ['run make', 'run make', 'fail make', 'run make'])
  assert.equal((await storage.calls(make)).length, 2)
  assert.deepEqual(await unwrap(await storage.run(() => make(3))), { run: 3 })
  assert.deepEqual(await storage.check(), [])
})

test('a refused element of an output names its place', async () => {
  const make = op(function make() { return [{ a: 1 }, { a: () => 1 }] }, { output: list(dict()) })
  await assert.rejects(new Storage().run(() => make()), hasCode('VALUE_REFUSED', /make: output output\[1\]\.a is a function/))
})

test('a promise within an output is refused', async () => {
  const make = op(function make() { return { a: Promise.resolve(1) } })
  await assert.rejects(new Storage().run(() => make()), hasCode('VALUE_REFUSED', /make: output output\.a/))
})

test('wrap refuses what can not be stored', () => {
  assert.throws(() => wrap({ f: () => 1 }), hasCode('VALUE_REFUSED', /value\.f is a function/))
})

test('a value nested too deeply is refused by name, as an input and as an output', async () => {
  const storage = new Storage()
  const nest = (): unknown => {
    let value: unknown = 1
    for (let i = 0; i < 20_000; i += 1) value = [value]
    return value
  }
  const make = op(function makeDeep() { return nest() })
  await assert.rejects(storage.run(() => ask(nest(), 1)), hasCode('VALUE_REFUSED', /ask: input prompt is nested too deeply/))
  await assert.rejects(storage.run(() => make()), hasCode('VALUE_REFUSED', /makeDeep: output output is nested too deeply/))
  for (const use of [() => unwrap(nest()), () => ask(nest(), 1), () => unwrap([nest(), wrap(1)])]) {
    await assert.rejects(use, hasCode('VALUE_REFUSED', /nested too deeply/))
  }
})
