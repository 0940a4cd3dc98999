import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, op, unwrap, type Ref, type Storage } from '../../src/index.ts'
import type { CodeChange } from '../../src/versions/change.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'
import { FakeCode } from './fake-code.ts'

function makeTutorial() {
  const code = new FakeCode({ N_CLASS: '10', loadData: 'load', scaleData: 'x / max', trainModel: 'fit', evalModel: 'accuracy' })
  const uses = (...components: string[]): string => components.map((each) => code.use(each)).join(' ')
  const load = op('loadData', () => uses('loadData', 'N_CLASS'))
  const train = op('trainModel', (data: string, isScaled: boolean) => `${uses('trainModel', 'N_CLASS', ...(isScaled ? ['scaleData'] : []))} on ${data}`)
  const evaluate = op('evalModel', (model: string) => `${uses('evalModel')} of ${model}`)
  const run = (storage: Storage): Promise<string[]> => storage.run(async () => {
    const data = await load()
    return Promise.all([false, true].map(async (isScaled) => unwrap(evaluate(train(data, isScaled)))))
  })
  return { code, run }
}

test('the tutorial: a change executes just the calls that used it, a comment none, and going back none', async (t) => {
  const { code, run } = makeTutorial()
  const storage = code.open({ path: makePath(t) })
  const log = logOf(storage)
  const runs = async (): Promise<string[]> => {
    await run(storage)
    return log.take().filter((line) => line.startsWith('run')).sort()
  }
  assert.deepEqual(await runs(), ['run evalModel', 'run evalModel', 'run loadData', 'run trainModel', 'run trainModel'])
  assert.deepEqual(await runs(), [])
  code.edit('scaleData', 'x / mean')
  assert.deepEqual(await runs(), ['run evalModel', 'run trainModel'])
  code.edit('evalModel', 'accuracy // of the test set')
  assert.deepEqual(await runs(), [])
  code.edit('N_CLASS', '5')
  assert.deepEqual(await runs(), ['run evalModel', 'run evalModel', 'run loadData', 'run trainModel', 'run trainModel'])
  code.edit('N_CLASS', '10')
  assert.deepEqual(await runs(), [])
  code.edit('scaleData', 'x / max')
  assert.deepEqual(await runs(), [])
  code.edit('evalModel', 'f1')
  assert.deepEqual(await runs(), ['run evalModel', 'run evalModel'])
  assert.deepEqual(await storage.check(), [])
})

test('versions hold across processes, and old results are found again by a storage that opens later', async (t) => {
  const { code, run } = makeTutorial()
  const path = makePath(t)
  const first = await (async () => { await using storage = code.open({ path }); return await run(storage) })()
  code.edit('evalModel', 'f1')
  await (async () => { await using storage = code.open({ path }); await run(storage) })()
  code.edit('evalModel', 'accuracy')
  await using storage = code.open({ path })
  const log = logOf(storage)
  assert.deepEqual(await run(storage), first)
  assert.deepEqual(log.take().filter((line) => line.startsWith('run')), [])
  assert.deepEqual(await storage.check(), [])
})

test('a decision is asked once for each new content, with what it affects, and holds for good', async (t) => {
  const { code, run } = makeTutorial()
  const path = makePath(t)
  const changes: CodeChange[] = []
  const open = (): Storage => code.open({ path, onChange: (change) => { changes.push(change); return 'reuse' } })
  const storage = open()
  await run(storage)
  code.edit('scaleData', 'x * (1 / max)')
  const log = logOf(storage)
  await run(storage)
  assert.deepEqual(log.take().filter((line) => line.startsWith('run')), [])
  assert.deepEqual(changes.map(({ component, before, after }) => [component, before, after]), [['scaleData', 'x / max', 'x * (1 / max)']])
  assert.deepEqual(changes[0]?.affected.map(({ op: name, calls }) => [name, calls]), [['trainModel', 1]])
  await storage.close()
  await using again = open()
  await run(again)
  assert.equal(changes.length, 1)
  code.edit('scaleData', 'x / max')
  await run(again)
  assert.equal(changes.length, 1)
})

