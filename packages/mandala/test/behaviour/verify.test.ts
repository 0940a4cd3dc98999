import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import {
  approx, dict, external, ignore, list, newArg, op, registerType, set, Storage, unwrap, type Call, type DictRef, type Finding, type ListRef, type Verification,
} from '../../src/index.ts'
import { FakeCode } from './fake-code.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const add = op(function add(a: number, b = 10) { return a + b })
const split = op(function split(x: number) { return { half: x / 2, parts: [x, x + 1] } }, { outputs: { half: approx(6), parts: list() } })

/** What a report says, without the ids of calls. */
const withoutIds = ({ findings }: Verification): unknown[] => findings.map(({ call: _, version: _version, ...finding }) => finding)
const countsOf = ({ ops }: Verification, name: string): unknown => {
  const found = ops.find((each) => each.name === name)
  assert.ok(found, `no counts of ${name}`)
  const { executed, same, skipped } = found
  return { executed, same, ...skipped }
}

async function only(report: Verification): Promise<Finding> {
  assert.equal(report.findings.length, 1, String(report))
  assert.equal(report.isTrue, false)
  return report.findings[0] as Finding
}

test('calls that give what is stored are the same, and verifying them stores and changes nothing', async () => {
  const storage = new Storage()
  await storage.run(async () => {
    const { half, parts } = await split(await add(1))
    await add(half as number, 1)
    await unwrap(parts)
  })
  const log = logOf(storage)
  const before = JSON.stringify([await storage.stats(), await storage.ops(), await storage.failures()])
  const report = await storage.verify()
  assert.deepEqual(withoutIds(report), [])
  assert.equal(report.isTrue, true)
  assert.deepEqual([countsOf(report, 'add'), countsOf(report, 'split')], [{ executed: 2, same: 2 }, { executed: 1, same: 1 }])
  assert.deepEqual(log.take(), [])
  assert.equal(JSON.stringify([await storage.stats(), await storage.ops(), await storage.failures()]), before)
  assert.match(String(report), /3 calls executed again, and all gave what is stored/)
  assert.deepEqual(JSON.parse(JSON.stringify(report)), { isTrue: true, ops: report.ops, findings: [] })
})

test('a result that two executions in a row give and the store does not have tells of a hidden input, with the first place that differs', async () => {
  const rates = { eur: 1 }
  const price = op(function price(net: number) { return { lines: [{ net, total: net * rates.eur }], note: ['a b', new Date(0)] } })
  const storage = new Storage()
  await storage.run(() => price(100))
  rates.eur = 1.5
  assert.deepEqual(withoutIds(await storage.verify(price)), [{
    kind: 'differs', op: 'price', output: 'output', path: '.lines[0].total', stored: '100', now: '150', likely: 'hidden input or other code', hidden: [],
  }])
})

test('a function whose executions differ from each other is not deterministic', async () => {
  let n = 0
  const roll = op(function roll(seed: number) { n += 1; return seed + n })
  const storage = new Storage()
  await storage.run(() => roll(1))
  const finding = await only(await storage.verify(roll))
  assert.ok(finding.kind === 'differs' && finding.likely === 'not deterministic' && finding.stored === '2' && finding.now === '3')
})

test('a function that throws now is named with its error', async () => {
  let isUp = true
  const ask = op(function ask(prompt: string) { if (!isUp) throw new RangeError('the service is gone'); return prompt.length })
  const storage = new Storage()
  const hid = ((await storage.run(() => ask('hi'))), (await storage.calls(ask))[0]?.hid)
  isUp = false
  assert.deepEqual((await storage.verify('ask')).findings, [{ op: 'ask', version: 0, call: hid, kind: 'threw', error: 'RangeError: the service is gone' }])
  assert.deepEqual(await storage.failures(), [])
})

test('a function that changes its input is named with the input, whatever it returns', async () => {
  const sorted = op(function sorted(xs: number[], by: { up: boolean }) { return xs.sort((a, b) => (by.up ? a - b : b - a))[0] })
  const storage = new Storage()
  await storage.run(async () => { await sorted([3, 1, 2], { up: true }); await sorted([1, 2, 3], { up: true }) })
  assert.deepEqual(withoutIds(await storage.verify()), [{ kind: 'mutated', op: 'sorted', inputs: ['xs'] }])
})

