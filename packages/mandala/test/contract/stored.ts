import type { CallContentId, CallHistoryId, ContentId, HistoryId } from '../../src/index.ts'
import type { Batch, StoredCall, StoredSlot, StoredValue } from '../../src/store/store.ts'

/** An id made of a short name, as valid as a real one. */
function id(name: string): string {
  return Buffer.from(name.padEnd(20, '.')).toString('hex').slice(0, 40)
}
export const cid = (name: string): ContentId => id(`c ${name}`) as ContentId
export const hid = (name: string): HistoryId => id(`h ${name}`) as HistoryId
export const callHid = (name: string): CallHistoryId => id(`k ${name}`) as CallHistoryId
export const callCid = (name: string): CallContentId => id(`m ${name}`) as CallContentId

export const slot = (name: string, what: string = name): StoredSlot => ({ name, hid: hid(what), cid: cid(what), kind: 'value' })
export const value = (what: string, bytes: Uint8Array | undefined = Buffer.from(what)): StoredValue => ({
  cid: cid(what), kind: 'value', bytes, digits: undefined, name: undefined, madeBy: undefined,
})

type CallParts = { inputs?: string[]; outputs?: string[] } & Partial<Omit<StoredCall, 'inputs' | 'outputs'>>

export function call(name: string, parts: CallParts = {}): StoredCall {
  const { inputs = [], outputs = [`${name} out`], ...fields } = parts
  return {
    hid: callHid(name), cid: callCid(name), op: 'f', version: 0, startedAtMs: 1000, durationMs: 2.5, isTuple: false, inner: [],
    notes: undefined, usedDay: undefined, process: undefined, isAdopted: false,
    ...fields,
    inputs: inputs.map((what, i) => slot(`in${i}`, what)), outputs: outputs.map((what, i) => slot(`out${i}`, what)),
  }
}

/** A call with all the values that it needs. */
export function batchOf(...calls: StoredCall[]): Batch {
  const cids = new Set<string>()
  const values: StoredValue[] = []
  for (const each of calls.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])) {
    if (cids.has(each.cid)) continue
    cids.add(each.cid)
    values.push({ cid: each.cid, kind: each.kind, bytes: Buffer.from(each.cid), digits: undefined, name: undefined, madeBy: undefined })
  }
  return { calls, values }
}

export const nothing = { calls: 0, refs: 0, values: 0, bytes: 0, ops: [], failures: 0 }

/** a → b → c, and d beside them; c is also around e. */
export const chain = (): Batch => batchOf(
  call('a', { inputs: ['x'], outputs: ['ao'] }), call('b', { inputs: ['ao'], outputs: ['bo'] }),
  call('e', { inputs: ['y'], outputs: ['eo'] }),
  call('c', { inputs: ['bo'], outputs: ['co'], inner: [callHid('e')] }), call('d', { inputs: ['x'], outputs: ['do'] }),
)
