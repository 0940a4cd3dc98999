import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newArg, op, Q, Storage, unwrap, wrap } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'
import { FakeCode } from './fake-code.ts'

const ran = (): never => { throw new Error('it ran again') }

/** A store that another program has written. */
async function makeTrained(path: string): Promise<Storage> {
  await using storage = new Storage(path)
  const train = op('train', (x: number, n: number) => x * 10 + n, { output: 'model' })
  const score = op('score', (model: number) => model + 1, { output: 'acc' })
  await storage.run(async () => { for (const n of [1, 2]) await score(await train(5, n)) })
  return new Storage(path)
}

test('a renamed op hits under its new name, and under the old one in code from before', async (t) => {
  const path = makePath(t)
  await using storage = await makeTrained(path)
  assert.deepEqual(await storage.renameOp('train', 'fit', { dryRun: true }), { calls: 2 })
  assert.deepEqual((await storage.ops()).map(({ name }) => name), ['score', 'train'])
  assert.deepEqual(await storage.renameOp('train', 'fit'), { calls: 2 })
  assert.deepEqual(await storage.renameOp('train', 'fit'), { calls: 2 }, 'again is harmless')
  const log = logOf(storage)
  const fit = op('fit', (_x: number, _n: number) => ran(), { inputs: ['x', 'n'], output: 'model' })
  assert.equal(await storage.run(async () => unwrap(await fit(5, 1))), 51)
  assert.deepEqual(log.take(), ['hit fit by history', 'load'])
  await using before = new Storage(path)
  const train = op('train', (_x: number, _n: number) => ran(), { inputs: ['x', 'n'], output: 'model' })
  assert.equal(await before.run(async () => unwrap(await train(5, 2))), 52)
  assert.deepEqual(await storage.check(), [])
})

test('people see the names of now: calls, frames, patterns, versions, failures, totals', async (t) => {
  await using storage = await makeTrained(makePath(t))
  const fail = op('fail', (_depth: number) => { throw new RangeError('no') })
  await storage.run(() => fail(3).catch(() => {}))
  await storage.renameOp('train', 'fit')
  await storage.renameInput('fit', 'x', 'size')
  // Nothing is stored of it but its failure.
  await assert.rejects(storage.renameOp('fail', 'break'), hasCode('NOT_FOUND', /there are calls of/))
  const [call] = await storage.calls('fit')
  assert.deepEqual([call?.op, Object.keys(call?.inputs ?? {})], ['fit', ['n', 'size']])
  assert.match(String(await storage.cf('score').expandBack({ recursive: true })), /model = fit\(n, size\)/)
  assert.deepEqual((await storage.stats()).ops.map(({ name }) => name), ['fail', 'fit', 'score'])
  assert.equal((await storage.failures('fail'))[0]?.inputs['_depth'], '3')
  const fit = op('fit', (size: number, n: number) => size + n, { output: 'model' })
  const [size, n] = [Q<number>(), Q<number>()]
  assert.deepEqual((await storage.df({ size, n, model: fit.match({ size, n }) })).objects(), [{ size: 5, n: 1, model: 51 }, { size: 5, n: 2, model: 52 }])
  const creator = await storage.creator(Object.values(call?.outputs ?? {})[0] as never)
  assert.equal(creator?.op, 'fit')
})

test('a frame and a call from before a renaming go on as they were, and new ones have the new names', async (t) => {
  await using storage = await makeTrained(makePath(t))
  const before = await storage.cf('score')
  await storage.renameOp('train', 'fit')
  assert.match(String(await before.expandBack()), /model = fit/)
  const after = await storage.cf('fit')
  assert.deepEqual((await after.df()).columnNames(), ['n', 'x', 'fit', 'model'])
  const [call] = await after.calls('fit')
  assert.equal(call?.cid, (await storage.call(call?.hid as string)).cid)
})