test('calls of other code than that of today are left out and counted, and the question what a change means stays open', async () => {
  const code = new FakeCode({ 'rates.ts#f': 'x' })
  const scale = op(function scale(x: number) { return code.use('rates.ts#f').length * x })
  const decisions: string[] = []
  const storage = code.open({ onChange: ({ component }) => { decisions.push(component); return 'recompute' } })
  await storage.run(() => scale(2))
  assert.deepEqual(countsOf(await storage.verify(), 'scale'), { executed: 1, same: 1 })
  code.edit('rates.ts#f', 'xxx')
  const report = await storage.verify(scale)
  assert.deepEqual([countsOf(report, 'scale'), report.isTrue, decisions], [{ executed: 0, same: 0, 'other code': 1 }, true, []])
  assert.match(String(report), /nothing could be executed again/)
  await storage.run(() => scale(2))
  assert.deepEqual(decisions, ['rates.ts#f'])
  assert.deepEqual(countsOf(await storage.verify(scale), 'scale'), { executed: 1, same: 1, 'other code': 1 })
})

test('calls that lack what their function needs are left out, with the reason; transient inputs are computed again', async (t) => {
  const batched = op(function batched(x: number, size: number) { return x + size }, { ignore: ['size'] })
  const sized = op(function sized(x: number, size: number) { return size > 1 ? x : -x })
  const lookUp = op(function lookUp(table: Map<string, number>, key: string) { return table.get(key) })
  const hidden = op(function hidden(x: number) { return new Uint8Array(3).fill(x) }, { transient: true })
  const first = op(function first(xs: Uint8Array) { return xs[0] })
  const gone = op(function gone(given: { text: string }) { return given.text.length })
  await using storage = new Storage(makePath(t))
  await storage.run(async () => {
    await batched(1, 2)
    await sized(1, ignore(5) as never)
    await lookUp(external('table', new Map([['a', 1]])) as never, 'a')
    await first(await hidden(4))
    await gone({ text: 'gone' })
  })
  const db = new DatabaseSync(storage.path)
  db.exec("UPDATE vals SET bytes = zeroblob(size) WHERE instr(CAST(bytes AS TEXT), 'gone') > 0")
  db.close()
  const report = await storage.verify()
  assert.deepEqual(['batched', 'sized', 'lookUp', 'gone', 'hidden', 'first'].map((name) => countsOf(report, name)), [
    { executed: 0, same: 0, 'ignored input': 1 }, { executed: 0, same: 0, 'ignored input': 1 }, { executed: 0, same: 0, 'external input': 1 },
    { executed: 0, same: 0, 'input not stored': 1 }, { executed: 1, same: 1 }, { executed: 1, same: 1 },
  ])
  assert.equal(report.isTrue, true)
})

test('an op that is defined twice under one name is left out, unless the storage has called one of them', async (t) => {
  const make = (by: number) => op('twin', (x: number) => x * by)
  const twins = [make(2), make(3)]
  await using storage = new Storage(makePath(t))
  for (const twin of twins.slice(1)) await storage.run(() => twin(1))
  assert.deepEqual(countsOf(await storage.verify('twin'), 'twin'), { executed: 1, same: 1 })
  await using other = new Storage(storage.path)
  assert.deepEqual(countsOf(await other.verify('twin'), 'twin'), { executed: 0, same: 0, 'defined twice': 1 })
})

test('inner calls are executed, and not taken from the store', async () => {
  let factor = 2
  const inner = op(function inner(x: number) { return x * factor })
  const outer = op(async function outer(x: number) { return [await inner(x) as number] })
  const storage = new Storage()
  await storage.run(() => outer(1))
  factor = 3
  assert.deepEqual(withoutIds(await storage.verify(outer)), [{
    kind: 'differs', op: 'outer', output: 'output', path: '[0]', stored: '2', now: '3', likely: 'hidden input or other code', hidden: [],
  }])
})

test('composed ops get Refs and lists of Refs, as in a run', async () => {
  const total = op(async function total(xs: ListRef<number>, more: DictRef<Record<string, number>>) {
    let sum = await add(0, 0)
    for (const x of xs) sum = await add(sum, x)
    for (const [, x] of more) sum = await add(sum, x)
    return { sum, first: [...xs][0] }
  }, { compose: true, outputs: ['sum', 'first'] })
  const storage = new Storage()
  await storage.run(async () => { await total([await add(1), await add(2)] as never, { a: await add(3) } as never) })
  const report = await storage.verify(total)
  assert.deepEqual([countsOf(report, 'total'), withoutIds(report)], [{ executed: 1, same: 1 }, []])
})