test('onChange: error stops the run before anything happens, and a function that gives nonsense is told so', async () => {
  const { code, run } = makeTutorial()
  const storage = code.open({ onChange: 'error' })
  await run(storage)
  code.edit('evalModel', 'f1')
  await assert.rejects(run(storage), hasCode('CODE_CHANGED', /evalModel has changed, which calls used: 2 of evalModel/))
  code.edit('evalModel', 'accuracy')
  await run(storage)
  const careless = code.open({ onChange: (() => 'maybe') as never })
  await run(careless)
  code.edit('evalModel', 'f1')
  await assert.rejects(run(careless), hasCode('OPTION_INVALID', /"maybe"/))
})

test('a change in an inner op executes the outer one again, also where the inner call had been found', async () => {
  const code = new FakeCode({ inner: '1', outer: 'o', helper: 'h' })
  const inner = op('inner', (x: number) => `${code.use('inner')} ${x}`)
  const outer = op('outer', async (x: number) => `${code.use('outer')} ${await unwrap(inner(x))} ${code.use('helper')}`)
  const storage = code.open()
  const log = logOf(storage)
  const run = (x: number): Promise<string> => storage.run(() => unwrap(outer(x)))
  await storage.run(() => inner(2))
  assert.equal(await run(1), 'o 1 1 h')
  assert.equal(await run(2), 'o 1 2 h')
  log.take()
  code.edit('inner', '9')
  assert.equal(await run(1), 'o 9 1 h')
  assert.equal(await run(2), 'o 9 2 h')
  assert.deepEqual(log.take().filter((line) => line.startsWith('run')), ['run outer', 'run inner', 'run outer', 'run inner'])
  code.edit('helper', 'i')
  assert.equal(await run(1), 'o 9 1 i')
})

test('an outer function that survives the error of an inner call depends on its code', async () => {
  const code = new FakeCode({ inner: 'fails', outer: 'o' })
  const inner = op('inner', (x: number) => { if (code.use('inner') === 'fails') throw new Error('no'); return x })
  const outer = op('outer', async (x: number) => { code.use('outer'); try { return await unwrap(inner(x)) } catch { return -1 } })
  const storage = code.open()
  assert.equal(await storage.run(() => unwrap(outer(1))), -1)
  code.edit('inner', 'works')
  assert.equal(await storage.run(() => unwrap(outer(1))), 1)
})

test('equal inputs with another history are a hit only at the code of now', async () => {
  const code = new FakeCode({ same: 's', double: '2' })
  const same = op('same', (x: number, _way: string) => { code.use('same'); return x })
  const double = op('double', (x: number) => x * Number(code.use('double')))
  const storage = code.open()
  const log = logOf(storage)
  const run = (way: string): Promise<number> => storage.run(() => unwrap(double(same(3, way))))
  assert.equal(await run('a'), 6)
  assert.equal(await run('b'), 6)
  assert.deepEqual(log.take().filter((line) => line.includes('double')), ['run double', 'hit double by content'])
  code.edit('double', '10')
  assert.equal(await run('c'), 30)
  assert.equal(await run('a'), 30)
  code.edit('double', '2')
  assert.equal(await run('c'), 6)
  assert.deepEqual(await storage.check(), [])
})

test('"the same" with a new helper makes the old calls depend on it: a later change of the helper is noticed', async () => {
  const code = new FakeCode({ f: 'x + 1', helper: '1' })
  let isRefactored = false
  const f = op('f', (x: number) => { code.use('f'); return x + (isRefactored ? Number(code.use('helper')) : 1) })
  const storage = code.open({ onChange: ({ component }) => (component === 'f' ? 'reuse' : 'recompute') })
  const run = (x: number): Promise<number> => storage.run(() => unwrap(f(x)))
  assert.equal(await run(1), 2)
  isRefactored = true
  code.edit('f', 'x + helper()')
  code.references.set('f', ['helper'])
  assert.equal(await run(1), 2)
  code.edit('helper', '100')
  assert.equal(await run(1), 101)
  assert.equal(await run(2), 102)
})

