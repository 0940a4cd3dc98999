import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Q, Storage, unwrap, type Ref, type StorageOptions } from '../../src/index.ts'
import { hasCode, makePath } from '../helpers.ts'
import { makePrinting, runPasted, show } from '../parity/paste.ts'
import { FakeCode } from './fake-code.ts'

/* Queries over a store that follows the code answer with the calls that would be hits. */

function makeScaling(options: StorageOptions = {}) {
  const code = new FakeCode({ load: '10', scale: '1', train: '0' })
  const load = op('load', (n: number) => n * Number(code.use('load')))
  const train = op('train', (x: number, isScaled: boolean) => (isScaled ? x * Number(code.use('scale')) : x) + Number(code.use('train')))
  const run = (storage: Storage): Promise<void> => storage.run(async () => { for (const isScaled of [false, true]) await train(load(1), isScaled) })
  const [n, isScaled] = [Q<number>(), Q<boolean>()]
  const out = train.match({ x: load.match({ n }), isScaled })
  return { code, load, train, run, columns: { n, isScaled, out }, storage: code.open(options) }
}

test('a change takes just the calls out of the answers that used it, and going back brings them again', async (t) => {
  const path = makePath(t)
  const { code, run, columns, storage } = makeScaling({ path })
  const ask = async (): Promise<string[]> => show(await storage.df(columns))
  await run(storage)
  assert.deepEqual(await ask(), ['1 false 10', '1 true 10'])
  code.edit('scale', '3')
  assert.deepEqual(await ask(), ['1 false 10'])
  await run(storage)
  assert.deepEqual((await ask()).sort(), ['1 false 10', '1 true 30'])
  code.edit('scale', '1')
  assert.deepEqual((await ask()).sort(), ['1 false 10', '1 true 10'])
  assert.deepEqual(show(await storage.df(columns, { version: 'any' })).sort(), ['1 false 10', '1 true 10', '1 true 30'])
  code.edit('load', '20')
  assert.deepEqual(await ask(), [])
  const rows: unknown[] = []
  for await (const row of storage.rows(columns, { version: 'any' })) rows.push(row)
  assert.equal(rows.length, 3)
  await storage.close()
  code.edit('load', '10 // as before')
  await using later = code.open({ path })
  assert.deepEqual(show(await later.df(columns)).sort(), ['1 false 10', '1 true 10'])
})

test('inside a run the code is that which the run started with, and what was just computed is an answer', async () => {
  const { code, run, train, columns, storage } = makeScaling()
  await run(storage)
  await storage.run(async () => {
    code.edit('scale', '3')
    assert.equal((await storage.df(columns)).numRows(), 2)
  })
  await storage.run(async () => {
    assert.equal((await storage.df(columns)).numRows(), 1)
    const [x] = (await storage.df({ x: columns.n, y: Q().is(columns.out) }, { values: 'refs', version: 'any' })).array('x') as Ref<number>[]
    await train(x as Ref<number>, true)
    assert.deepEqual(show(await storage.df({ out: train.match({ isScaled: true }) })), ['3'])
  })
})

test('a decision that a change means the same keeps the answers; of two calls on the same inputs a look-up finds the latest', async () => {
  const { code, run, columns, storage } = makeScaling()
  const scaled = async (): Promise<string[]> => show(await storage.df({ isScaled: columns.isScaled.equals(true), out: columns.out }))
  await run(storage)
  code.edit('scale', '3')
  await run(storage)
  await storage.mark('scale', 'same')
  assert.deepEqual(await scaled(), ['true 30'])
  await storage.mark('scale', 'different')
  assert.deepEqual(await scaled(), ['true 30'])
  code.edit('scale', '1')
  assert.deepEqual(await scaled(), ['true 10'])
})

test('a statement may ask for a certain version, for another number, or for all', async () => {
  const { code, run, train, storage } = makeScaling()
  await run(storage)
  code.edit('train', '5')
  await run(storage)
  const old = (await storage.versions(train)).filter(({ isCurrent }) => !isCurrent).map(({ id }) => id)
  const ask = async (version?: string | number): Promise<string[]> => {
    const out = train.match({}, version === undefined ? {} : { version })
    return show(await storage.df({ out }, { distinct: false })).sort()
  }
  assert.deepEqual(await ask(), ['15', '15'])
  assert.deepEqual(await ask(0), ['15', '15'])
  assert.deepEqual(await ask('any'), ['10', '10', '15', '15'])
  assert.deepEqual([await ask(old[0]), await ask(old[1])], [['10'], ['10']])
  const next = op('train', (x: number) => x, { version: 1 })
  assert.deepEqual(show(await storage.df({ out: next.match() })), [])
  assert.deepEqual(show(await storage.df({ out: next.match({}, { version: 0 }) }, { distinct: false })).length, 4)
  assert.deepEqual(show(await storage.df({ out: next.match() }, { version: 'any', distinct: false })).length, 4)
  await assert.rejects(ask('0'.repeat(40)), hasCode('QUERY_INVALID', /no call of train has the version 0000/))
  assert.throws(() => train.match({}, { version: 'old' }), hasCode('OPTION_INVALID', /version is "old"/))
  await assert.rejects(storage.df({ out: train.match() }, { version: 1 as never }), hasCode('OPTION_INVALID', /version is 1/))
})

