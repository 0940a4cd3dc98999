import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { MatchAtom, MatchPlan } from '../../src/store/match.ts'
import type { CallHistoryId } from '../../src/index.ts'
import type { Store, StoredCall, StoredValue } from '../../src/store/store.ts'
import { hasCode } from '../helpers.ts'
import { care } from './care.ts'
import { looking } from './look.ts'
import { batchOf, call, callCid, callHid, chain, cid, hid, nothing, slot, value } from './stored.ts'

/** Opens a store that has nothing in it; `again` opens the same one once more, where that is possible. */
export interface StoreSetting {
  open(t: TestContext): { readonly store: Store; readonly again: (() => Store) | undefined }
}

/** What every store must keep to. */
export function describeStore(name: string, setting: StoreSetting): void {
  describe(name, () => {
    lookUps(setting)
    matching(setting)
    writing(setting)
    values(setting)
    deletion(setting)
    closing(setting)
    care(setting)
    looking(setting)
  })
}

function lookUps({ open }: StoreSetting): void {
  test('an empty store finds nothing, and nothing is wrong with it', async (t) => {
    const { store } = open(t)
    assert.equal(await store.findResult(callHid('a')), undefined)
    assert.equal(await store.findResultByContent(callCid('a')), undefined)
    assert.equal(await store.hasContent(callCid('a')), false)
    assert.deepEqual(await store.listByContent(callCid('a')), [])
    assert.equal(await store.findCall(callHid('a')), undefined)
    assert.equal(await store.findRef(hid('a')), undefined)
    assert.equal(await store.findCreator(hid('a')), undefined)
    assert.deepEqual(await store.listConsumers(hid('a')), [])
    assert.deepEqual(await store.listCalls(), [])
    assert.deepEqual(await store.listValues(), [])
    assert.equal(await store.loadValue(cid('a')), undefined)
    assert.equal(store.loadStructure(cid('a')), undefined)
    assert.deepEqual(await store.stats(), { calls: 0, refs: 0, values: 0, valueBytes: 0, ops: [] })
    assert.deepEqual(await store.check(), [])
  })

  test('a call is found whole by its ids, its refs and its op, outputs in their order', async (t) => {
    const { store } = open(t)
    const stored = call('a', { inputs: ['x', 'y'], outputs: ['o1', 'o2', 'o3'], version: 1.5, isTuple: true })
    await store.putBatch(batchOf(stored))
    assert.deepEqual(await store.findCall(stored.hid), stored)
    const result = { cid: stored.cid, outputs: stored.outputs, isTuple: true, startedAtMs: 1000, durationMs: 2.5, notes: undefined, usedDay: undefined }
    assert.deepEqual(await store.findResult(stored.hid), result)
    assert.deepEqual(await store.findResultByContent(stored.cid), result)
    assert.deepEqual(await store.listByContent(stored.cid), [stored.hid])
    assert.deepEqual(await store.findCreator(hid('o2')), stored)
    assert.equal(await store.findCreator(hid('x')), undefined)
    assert.deepEqual(store.loadMaker(hid('o2')), stored)
    assert.equal(store.loadMaker(hid('x')), undefined)
    assert.deepEqual(await store.listConsumers(hid('y')), [stored])
    assert.deepEqual(await store.listConsumers(hid('o1')), [])
    assert.deepEqual(await store.findRef(hid('x')), { name: '', hid: hid('x'), cid: cid('x'), kind: 'value' })
    assert.deepEqual(await store.listCalls('f'), [stored])
    assert.deepEqual(await store.listCalls('g'), [])
    assert.deepEqual(await store.check(), [])
  })

  test('calls are listed in the order in which they were put, of one op or of all', async (t) => {
    const { store } = open(t)
    const calls = [call('c', { op: 'f' }), call('a', { op: 'g' }), call('b', { op: 'f', version: 2 })]
    for (const each of calls) await store.putBatch(batchOf(each))
    assert.deepEqual((await store.listCalls()).map((each) => each.hid), calls.map((each) => each.hid))
    assert.deepEqual((await store.listCalls('f')).map((each) => each.version), [0, 2])
    assert.deepEqual((await store.stats()).ops, [
      { name: 'f', version: 0, calls: 1 }, { name: 'f', version: 2, calls: 1 }, { name: 'g', version: 0, calls: 1 },
    ])
  })

  test('calls with equal contents and other histories are all listed', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('a'), { ...call('b'), cid: callCid('a') }))
    assert.deepEqual((await store.listByContent(callCid('a'))).toSorted(), [callHid('a'), callHid('b')])
    assert.ok(await store.findResultByContent(callCid('a')))
    assert.equal(await store.hasContent(callCid('a')), true)
  })

  test('of calls with equal contents the oldest is found whose values are there, or the oldest', async (t) => {
    const { store } = open(t)
    const equal = (name: string): StoredCall => ({ ...call(name, { outputs: [`${name}1`, `${name}2`] }), cid: callCid('same') })
    for (const name of ['a', 'b', 'c']) await store.putBatch(batchOf(equal(name)))
    const found = async (): Promise<string | undefined> => (await store.findResultByContent(callCid('same')))?.outputs[0]?.cid
    assert.equal(await found(), cid('a1'))
    await store.forgetValue(cid('a2'), 'damaged')
    assert.equal(await found(), cid('b1'))
    await store.forgetValue(cid('b1'), 'damaged')
    await store.forgetValue(cid('c1'), 'damaged')
    assert.equal(await found(), cid('a1'))
  })

  test('all histories of a value are listed', async (t) => {
    const { store } = open(t)
    const outputs = [{ ...slot('out0', 'other'), cid: cid('o') }]
    await store.putBatch(batchOf(call('a', { outputs: ['o'] }), { ...call('b'), outputs }, call('c')))
    assert.deepEqual(await store.listHistories(cid('o')), [hid('o'), hid('other')])
    assert.deepEqual(await store.listHistories(cid('unknown')), [])
  })

  test('calls are read with their links, known ones by their ids alone, all in the order in which they were put', async (t) => {
    const { store } = open(t)
    const calls = [
      call('c', { inputs: ['x', 'y'], outputs: ['o1', 'o2'], version: 1.5, isTuple: true }), call('a', { inputs: ['o2', 'o1'], op: 'g' }), call('b', { inputs: ['o1'] }),
    ]
    for (const each of calls) await store.putBatch(batchOf(each))
    const read = await store.readCalls({ op: undefined, after: 0, limit: 10 })
    assert.deepEqual(read.map(({ order: _, ...links }) => links), calls.map(({ cid: _, inner: __, usedDay: ___, ...links }) => links))
    const [c, a, b] = read
    const isKnown = (id: CallHistoryId): boolean => id === callHid('b')
    const knownB = { hid: callHid('b'), order: b?.order }
    assert.deepEqual(await store.readCalls({ op: 'f', after: 0, limit: 10 }, isKnown), [c, knownB])
    assert.deepEqual(await store.readCalls({ op: 'f', after: c?.order as number, limit: 10 }, isKnown), [knownB])
    assert.deepEqual(await store.readCalls({ op: 'f', after: 0, limit: 1 }, isKnown), [c])
    assert.deepEqual(await store.readConsumers([hid('o2'), hid('o1'), hid('none')], isKnown), [a, knownB])
    assert.deepEqual(await store.readCreators([hid('o2'), hid('o1'), hid('x')]), [c])
    assert.deepEqual(await store.readCallsById([callHid('b'), callHid('none'), callHid('c')]), [c, b])
  })

  test('a call in the place of a dropped one is not taken for it', async (t) => {
    const { store } = open(t)
    const isKnown = (id: CallHistoryId): boolean => id === callHid('a')
    await store.putBatch(batchOf(call('a', { inputs: ['x'] })))
    const [known] = await store.readConsumers([hid('x')], isKnown)
    await store.dropCalls([callHid('a')], { dependents: true, dryRun: false })
    await store.putBatch(batchOf(call('b', { inputs: ['x'] })))
    const [read] = await store.readConsumers([hid('x')], isKnown)
    assert.ok(known && read && 'op' in read && !('op' in known))
    assert.equal(read.hid, callHid('b'))
    assert.deepEqual(read.inputs, [slot('in0', 'x')])
  })

  test('inner calls are kept with the call around them', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('inner')))
    await store.putBatch(batchOf(call('other'), call('outer', { inner: [callHid('inner'), callHid('other')] })))
    assert.deepEqual((await store.findCall(callHid('outer')))?.inner, [callHid('inner'), callHid('other')])
  })
}