test('two inputs are swapped at once, and a name that would be taken is refused', async (t) => {
  await using storage = await makeTrained(makePath(t))
  await assert.rejects(storage.renameInput('train', 'x', 'n'), hasCode('INPUT_NAME_TAKEN', /Two inputs of train/))
  assert.deepEqual(await storage.renameInput('train', { x: 'n', n: 'x' }), { calls: 2 })
  const train = op('train', (_n: number, _x: number) => ran(), { inputs: ['n', 'x'], output: 'model' })
  assert.equal(await storage.run(async () => unwrap(await train(5, 1))), 51)
  await assert.rejects(storage.run(() => op('train', (x: number, n: number) => x + n)(5, 1)), hasCode('OP_NAME_TAKEN'))
})

test('an op takes the name of one whose calls were all dropped, and no other', async (t) => {
  await using storage = await makeTrained(makePath(t))
  await assert.rejects(storage.renameOp('train', 'score'), hasCode('OP_NAME_TAKEN', /there are calls of an op of that name/))
  await storage.drop(await storage.calls('score'))
  await storage.renameOp('train', 'score')
  assert.deepEqual((await storage.ops()).map(({ name, calls }) => [name, calls]), [['score', 2]])
  const score = op('score', (_x: number, _n: number) => ran(), { inputs: ['x', 'n'], output: 'model' })
  assert.equal(await storage.run(async () => unwrap(await score(5, 1))), 51)
  assert.deepEqual(await storage.check(), [])
})

test('a chain of renamings is followed by every name on its way, and ends where it began', async (t) => {
  const path = makePath(t)
  await (await makeTrained(path)).close()
  for (const [from, to] of [['train', 'fit'], ['fit', 'learn'], ['learn', 'train']] as const) {
    await using storage = new Storage(path)
    await storage.renameOp(from, to)
  }
  for (const name of ['train', 'fit', 'learn']) {
    await using storage = new Storage(path)
    const one = op(name, (_x: number, _n: number) => ran(), { inputs: ['x', 'n'], output: 'model' })
    assert.equal(await storage.run(async () => unwrap(await one(5, 1))), 51)
    assert.deepEqual((await storage.ops()).map((each) => each.name), ['score', 'train'])
  }
})

test('every version of an op is renamed', async () => {
  await using storage = new Storage()
  for (const version of [0, 1]) await storage.run(() => op('train', (x: number) => x + version, { version })(1))
  assert.deepEqual(await storage.renameOp('train', 'fit'), { calls: 2 })
  for (const version of [0, 1]) {
    const fit = op('fit', (_: number) => ran(), { inputs: ['x'], version })
    await assert.rejects(storage.run(() => fit(1)), hasCode('OP_NAME_TAKEN', /"train" and "fit" are names of one op/))
  }
  assert.deepEqual((await storage.calls('fit')).map(({ version }) => version), [0, 1])
})

test('two functions under an old and a new name are refused, and so is a new input under an old name', async (t) => {
  await using storage = await makeTrained(makePath(t))
  await storage.renameInput('train', 'x', 'size')
  const both = op('train', (size: number, x = newArg(0), n = 1) => size + x + n, { inputs: ['size', 'x', 'n'] })
  await assert.rejects(storage.run(() => both(5)), hasCode('INPUT_NAME_TAKEN', /"x" is the former name of "size"/))
})

test('a function that was called before its name became that of another op is refused', async () => {
  await using storage = new Storage()
  const [a, b] = [op('a', (x: number) => x + 1), op('b', (x: number) => x + 2)]
  await storage.run(async () => { await a(1); await b(1) })
  for (const [from, to] of [['a', 'c'], ['b', 'a'], ['c', 'b']] as const) await storage.renameOp(from, to)
  await assert.rejects(storage.run(() => a(1)), hasCode('OP_NAME_TAKEN', /is the name of another op since a renaming/))
})

