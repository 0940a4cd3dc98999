import assert from 'node:assert/strict'
import { test } from 'node:test'
import { external, ignore, list, ListRef, op, Storage, unwrap, wrap, type Ref } from '../../src/index.ts'
import { logOf, makePath } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })
const sum = op(function sum(xs: readonly number[]) { return xs.reduce((a, b) => a + b, 0) })
const total = op(function total(prices: { readonly a: number; readonly b: number }) { return prices.a + prices.b })

test('an array of wrapped values is a list, linked to each', async () => {
  const storage = new Storage()
  const [one, two] = [wrap(1), wrap(2)]
  assert.equal(await storage.run(() => unwrap(sum([one, two]))), 3)
  const [call] = await storage.calls(sum)
  assert.ok(call?.inputs['xs'] instanceof ListRef)
  assert.deepEqual((await storage.consumers(two)).map((each) => each.op), ['__make_list__'])
  assert.deepEqual(await storage.check(), [])
})

test('an array of wrapped values is the same call as that of equal Refs of the storage, by content', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(() => sum([increment(0), increment(1)]))
  log.take()
  await storage.run(() => sum([wrap(1), wrap(2)]))
  await storage.run(() => sum([wrap(1), wrap(2)]))
  assert.deepEqual(log.take(), ['hit sum by content', 'hit sum by history'])
})

test('an object of wrapped values is a dict, linked to each; so are wrapped objects in an array', async (t) => {
  await using storage = new Storage(makePath(t))
  assert.equal(await storage.run(() => unwrap(total({ a: wrap(1), b: 2 }))), 3)
  const [call] = await storage.calls(total)
  assert.equal(call?.inputs['prices']?.kind, 'dict')
  const count = op(function count(rows: readonly { readonly n: number }[]) { return rows.length })
  const row = wrap({ n: 1 })
  assert.equal(await storage.run(() => unwrap(count([row, { n: 2 }]))), 2)
  assert.deepEqual((await storage.consumers(row)).map((each) => each.op), ['__make_list__'])
  assert.deepEqual(await unwrap((await storage.calls(count))[0]?.inputs['rows']), [{ n: 1 }, { n: 2 }])
  assert.deepEqual(await storage.check(), [])
})

test('an array that holds Refs of another storage is a list of their values', async (t) => {
  const path = makePath(t)
  const range = op(function range(n: number) { return Array.from({ length: n }, (_, i) => i) }, { output: list() })
  const size = op(function size(rows: readonly (readonly number[])[]) { return rows.flat().length })
  const first = new Storage(path)
  await first.run(() => range(3))
  await first.close()
  await using other = new Storage(path)
  const rows = await other.run(() => range(3))
  const storage = new Storage()
  assert.equal(await storage.run(() => unwrap(size([rows, [9]]))), 4)
  const [call] = await storage.calls(size)
  assert.ok(call?.inputs['rows'] instanceof ListRef)
  assert.deepEqual(await unwrap(call.inputs['rows']), [[0, 1, 2], [9]])
  assert.deepEqual(await storage.check(), [])
})

test('a composed op that returns wrapped values in an array gives a list', async () => {
  const storage = new Storage()
  const both = op(async function both(x: number) { return [wrap(5), increment(x)] as unknown as number[] }, { compose: true })
  const result = await storage.run(() => both(1)) as unknown as ListRef<number>
  assert.ok(result instanceof ListRef)
  assert.deepEqual(await unwrap(result), [5, 2])
  assert.deepEqual(await storage.check(), [])
})

test('a composed op gets what is ignored as it is, and can pass on an external value', async () => {
  const storage = new Storage()
  const scale = op(function scale(model: { readonly by: number }, x: number) { return model.by * x })
  const seen: unknown[] = []
  const twice = op(async function twice(model: { readonly by: number }, x: number, note: string) {
    seen.push(note)
    return scale(model, await scale(model, x)) as unknown as number
  }, { compose: true })
  assert.equal(await storage.run(() => unwrap(twice(external('m', { by: 3 }), 2, ignore('why')))), 18)
  assert.deepEqual(seen, ['why'])
  assert.equal((await storage.calls(scale)).length, 2)
  assert.deepEqual(await storage.check(), [])
})

test('a promise of a Ref of another storage moves its value', async () => {
  const [one, other] = [new Storage(), new Storage()]
  const ref = other.run(() => increment(1)) as Promise<Ref<number>>
  assert.equal(await one.run(() => unwrap(sum([ref, 1]))), 3)
  const [call] = await one.calls(sum)
  assert.equal(await one.creator(call?.inputs['xs'] as Ref<unknown>).then((creator) => creator?.op), '__make_list__')
})
