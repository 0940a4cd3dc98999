import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  dict, external, list, MandalaError, op, Q, registerType, set, Storage, track, type ComputationFrame, type ErrorCode, type Ref,
} from '../../src/index.ts'
import { hasCode } from '../helpers.ts'

const inc = op('inc', (x: number) => x + 1, { output: 'y' })
const never = op('neverCalled', (x: number) => x)

async function fill(): Promise<Storage> {
  const storage = new Storage()
  await storage.run(async () => { await inc(await inc(1)) })
  return storage
}

/** As a program without types sees an object. */
type Untyped = Readonly<Record<string, (...args: unknown[]) => any>>

type Case = readonly [code: ErrorCode, method: string, ...args: unknown[]]

/** Everything that is refused is refused with a code, a place and a next step, whether at once or by the promise. */
async function expectRefused(object: unknown, [code, method, ...args]: Case): Promise<void> {
  const use = async (): Promise<unknown> => {
    const given = (object as Untyped)[method]?.(...args)
    return Symbol.asyncIterator in Object(given) ? given.next() : given
  }
  await assert.rejects(use, (error) => {
    assert.ok(error instanceof MandalaError, `${method}(${args.map((arg) => typeof arg).join()}): ${String(error)}`)
    return hasCode(code)(error)
  })
}

const block = (): void => {}

const storageCases: readonly Case[] = [
  ['INPUT_INVALID', 'run'], ['INPUT_INVALID', 'run', {}], ['INPUT_INVALID', 'run', 5, 6], ['INPUT_INVALID', 'run', {}, 'block'],
  ['OPTION_INVALID', 'run', 5, block], ['OPTION_INVALID', 'run', { progress: 'yes' }, block], ['OPTION_INVALID', 'run', { refresh: ['inc'] }, block],
  ['INPUT_INVALID', 'ref'], ['INPUT_INVALID', 'ref', 5], ['NOT_FOUND', 'ref', 'abc'], ['INPUT_INVALID', 'call'], ['INPUT_INVALID', 'call', {}],
  ['INPUT_INVALID', 'creator'], ['INPUT_INVALID', 'creator', 'abc'], ['INPUT_INVALID', 'consumers', 5], ['INPUT_INVALID', 'consumers'],
  ['INPUT_INVALID', 'calls'], ['INPUT_INVALID', 'calls', () => 1], ['NOT_FOUND', 'calls', 'inq'], ['OPTION_INVALID', 'calls', inc, { latest: -1 }],
  ['INPUT_INVALID', 'find'], ['INPUT_INVALID', 'find', 'abc'], ['INPUT_INVALID', 'find', 'xyzw'], ['NOT_FOUND', 'find', 'abcd'],
  ['INPUT_INVALID', 'describe', 5], ['NOT_FOUND', 'describe', 'abcd'], ['OPTION_INVALID', 'describe', 'abcd', { depth: -1 }],
  ['INPUT_INVALID', 'listCalls'], ['NOT_FOUND', 'listCalls', 'inq'], ['OPTION_INVALID', 'listCalls', inc, { where: 'x > 1' }],
  ['QUERY_INVALID', 'listCalls', inc, { where: ['x'] }], ['QUERY_INVALID', 'listCalls', inc, { sort: 'z' }], ['QUERY_INVALID', 'listCalls', inc, { columns: ['z'] }],
  ['INPUT_INVALID', 'versions', 5], ['NOT_FOUND', 'versions', 'inq'],
  ['INPUT_INVALID', 'cf'], ['INPUT_INVALID', 'cf', 5], ['INPUT_INVALID', 'cf', new Date()], ['INPUT_INVALID', 'cf', Promise.resolve(1)], ['NOT_FOUND', 'cf', 'inq'],
  ['QUERY_INVALID', 'similar'], ['QUERY_INVALID', 'similar', 5], ['QUERY_INVALID', 'similar', {}], ['QUERY_INVALID', 'similar', { x: 1 }],
  ['OPTION_INVALID', 'similar', {}, null], ['OPTION_INVALID', 'similar', {}, { print: 'no' }],
  ['QUERY_INVALID', 'df'], ['QUERY_INVALID', 'df', [1]], ['QUERY_INVALID', 'df', { x: 1 }], ['OPTION_INVALID', 'df', {}, 5],
  ['QUERY_INVALID', 'rows'], ['OPTION_INVALID', 'rows', {}, { limit: 'all' }],
  ['INPUT_INVALID', 'drop'], ['INPUT_INVALID', 'drop', 5], ['INPUT_INVALID', 'drop', [null]], ['OPTION_INVALID', 'drop', inc, null],
  ['OPTION_INVALID', 'drop', inc, { dryRun: 'yes' }], ['NOT_FOUND', 'drop', 'abc'],
  ['OPTION_INVALID', 'gc', 5], ['OPTION_INVALID', 'gc', null], ['OPTION_INVALID', 'gc', { maxBytes: '1' }], ['OPTION_INVALID', 'gc', { dryRun: 1 }],
  ['INPUT_INVALID', 'sources'], ['INPUT_INVALID', 'code', 5], ['INPUT_INVALID', 'diff', 'a'], ['INPUT_INVALID', 'mark'],
  ['OPTION_INVALID', 'mark', 'f', 'equal'], ['INPUT_INVALID', 'dropVersion'], ['OPTION_INVALID', 'dropVersion', 'a', true],
  ['INPUT_INVALID', 'subscribe'], ['INPUT_INVALID', 'subscribe', 'x'],
  ['INPUT_INVALID', 'verify', 5], ['NOT_FOUND', 'verify', 'inq'], ['INPUT_INVALID', 'verify', [null]], ['OPTION_INVALID', 'verify', inc, { sample: 'all' }],
  ['OPTION_INVALID', 'verify', inc, null],
]

