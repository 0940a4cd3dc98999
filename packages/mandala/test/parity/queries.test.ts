import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, ListRef, op, Q, unwrap, wrap } from '../../src/index.ts'
import { FakeCode } from '../behaviour/fake-code.ts'
import { askSimilar, makePrinting, show } from './paste.ts'

/* The worked examples of the original's queries: ours give the same rows, or the comment says where and why they differ. */

const load = op(function load(n: number = 10) { return { X: n, y: 2 * n } }, { outputs: ['X', 'y'] })
const train = op(function train(X: number, y: number, k: number = 5) { return X * y + k })
const acc = op(function acc(m: number, X: number, y: number) { return m + X + y })
const inc = op(function inc(x: number) { return x + 1 })
const dec = op(function dec(x: number) { return x - 1 })
const add = op(function add(x: number, y: number) { return x + y })
const avg = op(function avg(nums: number[]) { return nums.reduce((a, b) => a + b, 0) / nums.length }, { inputs: { nums: list() } })
const rep = op(function rep(x: number, n: number) { return Array.from({ length: n }, (_, i) => x + i) }, { output: list() })
const f = op(function f(x: number) { return x % 2 })
const g = op(function g(x: number) { return 100 * x })

const increment = async (...xs: number[]): Promise<number[]> => Promise.all(xs.map((x) => inc(x))) as Promise<number[]>

test('A: a chain of three ops gives a row for each run of it', async () => {
  const printing = makePrinting()
  const last = await printing.storage.run(async () => {
    const found = []
    for (const n of [10, 5, 2].map(wrap)) {
      for (const k of [5, 10].map(wrap)) {
        const { X, y } = await load(n)
        found.push({ n, k, X, a: await acc(train(X, y, k), X, y) })
      }
    }
    return found.at(-1) as (typeof found)[number]
  })
  const { n, k, a, X } = last
  const asked = await askSimilar(printing, [load, train, acc], { n, k, a })
  assert.deepEqual(asked.code, [
    'const n = Q<number>()', 'const k = Q<number>()', 'const { X, y } = load.match({ n })', 'const m = train.match({ X, k, y })',
    'const a = acc.match({ X, m, y })', 'await storage.df({ n, k, a })',
  ])
  assert.deepEqual(asked.rows, ['2 5 19', '2 10 24', '5 5 70', '5 10 75', '10 5 235', '10 10 240'].sort())
  assert.deepEqual((await askSimilar(printing, [load], { X })).rows, ['10', '2', '5'])
  // The original's columns come in an order of its own; ours are in that of the printed code.
  const context = await askSimilar(printing, [load, train, acc], { a }, { context: true })
  assert.deepEqual(context.columns, ['n', 'k', 'X', 'y', 'm', 'a'])
  assert.ok(context.rows.includes('2 5 2 4 13 19'))
  assert.equal(context.rows.length, 6)
})

test('B: a list stands for lists that hold such an element at some position', async () => {
  const printing = makePrinting()
  const result = await printing.storage.run(async () => {
    const nums = await increment(0, 1, 2, 3, 4)
    const results = []
    for (const i of [0, 1, 2]) results.push(await avg(nums.slice(i, i + 3)))
    return results[2]
  })
  const asked = await askSimilar(printing, [inc, avg], { result }, { context: true })
  assert.deepEqual(asked.code, [
    'const nums_i = Q()', 'const x = Q()', 'const inc_out = inc.match({ x })', 'const nums = Q.list([inc_out], { at: [nums_i] })',
    'const result = avg.match({ nums })', 'await storage.df({ nums_i, x, inc_out, nums, result })',
  ])
  assert.deepEqual(asked.rows, [
    '0 0 1 [1,2,3] 2', '1 1 2 [1,2,3] 2', '2 2 3 [1,2,3] 2', '0 1 2 [2,3,4] 3', '1 2 3 [2,3,4] 3', '2 3 4 [2,3,4] 3',
    '0 2 3 [3,4,5] 4', '1 3 4 [3,4,5] 4', '2 4 5 [3,4,5] 4',
  ].map((row) => row.replace(/\[(.*)\]/, (_, numbers: string) => `[ ${numbers.replaceAll(',', ', ')} ]`)).sort())
  assert.deepEqual((await askSimilar(printing, [inc, avg], { result })).rows, ['2', '3', '4'])
  assert.equal((await askSimilar(printing, [inc, avg], { result }, { distinct: false })).rows.length, 9)
})

