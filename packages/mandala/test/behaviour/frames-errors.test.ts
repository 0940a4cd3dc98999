import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Storage } from '../../src/index.ts'
import { hasCode } from '../helpers.ts'

const inc = op('inc', (x: number) => x + 1, { output: 'y' })
const dec = op('dec', (y: number) => y - 1, { output: 'z' })

async function fill(): Promise<Storage> {
  const storage = new Storage()
  await storage.run(async () => { await dec(await inc(1)) })
  return storage
}

test('a node that is not there is an error of every verb, which names those that are', async () => {
  const cf = await (await fill()).cf(inc)
  const verbs = [
    () => cf.select('q'), () => cf.drop('q'), () => cf.isIn('q', []), () => cf.atVersion('q', 1), () => cf.upstream('q'), () => cf.downstream(['x', 'q']),
    () => cf.midstream(['q', 'x']), () => cf.rename({ q: 'r' }), () => cf.merge('x', 'q'), () => cf.mergeInto('q', 'x'), () => cf.split('q'), () => cf.refs('q'),
    () => cf.calls('x'),
  ]
  for (const verb of verbs) assert.throws(verb, hasCode('FRAME_INVALID', /"[qx]"[^]*it has .*(inc|x)/))
  for (const verb of [() => cf.where('q', () => true), () => cf.values('inc'), () => cf.eval('q'), () => cf.expandBack({ vars: 'q' })]) {
    await assert.rejects(async () => verb(), hasCode('FRAME_INVALID', /it has .*x/))
  }
})

test('an error in a chain comes out of its one await', async () => {
  const storage = await fill()
  await assert.rejects(storage.cf(inc).expandAll().select('q').df(), hasCode('FRAME_INVALID', /"q"/))
  await assert.rejects(storage.cf(inc).where('x', () => { throw new RangeError('mine') }).df(), RangeError)
})

test('nodes that cannot be one, names that would be two, and frames of two storages are refused', async () => {
  const storage = await fill()
  const cf = await storage.cf(inc).expandAll()
  assert.throws(() => cf.merge('x', 'inc'), hasCode('FRAME_INVALID', /variable and an operation/))
  assert.throws(() => cf.mergeInto('inc', 'dec'), hasCode('FRAME_INVALID', /inc has calls of inc/))
  assert.throws(() => cf.rename({ x: 'y' }), hasCode('FRAME_INVALID', /Two nodes would be called "y"/))
  assert.throws(() => cf.union(cf.rename({ inc: 'dec', dec: 'inc' })), hasCode('FRAME_INVALID', /operation of/))
  const foreign = await (await fill()).cf(inc)
  for (const verb of ['union', 'intersection', 'difference'] as const) assert.throws(() => cf[verb](foreign), hasCode('FRAME_INVALID', /different storages/))
  assert.deepEqual(Object.keys(cf.rename({ x: 'y', y: 'x' }).refs()).sort(), ['x', 'y', 'z'])
})

test('unknown options, and values that they do not have, are refused', async () => {
  const cf = await (await fill()).cf(inc)
  for (const options of [{ depht: 1 }, { depth: -1 }, { depth: 1.5 }, { direction: 'back' }]) {
    await assert.rejects(async () => cf.expandBack(options as never), hasCode('OPTION_INVALID'))
  }
  for (const options of [{ value: 'refs' }, { values: 'all' }, { join: 'left' }]) await assert.rejects(cf.df(options as never), hasCode('OPTION_INVALID'))
  for (const how of ['stong', 'Weak']) {
    assert.throws(() => cf.upstream('y', how as never), hasCode('OPTION_INVALID', /strong/))
    assert.throws(() => cf.dropUnreachable('forward', how as never), hasCode('OPTION_INVALID', /strong/))
  }
  assert.throws(() => cf.dropUnreachable('up' as never), hasCode('OPTION_INVALID', /forward/))
  assert.throws(() => cf.split('x', 'maker' as never), hasCode('OPTION_INVALID', /creator/))
  await assert.rejects(cf.deleteCalls({ dryrun: true } as never), hasCode('OPTION_INVALID', /dryrun/))
})

test('what has no place in the web of calls is refused as a start, and ids that are not stored are not found', async () => {
  const storage = await fill()
  for (const source of [5, null, undefined, [5], { a: 5 }, { a: [null] }]) await assert.rejects(async () => storage.cf(source as never), hasCode('INPUT_INVALID'))
  await assert.rejects(async () => storage.cf(['0'.repeat(40)]), hasCode('NOT_FOUND'))
  await assert.rejects(async () => storage.cf({ a: '0'.repeat(40) }), hasCode('NOT_FOUND'))
  const [call] = await storage.calls(inc)
  await storage.drop(inc)
  await assert.rejects(async () => storage.cf(call as never), hasCode('NOT_FOUND'))
})