class Point {
  readonly x: number
  constructor(x: number) { this.x = x }
}
registerType({ name: 'VerifiedPoint', is: (value) => value instanceof Point, encode: ({ x }: Point) => x, decode: (x: number) => new Point(x) })

test('collections, registered types, rest lists, named inputs, tuples, other versions and later inputs are compared as they are identified', async () => {
  let drift = 0
  const collect = op(function collect({ ids, size }: { ids: Set<string>; size: number }) {
    return { ids: new Set([...ids, 'z']), by: { size: size + drift } as Record<string, number> }
  }, { inputs: { ids: set() }, outputs: { ids: set(), by: dict() } })
  const move = op(function move(point: Point, ...by: number[]) { return new Point(by.reduce((x, d) => x + d, point.x + drift)) })
  const pair = op(function pair(x: number, extra: number = newArg(5)) { return [x, extra] as [number, number] }, { outputs: ['a', 'b'], version: 2 })
  const round = op(function round(x: number) { return x / 3 + drift / 1e9 }, { output: approx(4) })
  const storage = new Storage()
  await storage.run(async () => {
    await collect({ ids: new Set(['b', 'a']), size: 3 })
    await move(new Point(1), 2, 3)
    await pair(1)
    await pair(1, 6)
    await round(2)
  })
  assert.equal((await storage.verify()).isTrue, true)
  drift = 1
  const report = await storage.verify()
  const likely = 'hidden input or other code'
  assert.deepEqual(withoutIds(report), [
    { kind: 'differs', op: 'collect', output: 'by', path: '.size', stored: '3', now: '4', likely, hidden: [] },
    { kind: 'differs', op: 'move', output: 'output', path: '', stored: 'Point { x: 6 }', now: 'Point { x: 7 }', likely, hidden: [] },
  ])
  assert.deepEqual(countsOf(report, 'pair'), { executed: 2, same: 2 })
})

test('a sample is spread over the ops, is the same for the same seed, and does not count equal calls twice', async () => {
  const ran: string[] = []
  const few = op(function few(x: number) { ran.push(`few ${x}`); return x })
  const many = op(function many(x: number) { ran.push(`many ${x}`); return [x] })
  const storage = new Storage()
  await storage.run(async () => {
    for (let i = 0; i < 2; i += 1) await few(i)
    for (let i = 0; i < 30; i += 1) await many(i)
    // Found by its contents.
    await many(await few(1))
  })
  const take = async (options: object): Promise<readonly string[]> => {
    ran.length = 0
    await storage.verify(undefined, options)
    return [...ran]
  }
  const first = await take({ sample: 8 })
  assert.deepEqual([first.length, first.filter((name) => name.startsWith('few')).length], [8, 2])
  assert.deepEqual(await take({ sample: 8 }), first)
  assert.notDeepEqual(await take({ sample: 8, seed: 1 }), first)
  assert.equal((await take({ sample: Infinity })).length, 32)
  assert.equal((await take({})).length, 32)
})

test('given calls are verified, by themselves or by id', async () => {
  const storage = new Storage()
  await storage.run(async () => { await add(1); await add(2); await add(3) })
  const [first, second] = await storage.calls(add) as [Call, Call]
  assert.deepEqual(countsOf(await storage.verify([first, second.hid]), 'add'), { executed: 2, same: 2 })
})

test('verify refuses what it can not take', async () => {
  const storage = new Storage()
  await storage.run(() => add(1))
  for (const options of [{ sample: 0 }, { sample: 1.5 }, { seed: 'x' }, { all: true }] as object[]) {
    for (const what of [add, []]) await assert.rejects(storage.verify(what, options), hasCode('OPTION_INVALID'))
  }
  await assert.rejects(storage.verify('adder'), hasCode('NOT_FOUND', /adder/))
  await assert.rejects(storage.verify(['abc' as never]), hasCode('NOT_FOUND'))
  await assert.rejects(storage.verify(5 as never), hasCode('INPUT_INVALID'))
})
