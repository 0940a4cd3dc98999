import type { SQLInputValue } from 'node:sqlite'
import type { CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import { invariant } from '../base/invariant.ts'
import type { IsKnown, KnownCall, LinkedCall, StoredSlot } from '../store/store.ts'
import { allRows, firstRow, type Statements } from './statements.ts'
import { kindAt } from './kinds.ts'

/** Each gives row ids of calls. Hashes go in as one JSON array: a statement for any number of them. */
export const CALLS_AFTER = 'SELECT id FROM calls WHERE id > ? AND (? IS NULL OR op IN (SELECT id FROM ops WHERE name = ?)) ORDER BY id LIMIT ?'
export const CALLS_BY_ID = 'SELECT calls.id FROM json_each(?) AS wanted JOIN calls ON calls.hid = unhex(wanted.value)'
export const CREATORS = `
  SELECT io.call FROM json_each(?) AS wanted JOIN refs ON refs.hid = unhex(wanted.value) JOIN io ON io.ref = refs.id WHERE io.slot < 0`
export const CONSUMERS = `
  SELECT io.call FROM json_each(?) AS wanted JOIN refs ON refs.hid = unhex(wanted.value) JOIN io ON io.ref = refs.id WHERE io.slot >= 0`

// The outer loop runs over the chosen calls, and slots are in the order of their key: SQLite need not sort.
const CALLS = `
  SELECT calls.id, lower(hex(calls.hid)), calls.op, calls.started_ms, calls.duration_us, calls.is_tuple
  FROM json_each(?) AS chosen CROSS JOIN calls ON calls.id = chosen.value`
const SLOTS = `
  SELECT io.call, io.slot, io.label, lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind
  FROM json_each(?) AS chosen CROSS JOIN io ON io.call = chosen.value CROSS JOIN refs ON refs.id = io.ref CROSS JOIN vals ON vals.id = refs.val`
const LABEL = 'SELECT name FROM labels WHERE id = ?'
const OP = 'SELECT name, version FROM ops WHERE id = ?'

type CallRow = [id: number, hid: CallHistoryId, op: number, startedMs: number, durationUs: number, isTuple: number]
type SlotRow = [call: number, slot: number, label: number, hid: HistoryId, cid: ContentId, kind: number]

/** Which calls are read: one of the statements above, with its values. */
type Choice = readonly [choose: string, ...values: SQLInputValue[]]

/** Calls with their inputs and outputs, in the store's order. */
export function readLinked(statements: Statements, ...choice: Choice): LinkedCall[] {
  return link(statements, readChosen(statements, choice))
}

/** The same, but known calls without them. */
export function readUnknown(statements: Statements, isKnown: IsKnown, ...choice: Choice): (LinkedCall | KnownCall)[] {
  const chosen = readChosen(statements, choice)
  const unknown = link(statements, chosen.filter(([, hid]) => !isKnown(hid)))
  let next = 0
  return chosen.map(([order, hid]) => {
    const call = unknown[next]
    if (call?.hid !== hid) return { hid, order }
    next += 1
    return call
  })
}

function readChosen(statements: Statements, [choose, ...values]: Choice): CallRow[] {
  const ids = Float64Array.from(new Set(allRows<[number]>(statements.get(choose), ...values).map(([id]) => id)))
  return ids.length === 0 ? [] : allRows<CallRow>(statements.get(CALLS), JSON.stringify([...ids.sort()]))
}

function link(statements: Statements, chosen: readonly CallRow[]): LinkedCall[] {
  if (chosen.length === 0) return []
  // Names are few and rows many: each name is read once.
  const labelOf = remember((id) => firstRow<[string]>(statements.get(LABEL), id)?.[0] ?? '')
  const opOf = remember((id): readonly [name: string, version: number] => firstRow<[string, number]>(statements.get(OP), id) ?? ['', 0])
  const slots = allRows<SlotRow>(statements.get(SLOTS), JSON.stringify(chosen.map(([id]) => id)))
  let next = 0
  const calls = chosen.map(([id, hid, opId, startedAtMs, durationUs, isTuple]) => {
    const inputs: StoredSlot[] = []
    const outputs: StoredSlot[] = []
    for (; slots[next]?.[0] === id; next += 1) {
      const [, slot, label, refHid, refCid, kind] = slots[next] as SlotRow
      const target = slot < 0 ? outputs : inputs
      target.push({ name: labelOf(label), hid: refHid, cid: refCid, kind: kindAt(kind) })
    }
    const [op, version] = opOf(opId)
    return { hid, op, version, startedAtMs, durationMs: durationUs / 1000, isTuple: isTuple === 1, order: id, inputs, outputs: outputs.reverse() }
  })
  invariant(next === slots.length, 'slots were not read in the order of their calls')
  return calls
}

function remember<T>(read: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>()
  return (id) => {
    let value = known.get(id)
    if (value === undefined) known.set(id, (value = read(id)))
    return value
  }
}

const REFS = `
  SELECT lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind
  FROM json_each(?) AS wanted JOIN refs ON refs.hid = unhex(wanted.value) JOIN vals ON vals.id = refs.val ORDER BY wanted.id`

export function readSlots(statements: Statements, hids: readonly HistoryId[]): StoredSlot[] {
  return allRows<[HistoryId, ContentId, number]>(statements.get(REFS), JSON.stringify(hids)).map(([hid, cid, kind]) => (
    { name: '', hid, cid, kind: kindAt(kind) }))
}
