import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { list, note, op, Storage, unwrap, wrap, type Call, type Ref } from '../../src/index.ts'
import { SqliteStore } from '../../src/sqlite/sqlite-store.ts'
import { makeAsync } from '../contract/async-store.ts'
import { hasCode, logOf, makeFolder } from '../helpers.ts'

const load = op('load', (n: number) => ({ n }), { output: 'data' })
const train = op('train', (data: { n: number }, kind: string, extra?: unknown) => {
  note({ tokens: data.n * 10, n: `note ${data.n}` })
  return { kind, n: data.n, extra: extra !== undefined }
}, { output: 'model' })
const newest = op('train', (data: { n: number }, kind: string) => ({ kind, n: data.n, extra: false }), { output: 'model', version: 2 })
const join2 = op('join', (xs: readonly unknown[]) => xs.length, { inputs: { xs: list() }, output: 'n' })

async function fill(storage: Storage): Promise<void> {
  await storage.run(async () => {
    const models = []
    for (const n of [3, 1, 2]) {
      const data = await load(n)
      models.push(await train(data, n === 1 ? 'tree' : 'forest'))
    }
    await train(await load(1), 'tree', new Date(0))
    await join2(models)
    await newest(await load(3), 'tree')
  })
}

for (const [how, make] of [
  ['at once', () => new Storage()],
  ['later', (t) => new Storage(join(makeFolder(t), 'test.db'), { openStore: ({ path, overflow }) => makeAsync(new SqliteStore({ path, overflow })) })],
] satisfies [string, (t: Parameters<typeof makeFolder>[0]) => Storage][]) {
  test(`calls are listed, filtered and sorted, of a store that answers ${how}`, async (t) => {
    await using storage = make(t)
    await fill(storage)
    const ask = async (options: Parameters<Storage['listCalls']>[1]): Promise<unknown[]> => {
      const { calls, total } = await storage.listCalls(train, options)
      return [total, ...calls.map(({ inputs, version }) => `${(inputs['data']?.value as { n: number }).n} ${String(inputs['kind']?.value)} v${version}`)]
    }
    assert.deepEqual(await ask({}), [5, '3 tree v2', '1 tree v0', '2 forest v0', '1 tree v0', '3 forest v0'])
    assert.deepEqual(await ask({ limit: 2, offset: 1 }), [5, '1 tree v0', '2 forest v0'])
    assert.deepEqual(await ask({ offset: 9 }), [5])
    assert.deepEqual(await ask({ where: ['kind = tree', 'version=0'], sort: 'when' }), [2, '1 tree v0', '1 tree v0'])
    assert.deepEqual(await ask({ where: ['data = {"n": 2}'] }), [1, '2 forest v0'])
    assert.deepEqual(await ask({ where: ['tokens > 10'], sort: '-tokens' }), [2, '3 forest v0', '2 forest v0'])
    assert.deepEqual(await ask({ where: ['kind >= "tree"', 'extra < 2001-01-01'] }), [1, '1 tree v0'])
    assert.deepEqual(await ask({ where: ['kind > 5'] }), [0])
    assert.deepEqual(await ask({ where: ['notes.n == "note 3"'] }), [1, '3 forest v0'])
    assert.deepEqual(await ask({ where: ['version != 2'], sort: 'kind', limit: 2 }), [4, '2 forest v0', '3 forest v0'])
    const { calls } = await storage.listCalls('train', { columns: ['kind', 'tokens'], where: ['tokens = 20'] })
    assert.deepEqual(calls.map(({ inputs, outputs, notes }) => [Object.keys(inputs), Object.keys(outputs), notes]), [[['kind'], [], { tokens: 20 }]])
    await assert.rejects(storage.listCalls('train', { where: ['kinds = tree'] }), hasCode('QUERY_INVALID', /no kinds[\s\S]*kind/))
  })

  test(`a call and a Ref are found by the first digits of their ids and described, of a store that answers ${how}`, async (t) => {
    await using storage = make(t)
    await fill(storage)
    const [call] = (await storage.calls(join2)) as [Call]
    assert.equal(String(await storage.find(call.hid.slice(0, 12))), String(call))
    const ref = call.outputs['n'] as Ref<number>
    assert.equal(await unwrap(await storage.find(ref.hid.slice(0, 12))), 3)
    const described = await storage.describe(call)
    assert.deepEqual([described.kind, described.upstream.branches.map(({ op: title, branches }) => [title, branches.map(({ names }) => names)])], [
      'call', [['list', [['[0]'], ['[1]'], ['[2]']]]],
    ])
    assert.deepEqual(await storage.describe(ref), { ...(await storage.describe(ref.hid)), kind: 'ref', type: 'number', text: '3', value: 3 })
  })
}

test('of a call with very many inputs some are listed, and those that are asked for', async () => {
  await using storage = new Storage()
  const sum = op('sum', (...xs: number[]) => xs.length, { output: 'n' })
  await storage.run(() => sum(...Array.from({ length: 100 }, (_, i) => i)))
  const { calls, left } = await storage.listCalls(sum)
  assert.deepEqual([Object.keys(calls[0]?.inputs ?? {}).length, left], [24, 76])
  const chosen = await storage.listCalls(sum, { columns: ['xs[99]'] })
  assert.deepEqual([Object.values(chosen.calls[0]?.inputs ?? {}).map(({ value }) => value), chosen.left], [[99], 0])
})

test('looking at values computes nothing, and tells nobody that they were used', async () => {
  await using storage = new Storage()
  await fill(storage)
  const log = logOf(storage)
  await storage.listCalls(train)
  await storage.describe((await storage.calls(train, { latest: 1 }))[0] as Call)
  assert.deepEqual(log.take(), [])
})

test('the latest calls of an op, or of all, are the last that were stored, oldest first', async () => {
  await using storage = new Storage()
  await fill(storage)
  const all = await storage.calls(train)
  assert.deepEqual((await storage.calls(train, { latest: 2 })).map(({ hid }) => hid), all.slice(-2).map(({ hid }) => hid))
  assert.deepEqual((await storage.calls(undefined, { latest: 3 })).map((call) => call.op), ['join', '__make_list__', 'train'])
})

test('a given value is described with its uses; a shared part of a tree is opened once', async () => {
  await using storage = new Storage()
  const depth = wrap(7)
  const add = op('add', (a: number, b: number) => a + b, { output: 'sum' })
  const sum = await storage.run(async () => {
    const first = await add(depth, 1)
    return add(await add(first, 10), await add(first, 20))
  })
  const given = await storage.describe((await storage.calls(add))[0]?.inputs['a'] as Ref<unknown>)
  assert.deepEqual(given.upstream.branches.map(({ op: title, text }) => [title, text]), [[undefined, '7']])
  assert.deepEqual(given.downstream.branches.map(({ names, op: title, text }) => [names, title, text]), [[['a'], 'add', 'sum = 8']])
  const [top] = (await storage.describe(sum as Ref<number>)).upstream.branches
  assert.deepEqual(top?.branches.map(({ branches }) => branches.map(({ cut }) => cut)), [[undefined, undefined], ['elsewhere', undefined]])
})
