import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Storage, unwrap, type Ref } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })

test('newCalls: error retraces what is stored and refuses what is not, without running it', async (t) => {
  await using storage = new Storage(makePath(t))
  const log = logOf(storage)
  await storage.run(() => increment(1))
  await storage.run({ newCalls: 'error' }, async () => increment(1))
  await assert.rejects(storage.run({ newCalls: 'error' }, () => increment(increment(1))), hasCode('NEW_CALL_REFUSED', /increment/))
  assert.deepEqual(log.take(), ['run increment', 'hit increment by history', 'hit increment by history'])
})

test('newCalls: error still finds calls by content', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(async () => { await increment(1); await increment(2) })
  await storage.run({ newCalls: 'error' }, async () => increment(increment(1)))
  assert.deepEqual(log.take().slice(2), ['hit increment by history', 'hit increment by content'])
})

/** An op whose result is another each time. */
function makeCounter() {
  let n = 0
  return op('count', (x: number) => { n += 1; return x * 100 + n })
}

test('a call that fails does not cost those that are being executed', async (t) => {
  const path = makePath(t)
  const pause = op(async function pause(x: number) {
    await new Promise((resolve) => setTimeout(resolve, x))
    if (x === 1) throw new Error('429')
    return x
  })
  {
    await using storage = new Storage(path)
    await assert.rejects(storage.run(() => Promise.all([1, 20, 30].map((x) => pause(x)))), /429/)
    await storage.run(() => { void pause(40) })
  }
  await using storage = new Storage(path)
  assert.equal((await storage.calls(pause)).length, 3)
})

test('refresh executes calls of an op again, each once in a run', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const count = makeCounter()
  assert.equal(await unwrap(await storage.run(() => count(0))), 1)
  const values = await storage.run({ refresh: [count] }, async () => unwrap([await count(0), await count(0), await increment(5)]))
  assert.deepEqual(values, [2, 2, 6])
  const lines = log.take().filter((line) => !line.startsWith('drop'))
  assert.deepEqual(lines, ['run count', 'run count', 'hit count by history', 'run increment'])
  assert.equal(await unwrap(await storage.run(() => count(0))), 2)
  assert.equal(await unwrap(await storage.run({ refresh: [count] }, () => count(0))), 3)
})

test('a refreshed call with another result drops what was computed from the old one', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const count = makeCounter()
  const program = async (): Promise<unknown> => unwrap(increment(count(0)))
  assert.equal(await storage.run(program), 2)
  assert.equal(await storage.run({ refresh: [count] }, program), 3)
  assert.equal(await storage.run(program), 3)
  assert.deepEqual(log.take().filter((line) => line !== 'load'), [
    'run count', 'run increment', 'run count', 'drop 2', 'run increment', 'hit count by history', 'hit increment by history',
  ])
  assert.equal((await storage.calls(increment)).length, 1)
})

test('a refreshed call with the same result keeps what was computed from it', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const program = async (): Promise<unknown> => increment(increment(0))
  await storage.run(program)
  log.take()
  await storage.run({ refresh: [increment] }, () => increment(0))
  await storage.run(program)
  assert.deepEqual(log.take(), ['run increment', 'hit increment by history', 'hit increment by history'])
})

test('refresh executes equal calls of other histories once, so that all have one result', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const count = makeCounter()
  const program = async (): Promise<unknown> => {
    const plain = await count(2)
    const after = await increment(plain)
    const derived = await count(await increment(1))
    return unwrap([plain, derived, after])
  }
  await storage.run(program)
  log.take()
  assert.deepEqual(await storage.run({ refresh: [count] }, program), [202, 202, 203])
  assert.deepEqual(log.take().filter((line) => line === 'run count'), ['run count'])
  assert.deepEqual(await storage.run({ newCalls: 'error' }, program), [202, 202, 203])
})

test('progress shows hits, executed and running calls and saved time through the logger', async () => {
  const lines: [string, boolean][] = []
  const storage = new Storage({ logger: { warn: () => assert.fail(), show: () => {}, progress: (line, isLast) => lines.push([line, isLast]) } })
  await storage.run({ progress: true }, async () => { await increment(1); await increment(2); await increment(1) })
  assert.deepEqual(lines.at(-1), ['1 hits · 2 executed · 0 running · 0 s saved', true])
  assert.equal(lines.filter(([, isLast]) => isLast).length, 1)
  const shown = lines.length
  await storage.run(() => increment(3))
  assert.equal(lines.length, shown)
})

test('the last progress line comes also when the run throws', async () => {
  const lines: boolean[] = []
  const storage = new Storage({ logger: { warn: () => {}, show: () => {}, progress: (_line, isLast) => lines.push(isLast) } })
  await assert.rejects(storage.run({ progress: true }, () => { throw new Error('stop') }))
  assert.equal(lines.at(-1), true)
})

const wrong: readonly (readonly [what: string, options: object, text: RegExp])[] = [
  ['an unknown option', { newcalls: 'error' }, /no option "newcalls"/],
  ['an unknown mode', { mode: 'nop' }, /mode is "nop"/],
  ['an unknown newCalls', { newCalls: 'refuse' }, /newCalls is "refuse"/],
  ['a refresh of what is no op', { refresh: [() => 1] }, /refresh is an array[^]*list the ops/],
  ['a refresh that is no array', { refresh: increment }, /refresh/],
]
for (const [what, options, text] of wrong) {
  test(`a run with ${what} is refused before its block runs`, async () => {
    let hasRun = false
    await assert.rejects(new Storage().run(options, () => { hasRun = true }), hasCode('OPTION_INVALID', text))
    assert.equal(hasRun, false)
  })
}

const wrongStorages: readonly (readonly [what: string, options: unknown, text: RegExp])[] = [
  ['an unknown option', { file: 'x.db' }, /no option "file"/],
  ['an empty path', '', /path is ""/],
  ['a URL', new URL('file:///store.db'), /URL/],
  ['null', null, /null/],
  ['a kind of store that is not known', 'redis://host/db', /redis:\/\//],
  ['a threshold that is no number', { overflow: { thresholdMB: 'x' } }, /thresholdMB/],
  ['an unknown option of overflow', { overflow: { folder: 'x' } }, /no option "folder"/],
]
for (const [what, options, text] of wrongStorages) {
  test(`a storage with ${what} is refused`, () => {
    assert.throws(() => new Storage(options as string), hasCode('OPTION_INVALID', text))
  })
}

test('a refreshed call is recorded once', async () => {
  const storage = new Storage()
  const ref = (await storage.run(() => increment(1))) as Ref<number>
  await storage.run({ refresh: [increment] }, () => increment(1))
  assert.equal((await storage.calls(increment)).length, 1)
  assert.equal((await storage.creator(ref))?.op, 'increment')
})