test('C: an element of a list that an op returned, and a part of such a list that another op takes', async () => {
  const printing = makePrinting()
  const { r, ss } = await printing.storage.run(async () => {
    let [r, ss]: unknown[] = []
    for (const x of [0, 1]) {
      const l = (await rep(x, 4)) as ListRef<number>
      ss = await avg([l.at(0), l.at(1)] as never)
      await avg(l)
      r = await inc(l.at(2) as never)
    }
    return { r, ss }
  })
  const element = await askSimilar(printing, [rep, inc], { r }, { context: true })
  // Only elements that were really passed to inc: n, x, the list, the position, the element, and what came of it.
  assert.deepEqual(element.code.slice(-4), [
    'const rep_out = rep.match({ n, x })', 'const x_2 = rep_out.at(rep_out_i)', 'const r = inc.match({ x: x_2 })',
    'await storage.df({ rep_out_i, n, x, rep_out, x_2, r })',
  ])
  assert.deepEqual(element.rows, ['2 4 0 [ 0, 1, 2, 3 ] 2 3', '2 4 1 [ 1, 2, 3, 4 ] 3 4'])
  const part = await askSimilar(printing, [rep, avg], { ss }, { context: true })
  // 12 rows and not 4, because avg of the whole list is one of a list with such an element, too.
  assert.equal(part.rows.length, 12)
  assert.deepEqual((await askSimilar(printing, [rep, avg], { ss })).rows, ['0.5', '1.5', '1.5', '2.5'])
})

test('C, in the large: slices of lists, and the same with both positions pinned', async () => {
  const printing = makePrinting()
  const create = op(function create(x: number) { return Array.from({ length: 10 }, (_, i) => 100 * x + i) }, { output: list() })
  const consume = op(function consume(nums: number[]) { return nums.length + (nums[0] as number) }, { inputs: { nums: list() } })
  const result = await printing.storage.run(async () => {
    let result: unknown
    for (let x = 0; x < 10; x += 1) {
      const nums = [...(await create(x)) as ListRef<number>]
      for (const i of [2, 4, 6, 8, 10]) result = await consume(nums.slice(0, i) as never)
    }
    return result
  })
  const { rows } = await askSimilar(printing, [create, consume], { result }, { context: true })
  assert.equal(rows.length, 300)
  const elements = create.match()
  const [i, j] = [Q<number>(), Q<number>()]
  const total = consume.match({ nums: Q.list([elements.at(i)], { at: [j] }) })
  assert.equal((await printing.storage.df({ i, j, total, elements })).numRows(), 300)
  i.equals(0)
  j.equals(0)
  assert.equal((await printing.storage.df({ i, j, total, elements })).numRows(), 50)
})

test('D: rows that are equal in value and differ in history stay apart, unless values are asked for', async () => {
  const printing = makePrinting()
  const r = await printing.storage.run(async () => {
    let r: unknown
    for (let i = 0; i < 4; i += 1) r = await g(f(i))
    return r
  })
  assert.equal(printing.storage.summary().executed, 6)
  assert.deepEqual((await askSimilar(printing, [f, g], { r })).rows, ['0', '0', '100', '100'])
  assert.deepEqual((await askSimilar(printing, [f, g], { r }, { distinct: 'values' })).rows, ['0', '100'])
  assert.deepEqual((await askSimilar(printing, [f, g], { r }, { context: true })).rows, ['0 0 0', '1 1 100', '2 0 0', '3 1 100'])
})

test('D, second form: a call that is found by content gets the history that a query asks for', async () => {
  const { storage } = makePrinting()
  await storage.run(() => inc(23))
  await storage.run(() => dec(24))
  const out = dec.match({ x: inc.match() })
  assert.equal((await storage.df({ out })).numRows(), 0)
  await storage.run({ newCalls: 'error' }, async () => dec(inc(23)))
  assert.deepEqual(show(await storage.df({ out })), ['23'])
  assert.equal((await storage.df({ all: dec.match() }, { distinct: 'values' })).numRows(), 1)
})

test('E: a query answers with the calls that hold for the code of today', async () => {
  const code = new FakeCode({ N: '10', helper: 'x * N' })
  let decision: 'reuse' | 'recompute' = 'reuse'
  const asked: string[] = []
  const storage = code.open({ onChange: ({ component }) => { asked.push(component); return decision } })
  const uses = op('uses', (x: number, flag: boolean) => {
    if (!flag) return x
    return code.use('helper') === 'x * N' ? x * Number(code.use('N')) : x * Number(code.use('N')) + 1
  })
  const run = (): Promise<number[]> => storage.run(() => Promise.all([unwrap(uses(1, false)), unwrap(uses(1, true))]))
  const [x, flag] = [Q<number>(), Q<boolean>()]
  const ask = async (version?: 'any'): Promise<string[]> => show(await storage.df({ x, flag, y: uses.match({ x, flag }) }, version ? { version } : {}))
  assert.deepEqual(await run(), [1, 10])
  code.edit('N', '20')
  assert.deepEqual(await run(), [1, 10])
  decision = 'recompute'
  code.edit('helper', 'x * N + 1')
  assert.deepEqual(await run(), [1, 21])
  assert.deepEqual(await ask(), ['1 false 1', '1 true 21'])
  code.edit('helper', 'x * N')
  assert.deepEqual(await ask(), ['1 false 1', '1 true 10'])
  assert.deepEqual(asked, ['N', 'helper'])
  assert.deepEqual(await ask('any'), ['1 false 1', '1 true 10', '1 true 21'])
})

