import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { external, list, newArg, note, op, Storage, unwrap, wrap, type Explanation, type Reason } from '../../src/index.ts'
import { hasCode, logOf, makeGate, makePath } from '../helpers.ts'
import { FakeCode } from './fake-code.ts'

const kinds = ({ reasons }: Explanation): string[] => reasons.map(({ kind }) => kind)
const inputsOf = ({ reasons }: Explanation): Extract<Reason, { kind: 'input' }>[] => reasons.filter((reason) => reason.kind === 'input')

test('a hit says when, where and for how long its function ran, and what it noted', async () => {
  const storage = new Storage()
  const ask = op('ask', (prompt: string) => { note({ tokens: 7 }); return prompt.length })
  await storage.run(() => ask('hello'))
  const told = await storage.explain(ask, 'hello')
  assert.deepEqual([told.verdict, told.by, told.reasons, told.lost], ['hit', 'history', [], []])
  assert.equal(told.call?.hid, (await storage.calls(ask))[0]?.hid)
  assert.equal(told.call?.process?.pid, process.pid)
  assert.match(String(told), /^ask is a hit\n {2}ask [0-9a-f]{12}\n {2}ran \d{4}-.* on .*\n {2}took .* ms, which a hit saves, noted tokens 7$/)
  assert.deepEqual(JSON.parse(JSON.stringify(told)).call.notes, { tokens: 7 })
})

test('a hit on equal inputs that came about otherwise is one by content, and asking for it records none', async () => {
  const storage = new Storage()
  const [one, other] = [op('one', () => 4), op('other', () => 4)]
  const half = op('half', (x: number) => x / 2)
  const [first, second] = await storage.run(async () => { await half(one()); return [await one(), await other()] })
  assert.deepEqual([(await storage.explain(half, first)).by, (await storage.explain(half, second)).by], ['history', 'content'])
  assert.equal((await storage.calls(half)).length, 1)
  assert.match(String(await storage.explain(half, second)), /a hit: on equal inputs that came about otherwise\n {2}half /)
})

test('of several inputs those that differ are told, with where their values differ', async () => {
  const storage = new Storage()
  const train = op('train', (_data: number[], _options: { rate: number; layers: number[] }, _depth = 2) => 1)
  await storage.run(async () => {
    await train([1, 2, 3], { rate: 0.1, layers: [8] })
    await train([5, 6, 7], { rate: 0.1, layers: [8, 8] }, 3)
  })
  const told = await storage.explain(train, [1, 2, 3], { rate: 0.2, layers: [8] })
  assert.deepEqual([told.verdict, kinds(told), told.looked], ['miss', ['input'], { calls: 2, isAll: true }])
  assert.deepEqual(inputsOf(told)[0]?.diff, { changes: [{ path: '.rate', kind: 'changed', before: '0.1', after: '0.2' }], more: 0 })
  assert.match(String(told), /^train is a miss: its input _options differs\n {2}_options\.rate {2}0\.1 → 0\.2\nThe nearest stored call, of 2:\n {2}train /)
  const two = await storage.explain(train, [1, 2, 4], { rate: 0.1, layers: [8, 8] }, 3)
  assert.deepEqual(inputsOf(two).map(({ name, isDefault }) => [name, isDefault]), [['_data', false]])
  const three = String(await storage.explain(train, [5, 6, 7], { rate: 1, layers: [] }))
  assert.match(three, /inputs _depth, _options differ[\s\S]*_depth {2}3 → 2 {2}\(left out: its default\)/)
})

test('among many calls the nearest is found by its rarest input, and what was looked at is said', async () => {
  const storage = new Storage()
  const add = op('add', (x: number, _flag: boolean, _k: number) => x)
  await storage.run(async () => { for (let x = 0; x < 1500; x += 1) await add(x, true, x % 10) })
  const told = await storage.explain(add, 7, true, 77)
  assert.deepEqual(inputsOf(told).map(({ name, before }) => [name, before]), [['_k', '7']])
  assert.deepEqual([told.looked.isAll, told.looked.calls < 500], [false, true])
  assert.match(String(told), /The nearest stored call, of the \d+ looked at: the latest, and those with most of these inputs:/)
})

test('an input that was added with newArg, and is left out, is told with its default', async () => {
  const storage = new Storage()
  const draw = op('draw', (_n: number, _seed: number = newArg(5)) => 1)
  await storage.run(() => draw(1, 6))
  assert.deepEqual(inputsOf(await storage.explain(draw, 1)).map(({ name, before, after, isDefault }) => [name, before, after, isDefault]), [['_seed', '6', '5', true]])
})