test('members of a rest parameter and keys of an open object are renamed with it, and an op that gets Refs finds its inputs', async () => {
  await using storage = new Storage()
  const sum = op('sum', (...xs: number[]) => xs.reduce((a, b) => a + b, 0))
  const ask = op('ask', ({ model, ...others }: { model: string; lr: number }) => `${model} ${others.lr}`)
  const twice = op('twice', async (x: number) => sum(x, x), { compose: true })
  await storage.run(async () => { await sum(1, 2, 3); await ask({ model: 'm', lr: 2 }); await twice(4) })
  await storage.renameInput(sum, 'xs', 'values')
  await storage.renameInput(ask, { model: 'name', lr: 'rate' })
  await storage.renameInput(twice, 'x', 'y')
  const log = logOf(storage)
  await storage.run({ newCalls: 'error' }, async () => { await sum(1, 2, 3); await ask({ model: 'm', lr: 2 }); await twice(4) })
  await storage.run(() => twice(5))
  assert.deepEqual(log.take().filter((line) => line.startsWith('run')), ['run twice', 'run sum'])
  assert.deepEqual((await storage.calls(sum)).map(({ inputs }) => Object.keys(inputs).length), [3, 2, 2])
  assert.deepEqual(Object.keys((await storage.calls(ask))[0]?.inputs ?? {}), ['name', 'rate'])
})

test('a value that is gone is computed again by a renamed op with renamed inputs', async (t) => {
  const path = makePath(t)
  {
    await using storage = new Storage(path)
    const grid = op('grid', (rows: number, columns: number) => Array.from({ length: rows * columns }, (_, i) => i), { transient: true })
    await storage.run(() => grid(2, 3))
    await storage.renameOp(grid, 'mesh')
    await storage.renameInput('mesh', { rows: 'height', columns: 'width' })
  }
  await using storage = new Storage(path)
  const mesh = op('mesh', (height: number, width: number) => Array.from({ length: height * width }, (_, i) => i), { transient: true })
  assert.deepEqual(await storage.run(async () => unwrap(await mesh(2, 3))), [0, 1, 2, 3, 4, 5])
})

test('wrapped values keep their roles in similar', async (t) => {
  await using storage = await makeTrained(makePath(t))
  await storage.renameInput('train', 'n', 'trees')
  await storage.renameOp('train', 'fit')
  const fit = op('fit', (x: number, trees: number) => x * 10 + trees, { output: 'model' })
  const trees = wrap(1)
  const model = await storage.run(() => fit(5, trees))
  const table = await storage.similar({ trees, model }, { print: false })
  assert.deepEqual(table.objects(), [{ trees: 1, model: 51 }, { trees: 2, model: 52 }])
})

test('a program that runs while its op is renamed goes on storing calls that are found later', async (t) => {
  const path = makePath(t)
  await using running = await makeTrained(path)
  await using other = new Storage(path)
  const train = op('train', (x: number, n: number) => x * 10 + n, { output: 'model' })
  await running.run(async () => {
    await train(6, 1)
    await other.renameOp('train', 'fit')
    await other.renameInput('fit', { x: 'n', n: 'x' })
    await train(6, 2)
  })
  const fit = op('fit', (_n: number, _x: number) => ran(), { inputs: ['n', 'x'], output: 'model' })
  assert.deepEqual(await other.run(async () => unwrap([await fit(6, 1), await fit(6, 2)])), [61, 62])
  assert.deepEqual(await other.check(), [])
})

test('a new op under a name that another was given meanwhile is refused, not mixed with it', async (t) => {
  const path = makePath(t)
  await (await makeTrained(path)).close()
  await using running = new Storage(path)
  await using other = new Storage(path)
  const fit = op('fit', (x: number) => -x)
  await assert.rejects(running.run(async () => {
    await other.renameOp('train', 'fit')
    await fit(1)
  }), hasCode('OP_NAME_TAKEN', /while this run was under way/))
  assert.deepEqual((await other.ops()).map(({ name, calls }) => [name, calls]), [['fit', 2], ['score', 2]])
  assert.deepEqual(await other.check(), [])
})

