import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayOf, FAILURES_MAX, type Garbage, type Store, type StoredFailure } from '../../src/store/store.ts'
import type { ProcessInfo } from '../../src/index.ts'
import { hasCode } from '../helpers.ts'
import { batchOf, call, callCid, callHid, cid, hid, value } from './stored.ts'
import type { StoreSetting } from './store.ts'

const laptop: ProcessInfo = { host: 'laptop', pid: 7, startedAtMs: 900, program: 'main.ts', package: 'lab@1.0.0', commit: 'abc' }
const cluster: ProcessInfo = { host: 'cluster', pid: 8, startedAtMs: 901, program: 'main.ts', package: undefined, commit: undefined }
const f = { name: 'f', version: 0 }
const totalsOfF = { ...f, calls: 0, durationMs: 0, bytes: 0, usedAtMs: 1000, notes: {} }

const failure = (fields: Partial<StoredFailure> = {}): StoredFailure => ({
  ...{ op: 'f', version: 0, cid: callCid('a'), inputs: { x: '1' }, startedAtMs: 1000, durationMs: 2.5, process: laptop },
  error: { name: 'TypeError', message: 'no' }, ...fields,
})

/** Where calls come from, what they come to, which failed. */
export function care({ open }: StoreSetting): void {
  test('a call keeps the process that ran it and what was noted of it; an adopted one has those of the call that ran', async (t) => {
    const { store } = open(t)
    const ran = call('a', { process: laptop, notes: { usd: 0.25, model: 'm' } })
    const adopted = call('b', { cid: ran.cid, isAdopted: true, ...(ran.notes ? { notes: ran.notes } : {}) })
    await store.putBatch(batchOf(ran))
    await store.putBatch(batchOf(adopted, call('c', { process: cluster })))
    assert.deepEqual(await store.findCall(ran.hid), ran)
    assert.deepEqual(await store.findCall(adopted.hid), { ...adopted, process: laptop })
    assert.deepEqual((await store.findCall(callHid('c')))?.process, cluster)
    assert.deepEqual((await store.findResult(ran.hid))?.notes, ran.notes)
    const linked = await store.readCalls({ op: 'f', after: 0, limit: 10 })
    assert.deepEqual(linked.map(({ notes, process, isAdopted }) => [notes, process, isAdopted]), [
      [ran.notes, laptop, false], [ran.notes, laptop, true], [undefined, cluster, false],
    ])
  })

  test('totals count the time, the notes and the bytes of what ran, once', async (t) => {
    const { store } = open(t)
    const notes = { usd: 0.25, model: 'm' }
    const ran = call('a', { process: laptop, notes, outputs: ['o'] })
    await store.putBatch({ ...batchOf(ran), values: [{ ...value('o', Buffer.alloc(100)), madeBy: f }] })
    await store.putBatch({ ...batchOf(call('b', { cid: ran.cid, isAdopted: true, notes, outputs: ['p'] })), values: [{ ...value('o', Buffer.alloc(100)), madeBy: f }] })
    await store.putBatch(batchOf(ran))
    await store.putBatch({ calls: [call('c', { startedAtMs: 3000, notes: { usd: 0.5 }, outputs: ['q'] })], values: [{ ...value('q', Buffer.alloc(11)), madeBy: f }] })
    assert.deepEqual(await store.readTotals(), [{ ...totalsOfF, calls: 3, durationMs: 5, bytes: 111, usedAtMs: 3000, notes: { usd: 0.75 } }])
    assert.deepEqual(await store.check(), [])
  })

  test('what is deleted is taken out of the totals, and a dry run changes none', async (t) => {
    const { store } = open(t)
    const made = (what: string, n: number) => ({ ...value(what, Buffer.alloc(n)), madeBy: f })
    const calls = [call('a', { notes: { usd: 1 }, outputs: ['o'] }), call('b', { notes: { usd: 2 }, outputs: ['p'] })]
    await store.putBatch({ calls, values: [made('o', 10), made('p', 20)] })
    await store.dropCalls([callHid('a')], { dependents: true, dryRun: true })
    assert.equal((await store.readTotals())[0]?.calls, 2)
    await store.forgetValue(cid('o'), 'damaged')
    assert.equal((await store.readTotals())[0]?.bytes, 20)
    await store.putBatch({ calls: [], values: [made('o', 10)] })
    assert.equal((await store.readTotals())[0]?.bytes, 30)
    await store.dropCalls([callHid('a')], { dependents: true, dryRun: false })
    assert.deepEqual(await store.readTotals(), [{ ...totalsOfF, calls: 1, durationMs: 2.5, bytes: 20, notes: { usd: 2 } }])
    await store.dropCalls([callHid('b')], { dependents: true, dryRun: false })
    assert.deepEqual(await store.readTotals(), [totalsOfF])
    assert.deepEqual(await store.check(), [])
  })

  test('a use is kept to the day, and never goes back', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('a')))
    const later = Date.UTC(2030, 0, 2, 12)
    await store.putUses([callHid('a'), callHid('nowhere')], later)
    assert.equal((await store.findResult(callHid('a')))?.usedDay, dayOf(later))
    assert.equal((await store.readTotals())[0]?.usedAtMs, later)
    await store.putUses([callHid('a')], Date.UTC(2029, 0, 1))
    assert.equal((await store.findResult(callHid('a')))?.usedDay, dayOf(later))
    assert.equal((await store.readTotals())[0]?.usedAtMs, later)
  })

  test('tags are kept by call and ref, changed, taken away, found together, and go with what they are on', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('a', { inputs: ['x'], outputs: ['o'] }), call('b', { inputs: ['o'] })))
    await store.putTags(callHid('a'), { stage: 'final', keep: true, n: 1, gone: 'x' })
    await store.putTags(hid('o'), { stage: 'final', n: '1' })
    await store.putTags(callHid('a'), { gone: null, n: 2 })
    assert.deepEqual(await store.readTags(callHid('a')), { keep: true, n: 2, stage: 'final' })
    assert.deepEqual(await store.findTagged({ stage: 'final' }), { calls: [callHid('a')], refs: [hid('o')] })
    assert.deepEqual(await store.findTagged({ stage: 'final', n: '1' }), { calls: [], refs: [hid('o')] })
    assert.deepEqual(await store.findTagged({ n: '2' }), { calls: [], refs: [] })
    await store.dropCalls([callHid('a')], { dependents: true, dryRun: false })
    assert.deepEqual(await store.readTags(callHid('a')), {})
    assert.deepEqual(await store.findTagged({ stage: 'final' }), { calls: [], refs: [] })
    assert.deepEqual(await store.check(), [])
  })

  test('calls near to one are the latest of the op, and those that share its inputs, newest first', async (t) => {
    const { store } = open(t)
    const [old, other, ...latest] = [
      call('a', { inputs: ['x', 'y'] }), call('b', { inputs: ['x'], op: 'g' }), call('c', { inputs: ['y'] }), call('d', { inputs: ['z'], version: 2 }),
    ] as const
    await store.putBatch(batchOf(old, other, ...latest))
    const near = async (inputs: readonly string[], limit: number): Promise<readonly [hids: readonly string[], isAll: boolean]> => {
      const { calls, isAll } = await store.readNear({ op: 'f', inputs: inputs.map(hid), limit })
      return [calls.map((each) => each.hid), isAll]
    }
    assert.deepEqual(await near([], 5), [[callHid('d'), callHid('c'), callHid('a')], true])
    assert.deepEqual(await near([], 1), [[callHid('d')], false])
    assert.deepEqual(await near(['x'], 1), [[callHid('d'), callHid('a')], false])
    assert.deepEqual(await near(['w', 'y'], 1), [[callHid('d'), callHid('c'), callHid('a')], false])
    assert.deepEqual((await store.readNear({ op: 'h', inputs: [], limit: 1 })), { calls: [], isAll: true })
  })

  test('failures are listed latest first, one for each call of an op; the oldest give way', async (t) => {
    const { store } = open(t)
    const refused = failure({ cid: undefined, op: 'g' })
    const again = failure({ startedAtMs: 2000, process: cluster })
    await store.putBatch({ calls: [], values: [], failures: [failure(), refused] })
    await store.putBatch({ calls: [], values: [], failures: [again] })
    const listed = (each: StoredFailure) => ({ ...each, hasSucceededSince: false })
    assert.deepEqual(await store.listFailures(), [listed(again), listed(refused)])
    assert.deepEqual(await store.listFailures('g'), [listed(refused)])
    await store.putBatch({ calls: [], values: [], failures: Array.from({ length: FAILURES_MAX - 1 }, (_, i) => failure({ cid: callCid(`x${i}`) })) })
    assert.deepEqual([(await store.listFailures()).length, (await store.listFailures('g')).length], [FAILURES_MAX, 0])
    assert.deepEqual(await store.findResultByContent(callCid('a')), undefined)
  })

  test('a failure knows whether an equal call gave a result later', async (t) => {
    const { store } = open(t)
    const succeeded = async (): Promise<readonly boolean[]> => (await store.listFailures()).map(({ hasSucceededSince }) => hasSucceededSince)
    await store.putBatch({ ...batchOf(call('a', { startedAtMs: 900 })), failures: [failure({ cid: undefined, op: 'h' }), failure()] })
    assert.deepEqual(await succeeded(), [false, false])
    await store.putBatch(batchOf(call('other', { cid: callCid('a'), op: 'g', startedAtMs: 1100 })))
    assert.deepEqual(await succeeded(), [false, false])
    await store.putBatch(batchOf(call('later', { cid: callCid('a'), startedAtMs: 1100 })))
    assert.deepEqual(await succeeded(), [true, false])
  })

  const day = 86_400_000
  const collected = async (store: Store, garbage: Garbage): Promise<string> => {
    const planned = await store.collect(garbage, { dryRun: true })
    const before = (await store.listCalls()).map(({ hid }) => hid)
    assert.deepEqual(await store.collect(garbage, { dryRun: false }), planned)
    const after = new Set((await store.listCalls()).map(({ hid }) => hid))
    const gone = before.filter((hid) => !after.has(hid))
    assert.equal(planned.calls, gone.length)
    assert.deepEqual(await store.check(), [])
    return gone.map((hid) => Buffer.from(hid, 'hex').toString()[2]).join('')
  }

  test('garbage is what ran before a moment, or was not used since, calls and failures', async (t) => {
    const { store } = open(t)
    const failures = [failure({ startedAtMs: day }), failure({ cid: undefined, startedAtMs: 5 * day })]
    await store.putBatch({ ...batchOf(call('a', { startedAtMs: day }), call('b', { startedAtMs: 2 * day }), call('c', { startedAtMs: 3 * day })), failures })
    await store.putUses([callHid('a')], 9 * day)
    assert.equal(await collected(store, { unusedSinceMs: 2 * day }), '')
    assert.equal((await store.listFailures()).length, 1)
    assert.equal(await collected(store, { unusedSinceMs: 2 * day + 1 }), 'b')
    assert.equal(await collected(store, { unusedSinceMs: 9.5 * day }), 'c')
    assert.deepEqual(await store.listFailures(), [])
    assert.equal(await collected(store, { executedBeforeMs: 2 * day }), 'a')
  })

  test('to keep a size the least recently used go first, and what others need stays', async (t) => {
    const { store } = open(t)
    const calls = ['a', 'b', 'c', 'd'].map((name) => call(name, { inputs: ['x'], startedAtMs: day }))
    await store.putBatch(batchOf(...calls))
    await store.putUses([callHid('a')], 3 * day)
    await store.putUses([callHid('c')], 2 * day)
    const { valueBytes } = await store.stats()
    assert.equal(valueBytes, 200)
    assert.equal(await collected(store, { maxBytes: 200 }), '')
    assert.equal(await collected(store, { maxBytes: 130 }), 'bd')
    assert.equal((await store.stats()).valueBytes, 120)
    assert.equal(await collected(store, { maxBytes: 119, unusedSinceMs: 2 * day }), 'c')
    // The input goes with the last call that needs it.
    assert.equal(await collected(store, { maxBytes: 0 }), 'a')
    assert.equal((await store.stats()).valueBytes, 0)
  })

  test('rules are added up, and what goes by another makes room first', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('a', { startedAtMs: day }), call('b', { startedAtMs: 5 * day }), call('c', { startedAtMs: 4 * day })))
    await store.putUses([callHid('a')], 9 * day)
    assert.equal(await collected(store, { executedBeforeMs: 2 * day, maxBytes: 80 }), 'a')
    assert.equal(await collected(store, { executedBeforeMs: 2 * day, maxBytes: 79 }), 'c')
  })

  test('a renaming is done if the store is as it was, and else not at all', async (t) => {
    const { store, again } = open(t)
    await store.putBatch(batchOf(call('a', { inputs: ['x', 'y'] }), call('b', { inputs: ['x'] }), call('c', { op: 'g' })))
    const [revision, code] = [await store.aliasRevision(), await store.codeRevision()]
    const aliases = [{ op: 'f', input: undefined, name: 'h' }, { op: 'f', input: 'in0', name: 'x' }]
    assert.equal(await store.rename({ aliases, revision: revision + 1, unused: [] }), false)
    assert.equal(await store.rename({ aliases, revision, unused: [{ op: 'g', input: undefined }] }), false)
    assert.equal(await store.rename({ aliases, revision, unused: [{ op: 'f', input: 'in1' }] }), false)
    assert.deepEqual([await store.readAliases(), await store.aliasRevision()], [[], revision])
    assert.equal(await store.rename({ aliases, revision, unused: [{ op: 'h', input: undefined }, { op: 'f', input: 'x' }] }), true)
    for (const each of again ? [store, again()] : [store]) assert.deepEqual(await each.readAliases(), aliases)
    assert.ok(await store.aliasRevision() !== revision && await store.codeRevision() !== code)
    assert.deepEqual([await store.listInputs('f'), await store.listInputs('h')], [['in0', 'in1'], []])
    assert.deepEqual([await store.countCallsWith('f', ['in0']), await store.countCallsWith('f', ['in1']), await store.countCallsWith('g', ['in0'])], [2, 1, 0])
  })

  test('what is left of an op without calls goes when another takes its name, and a call under a name that was given away is refused', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('a'), call('b', { op: 'g' })))
    await store.putBatch({ calls: [], values: [], failures: [failure({ op: 'g' })] })
    await store.dropCalls([callHid('b')], { dependents: false, dryRun: false })
    const revision = await store.aliasRevision()
    assert.equal(await store.rename({ aliases: [{ op: 'f', input: undefined, name: 'g' }], revision, unused: [{ op: 'g', input: undefined }] }), true)
    assert.deepEqual(await store.listFailures(), [])
    assert.deepEqual((await store.readTotals()).map(({ name }) => name), ['f'])
    await assert.rejects(async () => store.putBatch(batchOf(call('c', { op: 'g' }))), hasCode('OP_NAME_TAKEN'))
    await store.putBatch(batchOf(call('d', { version: 1 })))
    assert.deepEqual(await store.check(), [])
  })
}