test('a component that is gone is no hit, and its calls are found again when it is back', async () => {
  const code = new FakeCode({ f: 'f', helper: 'h' })
  let usesHelper = true
  const f = op('f', (x: number) => `${code.use('f')}${usesHelper ? code.use('helper') : ''}${x}`)
  const storage = code.open()
  const run = (): Promise<string> => storage.run(() => unwrap(f(1)))
  assert.equal(await run(), 'fh1')
  code.edit('helper', undefined)
  usesHelper = false
  assert.equal(await run(), 'f1')
  code.edit('helper', 'h')
  const log = logOf(storage)
  // Both calls hold for the code of now: the latest answers.
  assert.equal(await run(), 'f1')
  assert.deepEqual(log.take().filter((line) => line.startsWith('run')), [])
})

test('interleaved calls depend each on its own code', async () => {
  const code = new FakeCode({ a: 'a', b: 'b' })
  const slow = op('slow', async (component: string) => {
    await new Promise(setImmediate)
    const text = code.use(component)
    await new Promise(setImmediate)
    return text
  })
  const storage = code.open()
  const log = logOf(storage)
  const run = (): Promise<string[]> => storage.run(() => Promise.all([unwrap(slow('a')), unwrap(slow('b'))]))
  await run()
  log.take()
  code.edit('a', 'A')
  assert.deepEqual(await run(), ['A', 'b'])
  assert.equal(log.take().filter((line) => line === 'run slow').length, 1)
})

test('collections, transient outputs and refreshed calls keep their meaning under versions', async (t) => {
  const code = new FakeCode({ range: '3', grid: '2', sum: '+' })
  const range = op('range', (n: number) => Array.from({ length: n * Number(code.use('range')) }, (_, i) => i), { output: list() })
  const grid = op('grid', (n: number) => new Float64Array(n).fill(Number(code.use('grid'))), { transient: true })
  const sum = op('sum', (xs: number[], ys: Float64Array) => {
    code.use('sum')
    return [...xs, ...ys].reduce((a, b) => a + b, 0)
  }, { inputs: { xs: list() } })
  const path = makePath(t)
  const run = (storage: Storage): Promise<number> => storage.run(async () => {
    const items = [...(await range(2)) as Iterable<Ref<number>>]
    return unwrap(sum(items as never, grid(3)))
  })
  await using storage = code.open({ path })
  assert.equal(await run(storage), 15 + 6)
  code.edit('grid', '5')
  assert.equal(await run(storage), 15 + 15)
  code.edit('grid', '2')
  assert.equal(await run(storage), 21)
  assert.deepEqual(await unwrap(await storage.run(() => grid(3))), new Float64Array([2, 2, 2]))
  await storage.run({ refresh: [sum] }, () => run(storage))
  assert.deepEqual(await storage.check(), [])
})

test('a transient value of other code is not computed with the code of now', async (t) => {
  const code = new FakeCode({ grid: '2' })
  const grid = op('grid', (n: number) => new Float64Array(n).fill(Number(code.use('grid'))), { transient: true })
  const path = makePath(t)
  const old = await (async () => { await using storage = code.open({ path }); return await storage.run(() => grid(3)) })() as Ref<Float64Array>
  code.edit('grid', '7')
  await using storage = code.open({ path })
  await storage.run(() => grid(3))
  const ref = await storage.ref(old.hid)
  await assert.rejects(storage.unwrap(ref), hasCode('VALUE_DAMAGED', /the code that made it has changed/))
  assert.equal((await storage.calls(grid)).length, 2)
})