test('a storage refuses what its methods can not take, and does nothing', async () => {
  const storage = await fill()
  for (const each of storageCases) await expectRefused(storage, each)
  assert.equal((await storage.stats()).calls, 2)
  assert.deepEqual(await storage.check(), [])
})

for (const options of [
  { logger: 5 }, { logger: { warn: block } }, { detectMutation: 'yes' }, { overflow: 'blobs' }, { overflow: { dir: 5 } }, { deps: 5 }, { onChange: 'maybe' },
  { path: 5 }, 5, true, ['a.db'],
]) {
  test(`a storage with ${JSON.stringify(options)} is refused`, () => {
    assert.throws(() => new Storage(options as object), hasCode('OPTION_INVALID'))
  })
}

const frameCases: readonly Case[] = [
  ['OPTION_INVALID', 'expandBack', 5], ['OPTION_INVALID', 'expandBack', null], ['OPTION_INVALID', 'expandForward', { recursive: 'yes' }],
  ['OPTION_INVALID', 'expandAll', 5], ['OPTION_INVALID', 'expandBack', { vars: 5 }], ['OPTION_INVALID', 'expandBack', { ops: 'inc' }],
  ['OPTION_INVALID', 'expandBack', { skip: [5] }], ['NOT_FOUND', 'expandBack', { skip: ['inq'] }], ['NOT_FOUND', 'expandBack', { ops: ['inq'] }],
  ['FRAME_INVALID', 'select', 5], ['FRAME_INVALID', 'select', ['x', 'y']], ['FRAME_INVALID', 'drop', null], ['FRAME_INVALID', 'eval', {}],
  ['INPUT_INVALID', 'where', 'x'], ['INPUT_INVALID', 'where', 'x', true], ['FRAME_INVALID', 'where', 5, () => true],
  ['INPUT_INVALID', 'isIn', 'x', 2], ['INPUT_INVALID', 'isIn', 'x', '12'], ['INPUT_INVALID', 'isIn', 'x'], ['INPUT_INVALID', 'isIn'],
  ['FRAME_INVALID', 'atVersion', 'inc', 'zz'], ['FRAME_INVALID', 'atVersion', 'inc', 1], ['FRAME_INVALID', 'atVersion', 'f', 0], ['FRAME_INVALID', 'atVersion'],
  ['FRAME_INVALID', 'upstream'], ['FRAME_INVALID', 'downstream', 5], ['FRAME_INVALID', 'midstream', { x: 1 }], ['OPTION_INVALID', 'upstream', 'x', 5],
  ['OPTION_INVALID', 'dropUnreachable', 5], ['INPUT_INVALID', 'union'], ['INPUT_INVALID', 'intersection', {}], ['INPUT_INVALID', 'difference', 'x'],
  ['OPTION_INVALID', 'difference', 'x', { structural: 1 }], ['INPUT_INVALID', 'rename'], ['INPUT_INVALID', 'rename', 'x'], ['INPUT_INVALID', 'rename', { x: 5 }],
  ['FRAME_INVALID', 'merge', 5], ['FRAME_INVALID', 'mergeInto', 'x'], ['FRAME_INVALID', 'split'], ['OPTION_INVALID', 'split', 'x', 5], ['FRAME_INVALID', 'refs', 5],
  ['FRAME_INVALID', 'calls', 5], ['FRAME_INVALID', 'values'], ['INPUT_INVALID', 'apply'], ['OPTION_INVALID', 'apply', (x: unknown) => x, { to: 'ref' }],
  ['OPTION_INVALID', 'df', 5], ['OPTION_INVALID', 'df', { calls: 'no' }], ['OPTION_INVALID', 'deleteCalls', true], ['OPTION_INVALID', 'deleteCalls', { dryRun: 1 }],
  ['OPTION_INVALID', 'toDot', { orientation: 'up' }], ['OPTION_INVALID', 'toMermaid', { bogus: 1 }], ['OPTION_INVALID', 'toSvg', { bogus: 1 }],
]

