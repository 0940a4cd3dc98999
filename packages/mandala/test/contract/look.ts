import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallHistoryId, ContentId, HistoryId } from '../../src/index.ts'
import { batchOf, call, callHid, cid, hid, value } from './stored.ts'
import type { StoreSetting } from './store.ts'

/** Looking at no more of a store than is shown. */
export function looking({ open }: StoreSetting): void {
  test('ids are found by their first digits, an odd number of them too', async (t) => {
    const { store } = open(t)
    const ids = ['ab00', 'ab0f', 'ab10'].map((start) => start.padEnd(40, '7'))
    const [first, second, third] = ids as [string, string, string]
    await store.putBatch({
      calls: ids.map((id) => (
        { ...call(id), hid: id as CallHistoryId, outputs: [{ name: 'o', hid: id as HistoryId, cid: id as ContentId, kind: 'value' as const }] }
      )),
      values: ids.map((id) => ({ ...value('x'), cid: id as ContentId })),
    })
    const alike = (found: readonly string[]): object => ({ calls: found, refs: found, values: found })
    assert.deepEqual(await store.findIds('ab0', 9), alike([first, second]))
    assert.deepEqual(await store.findIds('ab1', 9), alike([third]))
    assert.deepEqual(await store.findIds(second, 9), alike([second]))
    assert.deepEqual(await store.findIds('ab', 2), alike([first, second]))
    assert.deepEqual(await store.findIds('ac', 9), alike([]))
  })

  test('the latest calls come first, of an op with all its versions or of all ops', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('a'), call('b', { op: 'g' }), call('c', { version: 2 }), call('d'), call('e', { version: 2 })))
    const latest = async (op: string | undefined, offset: number, limit: number): Promise<string[]> => (
      (await store.readLatest({ op, offset, limit })).map((each) => each.hid)
    )
    assert.deepEqual(await latest('f', 0, 3), ['e', 'd', 'c'].map(callHid))
    assert.deepEqual(await latest('f', 2, 9), ['c', 'a'].map(callHid))
    assert.deepEqual(await latest(undefined, 1, 3), ['d', 'c', 'b'].map(callHid))
    assert.deepEqual(await latest('h', 0, 3), [])
    assert.deepEqual(await store.readLatest({ op: 'g', offset: 0, limit: 1 }), await store.readCallsById([callHid('b')]))
  })

  test('some of the calls that use a ref are read, and their number up to a bound', async (t) => {
    const { store } = open(t)
    await store.putBatch(batchOf(call('a', { inputs: ['x'] }), call('b', { inputs: ['y', 'x'] }), call('c', { inputs: ['x', 'x'] })))
    const some = await store.readSomeConsumers(hid('x'), 9, 100)
    assert.deepEqual([some.calls.map((each) => each.hid).toSorted(), some.count], [['a', 'b', 'c'].map(callHid), 4])
    const few = await store.readSomeConsumers(hid('x'), 1, 3)
    assert.deepEqual([few.calls.length, few.count], [1, 3])
    assert.deepEqual(await store.readSomeConsumers(hid('a out'), 9, 9), { calls: [], count: 0 })
  })

  test('of values it is known how large they are without reading them', async (t) => {
    const { store } = open(t)
    const external = { ...value('e'), kind: 'external' as const, bytes: undefined, name: 'imagenet' }
    await store.putBatch({ calls: [], values: [value('a', Buffer.alloc(100)), external] })
    const facts = await store.readValueFacts([cid('a'), cid('none'), cid('e')])
    assert.deepEqual(facts.toSorted((a, b) => b.bytes - a.bytes), [
      { cid: cid('a'), kind: 'value', bytes: 100, isStored: true, name: undefined },
      { cid: cid('e'), kind: 'external', bytes: 0, isStored: false, name: 'imagenet' },
    ])
  })
}