/** What is `x` of `in0` in a call that gave what another one took. */
const twoSteps = (limit?: number): MatchPlan => {
  const calls = (out: number, input: number): MatchAtom => [{
    kind: 'calls', ops: [{ name: 'f', version: undefined, code: undefined }], isShared: false,
    edges: [
      { side: 'output', labels: [{ kind: 'only' }], variable: out, key: undefined, fallback: undefined },
      { side: 'input', labels: [{ kind: 'named', name: 'in0' }], variable: input, key: undefined, fallback: undefined },
    ],
  }]
  const steps = [{ atom: calls(0, 1), via: undefined }, { atom: calls(1, 2), via: 1 }]
  const block = { steps, parent: undefined, shared: [], isDriven: false, keep: [0, 2], isTestOnly: false }
  return { blocks: [block], pins: [], excluded: [], unequal: [], select: [0, 2], distinct: 'refs', limit, rowsMax: undefined }
}

function matching({ open }: StoreSetting): void {
  test('calls are counted by op and version', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('a'), call('b', { version: 1 }), call('c', { version: 1 }), call('d', { op: 'g' })))
    const count = async (name: string, version?: number): Promise<number> => store.countCalls({ name, version, code: undefined })
    assert.deepEqual([await count('f'), await count('f', 1), await count('h')], [3, 2, 0])
    assert.deepEqual([await store.listVersions('f'), await store.listVersions('h')], [[0, 1], []])
  })

  test('answers to a pattern are read from any place on, also after other work, and without what was dropped meanwhile', async (t) => {
    const { store } = open(t)
    await store.putBatch(chain())
    const matches = await store.match(twoSteps())
    const read = (from: number, limit: number): string[][] => {
      const { refs, rows } = matches.read(from, limit)
      return rows.map((row) => row.map((place) => refs[place]?.hid as string))
    }
    assert.equal(matches.count, 2)
    assert.deepEqual(read(0, 10), [[hid('bo'), hid('x')], [hid('co'), hid('ao')]])
    await store.putBatch(batchOf(call('z', { inputs: ['co'] })))
    await assert.rejects(async () => store.putBatch(batchOf({ ...call('broken'), op: undefined as unknown as string })))
    assert.deepEqual(read(1, 10), [[hid('co'), hid('ao')]])
    await store.dropCalls([callHid('c')], { dependents: true, dryRun: false })
    assert.deepEqual(read(0, 10), [[hid('bo'), hid('x')]])
    matches.close()
    matches.close()
    const first = await store.match(twoSteps(0))
    assert.equal(first.count, 0)
    first.close()
  })
}

