import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dict, DictRef, list, ListRef, op, Ref, set, SetRef, Storage, unwrap } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })
const range = op(function range(n: number) { return Array.from({ length: n }, (_, i) => i) }, { output: list() })
const scores = op(function scores() { return { zoe: 1, adam: 2 } }, { output: dict() })
const unique = op(function unique(xs: number[]) { return new Set(xs) }, { output: set() })
const total = op(function total(xs: number[]) { return xs.reduce((a, b) => a + b, 0) }, { inputs: { xs: list() } })

test('a list output is a Ref of Refs: length, at, iteration', async () => {
  const storage = new Storage()
  const xs = await storage.run(() => range(3))
  assert.ok(xs instanceof ListRef)
  assert.equal(xs.length, 3)
  assert.equal(await unwrap(xs.at(-1)), 2)
  assert.equal(xs.at(3), undefined)
  assert.deepEqual(await unwrap([...xs]), [0, 1, 2])
  assert.deepEqual(await unwrap(xs), [0, 1, 2])
})

test('a dict output gives Refs by key, in the order of its keys', async () => {
  const storage = new Storage()
  const result = await storage.run(() => scores())
  assert.ok(result instanceof DictRef)
  assert.equal(result.size, 2)
  assert.deepEqual([...result.keys()], ['zoe', 'adam'])
  assert.equal(await unwrap(result.get('adam')), 2)
  assert.equal(result.get('eve' as 'adam'), undefined)
  assert.deepEqual(Object.keys(await unwrap(result)), ['zoe', 'adam'])
})

test('a set output iterates over Refs', async () => {
  const storage = new Storage()
  const result = await storage.run(() => unique([3, 1, 3]))
  assert.ok(result instanceof SetRef)
  assert.equal(result.size, 2)
  assert.deepEqual(new Set(await unwrap([...result])), new Set([3, 1]))
  assert.deepEqual(await unwrap(result), new Set([3, 1]))
})

test('collections after reopening have the same elements in the same order, and load no element to iterate', async (t) => {
  const path = makePath(t)
  const program = async () => [await range(3), await scores(), await unique([3, 1])] as const
  const before = new Storage(path)
  const hidsOf = (refs: Awaited<ReturnType<typeof program>>): string[][] =>
    refs.map((ref) => [...(ref as ListRef<number>).elements.values()].map(({ hid }) => hid))
  const expected = hidsOf(await before.run(program))
  await before.close()
  await using storage = new Storage(path)
  const log = logOf(storage)
  const refs = await storage.run(program)
  assert.deepEqual(hidsOf(refs), expected)
  assert.deepEqual(log.take(), ['hit range by history', 'hit scores by history', 'hit unique by history'])
  const values = await unwrap(refs)
  assert.deepEqual(values, [[0, 1, 2], { zoe: 1, adam: 2 }, new Set([3, 1])])
  assert.deepEqual(Object.keys(values[1]), ['zoe', 'adam'])
})

test('equal sets that were filled in another order iterate alike, and keep each element with its own history', async (t) => {
  const path = makePath(t)
  const program = async (): Promise<unknown[]> => {
    const results: unknown[] = []
    for (const xs of [[1, 2], [2, 1]]) {
      for (const x of (await unique(xs)) as SetRef<number>) results.push([x, await increment(x)])
    }
    return unwrap(results)
  }
  const first = new Storage(path)
  // The order is that of the contents, whatever order the set was filled in.
  const found = (await first.run(program)) as [number, number][]
  assert.deepEqual(found.slice(0, 2), found.slice(2))
  assert.deepEqual(new Map(found), new Map([[1, 2], [2, 3]]))
  await first.close()
  await using storage = new Storage(path)
  assert.deepEqual(await storage.run(program), found)
  assert.deepEqual(await storage.check(), [])
})

test('an element is a Ref of its own: a call on it hits what was computed from the equal plain value', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(async () => {
    await increment(1)
    const xs = (await range(2)) as ListRef<number>
    for (const x of xs) await increment(x)
  })
  assert.deepEqual(log.take(), ['run increment', 'run range', 'run increment', 'hit increment by content'])
})

