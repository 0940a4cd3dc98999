import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayOf, FAILURES_MAX, type StoredFailure } from '../../src/store/store.ts'
import type { ProcessInfo } from '../../src/index.ts'
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
    assert.deepEqual(await store.listFailures(), [again, refused])
    assert.deepEqual(await store.listFailures('g'), [refused])
    await store.putBatch({ calls: [], values: [], failures: Array.from({ length: FAILURES_MAX - 1 }, (_, i) => failure({ cid: callCid(`x${i}`) })) })
    assert.deepEqual([(await store.listFailures()).length, (await store.listFailures('g')).length], [FAILURES_MAX, 0])
    assert.deepEqual(await store.findResultByContent(callCid('a')), undefined)
  })
}