test('two functions under one name are refused, as in a run', async () => {
  const storage = new Storage()
  await storage.run(() => op('draw', (_n: number) => 1)(1))
  await assert.rejects(storage.explain(op('draw', (_n: number) => 2), 1), hasCode('OP_NAME_TAKEN'))
})

test('an added input, a removed one, a default that changed, another version number', async (t) => {
  const path = makePath(t)
  const draw = op('draw', (_n: number, _colour: string, _size = 1) => 1)
  await (async () => { await using storage = new Storage(path); await storage.run(() => draw(1, 'red')) })()
  await using storage = new Storage(path)
  const told = await storage.explain(op('draw', (_n: number, _size = 2, _seed = 0) => 1), 1)
  assert.deepEqual(inputsOf(told).map(({ name, before, after, isDefault }) => [name, before, after, isDefault]), [
    ['_colour', "'red'", undefined, false], ['_size', '1', '2', true], ['_seed', undefined, '0', true],
  ])
  assert.match(String(told), /_seed {2}added: 0 {2}\(its default; declared as newArg\(0\), calls from before it existed would be hits\)/)
  const newer = await storage.explain(op('draw', (_n: number, _colour: string, _size = 1) => 1, { version: 2 }), 1, 'red')
  assert.deepEqual(newer.reasons, [{ kind: 'op-version', before: 0, after: 2 }])
})

test('other outputs are told as what a run would throw', async (t) => {
  const path = makePath(t)
  const load = op('load', (_n: number) => ({ X: 1, y: 2 }), { outputs: ['X', 'y'] })
  await (async () => { await using storage = new Storage(path); await storage.run(() => load(1)) })()
  await using storage = new Storage(path)
  const changed = op('load', (_n: number) => ({ X: 1, y: 2, z: 3 }), { outputs: ['X', 'y', 'z'] })
  const told = await storage.explain(changed, 1)
  assert.deepEqual([told.verdict, kinds(told)], ['refused', ['outputs']])
  assert.match(String(told), /stored with the outputs X \(value\), y \(value\), and now declares X \(value\), y \(value\), z/)
  await assert.rejects(storage.run(() => changed(1)), hasCode('OUTPUT_INVALID'))
})

test('an op that never ran names those that did; inputs that can\'t be identified are refused as in a run', async () => {
  const storage = new Storage()
  const [trainModel, trainModels] = [op('trainModel', (x: number) => x), op('trainModels', (x: unknown) => x)]
  await storage.run(() => trainModel(1))
  assert.deepEqual((await storage.explain(trainModels, 1)).reasons, [{ kind: 'never-run', like: ['trainModel'] }])
  await assert.rejects(storage.explain(trainModels, () => 1), hasCode('VALUE_REFUSED'))
  await assert.rejects(storage.explain(trainModel as never, 1, 2), hasCode('INPUT_INVALID', /takes 1 input and got 2/))
  assert.deepEqual([(await storage.failures()).length, (await storage.stats()).calls], [0, 1])
})

test('asking about one op changes no ids of another under the same name and another number', async (t) => {
  const idAfter = async (isAsked: boolean): Promise<string | undefined> => {
    const code = new FakeCode({ a: '1' })
    const path = makePath(t)
    const makeTrain = (version: number) => op('train', (x: number) => x + Number(code.use('a')), { version })
    const [first, second] = [makeTrain(0), makeTrain(1)]
    {
      await using storage = code.open({ path })
      await storage.run(() => first(1))
    }
    await using storage = code.open({ path })
    await storage.run(async () => {
      if (isAsked) await storage.explain(second, 2)
      await first(2)
    })
    return (await storage.calls(first)).at(-1)?.hid
  }
  assert.equal(await idAfter(true), await idAfter(false))
})

test('a dropped call of an op that was renamed is told as such', async () => {
  const code = new FakeCode({ a: '1' })
  const storage = code.open()
  const train = op('train', (x: number) => x + Number(code.use('a')))
  const twice = op('twice', (x: number) => 2 * x)
  await storage.run(() => twice(train(2)))
  await storage.renameOp('train', 'fit')
  const fit = op('fit', train.fn, { inputs: ['x'] })
  const [call] = await storage.calls(fit)
  assert.ok(call)
  await storage.run(() => fit(3))
  await storage.drop(call, { dependents: false })
  assert.deepEqual((await storage.explain(fit, 2)).reasons[0], { kind: 'dropped', isCertain: true })
})