function writing({ open }: StoreSetting): void {
  test('putting what is there already changes nothing', async (t) => {
    const { store } = open(t)
    const batch = batchOf(call('a', { inputs: ['x'] }))
    await store.putBatch(batch)
    const before = await store.stats()
    await store.putBatch(batch)
    await store.putBatch({ ...batch, calls: batch.calls.map((each) => ({ ...each, durationMs: 99, startedAtMs: 5 })) })
    assert.deepEqual(await store.stats(), before)
    assert.equal((await store.findCall(callHid('a')))?.durationMs, 2.5)
  })

  test('a ref keeps its first content: a later call that says otherwise is not told, nor what rests on it', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('a', { outputs: ['o'] })))
    const outputs = [{ ...slot('out0', 'o'), cid: cid('other') }]
    const late = { ...call('late'), outputs }
    const resting = { ...call('resting'), inputs: outputs }
    await store.putBatch({ calls: [late, resting], values: [value('other'), value('resting out')] })
    assert.equal(await store.findCall(late.hid), undefined)
    assert.equal(await store.findCall(resting.hid), undefined)
    assert.equal((await store.findRef(hid('o')))?.cid, cid('o'))
    assert.deepEqual(await store.check(), [])
  })

  test('a batch that fails leaves nothing of it behind', async (t) => {
    const { store } = open(t)
    const broken = { ...call('broken'), op: undefined as unknown as string }
    await assert.rejects(async () => store.putBatch(batchOf(call('a'), broken)))
    assert.deepEqual(await store.listCalls(), [])
    assert.deepEqual(await store.listValues(), [])
    await store.putBatch(batchOf(call('a')))
    assert.equal((await store.listCalls()).length, 1)
  })

  test('another opening of the store sees a batch as soon as it is put', async (t) => {
    const { store, again } = open(t)
    if (!again) return t.skip('one opening only')
    const other = again()
    assert.equal(await other.findCall(callHid('a')), undefined)
    other.rest()
    await store.putBatch(batchOf(call('a')))
    assert.ok(await other.findCall(callHid('a')))
    other.close()
  })
}

