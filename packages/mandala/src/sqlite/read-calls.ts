import type { SQLInputValue } from 'node:sqlite'
import type { CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import { invariant } from '../base/invariant.ts'
import { remember } from '../base/remember.ts'
import type { IsKnown, KnownCall, LinkedCall, StoredSlot } from '../store/store.ts'
import { allRows, firstRow, type Statements } from './statements.ts'
import { kindAt } from './kinds.ts'
import { toNotes } from './notes.ts'
import { findProcess } from './processes.ts'

const CALLS = 'SELECT id, lower(hex(hid)), op, started_ms, duration_us, is_tuple, notes, process, is_adopted FROM calls WHERE'
const USES = 'SELECT io.call FROM json_each(?) AS wanted JOIN refs ON refs.hid = unhex(wanted.value) JOIN io ON io.ref = refs.id'

/** Each gives calls in the store's order. Hashes go in as one JSON array: a statement for any number of them. */
export const CALLS_AFTER: string = `${CALLS} id > ? AND (? IS NULL OR op IN (SELECT id FROM ops WHERE name = ?)) ORDER BY id LIMIT ?`
export const CALLS_BY_ID: string = `${CALLS} id IN (SELECT found.id FROM json_each(?) AS wanted JOIN calls AS found ON found.hid = unhex(wanted.value)) ORDER BY id`
/** By row id. */
export const CALLS_AT: string = `${CALLS} id IN (SELECT value FROM json_each(?)) ORDER BY id`
export const CREATORS: string = `${CALLS} id IN (${USES} WHERE io.slot < 0) ORDER BY id`
export const CONSUMERS: string = `${CALLS} id IN (${USES} WHERE io.slot >= 0) ORDER BY id`

// The outer loop runs over the chosen calls, and slots are in the order of their key: SQLite need not sort.
const SLOTS = `
  SELECT io.call, io.slot, io.label, lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind
  FROM json_each(?) AS chosen CROSS JOIN io ON io.call = chosen.value CROSS JOIN refs ON refs.id = io.ref CROSS JOIN vals ON vals.id = refs.val`
const LABEL = 'SELECT name FROM labels WHERE id = ?'
const OP = 'SELECT name, version FROM ops WHERE id = ?'

// Rows are read by index: patterns that take arrays apart are three times as slow where code runs for the first time.
type CallRow = [
  id: number, hid: CallHistoryId, op: number, startedMs: number, durationUs: number, isTuple: number,
  notes: string | null, process: number | null, isAdopted: number | null,
]
type SlotRow = [call: number, slot: number, label: number, hid: HistoryId, cid: ContentId, kind: number]

/** Calls with their inputs and outputs, in the store's order; `choose` is one of the statements above. */
export function readLinked(statements: Statements, choose: string, ...values: SQLInputValue[]): LinkedCall[] {
  return link(statements, allRows<CallRow>(statements.get(choose), ...values))
}

/** The same, but known calls without them. */
export function readUnknown(statements: Statements, isKnown: IsKnown, choose: string, ...values: SQLInputValue[]): (LinkedCall | KnownCall)[] {
  const chosen = allRows<CallRow>(statements.get(choose), ...values)
  const unknown = link(statements, chosen.filter((row) => !isKnown(row[1])))
  let next = 0
  return chosen.map((row) => {
    const call = unknown[next]
    if (call?.hid !== row[1]) return { hid: row[1], order: row[0] }
    next += 1
    return call
  })
}

function link(statements: Statements, chosen: readonly CallRow[]): LinkedCall[] {
  if (chosen.length === 0) return []
  // Names are few and rows many: each name is read once.
  const labelOf = remember((id: number) => firstRow<[string]>(statements.get(LABEL), id)?.[0] ?? '')
  const opOf = remember((id: number): readonly [name: string, version: number] => firstRow<[string, number]>(statements.get(OP), id) ?? ['', 0])
  const processOf = remember((id: number) => findProcess(statements, id))
  const slots = allRows<SlotRow>(statements.get(SLOTS), JSON.stringify(chosen.map((row) => row[0])))
  let next = 0
  const calls = chosen.map((row) => {
    const inputs: StoredSlot[] = []
    const outputs: StoredSlot[] = []
    for (let slot = slots[next]; slot?.[0] === row[0]; slot = slots[next]) {
      const target = slot[1] < 0 ? outputs : inputs
      target.push({ name: labelOf(slot[2]), hid: slot[3], cid: slot[4], kind: kindAt(slot[5]) })
      next += 1
    }
    const [op, version] = opOf(row[2])
    return {
      hid: row[1], op, version, startedAtMs: row[3], durationMs: row[4] / 1000, isTuple: row[5] === 1, order: row[0], inputs, outputs: outputs.reverse(),
      notes: toNotes(row[6]), process: row[7] === null ? undefined : processOf(row[7]), isAdopted: row[8] === 1,
    }
  })
  invariant(next === slots.length, 'slots were not read in the order of their calls')
  return calls
}

const REFS = `
  SELECT lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind
  FROM json_each(?) AS wanted JOIN refs ON refs.hid = unhex(wanted.value) JOIN vals ON vals.id = refs.val ORDER BY wanted.id`

export function readSlots(statements: Statements, hids: readonly HistoryId[]): StoredSlot[] {
  return allRows<[HistoryId, ContentId, number]>(statements.get(REFS), JSON.stringify(hids)).map(([hid, cid, kind]) => (
    { name: '', hid, cid, kind: kindAt(kind) }))
}