test('a call that failed is told with its error; one that was dropped as such where its results are still in use', async () => {
  const storage = new Storage()
  const divide = op('divide', (x: number) => { if (x === 0) throw new RangeError('division by zero'); return 1 / x })
  const twice = op('twice', (x: number) => 2 * x)
  await assert.rejects(storage.run(() => divide(0)))
  assert.match(String(await storage.explain(divide, 0)), /it gave no result when it was last called so\n {2}.*RangeError: division by zero/)
  await storage.run(() => twice(divide(2)))
  const [call] = await storage.calls(divide)
  assert.ok(call)
  await storage.drop(call, { dependents: false })
  const told = await storage.explain(divide, 2)
  assert.deepEqual([told.verdict, told.reasons[0]], ['miss', { kind: 'dropped', isCertain: true }])
  await storage.drop(twice)
  assert.deepEqual((await storage.explain(twice, 3)).reasons, [{ kind: 'never-run', like: [] }, { kind: 'dropped', isCertain: false }])
})

test('a hit whose value is gone says that reading it executes the call again', async (t) => {
  const path = makePath(t)
  const make = op('make', (n: number) => Array.from({ length: n }, (_, i) => i))
  await (async () => { await using storage = new Storage(path); await storage.run(() => make(50)) })()
  const db = new DatabaseSync(path)
  db.exec("UPDATE vals SET bytes = x'00' WHERE op IS NOT NULL")
  db.close()
  await using storage = new Storage({ path, logger: { warn: () => {}, show: () => {}, progress: () => {} } })
  const log = logOf(storage)
  const told = await storage.explain(make, 50)
  assert.deepEqual([told.verdict, told.lost, log.take()], ['hit', ['output'], []])
  await storage.run(() => unwrap(make(50)))
  assert.deepEqual(log.take().filter((line) => line !== 'load'), ['hit make by history', 'damaged, made by make', 'run make'])
})

test('a change of code is told with the lines that differ, a package with its versions, the environment without its values', async () => {
  const code = new FakeCode({ scale: 'x / max', 'npm:ml': '1.0.0', 'env:MODE': 'a' })
  const storage = code.open()
  const scale = op('scaled', (x: number) => [code.use('scale'), code.use('npm:ml'), code.use('env:MODE'), x])
  await storage.run(() => scale(1))
  assert.equal((await storage.explain(scale, 1)).verdict, 'hit')
  code.edit('scale', 'x / mean')
  assert.deepEqual((await storage.explain(scale, 1)).reasons, [{ kind: 'code', component: 'scale', before: 'x / max', after: 'x / mean' }])
  assert.match(String(await storage.explain(scale, 1)), /scaled is a miss: scale has changed\n {2}scale {2}x \/ max → x \/ mean\n/)
  code.edit('scale', 'x / max')
  code.edit('npm:ml', '2.0.0')
  code.edit('env:MODE', 'secret')
  const told = await storage.explain(scale, 1)
  assert.deepEqual(told.reasons, [{ kind: 'environment', name: 'MODE' }, { kind: 'package', name: 'ml', before: '1.0.0', after: '2.0.0' }])
  assert.doesNotMatch(JSON.stringify(told) + String(told), /secret/)
  assert.deepEqual(await storage.sources('scale').then((commits) => commits.length), 1, 'asking stored no content')
})

test('where a change is not decided yet, the verdict is open, and asking decides nothing', async () => {
  const code = new FakeCode({ scale: 'x / max' })
  const asked: string[] = []
  const storage = code.open({ onChange: ({ component }) => { asked.push(component); return 'reuse' } })
  const scale = op('scaled', (x: number) => [code.use('scale'), x])
  await storage.run(() => scale(1))
  code.edit('scale', 'x / mean')
  assert.equal((await storage.explain(scale, 1)).verdict, 'undecided')
  assert.equal((await storage.explain(scale, 2)).verdict, 'miss')
  assert.deepEqual(asked, [])
  await storage.run(() => scale(1))
  assert.deepEqual([asked, (await storage.explain(scale, 1)).verdict], [['scale'], 'hit'])
})