test('F: elements that play different roles stay apart, and may stand for the same one', async () => {
  const printing = makePrinting()
  const t = await printing.storage.run(async () => {
    const [a, b, c] = await increment(1, 2, 3) as [number, number, number]
    return add(avg([a, b]), avg([a, b, c]))
  })
  const { rows, columns } = await askSimilar(printing, [inc, avg, add], { t }, { context: true })
  assert.equal(columns.length, 12)
  // One element is of both lists, 2 or 3; the other one is any of the second list, also the same.
  assert.deepEqual(rows, [
    '0 0 0 1 1 2 [ 2, 3 ] 2.5 2 [ 2, 3, 4 ] 3 5.5', '0 0 1 1 2 2 [ 2, 3 ] 2.5 3 [ 2, 3, 4 ] 3 5.5', '0 0 2 1 3 2 [ 2, 3 ] 2.5 4 [ 2, 3, 4 ] 3 5.5',
    '1 1 0 2 1 3 [ 2, 3 ] 2.5 2 [ 2, 3, 4 ] 3 5.5', '1 1 1 2 2 3 [ 2, 3 ] 2.5 3 [ 2, 3, 4 ] 3 5.5', '1 1 2 2 3 3 [ 2, 3 ] 2.5 4 [ 2, 3, 4 ] 3 5.5',
  ])
  const apart = await printing.storage.run(async () => {
    const [a, b, d, e, f] = await increment(1, 2, 4, 5, 6) as [number, number, number, number, number]
    return add(avg([a, b]), avg([d, e, f]))
  })
  // Lists without a common element: 2 · 3 rows of this run, and as many of the one before.
  assert.equal((await askSimilar(printing, [inc, avg, add], { apart }, { context: true })).rows.length, 12)
})

test('F, with a list in the place of named arguments: both averages may be the same call', async () => {
  const printing = makePrinting()
  const lists = [[2, 3], [2, 3, 4]]
  const t = await printing.storage.run(async () => {
    const [a, b, c, d, e, f] = await increment(1, 2, 3, 4, 5, 6) as [number, number, number, number, number, number]
    await add(avg([a, b]), avg([a, b, c]))
    await add(avg([a, b]), avg([d, e, f]))
    return avg([avg([a, b]), avg([a, b, c])] as never)
  })
  const { rows, columns } = await askSimilar(printing, [inc, avg], { t }, { context: true })
  assert.deepEqual(columns, [
    'nums_3_i', 'nums_3_i_2', 'nums_i', 'nums_2_i', 'nums_2_i_2', 'x', 'x_2', 'inc_out', 'nums', 'avg_out', 'inc_out_2', 'nums_2', 'avg_out_2', 'nums_3', 't',
  ])
  // One element is of both lists, the other one of the second; each list is either of those that were averaged: 4 + 6 + 4 + 9.
  const text = (list: readonly number[]): string => `[ ${list.join(', ')} ]`
  const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length
  const expected = lists.flatMap((one, i) => lists.flatMap((two, j) => one.filter((both) => two.includes(both)).flatMap((both) => two.map((any) => [
    i, j, one.indexOf(both), two.indexOf(both), two.indexOf(any), both - 1, any - 1, both, text(one), mean(one), any, text(two), mean(two), '[ 2.5, 3 ]', 2.75,
  ].join(' ')))))
  assert.equal(rows.length, 23)
  assert.deepEqual(rows, expected.sort())
})

test('a value that is selected is one variable wherever it is used; others are one each', async () => {
  const printing = makePrinting()
  const { i, same, other } = await printing.storage.run(async () => {
    const i = wrap(5)
    await add(1, 2)
    return { i, same: await add(i, i), other: await add(5, 6) }
  })
  const shared = await askSimilar(printing, [add], { i, same })
  assert.deepEqual(shared.code.slice(0, 2), ['const i = Q<number>()', 'const same = add.match({ x: i, y: i })'])
  assert.deepEqual(shared.rows, ['5 10'])
  assert.deepEqual((await askSimilar(printing, [add], { other })).rows, ['10', '11', '3'])
  assert.equal(await unwrap(same), 10)
})
