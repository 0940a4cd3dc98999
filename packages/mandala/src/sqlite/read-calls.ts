import type { SQLInputValue } from 'node:sqlite'
import type { CallContentId, CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import type { LinkedCall, StoredSlot } from '../store/store.ts'
import { allRows, type Statements } from './statements.ts'
import { kindAt } from './kinds.ts'

/** Each gives row ids of calls. Hashes go in as one JSON array: a statement for any number of them. */
export const CALLS_AFTER = 'SELECT id FROM calls WHERE id > ? AND (? IS NULL OR op IN (SELECT id FROM ops WHERE name = ?)) ORDER BY id LIMIT ?'
export const CALLS_BY_ID = 'SELECT calls.id FROM json_each(?) AS wanted JOIN calls ON calls.hid = unhex(wanted.value)'
export const CREATORS = `
  SELECT io.call FROM json_each(?) AS wanted JOIN refs ON refs.hid = unhex(wanted.value) JOIN io ON io.ref = refs.id WHERE io.slot < 0`
export const CONSUMERS = `
  SELECT io.call FROM json_each(?) AS wanted JOIN refs ON refs.hid = unhex(wanted.value) JOIN io ON io.ref = refs.id WHERE io.slot >= 0`

const CALLS = `
  SELECT calls.id, lower(hex(calls.hid)), lower(hex(calls.cid)), ops.name, ops.version, calls.started_ms, calls.duration_us, calls.is_tuple
  FROM json_each(?) AS chosen JOIN calls ON calls.id = chosen.value JOIN ops ON ops.id = calls.op ORDER BY chosen.id`
const SLOTS = `
  SELECT io.call, io.slot, labels.name, lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind
  FROM json_each(?) AS chosen JOIN io ON io.call = chosen.value JOIN labels ON labels.id = io.label
  JOIN refs ON refs.id = io.ref JOIN vals ON vals.id = refs.val ORDER BY chosen.id, io.slot`

type CallRow = [id: number, hid: CallHistoryId, cid: CallContentId, op: string, version: number, startedMs: number, durationUs: number, isTuple: number]
type SlotRow = [call: number, slot: number, label: string, hid: HistoryId, cid: ContentId, kind: number]

/** Calls with their inputs and outputs, in the store's order; `choose` is one of the statements above. */
export function readLinked(statements: Statements, choose: string, ...values: SQLInputValue[]): LinkedCall[] {
  const ids = new Set(allRows<[number]>(statements.get(choose), ...values).map(([id]) => id))
  if (ids.size === 0) return []
  const chosen = JSON.stringify([...ids].sort((a, b) => a - b))
  const slots = allRows<SlotRow>(statements.get(SLOTS), chosen)
  let next = 0
  return allRows<CallRow>(statements.get(CALLS), chosen).map(([id, hid, cid, op, version, startedAtMs, durationUs, isTuple]) => {
    const inputs: StoredSlot[] = []
    const outputs: StoredSlot[] = []
    for (; slots[next]?.[0] === id; next += 1) {
      const [, slot, name, refHid, refCid, kind] = slots[next] as SlotRow
      const target = slot < 0 ? outputs : inputs
      target.push({ name, hid: refHid, cid: refCid, kind: kindAt(kind) })
    }
    return { hid, cid, op, version, startedAtMs, durationMs: durationUs / 1000, isTuple: isTuple === 1, order: id, inputs, outputs: outputs.reverse() }
  })
}

const REFS = `
  SELECT lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind
  FROM json_each(?) AS wanted JOIN refs ON refs.hid = unhex(wanted.value) JOIN vals ON vals.id = refs.val ORDER BY wanted.id`

export function readSlots(statements: Statements, hids: readonly HistoryId[]): StoredSlot[] {
  return allRows<[HistoryId, ContentId, number]>(statements.get(REFS), JSON.stringify(hids)).map(([hid, cid, kind]) => (
    { name: '', hid, cid, kind: kindAt(kind) }))
}