function values({ open }: StoreSetting): void {
  test('a value is loaded with its kind, digits, name and very bytes', async (t) => {
    const { store } = open(t)
    const all: StoredValue[] = [
      { ...value('a'), digits: 6 },
      { ...value('b', new Uint8Array(0)) },
      { ...value('c', Buffer.alloc(100_000, 7)), kind: 'list' },
      { cid: cid('d'), kind: 'external', bytes: undefined, digits: undefined, name: 'imagenet', madeBy: undefined },
    ]
    await store.putBatch({ calls: [], values: all })
    assert.deepEqual(await store.listValues(), all.map((each) => each.cid))
    for (const { bytes, ...fields } of all) {
      const { bytes: loaded, ...rest } = (await store.loadValue(fields.cid)) as StoredValue
      assert.deepEqual(rest, fields)
      assert.deepEqual(loaded && [...loaded], bytes && [...bytes])
    }
    assert.deepEqual([...(store.loadStructure(cid('c')) ?? [])].length, 100_000)
  })

  test('a value known by its identity alone takes the bytes that come later, and keeps the first ones', async (t) => {
    const { store } = open(t)
    await store.putBatch({ calls: [], values: [{ ...value('a'), bytes: undefined }] })
    assert.equal((await store.loadValue(cid('a')))?.bytes, undefined)
    await store.putBatch({ calls: [], values: [value('a', Buffer.from('first'))] })
    await store.putBatch({ calls: [], values: [value('a', Buffer.from('second'))] })
    await store.putBatch({ calls: [], values: [{ ...value('a'), bytes: undefined }] })
    assert.equal(Buffer.from((await store.loadValue(cid('a')))?.bytes ?? []).toString(), 'first')
  })

  test('a value takes its bytes also when one batch names it without them first', async (t) => {
    const { store } = open(t)
    await store.putBatch({ calls: [], values: [{ ...value('a'), bytes: undefined }, value('a', Buffer.from('bytes')), { ...value('a'), bytes: undefined }] })
    assert.equal(Buffer.from((await store.loadValue(cid('a')))?.bytes ?? []).toString(), 'bytes')
    assert.deepEqual(await store.check(), [])
    await store.putBatch({ calls: [], values: [{ ...value('b'), bytes: undefined }] })
    await store.putBatch({ calls: [], values: [{ ...value('b'), bytes: undefined }, value('b', Buffer.from('later')), value('b', Buffer.from('last'))] })
    assert.equal(Buffer.from((await store.loadValue(cid('b')))?.bytes ?? []).toString(), 'later')
  })

  test('a forgotten value is still known, and takes bytes anew', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('a')))
    await store.forgetValue(cid('a out'), 'damaged')
    const forgotten = await store.loadValue(cid('a out'))
    assert.ok(forgotten && forgotten.bytes === undefined)
    await store.putBatch({ calls: [], values: [value('a out', Buffer.from('new'))] })
    assert.equal(Buffer.from((await store.loadValue(cid('a out')))?.bytes ?? []).toString(), 'new')
    assert.deepEqual(await store.check(), [])
  })

  test('a value that was missing when it was looked for stays, if another opening stored it meanwhile', async (t) => {
    const { store, again } = open(t)
    if (!again) return t.skip('one opening only')
    const other = again()
    for (const bytes of [Buffer.from('short'), Buffer.alloc(500, 1)]) {
      const name = String(bytes.length)
      await store.putBatch({ calls: [], values: [{ ...value(name), bytes: undefined }] })
      assert.equal((await store.loadValue(cid(name)))?.bytes, undefined)
      store.rest()
      await other.putBatch({ calls: [], values: [value(name, bytes)] })
      await store.forgetValue(cid(name), 'missing')
      assert.equal((await other.loadValue(cid(name)))?.bytes?.length, bytes.length)
      assert.deepEqual(await other.check(), [])
    }
    other.close()
  })

  test('a call whose value was never put is kept, its value known by identity alone', async (t) => {
    const { store } = open(t)
    await store.putBatch({ calls: [call('a')], values: [] })
    assert.equal((await store.loadValue(cid('a out')))?.bytes, undefined)
    assert.ok(await store.findResult(callHid('a')))
    assert.deepEqual(await store.check(), [])
  })
}