test('what cannot be meant is refused', async (t) => {
  await using storage = await makeTrained(makePath(t))
  await assert.rejects(storage.renameOp('trian', 'fit'), hasCode('NOT_FOUND', /train/))
  await assert.rejects(storage.renameOp('train', '__make_list__'), hasCode('INPUT_INVALID'))
  await assert.rejects(storage.renameOp('train', ''), hasCode('INPUT_INVALID'))
  await assert.rejects(storage.renameOp('__make_list__', 'x'), hasCode('NOT_FOUND'))
  await assert.rejects(storage.renameInput('train', 'm', 'n'), hasCode('NOT_FOUND', /its calls have n, x/))
  await assert.rejects(storage.renameInput('train', {}), hasCode('INPUT_INVALID'))
  await assert.rejects(storage.renameInput('train', { x: 3 as never }), hasCode('INPUT_INVALID'))
  await assert.rejects(storage.renameOp('train', 'fit', { dry: true } as never), hasCode('OPTION_INVALID'))
  await storage.renameOp('train', 'fit')
  await assert.rejects(storage.renameOp('train', 'learn'), hasCode('NOT_FOUND', /"train" is called "fit"/))
  await storage.renameInput('fit', 'x', 'size')
  await assert.rejects(storage.renameInput('fit', 'x', 'y'), hasCode('NOT_FOUND', /"x" is called "size"/))
})

test('calls of a renamed op keep their code: versions are listed by the name of now, and a change is told and noticed by it', async (t) => {
  const path = makePath(t)
  const code = new FakeCode({ a: '1' })
  const use = (x: number): number => x + Number(code.use('a'))
  {
    await using storage = code.open({ path })
    await storage.run(() => op('train', use, { inputs: ['x'] })(1))
  }
  const told: string[] = []
  await using storage = code.open({
    path,
    onChange(change) {
      told.push(...change.affected.map(({ op: name, calls }) => `${calls} of ${name}`))
      return 'recompute'
    },
  })
  const fit = op('fit', use, { inputs: ['size'] })
  await storage.renameOp('train', 'fit')
  await storage.renameInput('fit', 'x', 'size')
  const log = logOf(storage)
  await storage.run(() => fit(1))
  await storage.run(() => fit(2))
  assert.deepEqual(log.take(), ['hit fit by history', 'run fit'])
  assert.deepEqual((await storage.versions('fit')).map(({ op: name, calls }) => [name, calls]), [['fit', 2]])
  code.edit('a', '2')
  assert.equal(await storage.run(async () => unwrap(await fit(1))), 3)
  assert.deepEqual(told, ['2 of fit'])
  const size = Q<number>()
  assert.deepEqual((await storage.df({ size, out: fit.match({ size }) })).objects(), [{ size: 1, out: 3 }])
  code.edit('a', '1')
  assert.deepEqual(await storage.run({ newCalls: 'error' }, async () => unwrap([await fit(1), await fit(2)])), [2, 3])
  assert.deepEqual(await storage.check(), [])
})

test('a call that is found by its content has the ids that executing it would have given it, under a new name too', async (t) => {
  const code = new FakeCode({ a: '1' })
  const idOf = async (isRenamed: boolean, isFound: boolean): Promise<string> => {
    await using storage = code.open({ path: makePath(t) })
    const up = op('up', (x: number) => x + 1)
    const down = op('down', (x: number) => x - 1)
    const first = op('train', (x: number) => x + Number(code.use('a')))
    if (isFound) await storage.run(async () => first(await up(1)))
    else await storage.run(() => first(0))
    if (isRenamed) await storage.renameOp('train', 'fit')
    const fit = isRenamed ? op('fit', first.fn, { inputs: ['x'] }) : first
    const log = logOf(storage)
    await storage.run(async () => fit(await down(3)))
    assert.equal(log.take().at(-1), isFound ? `hit ${fit.opName} by content` : `run ${fit.opName}`)
    return (await storage.calls(fit)).at(-1)?.hid ?? ''
  }
  const executed = await idOf(false, false)
  for (const isRenamed of [false, true]) for (const isFound of [false, true]) assert.equal(await idOf(isRenamed, isFound), executed)
})