test('versions list the code of calls; a version can be dropped with what was computed from it', async () => {
  const { code, run } = makeTutorial()
  const storage = code.open()
  await run(storage)
  const [plain, scaled] = await storage.versions('trainModel')
  assert.deepEqual([plain, scaled].map((version) => [version?.isCurrent, version?.calls, version?.dependencies.map(({ component }) => component)]), [
    [true, 1, ['N_CLASS', 'trainModel']], [true, 1, ['N_CLASS', 'scaleData', 'trainModel']],
  ])
  assert.match(String(scaled), /^trainModel, version [0-9a-f]{8}: 1 call\n\n── N_CLASS\n10\n\n── scaleData\nx \/ max\n\n── trainModel\nfit$/)
  assert.equal(await storage.diff(plain?.id ?? '', scaled?.id ?? '').then((diff) => String(diff).includes('+ ── scaleData')), true)
  const dry = await storage.dropVersion(scaled?.id ?? '', { dryRun: true })
  assert.deepEqual(await storage.dropVersion(scaled?.id ?? ''), dry)
  assert.equal(dry.calls, 2)
  assert.equal((await storage.versions('trainModel')).length, 1)
  await assert.rejects(storage.dropVersion(scaled?.id ?? ''), hasCode('NOT_FOUND'))
  const log = logOf(storage)
  await run(storage)
  assert.deepEqual(log.take().filter((line) => line.startsWith('run')).sort(), ['run evalModel', 'run trainModel'])
  assert.deepEqual(await storage.check(), [])
})

test('a change can be marked as the same, or as different, afterwards', async (t) => {
  const { code, run } = makeTutorial()
  const path = makePath(t)
  const storage = code.open({ path })
  await run(storage)
  code.edit('evalModel', 'accuracy()')
  const log = logOf(storage)
  const runs = async (): Promise<number> => {
    await run(storage)
    return log.take().filter((line) => line.startsWith('run')).length
  }
  await storage.mark('evalModel', 'same')
  assert.equal(await runs(), 0)
  await storage.mark('evalModel', 'different')
  assert.equal(await runs(), 2)
  const commits = await storage.sources('evalModel')
  assert.deepEqual(commits.map(({ source, isHead }) => [source, isHead]), [['accuracy', false], ['accuracy()', true]])
  assert.match(String(commits), /^\w{8}\n {2}accuracy\n {2}\w{8} ← now\n {4}accuracy\(\)$/)
  assert.equal(await storage.code(commits[0]?.hash ?? ''), 'accuracy')
  assert.equal(String(await storage.diff(commits[0]?.hash ?? '', commits[1]?.hash ?? '')), '- accuracy\n+ accuracy()')
  await assert.rejects(storage.mark('loadData', 'same'), hasCode('NOT_FOUND', /has not changed/))
  await assert.rejects(storage.mark('nobody', 'same'), hasCode('NOT_FOUND', /No stored call used nobody/))
  await assert.rejects(storage.mark('evalModel', 'equal' as 'same'), hasCode('OPTION_INVALID'))
})