test('a frame refuses what its verbs can not take, whether it is there or on its way', async () => {
  const storage = await fill()
  const cf: ComputationFrame = await storage.cf(inc)
  for (const each of frameCases) {
    await expectRefused(cf, each)
    await expectRefused(storage.cf(inc), each)
  }
  assert.equal((storage.cf(inc) as unknown as Untyped)['bogus'], undefined)
  assert.equal((await storage.stats()).calls, 2)
})

const queryCases: readonly (readonly [object: unknown, ...Case])[] = [
  [inc, 'QUERY_INVALID', 'match', 5], [inc, 'OPTION_INVALID', 'match', {}, null], [{ Q }, 'QUERY_INVALID', 'Q', 5], [Q, 'QUERY_INVALID', 'list'],
  [Q, 'OPTION_INVALID', 'list', [], 5], [Q, 'OPTION_INVALID', 'list', [], { at: 0 }], [Q, 'QUERY_INVALID', 'dict'], [Q, 'QUERY_INVALID', 'set', new Set()],
  [Q(), 'QUERY_INVALID', 'at', -1], [Q(), 'QUERY_INVALID', 'at', {}], [Q(), 'QUERY_INVALID', 'is'], [Q(), 'QUERY_INVALID', 'isNot', 5],
  [Q(), 'QUERY_INVALID', 'isIn', '12'], [Q(), 'QUERY_INVALID', 'where'], [Q(), 'QUERY_INVALID', 'equals', () => 1],
]

test('a pattern refuses what can not be meant', async () => {
  for (const [object, ...each] of queryCases) await expectRefused(object, each)
})

const marks = { registerType, track, list, dict, set, external, value: track.value }
const type = { name: 'T', is: () => false, encode: () => 1, decode: () => 1 }

const markCases: readonly Case[] = [
  ['TYPE_INVALID', 'registerType'], ['TYPE_INVALID', 'registerType', 5], ['TYPE_INVALID', 'registerType', { ...type, name: '' }],
  ['TYPE_INVALID', 'registerType', { ...type, decode: 5 }], ['TYPE_INVALID', 'registerType', { ...type, hash: 'x' }],
  ['OP_INVALID', 'track'], ['OP_INVALID', 'track', 5], ['OP_INVALID', 'value', 'N'], ['OP_INVALID', 'value', 5, () => 1],
  ['OP_INVALID', 'list', 5], ['OP_INVALID', 'dict', 'list'], ['OP_INVALID', 'set', { kind: 'lists' }], ['INPUT_INVALID', 'external'],
]

test('types, kinds and marks refuse what they can not use', async () => {
  for (const each of markCases) await expectRefused(marks, each)
})

test('the name of an op that nobody defined is an error that says which there are; one without calls is not', async () => {
  const storage = await fill()
  for (const use of [() => storage.calls('inq'), () => storage.cf('inq'), () => storage.cf(inc).expandBack({ skip: ['inq'] })]) {
    await assert.rejects(async () => use(), hasCode('NOT_FOUND', /no op "inq" in this storage\n.*there are calls of inc/))
  }
  assert.deepEqual(await storage.calls('neverCalled'), [])
  assert.deepEqual(await storage.calls(never), [])
  assert.deepEqual(await storage.calls('__make_list__'), [])
  assert.equal((await storage.cf('neverCalled')).calls('neverCalled').length, 0)
  await assert.rejects(new Storage().calls('inq'), hasCode('NOT_FOUND', /no call is stored yet/))
})

test('a version of which a frame has no call is an error that says which it has', async () => {
  const cf = await (await fill()).cf(inc)
  assert.throws(() => cf.atVersion('inc', 3), hasCode('FRAME_INVALID', /no call of inc at version 3\n.*calls of 0/))
  assert.equal(cf.atVersion('inc()', 0).calls('inc').length, 2)
})

test('the summary tells calls that failed apart from those that were stored', async () => {
  const storage = new Storage()
  const fragile = op('fragile', (x: number) => { if (x > 1) throw new RangeError(`${x}`); return x === 1 ? () => 1 : x })
  await storage.run(async () => { for (const x of [0, 1, 2]) await fragile(x).catch(() => {}) })
  const { executed, failed } = storage.summary()
  assert.deepEqual([executed, failed, String(storage.summary())], [1, 2, 'executed 1 · failed 2 · loaded 0 · saved 0 s'])
})

test('an external, which has no value to be meant, is shown in JSON by its name', async () => {
  const storage = new Storage()
  const use = op('use', (data: object) => Object.keys(data).length)
  await storage.run(() => use(external('imagenet', { a: 1 })))
  const [call] = await storage.calls(use)
  assert.match(JSON.stringify(call?.inputs['data'] as Ref<unknown>), /^"ExternalRef\(/)
})
