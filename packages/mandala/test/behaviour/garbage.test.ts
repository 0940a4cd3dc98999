import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { list, op, Q, Storage, unwrap, wrap, type Ref } from '../../src/index.ts'
import { hasCode, makePath } from '../helpers.ts'
import { FakeCode } from './fake-code.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2030, 0, 1, 12)
const increment = op(function increment(x: number) { return x + 1 })
const double = op(function double(x: number) { return x * 2 })
const pair = op(function pair(x: number) { return [x, x + 1] }, { output: list() })
const noise = op(function noise(n: number, length: number) { return Uint8Array.from({ length }, (_, i) => (i * 7919 * n) >> 5) })

const toDay = (t: TestContext, n: number): void => t.mock.timers.setTime(START_MS + n * DAY_MS)
const startOf = (n: number): Date => new Date(START_MS - DAY_MS / 2 + n * DAY_MS)

test('what was used lately stays, by a hit of any kind, also in another process', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: START_MS })
  const path = makePath(t)
  const left = async (storage: Storage): Promise<readonly number[]> =>
    (await unwrap((await storage.calls(increment)).map((call) => call.inputs['x'] as Ref<number>)))
  await using storage = new Storage(path)
  await storage.run(async () => { for (const x of [1, 2, 3, 4]) await increment(x) })
  toDay(t, 3)
  await storage.run(() => increment(1))
  await storage.run(async () => increment(await wrap(2)))
  {
    await using other = new Storage(path)
    await other.run(() => increment(3))
  }
  assert.deepEqual(await left(storage), [1, 2, 3, 4])
  await storage.gc({ unusedSince: startOf(3) })
  assert.deepEqual(await left(storage), [1, 2, 3])
  toDay(t, 4)
  await storage.run(() => increment(2))
  await storage.gc({ unusedSince: startOf(4) })
  assert.deepEqual(await left(storage), [2])
})

test('a call that was found by its contents is used from then on, however old what it found', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: START_MS })
  await using storage = new Storage()
  await storage.run(() => double(2))
  toDay(t, 5)
  await storage.run(async () => double(await increment(1)))
  const { ops } = await storage.gc({ unusedSince: startOf(5) })
  assert.deepEqual(ops.map(({ name, calls }) => [name, calls]), [['double', 1]])
  assert.equal((await storage.calls(double)).length, 1)
  assert.equal(await storage.run({ newCalls: 'error' }, async () => unwrap(double(await increment(1)))), 4)
})

test('collections stay and go with the calls that they belong to', async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: START_MS })
  const storage = new Storage()
  const total = op(function total(xs: readonly number[]) { return xs.length }, { inputs: { xs: list() } })
  const program = async (): Promise<unknown> => total([...await pair(1), await increment(1)])
  await storage.run(program)
  toDay(t, 5)
  await storage.run(program)
  const { calls } = await storage.stats()
  assert.equal((await storage.gc({ unusedSince: startOf(5) })).calls, 0)
  assert.deepEqual(await unwrap((await storage.cf(total).expandBack({ recursive: true })).calls('total').length), 1)
  assert.equal((await storage.gc({ unusedSince: startOf(6) })).calls, calls)
  const { refs, values } = await storage.stats()
  assert.deepEqual([refs, values], [0, 0])
})

for (const [what, free] of [
  ['gc', (storage: Storage) => storage.gc({ maxBytes: 0 })],
  ['drop', (storage: Storage) => storage.drop(noise)],
  ['a run that drops', (storage: Storage) => storage.run({ mode: 'drop' }, async () => { for (let n = 1; n <= 40; n += 1) await noise(n, 100_000) })],
] as const) {
  test(`${what} gives disk space back, of rows and of files`, async (t) => {
    const path = makePath(t)
    await using storage = new Storage({ path, overflow: { thresholdMB: 0.15 } })
    await storage.run(async () => { for (let n = 1; n <= 40; n += 1) await noise(n, 100_000) })
    if (what !== 'a run that drops') await storage.run(() => noise(1, 1_000_000))
    const size = (): number => statSync(path).size + statSync(`${path}-wal`).size
    assert.ok(size() > 4_000_000, `${size()} bytes`)
    await free(storage)
    assert.ok(size() < 300_000, `${size()} bytes`)
    const files = existsSync(`${path}.values`) ? readdirSync(`${path}.values`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()) : []
    assert.deepEqual(files, [])
  })
}

