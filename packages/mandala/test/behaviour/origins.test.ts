import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { note, op, type Call, type Ref, Storage, unwrap, wrap } from '../../src/index.ts'
import { hasCode, makePath } from '../helpers.ts'

const ask = op('ask', async (prompt: string) => {
  await request(prompt)
  await request(prompt)
  return prompt.length
})
const plus = op('plus', (a: number, b: number) => a + b)

async function request(prompt: string): Promise<void> {
  note({ tokens: 10, usd: 0.002, model: `for ${prompt}` })
}

test('numbers that are noted of a call add up, texts stand as last said, and a hit in another process gives them back', async (t) => {
  const path = makePath(t)
  const expected = { tokens: 20, usd: 0.004, model: 'for hi' }
  {
    await using storage = new Storage(path)
    const ref = await storage.run(() => ask('hi'))
    assert.deepEqual((await storage.creator(ref))?.notes, expected)
  }
  await using storage = new Storage(path)
  const ref = await storage.run(() => ask('hi'))
  const call = await storage.creator(ref)
  assert.deepEqual(call?.notes, expected)
  assert.deepEqual((await storage.cf(ask)).calls('ask').map(({ notes }) => notes), [expected])
  assert.deepEqual([call?.process?.host, call?.process?.pid, call?.isAdopted], [hostname(), process.pid, false])
})

test('notes belong to the innermost call, and outside of one they go nowhere', async () => {
  const outer = op('outer', async (x: number) => {
    note({ step: 1 })
    return (await plus(x, await unwrap(ask('hey')))) as number
  })
  await using storage = new Storage()
  note({ nowhere: 1 })
  assert.equal(await ask('hi'), 2)
  const ref = await storage.run(async () => {
    note({ nowhere: 1 })
    return outer(1)
  })
  assert.deepEqual((await storage.creator(ref))?.notes, { step: 1 })
  assert.deepEqual((await storage.calls(ask)).map(({ notes }) => notes?.['tokens']), [20])
})

test('a note that is no finite number and no text is refused', async () => {
  await using storage = new Storage()
  const bad = op('bad', (x: number) => { note({ usd: x }); return x })
  await assert.rejects(storage.run(() => bad(Number.NaN)), hasCode('INPUT_INVALID', /note/))
  assert.throws(() => note([1] as never), hasCode('INPUT_INVALID'))
})

test('a call that was found by its contents says where its result comes from, and that nothing ran for it', async () => {
  await using storage = new Storage()
  const identity = op('identity', (x: number) => { note({ n: 1 }); return x })
  const [first, second] = await storage.run(async () => [await identity(3), await identity(await plus(1, 2))])
  const calls = [await storage.creator(first), await storage.creator(second)]
  assert.deepEqual(calls.map((call) => [call?.isAdopted, call?.process?.pid, call?.notes]), [[false, process.pid, { n: 1 }], [true, process.pid, { n: 1 }]])
  assert.deepEqual(await storage.check(), [])
})

test('a hit on a later day is told to the store, once', async (t) => {
  const path = makePath(t)
  {
    await using storage = new Storage(path)
    await storage.run(() => plus(1, 2))
  }
  const used = (): unknown => {
    const db = new DatabaseSync(path)
    const row = db.prepare("SELECT used_day FROM calls JOIN ops ON ops.id = calls.op WHERE ops.name = 'plus'").get()
    db.close()
    return row?.['used_day']
  }
  const edit = (sql: string): void => {
    const db = new DatabaseSync(path)
    db.exec(sql)
    db.close()
  }
  assert.equal(used(), null)
  edit('UPDATE calls SET started_ms = 0')
  await using storage = new Storage(path)
  await storage.run(() => plus(1, 2))
  assert.equal(used(), Math.floor(Date.now() / 86_400_000))
  edit('UPDATE calls SET used_day = NULL')
  await storage.run(() => plus(1, 2))
  assert.equal(used(), null)
})

test('what failed and what was refused is kept to be looked at, and runs again', async (t) => {
  const path = makePath(t)
  let mood = 'bad'
  const moody = op('moody', (x: number, data: unknown) => {
    if (mood === 'bad') throw new RangeError(`not ${x}`)
    return data
  })
  {
    await using storage = new Storage(path)
    await assert.rejects(storage.run(() => moody(1, wrap([1, 2]))), RangeError)
    await assert.rejects(storage.run(() => moody(2, () => 0)), hasCode('VALUE_REFUSED'))
  }
  await using storage = new Storage(path)
  const failures = await storage.failures()
  assert.deepEqual(failures.map(({ op: name, error, inputs }) => [name, error.name, error.code, inputs]), [
    ['moody', 'MandalaError', 'VALUE_REFUSED', { x: '2', data: '[Function (anonymous)]' }],
    ['moody', 'RangeError', undefined, { x: '1', data: failures[1]?.inputs['data'] }],
  ])
  assert.match(failures[1]?.error.stack ?? '', /origins\.test/)
  mood = 'good'
  assert.deepEqual(await storage.run(async () => unwrap(await moody(1, [1, 2]))), [1, 2])
})

test('a tag finds calls and Refs again, in frames too, and is refused on what isn\'t stored', async () => {
  await using storage = new Storage()
  const refs = await storage.run(() => Promise.all([plus(1, 2), plus(3, 4)]))
  const first = refs[0] as Ref<number>
  await storage.tag(first, { stage: 'final', run: 7 })
  await storage.tag((await storage.creator(first)) as Call, { keep: true })
  const { refs: found } = await storage.tagged({ stage: 'final' })
  assert.deepEqual(found.map(({ hid }) => hid), [first.hid])
  assert.deepEqual((await storage.tagged({ keep: true })).calls.map(({ op: name }) => name), ['plus'])
  const frame = await storage.cf(plus)
  assert.equal((await frame.isIn('plus_out', found).df()).numRows(), 1)
  assert.deepEqual(await storage.tags(first), { run: 7, stage: 'final' })
  await assert.rejects(storage.tag(wrap(99), { a: 1 }), hasCode('NOT_FOUND'))
  await assert.rejects(storage.tag(first, { a: [1] } as never), hasCode('INPUT_INVALID'))
  await assert.rejects(storage.tagged({}), hasCode('INPUT_INVALID'))
})

test('what was noted has columns in a frame, and sums in the summary: spent, and saved by hits', async (t) => {
  const path = makePath(t)
  const run = async (): Promise<[string, unknown[]]> => {
    await using storage = new Storage(path)
    await storage.run(async () => { for (const prompt of ['a', 'bb']) await ask(prompt) })
    const summary = String(storage.summary())
    const table = await (await storage.cf(ask).expandBack()).df({ notes: true, calls: false })
    return [summary, table.objects()]
  }
  const rows = ['a', 'bb'].map((prompt) => ({ ask_out: prompt.length, 'ask.model': `for ${prompt}`, 'ask.tokens': 20, 'ask.usd': 0.004, prompt }))
  assert.deepEqual(await run(), ['executed 2 for $0.008 · loaded 0 · saved 0 s', rows])
  assert.deepEqual(await run(), ['executed 0 · loaded 0 · saved 0 s, $0.008', rows])
})