test('a call that was stored with its code is none for a storage that follows none, and the other way round', async (t) => {
  const code = new FakeCode({ scale: 'x' })
  const scale = op('scaled', (x: number) => [code.use('scale'), x])
  const [tracked, plain] = [makePath(t), makePath(t)]
  await (async () => { await using storage = code.open({ path: tracked }); await storage.run(() => scale(1)) })()
  await (async () => { await using storage = new Storage(plain); await storage.run(() => scale(1)) })()
  await using one = new Storage(tracked)
  assert.deepEqual((await one.explain(scale, 1)).reasons, [{ kind: 'tracking', wasTracked: true }])
  await using other = code.open({ path: plain })
  assert.deepEqual((await other.explain(scale, 1)).reasons, [{ kind: 'tracking', wasTracked: false }])
})

test('a run tells of each miss before it executes; inside a run what counts is what it would find', async () => {
  const shown: string[] = []
  const storage = new Storage({ logger: { warn: assert.fail, show: (text) => void shown.push(text), progress: () => {} } })
  const add = op('add', (x: number, y: number) => { shown.push('ran'); return x + y })
  await storage.run(() => add(1, 2))
  shown.length = 0
  await storage.run({ explain: true }, async () => { await add(1, 2); await add(1, 3) })
  assert.deepEqual(shown, ['add is a miss: its input y differs\n  y  2 → 3', 'ran'])
  shown.length = 0
  await storage.run({ explain: true, refresh: [add] }, () => add(1, 2))
  assert.deepEqual(shown, ['add is a miss: this run executes it again\n  the run lists it under refresh', 'ran'])
  await storage.run({ refresh: [add] }, async () => {
    assert.deepEqual(kinds(await storage.explain(add, 1, 2)), ['refresh'])
    await add(1, 2)
    assert.equal((await storage.explain(add, 1, 2)).verdict, 'hit')
  })
  const gate = makeGate()
  const wait = op('wait', () => gate.opened)
  await storage.run(async () => {
    const waiting = wait()
    assert.equal((await storage.explain(wait)).by, 'in-flight')
    gate.open()
    await waiting
  })
})

test('inputs may be Refs, promises, collections and externals, as for a call', async () => {
  const storage = new Storage()
  const make = op('make', (n: number) => n)
  const sum = op('sum', (xs: number[], _model: object) => xs.length, { inputs: { xs: list() } })
  await storage.run(async () => { await sum([await make(1), make(2)] as never, external('net', {})) })
  const refs = await storage.run(async () => [await make(1), await make(2)])
  assert.equal((await storage.explain(sum, refs as never, external('net', {}))).verdict, 'hit')
  const told = await storage.explain(sum, [refs[0], 3] as never, external('net', {}))
  assert.deepEqual(inputsOf(told).map(({ diff }) => diff?.changes), [[{ path: '[1]', kind: 'changed', before: '2', after: '3' }]])
  assert.match(String(await storage.explain(sum, refs as never, external('other', {}))), /_model {2}\(external "net"\) → \(external "other"\)/)
  const five = wrap(5)
  await storage.explain(make, five)
  await assert.rejects(storage.similar({ five }), hasCode('QUERY_INVALID'), 'asking is no use')
})

test('a stored call says whether it still holds, and an op is asked about by its name', async () => {
  const code = new FakeCode({ scale: 'x' })
  const storage = code.open()
  const scale = op('scaledLater', (x: number, _unit = 'cm') => [code.use('scale'), x])
  await storage.run(() => scale(1))
  const [call] = await storage.calls(scale)
  assert.ok(call)
  assert.equal((await storage.explain(call)).verdict, 'hit')
  assert.equal((await storage.explain('scaledLater', { x: 1 })).verdict, 'hit')
  assert.deepEqual(inputsOf(await storage.explain('scaledLater', { x: 2 })).map(({ name }) => name), ['x'])
  code.edit('scale', 'y')
  assert.deepEqual(kinds(await storage.explain(call)), ['code'])
  await assert.rejects(storage.explain('scaleLater'), hasCode('NOT_FOUND', /scaledLater/))
  await assert.rejects(storage.explain('scaledLater', { z: 2 }), hasCode('INPUT_INVALID', /no input "z"/))
  await assert.rejects(storage.explain('scaledLater', 3 as never), hasCode('INPUT_INVALID', /name them/))
  await assert.rejects(storage.explain((() => 1) as never), hasCode('INPUT_INVALID', /is not an op/))
})