test('gc takes files that a killed process left behind, and no other', async (t) => {
  const path = makePath(t)
  await using storage = new Storage({ path, overflow: { thresholdMB: 0.01 } })
  await storage.run(() => noise(1, 50_000))
  const [kept] = readdirSync(`${path}.values`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const folder = join(`${path}.values`, 'ab')
  mkdirSync(folder, { recursive: true })
  const [stray, draft] = [join(folder, `ab${'0'.repeat(38)}`), join(folder, `ab${'0'.repeat(38)}.1.2.tmp`)]
  for (const file of [stray, draft]) writeFileSync(file, 'left')
  await storage.gc({ dryRun: true })
  assert.ok(existsSync(stray))
  await storage.gc()
  assert.deepEqual([existsSync(stray), existsSync(draft), existsSync(join(kept?.parentPath as string, kept?.name as string))], [false, false, true])
  assert.deepEqual(await storage.check(), [])
})

test('versions that do not hold for the code of now go, and what it does not know stays', async () => {
  const code = new FakeCode({ f: '1', g: '1' })
  const f = op('f', (x: number) => x * Number(code.use('f')))
  const g = op('g', (x: number) => x + Number(code.use('g')))
  const storage = code.open()
  await storage.run(async () => { await f(1); await g(1) })
  code.edit('f', '2')
  code.edit('g', undefined)
  await storage.run(() => f(1))
  const { ops } = await storage.gc({ unreachableVersions: true })
  assert.deepEqual(ops.map(({ name, calls }) => [name, calls]), [['f', 1]])
  code.edit('g', '1')
  assert.deepEqual(await storage.run({ newCalls: 'error' }, () => unwrap([f(1), g(1)])), [2, 2])
  code.edit('f', '1')
  await assert.rejects(storage.run({ newCalls: 'error' }, () => f(1)), hasCode('NEW_CALL_REFUSED'))
  await assert.rejects(new Storage().gc({ unreachableVersions: true }), hasCode('OPTION_INVALID', /deps/))
})

test('calls are chosen by name, by Refs, by frame, by version and by a query', async () => {
  const code = new FakeCode({ f: '1' })
  const f = op('f', (x: number) => x * 10 + Number(code.use('f')))
  const storage = code.open()
  const fill = async (): Promise<readonly Ref<number>[]> => storage.run(async () => {
    const refs: Ref<number>[] = []
    for (const x of [1, 2, 3]) refs.push(await double(await f(wrap(x))) as Ref<number>)
    return refs
  })
  const count = async (dropped: Promise<{ calls: number; ops: readonly { name: string; calls: number }[] }>): Promise<string> =>
    (await dropped).ops.map(({ name, calls }) => `${name} ${calls}`).join(', ')
  const refs = await fill()
  assert.equal(await count(storage.drop('double')), 'double 3')
  await fill()
  assert.equal(await count(storage.drop([refs[0] as Ref<number>, refs[1] as Ref<number>])), 'double 2')
  await fill()
  assert.equal(await count(storage.drop(storage.cf(refs[0] as Ref<number>).expandBack())), 'double 1')
  await fill()
  const y = f.match({ x: Q<number>().isIn([2, 3]) })
  assert.equal(await count(storage.drop({ y }, { dryRun: true })), 'double 2, f 2')
  assert.equal(await count(storage.drop({ y }, { dependents: false })), 'f 2')
  assert.equal(await count(storage.drop({ y: double.match({}) })), 'double 3')
  await fill()
  const [version] = await storage.versions(f)
  assert.equal(await count(storage.drop(version?.id as string)), 'double 3, f 3')
  assert.deepEqual(await storage.versions(f), [])
  assert.deepEqual(await storage.check(), [])
})

test('a Ref to an element stands for the call that gave its collection; what was given was given by none', async () => {
  const storage = new Storage()
  const element = await storage.run(async () => [...await pair(1)][0] as Ref<number>)
  assert.equal((await storage.drop(wrap(5))).calls, 0)
  const { ops } = await storage.drop(element)
  assert.deepEqual(ops.map(({ name, calls, dependents }) => [name, calls, dependents]), [['__list_getitem__', 2, 2], ['pair', 1, 0]])
})

test('what there is not, and what is no choice of calls, is refused, and nothing goes', async () => {
  const storage = new Storage()
  await storage.run(() => increment(1))
  await assert.rejects(storage.drop('incremnt'), hasCode('NOT_FOUND', /increment/))
  await assert.rejects(storage.drop('0'.repeat(40)), hasCode('NOT_FOUND'))
  for (const given of [5, undefined, null, {}, { x: 5 }, [increment, 5]]) await assert.rejects(storage.drop(given as never), hasCode('INPUT_INVALID'))
  await assert.rejects(storage.gc({ unusedSince: '30d' } as never), hasCode('OPTION_INVALID', /Date/))
  assert.equal((await storage.stats()).calls, 1)
})

test('a failure knows whether the call has succeeded since', async () => {
  const storage = new Storage()
  let isDown = true
  const ask = op(function ask(x: number) { if (isDown) throw new Error('down'); return x })
  await storage.run(async () => { for (const x of [1, 2]) await ask(x).catch(() => {}) })
  isDown = false
  await storage.run(() => ask(2))
  const failures = await storage.failures('ask')
  assert.deepEqual(failures.map(({ inputs, hasSucceededSince }) => [inputs['x'], hasSucceededSince]), [['2', true], ['1', false]])
  assert.equal((await storage.gc({ olderThan: new Date(Date.now() + 1000), dryRun: true })).failures, 2)
})
