import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, op, Q, Storage } from '../../src/index.ts'
import { hasCode } from '../helpers.ts'
import { makePrinting, show } from '../parity/paste.ts'

const inc = op(function inc(x: number) { return x + 1 })
const split = op(function split(x: number) { return { p: x % 3, q: x % 2 } }, { outputs: ['p', 'q'] })
const mean = op(function mean(xs: number[]) { return xs.length }, { inputs: { xs: list() } })
const deep = op(function deep(xs: number[][]) { return xs.length }, { inputs: { xs: list(list()) } })

test('rows are in the order in which their Refs were first stored, one column after the other, whatever is selected beside', async () => {
  const storage = new Storage()
  await storage.run(async () => { for (const i of [30, 10, 20]) await inc(i) })
  await storage.run(async () => { for (const i of [20, 5, 30]) await split(i) })
  const x = Q<number>()
  const { p, q } = split.match({ x })
  assert.deepEqual(show(await storage.df({ x, y: inc.match() }, { allowProduct: true })).slice(0, 3), ['30 31', '30 11', '30 21'])
  assert.deepEqual(show(await storage.df({ x, p, q })), ['30 0 0', '20 2 0', '5 2 1'])
  assert.deepEqual(show(await storage.df({ x, again: x }, { limit: 2 })), ['30 30', '20 20'])
  assert.equal((await storage.df({ x }, { limit: 0 })).numRows(), 0)
  const streamed: number[] = []
  for await (const row of storage.rows({ x }, { limit: 2 })) streamed.push(row.x)
  assert.deepEqual(streamed, [30, 20])
})

test('two calls of one role stay two where one gave this and the other that', async () => {
  const printing = makePrinting()
  const found = await printing.storage.run(async () => ({ p: (await split(7)).p, q: (await split(5)).q }))
  await assert.rejects(printing.storage.similar(found), hasCode('QUERY_INVALID', /2 parts that share no variable/))
  const rows = show(await printing.storage.similar(found, { allowProduct: true }))
  const code = (printing.printed.at(-1) as string).split('\n')
  assert.deepEqual(code.slice(2, 4), ['const { p } = split.match({ x })', 'const { q } = split.match({ x: x_2 })'])
  assert.ok(rows.includes('1 1'))
  assert.equal(rows.length, 4)
})

test('lists in lists are reached by positions and by their elements, and pinned whole', async () => {
  const storage = new Storage()
  await storage.run(async () => { await deep([[1, 2], [3]]); await deep([[4]]) })
  const [xs, e] = [Q<number[][]>(), Q<number>()]
  const out = deep.match({ xs })
  assert.deepEqual(show(await storage.df({ second: xs.at(0).at(1), out })), ['2 2'])
  assert.deepEqual(show(await storage.df({ e, all: deep.match({ xs: Q.list([Q.list([e])]) }) })).sort(), ['1 2', '2 2', '3 2', '4 1'])
  assert.deepEqual(show(await storage.df({ one: deep.match({ xs: [[1, 2], [3]] }) })), ['2'])
})

test('positions and whole lists are tested by value, and what a test throws is passed on', async () => {
  const storage = new Storage()
  await storage.run(async () => { await mean([7, 8]); await mean([9]); await mean([]) })
  const [xs, ys] = [Q<number[]>(), Q<number[]>()]
  const i = Q<number>().where(async (position) => position === 1)
  mean.match({ xs })
  assert.deepEqual(show(await storage.df({ i, e: xs.at(i) })), ['1 8'])
  assert.deepEqual(show(await storage.df({ ys: ys.where((each) => each.length === 1), out: mean.match({ xs: ys }) })), ['[ 9 ] 1'])
  const failure = new Error('mine')
  await assert.rejects(storage.df({ out: mean.match().where(() => { throw failure }) }), (error) => error === failure)
})