test('a frame shows calls of all code, and keeps those of a version by the same id', async () => {
  const { code, run, train, load, storage } = makeScaling()
  await run(storage)
  code.edit('train', '5')
  await run(storage)
  const cf = storage.cf(load).expandForward({ recursive: true })
  assert.equal((await cf.calls('train')).length, 4)
  const kept: unknown[] = []
  for (const { id } of await storage.versions(train)) kept.push(...await cf.atVersion('train', id).values('train_out'))
  assert.deepEqual(kept.sort(), [10, 10, 15, 15])
  assert.equal((await cf.atVersion('train', 0).calls('train')).length, 4)
  await assert.rejects(cf.atVersion('train', '0'.repeat(40)).calls('train'), hasCode('FRAME_INVALID', /no call of train at version/))
})

test('candidates of a test of values, too, are those that hold', async () => {
  const { code, run, train, storage } = makeScaling()
  await run(storage)
  code.edit('train', '5')
  await run(storage)
  const seen: number[] = []
  const out = train.match().where((value) => { seen.push(value); return true })
  await storage.df({ out })
  assert.deepEqual(seen, [15, 15])
})

test('what is similar holds for the code of today, unless all versions are asked for; the print says so', async () => {
  const printing = makePrinting()
  const code = new FakeCode({ grow: '1' })
  const storage = code.open({ logger: { warn: assert.fail, show: (text) => printing.printed.push(text), progress: () => {} } })
  const grow = op('grow', (x: number) => x + Number(code.use('grow')))
  const old = await storage.run(async () => { await grow(1); return grow(2) })
  code.edit('grow', '10')
  const fresh = await storage.run(() => grow(1))
  assert.deepEqual(show(await storage.similar({ fresh })), ['11'])
  assert.deepEqual(show(await storage.similar({ old })), ['11'])
  assert.deepEqual(show(await storage.similar({ old }, { version: 'any' })), ['2', '3', '11'])
  const text = printing.printed.at(-1) as string
  assert.match(text, /\{ version: 'any' \}\)$/)
  assert.deepEqual(show(await runPasted(text, storage, [grow])), ['2', '3', '11'])
  assert.equal(await unwrap(fresh), 11)
})

test('of an op with several version numbers the printed pattern means what similar meant', async () => {
  const printing = makePrinting()
  const code = new FakeCode({ grow: '1' })
  const storage = code.open({ logger: { warn: assert.fail, show: (text) => printing.printed.push(text), progress: () => {} } })
  const first = op('grow', (x: number) => x + Number(code.use('grow')))
  const early = await storage.run(() => first(1))
  code.edit('grow', '10')
  const second = op('grow', (x: number) => x * Number(code.use('grow')), { version: 2 })
  const late = await storage.run(() => second(1))
  for (const [ref, rows] of [[late, ['10']], [early, []]] as const) {
    assert.deepEqual(show(await storage.similar({ ref })), rows)
    assert.deepEqual(show(await runPasted(printing.printed.at(-1) as string, storage, [ref === late ? second : first])), rows)
  }
})

test('a plan tells which versions were looked at', async () => {
  const printing = makePrinting()
  const { code, run, train, load, storage } = makeScaling({ logger: { warn: assert.fail, show: (text) => printing.printed.push(text), progress: () => {} } })
  await run(storage)
  code.edit('scale', '3')
  await run(storage)
  const [id] = (await storage.versions(load)).map((version) => version.id)
  await storage.df({ out: train.match({ x: load.match({}, { version: id as string }) }) }, { explain: true })
  assert.equal(printing.printed[0]?.split('\n').at(-1), `only calls of: train (2 of 3 versions are current), load (version ${id})`)
})

test('collections are tied to their elements whatever the code, and a storage that follows none sees all calls', async (t) => {
  const path = makePath(t)
  const { code, run, columns, storage } = makeScaling({ path })
  const pair = op('pair', (xs: number[]) => `${code.use('train')} ${xs.length}`)
  await run(storage)
  const out = await storage.run(async () => pair([await pickOne(storage, columns), await pickOne(storage, columns)] as never))
  assert.equal(await unwrap(out), '0 2')
  const [element, length] = [Q<number>(), pair.match({ xs: Q.list([Q<number>()]) })]
  assert.equal((await storage.df({ length })).numRows(), 1)
  code.edit('train', '1')
  assert.equal((await storage.df({ length })).numRows(), 0)
  assert.equal((await storage.df({ element, list: Q.list([element]) })).numRows(), 1)
  await storage.close()
  await using plain = new Storage(path)
  assert.equal((await plain.df(columns)).numRows(), 2)
})

async function pickOne(storage: Storage, { out }: ReturnType<typeof makeScaling>['columns']): Promise<Ref<number>> {
  return (await storage.df({ out }, { values: 'refs', limit: 1 })).get('out', 0) as Ref<number>
}