test('the link from a collection to an element is a recorded call', async () => {
  const storage = new Storage()
  const xs = (await storage.run(() => range(2))) as ListRef<number>
  const creator = await storage.creator(xs.at(1) as Ref<number>)
  assert.equal(creator?.op, '__list_getitem__')
  assert.equal(creator.inputs['list']?.hid, xs.hid)
  assert.equal(await unwrap(creator.inputs['i']), 1)
  const results = (await storage.run(() => scores())) as DictRef<{ zoe: number; adam: number }>
  assert.equal((await storage.creator(results.get('zoe')))?.op, '__dict_getitem__')
})

test('an array that holds Refs is a list without being told, linked to its elements', async () => {
  const storage = new Storage()
  const sum = op(function sum(xs: number[]) { return xs.reduce((a, b) => a + b, 0) })
  const one = (await storage.run(() => increment(0))) as Ref<number>
  await storage.run(() => sum([one, 5]))
  const [call] = await storage.calls(sum)
  const input = call?.inputs['xs']
  assert.ok(input instanceof ListRef)
  assert.equal(input.at(0)?.hid, one.hid)
  assert.deepEqual(await unwrap(input), [1, 5])
  const maker = await storage.creator(input)
  assert.equal(maker?.op, '__make_list__')
  assert.deepEqual(Object.keys(maker.inputs), ['elt_0', 'elt_1'])
})

test('a list input hits when it holds equal elements of another history', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(async () => {
    await total([0, 1, 2])
    await total(await range(3))
    await total([0, await increment(0), 2])
  })
  assert.deepEqual(log.take(), ['run total', 'run range', 'hit total by content', 'run increment', 'hit total by content'])
})

test('a list of more than ten Refs keeps its order after reopening', async (t) => {
  const path = makePath(t)
  const first = new Storage(path)
  const xs = Array.from({ length: 12 }, (_, i) => i * 3)
  await first.run(async () => total(await Promise.all(xs.map((x) => increment(x)))))
  await first.close()
  await using storage = new Storage(path)
  const [call] = await storage.calls(total)
  assert.deepEqual(await unwrap(call?.inputs['xs']), xs.map((x) => x + 1))
  assert.deepEqual(await unwrap([...(call?.inputs['xs'] as ListRef<number>)]), xs.map((x) => x + 1))
})

test('an object that holds Refs is a dict; its keys keep their order after reopening', async (t) => {
  const path = makePath(t)
  const keysOf = op(function keysOf(data: { zoe: number; adam: number; b: number[] }) { return Object.keys(data).join() })
  const first = new Storage(path)
  const result = await first.run(async () => keysOf({ zoe: increment(1), adam: 3, b: [increment(2)] }))
  assert.equal(await unwrap(result), 'zoe,adam,b')
  await first.close()
  await using storage = new Storage(path)
  const [call] = await storage.calls(keysOf)
  const data = call?.inputs['data']
  assert.ok(data instanceof DictRef)
  assert.deepEqual([...data.keys()], ['zoe', 'adam', 'b'])
  assert.deepEqual(await unwrap(data), { zoe: 2, adam: 3, b: [3] })
})

test('nested kinds give nested collections', async (t) => {
  const path = makePath(t)
  const table = op(function table(n: number) { return [{ a: n, b: n + 1 }, { a: n + 2, b: n + 3 }] }, { output: list(dict()) })
  const first = new Storage(path)
  await first.run(() => table(1))
  await first.close()
  await using storage = new Storage(path)
  const log = logOf(storage)
  const rows = (await storage.run(() => table(1))) as ListRef<object, DictRef<{ a: number; b: number }>>
  assert.ok(rows.at(1) instanceof DictRef)
  await storage.run(() => increment(rows.at(1)?.get('b') as Ref<number>))
  assert.deepEqual(await unwrap(rows), [{ a: 1, b: 2 }, { a: 3, b: 4 }])
  assert.deepEqual(log.take().filter((line) => line !== 'load'), ['hit table by history', 'run increment'])
})