async function listNames(store: Store): Promise<string> {
  return (await store.listCalls()).map((each) => Buffer.from(each.hid, 'hex').toString()[2]).join('')
}

const drops = [['a', true, 'ed'], ['a', false, 'becd'], ['e', true, 'abd'], ['b', true, 'aed'], ['d', true, 'abec']] as const

function deletion({ open }: StoreSetting): void {
  for (const [chosen, dependents, left] of drops) {
    test(`dropping ${chosen} ${dependents ? 'with' : 'without'} dependents leaves ${left}`, async (t) => {
      const { store } = open(t)
      await store.putBatch(chain())
      const planned = await store.dropCalls([callHid(chosen)], { dependents, dryRun: true })
      assert.equal(await listNames(store), 'abecd')
      assert.deepEqual(await store.dropCalls([callHid(chosen)], { dependents, dryRun: false }), planned)
      assert.equal(await listNames(store), left)
      assert.deepEqual(await store.check(), [])
    })
  }

  test('dropping takes refs and values that nothing else uses, and counts them', async (t) => {
    const { store } = open(t)
    await store.putBatch(chain())
    const dropped = await store.dropCalls([callHid('d')], { dependents: true, dryRun: false })
    assert.deepEqual(dropped, { calls: 1, refs: 1, values: 1, bytes: 40, ops: [{ name: 'f', version: 0, calls: 1, dependents: 0, durationMs: 2.5 }] })
    assert.ok(await store.loadValue(cid('x')))
    await store.dropCalls((await store.listCalls()).map((each) => each.hid), { dependents: false, dryRun: false })
    const { calls, refs, values: count, valueBytes } = await store.stats()
    assert.deepEqual([calls, refs, count, valueBytes], [0, 0, 0, 0])
  })

  test('the count of deletions changes when calls are dropped, for every opening', async (t) => {
    const { store, again } = open(t)
    await store.putBatch(chain())
    const other = again?.()
    const before = [await store.deletionCount(), await other?.deletionCount()]
    other?.rest()
    await store.dropCalls([callHid('a')], { dependents: true, dryRun: true })
    assert.equal(await store.deletionCount(), before[0])
    await store.dropCalls([callHid('a')], { dependents: true, dryRun: false })
    assert.notEqual(await store.deletionCount(), before[0])
    if (other) assert.notEqual(await other.deletionCount(), before[1])
    other?.close()
  })

  test('collecting takes values that no call uses, and a dry run of it none', async (t) => {
    const { store } = open(t)
    await store.putBatch(chain())
    assert.deepEqual(await store.collect({}, { dryRun: false }), nothing)
    await store.putBatch({ calls: [], values: [value('stray', Buffer.alloc(50))] })
    const expected = { ...nothing, values: 1, bytes: 50 }
    assert.deepEqual(await store.collect({}, { dryRun: true }), expected)
    assert.deepEqual(await store.collect({}, { dryRun: false }), expected)
    assert.deepEqual(await store.collect({}, { dryRun: false }), nothing)
    assert.equal(await listNames(store), 'abecd')
  })

  test('what was dropped can be put again', async (t) => {
    const { store } = open(t)
    await store.putBatch(chain())
    await store.dropCalls([callHid('a')], { dependents: true, dryRun: false })
    await store.putBatch(chain())
    assert.equal((await store.listCalls()).length, 5)
    assert.deepEqual(await store.check(), [])
  })
}

function closing({ open }: StoreSetting): void {
  test('a store keeps everything when it is closed and opened again', async (t) => {
    const { store, again } = open(t)
    if (!again) return t.skip('one opening only')
    await store.putBatch(chain())
    const [calls, ids] = [await store.listCalls(), await store.listValues()]
    store.close()
    const other = again()
    assert.deepEqual(await other.listCalls(), calls)
    assert.deepEqual(await other.listValues(), ids)
    assert.deepEqual(await other.check(), [])
    other.close()
  })

  test('a closed store refuses everything but closing again and resting', async (t) => {
    const { store } = open(t)
    store.close()
    store.close()
    store.rest()
    await assert.rejects(async () => store.findResult(callHid('a')), hasCode('STORE_CLOSED'))
    await assert.rejects(async () => store.putBatch(chain()), hasCode('STORE_CLOSED'))
    await assert.rejects(async () => store.stats(), hasCode('STORE_CLOSED'))
  })
}