test('a value is found by its name alone, unless a function has the same; an unknown name is told with those like it', async () => {
  const code = new FakeCode({ 'a.ts#N (value)': '10', 'a.ts#make (value)': '1', 'a.ts#make': 'make' })
  const use = op('use', () => ['a.ts#N (value)', 'a.ts#make (value)', 'a.ts#make'].map((each) => code.use(each)).join())
  const storage = code.open()
  await storage.run(() => use())
  const sources = async (name: string): Promise<unknown> => (await storage.sources(name)).map(({ source }) => source)
  assert.deepEqual(await sources('a.ts#N'), ['10'])
  assert.deepEqual(await sources('a.ts#N (value)'), ['10'])
  assert.deepEqual(await sources('a.ts#make'), ['make'])
  assert.deepEqual(await sources('a.ts#make (value)'), ['1'])
  code.edit('a.ts#N (value)', '11')
  await storage.run(() => use())
  await storage.mark('a.ts#N', 'same')
  assert.match(String(await storage.sources('a.ts#N')), /= the same as before/)
  await assert.rejects(storage.sources('a.ts#mak'), hasCode('NOT_FOUND', /No stored call used a\.ts#mak\n.*: a\.ts#make, /))
})

test('cheap calls of tracked code are stored in groups', async () => {
  const code = new FakeCode({ f: '1', shared: 's' })
  const f = op('f', (x: number) => `${code.use('f')} ${code.use('shared')} ${x}`)
  const storage = code.open()
  const commits: number[] = []
  storage.subscribe((event) => { if (event.kind === 'calls-committed' && event.calls > 0) commits.push(event.calls) })
  await storage.run(async () => { for (let x = 0; x < 200; x += 1) await f(x) })
  assert.equal(commits.reduce((a, b) => a + b, 0), 200)
  assert.ok(commits.length <= 20, `${commits.length} commits`)
})

test('a version whose first call could not be stored is stored with its next', async () => {
  const code = new FakeCode({ f: '1' })
  const f = op('f', (x: number) => (code.use('f'), x === 0 ? () => x : x))
  const storage = code.open()
  await assert.rejects(storage.run(() => f(0)), hasCode('VALUE_REFUSED'))
  await storage.run(() => f(1))
  assert.equal((await storage.versions('f')).length, 1)
  const log = logOf(storage)
  assert.equal(await storage.run(() => unwrap(f(1))), 1)
  assert.deepEqual(log.take().filter((line) => line.startsWith('run')), [])
})

test('a result that a change was wrongly said not to touch does not stand for that of the old code', async (t) => {
  const code = new FakeCode({ f: 'f', b: '0' })
  const path = makePath(t)
  const f = op('f', (x: number) => (code.use('f'), x + Number(code.use('b'))))
  const run = async (x: number): Promise<readonly [result: number, executed: number]> => {
    await using storage = code.open({ path, onChange: () => 'reuse' })
    return [await storage.run(() => unwrap(f(x))), storage.summary().executed]
  }
  await run(1)
  code.edit('b', '1')
  assert.deepEqual(await run(2), [3, 1])
  await using storage = code.open({ path, onChange: () => 'reuse' })
  await storage.mark('b', 'different')
  code.edit('b', '0')
  assert.deepEqual([await run(2), await run(2)], [[2, 1], [2, 0]])
  code.edit('b', '1')
  assert.deepEqual([await run(2), await run(2)], [[3, 1], [3, 0]])
})

test('a version that another process drops while calls use it comes back with the next of them, whole', async (t) => {
  const path = makePath(t)
  const code = new FakeCode({ f: '1', g: '1' })
  const f = op('f', (x: number) => x * Number(code.use('f')) + Number(code.use('g')))
  await using storage = code.open({ path })
  await using other = code.open({ path })
  await storage.run(() => f(1))
  code.edit('f', '2')
  await storage.run(() => f(1))
  code.edit('f', '1')
  await storage.run(async () => {
    for (const { id } of await other.versions('f')) assert.equal((await other.dropVersion(id)).calls, 1)
    assert.equal(await unwrap(f(5)), 6)
  })
  code.edit('f', '2')
  assert.equal(await storage.run(() => unwrap(f(5))), 11)
  await using fresh = code.open({ path })
  assert.equal(await fresh.run({ newCalls: 'error' }, () => unwrap(f(5))), 11)
  code.edit('f', '1')
  assert.equal(await fresh.run({ newCalls: 'error' }, () => unwrap(f(5))), 6)
  assert.deepEqual((await fresh.versions('f')).map(({ calls, dependencies }) => [calls, dependencies.length]), [[1, 2], [1, 2]])
  assert.deepEqual(await fresh.check(), [])
})