test('a hit by content gives the elements of a collection a history of their own', async () => {
  const storage = new Storage()
  const [one, other] = await storage.run(async () => [await range(2), await range(increment(1))] as [ListRef<number>, ListRef<number>])
  assert.equal(one.cid, other.cid)
  assert.notEqual(one.at(0)?.hid, other.at(0)?.hid)
  const creator = await storage.creator(other.at(0) as Ref<number>)
  assert.equal(creator?.inputs['list']?.hid, other.hid)
})

test('an element that occurs twice, and a collection without elements, are kept', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(async () => {
    const one = await increment(0)
    assert.equal(await unwrap(total([one, one])), 2)
    assert.equal(await unwrap(total([])), 0)
    assert.equal((await range(0) as ListRef<number>).length, 0)
  })
  log.take()
  await storage.run(async () => { await total([]); await range(0) })
  assert.deepEqual(log.take(), ['hit total by history', 'hit range by history'])
})

test('an input declared as a collection that is none is refused before the function runs', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const text = 'abc' as unknown as number[]
  await assert.rejects(storage.run(() => total(text)), hasCode('INPUT_INVALID', /total: input xs is declared as a list and got string abc/))
  assert.deepEqual(log.take(), [])
})

const lossy: readonly (readonly [what: string, make: () => unknown])[] = [
  ['an array with a hole', () => [1, , 3]],
  ['an array with a property', () => Object.assign([1, 2], { unit: 'm' })],
  ['an instance of a subclass of Array', () => Object.assign(new (class Rows extends Array {})(), [1, 2])],
]
for (const [what, make] of lossy) {
  test(`${what} is refused as a list rather than stored without a part of it`, async () => {
    await assert.rejects(new Storage().run(() => total(make() as number[])), hasCode('INPUT_INVALID', /total: input xs/))
  })
}

test('an array that holds a Ref and itself is refused', async () => {
  const first = op(function first(xs: unknown[]) { return xs.length })
  await assert.rejects(new Storage().run(async () => {
    const loop: unknown[] = [await increment(1)]
    loop.push(loop)
    return first(loop)
  }), hasCode('VALUE_REFUSED', /first: input xs/))
})

const lossyDicts: readonly (readonly [what: string, make: () => object])[] = [
  ['a symbol key', () => ({ a: 1, [Symbol('s')]: 2 })],
  ['an accessor', () => ({ get a() { return 1 } })],
  ['a hidden property', () => Object.defineProperty({ a: 1 }, 'b', { value: 2 })],
  ['no prototype', () => Object.assign(Object.create(null) as object, { a: 1 })],
]
for (const [what, make] of lossyDicts) {
  test(`an object with ${what} is refused as a dict rather than stored without it`, async () => {
    const keys = op(function keys(data: object) { return Object.keys(data).length }, { inputs: { data: dict() } })
    await assert.rejects(new Storage().run(() => keys(make())), hasCode('INPUT_INVALID', /keys: input data/))
    const make1 = op('make', make, { output: dict() as never })
    await assert.rejects(new Storage().run(() => make1()), hasCode('OUTPUT_INVALID', /make: output output/))
  })
}

test('an instance of a subclass of Set is refused as a set rather than stored as a plain one', async () => {
  class Names extends Set<string> {}
  const make = op('make', () => new Names(['a']), { output: set() })
  await assert.rejects(new Storage().run(() => make()), hasCode('OUTPUT_INVALID', /make: output output/))
})

test('a dict whose key has no UTF-8 form is refused rather than taken for another', async () => {
  const code = op(function code(data: Record<string, number>) { return Object.keys(data)[0]?.charCodeAt(0) })
  await assert.rejects(new Storage().run(async () => code({ '\ud801': await increment(0) })), hasCode('INPUT_INVALID', /code: input data/))
})

test('an output that holds a Ref and itself is refused', async () => {
  const make = op(async function make() {
    const loop: unknown[] = [await increment(1)]
    loop.push(loop)
    return loop
  }, { compose: true })
  await assert.rejects(new Storage().run(() => make()), hasCode('VALUE_REFUSED', /make: output output/))
})
