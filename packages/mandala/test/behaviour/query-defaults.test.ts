import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { approx, list, newArg, op, Q, Ref, Storage, unwrap } from '../../src/index.ts'
import { logOf, makePath } from '../helpers.ts'
import { askSimilar, makePrinting, show } from '../parity/paste.ts'

/* Calls from before an input was added have it at its default. */

const before = op('fit', (x: number) => x)
const fit = op('fit', (x: number, depth: number = newArg(5)) => x * depth)
const inc = op(function inc(x: number) { return x + 1 })

/** A store from before the input was added, opened by a program that has it. */
async function openLater(t: TestContext, fill = async (): Promise<void> => { await before(1); await before(2) }): Promise<Storage> {
  const path = makePath(t)
  await using storage = new Storage(path)
  await storage.run(fill)
  const later = new Storage(path)
  t.after(() => later.close())
  return later
}

test('a pattern that names the input, pins it to its default, or leaves it out finds the calls from before', async (t) => {
  const storage = await openLater(t)
  await storage.run(async () => { await fit(1, 7); await fit(2, 5); await fit(3, 5) })
  const [x, depth] = [Q<number>(), Q<number>()]
  const out = fit.match({ x, depth })
  assert.deepEqual(show(await storage.df({ x, depth, out })), ['1 7 7', '1 5 1', '2 5 2', '3 5 15'])
  assert.deepEqual(show(await storage.df({ out: fit.match({ depth: 5 }) })), ['1', '2', '15'])
  assert.deepEqual(show(await storage.df({ out: fit.match({ depth: 7 }) })), ['7'])
  assert.deepEqual(show(await storage.df({ out: fit.match({ depth: 6 }) })), [])
  assert.deepEqual(show(await storage.df({ out: fit.match({ x: 1 }) })), ['1', '7'])
  for (const [given, answers] of [[Q<number>().isIn([5, 6]), 3], [Q<number>().differs(5), 1], [Q<number>().where((each) => each < 6), 3]] as const) {
    assert.equal((await storage.df({ out: fit.match({ depth: given }) })).numRows(), answers)
  }
  const rows: unknown[] = []
  for await (const row of storage.rows({ x, depth })) rows.push(row)
  assert.deepEqual(rows, [{ x: 1, depth: 7 }, { x: 1, depth: 5 }, { x: 2, depth: 5 }, { x: 3, depth: 5 }])
})

test('a default is the Ref of that value, also where nothing like it is stored: it ties calls, and is an input like any other', async (t) => {
  const storage = await openLater(t)
  const depth = Q<number>()
  fit.match({ x: 1, depth })
  const tied = (): Promise<string[]> => storage.df({ out: inc.match({ x: depth }) }).then(show)
  assert.deepEqual(await tied(), [])
  await storage.run(() => inc(5))
  assert.deepEqual(await tied(), ['6'])
  const [other, same] = [Q<number>(), Q<number>()]
  const a = fit.match({ x: 1, depth: other })
  const b = fit.match({ x: 2, depth: same.equals(other) })
  assert.deepEqual(show(await storage.df({ a, b })), ['1 2'])
  assert.deepEqual(show(await (await openLater(t)).df({ a, b, other, same })), ['1 2 5 5'])
  const free = Q<number>()
  fit.match({ x: 2, depth: free })
  const ref = (await (await openLater(t)).df({ free }, { values: 'refs' })).get('free', 0) as Ref<number>
  const log = logOf(storage)
  await storage.run(async () => { await fit(1, ref); await inc(ref) })
  assert.deepEqual(log.take(), ['hit fit by history', 'hit inc by history'])
})

test('a default that is an object, a collection or a rounded number is found as it is identified', async (t) => {
  const old = op('grow', (x: number) => x)
  const grow = op('grow', (x: number, options: { rate: number } = newArg({ rate: 2 }), parts: number[] = newArg([1, 2]), eps: number = newArg(0.123456)) =>
    x * options.rate + parts.length + eps, { inputs: { parts: list(), eps: approx(3) } })
  const storage = await openLater(t, async () => { await old(1) })
  const [options, parts, eps] = [Q<{ rate: number }>(), Q<number[]>(), Q<number>()]
  grow.match({ options, parts, eps })
  const table = await storage.df({ options, parts, eps })
  assert.deepEqual(table.objects(), [{ options: { rate: 2 }, parts: [1, 2], eps: 0.123456 }]);
  (table.get('options', 0) as { rate: number }).rate = 99
  assert.deepEqual((await storage.df({ options })).get('options', 0), { rate: 2 })
  const refs = (await storage.df({ options, parts, eps }, { values: 'refs' })).object(0) as Record<string, Ref<any>>
  const log = logOf(storage)
  await storage.run(() => grow(1, refs['options'] as Ref<any>, refs['parts'] as Ref<any>, refs['eps'] as Ref<any>))
  assert.deepEqual(log.take(), ['hit grow by history'])
  assert.equal((await storage.df({ out: grow.match({ parts: [1, 2], options: { rate: 2 } }) })).numRows(), 1)
})

test('what similar prints finds calls from before, as it does itself', async (t) => {
  const path = makePath(t)
  await (async () => { await using storage = new Storage(path); await storage.run(() => before(1)) })()
  const printing = makePrinting({ path })
  const deep = await printing.storage.run(() => fit(1, 7))
  assert.deepEqual((await askSimilar(printing, [fit], { deep })).rows, ['1', '7'])
  await printing.storage.close()
})

test('positions for which no ref is stored are compared by value, too, and can be passed on', async (t) => {
  const path = makePath(t)
  const total = op('total', (xs: number[]) => xs.length, { inputs: { xs: list() } })
  {
    await using storage = new Storage(path)
    await storage.run(async () => { await total([31, 41, 51]); await total([61, 71, 81]) })
    const [i, j] = [Q<number>(), Q<number>()]
    const [one, other] = [Q<number>(), Q<number>()]
    total.match({ xs: Q.list([one], { at: [i] }) })
    total.match({ xs: Q.list([other], { at: [j] }) })
    i.equals(j)
    assert.equal((await storage.df({ i, one, other })).numRows(), 12)
    assert.equal((await storage.df({ i, j }, { distinct: 'values' })).numRows(), 3)
    const position = (await storage.df({ i }, { values: 'refs' })).get('i', 2) as Ref<number>
    await storage.run(async () => { assert.equal(await unwrap(inc(position)), 3) })
  }
  await using storage = new Storage(path)
  const x = Q<number>()
  assert.deepEqual(show(await storage.df({ x, y: inc.match({ x }) })), ['2 3'])
})
