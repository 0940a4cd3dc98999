import type { CallContentId, CallHistoryId, ContentId, HistoryId, VersionId } from '../base/ids.ts'
import type { StoredCall, StoredSlot } from '../store/store.ts'
import { kindAt } from './kinds.ts'
import { toNotes } from './notes.ts'
import { toProcess } from './processes.ts'
import { allRows, firstRow, type Statements } from './statements.ts'

const CALL = `
  SELECT calls.id, lower(hex(calls.hid)), lower(hex(calls.cid)), ops.name, ops.version, calls.started_ms, calls.duration_us, calls.is_tuple,
    lower(hex(versions.hash)), lower(hex(calls.pre_hid)), lower(hex(calls.pre_cid)), calls.is_adopted, calls.notes, calls.used_day,
    host, pid, processes.started_ms, program, package, git_commit
  FROM calls JOIN ops ON ops.id = calls.op LEFT JOIN versions ON versions.id = calls.version LEFT JOIN processes ON processes.id = calls.process`
const SLOTS = `
  SELECT io.slot, labels.name, lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind
  FROM io JOIN labels ON labels.id = io.label JOIN refs ON refs.id = io.ref JOIN vals ON vals.id = refs.val WHERE io.call = ? ORDER BY io.slot`

type CallRow = [
  id: number, hid: CallHistoryId, cid: CallContentId, op: string, version: number, startedMs: number, durationUs: number, isTuple: number,
  code: VersionId | '', preHid: CallHistoryId, preCid: CallContentId, isAdopted: number | null, notes: string | null, usedDay: number | null,
  ...process: Parameters<typeof toProcess>[0],
]
type SlotRow = [slot: number, label: string, hid: HistoryId, cid: ContentId, kind: number]

export function readCall(statements: Statements, hid: CallHistoryId): StoredCall | undefined {
  const row = firstRow<CallRow>(statements.get(`${CALL} WHERE calls.hid = unhex(?)`), hid)
  return row && toCall(statements, row)
}

/** All calls of an op, or of all ops, oldest first. */
export function readAllCalls(statements: Statements, op: string | undefined): StoredCall[] {
  const rows = op === undefined
    ? allRows<CallRow>(statements.get(`${CALL} ORDER BY calls.id`))
    : allRows<CallRow>(statements.get(`${CALL} WHERE calls.op IN (SELECT id FROM ops WHERE name = ?) ORDER BY calls.id`), op)
  return rows.map((row) => toCall(statements, row))
}

/** @param side of the slots in which a ref stands: outputs below 0 */
export function readCallsAt(statements: Statements, hid: HistoryId, side: '<' | '>='): StoredCall[] {
  const sql = `${CALL} WHERE calls.id IN (SELECT io.call FROM io JOIN refs ON refs.id = io.ref WHERE refs.hid = unhex(?) AND io.slot ${side} 0) ORDER BY calls.id`
  return allRows<CallRow>(statements.get(sql), hid).map((row) => toCall(statements, row))
}

function toCall(statements: Statements, row: CallRow): StoredCall {
  const [id, hid, cid, op, version, startedAtMs, durationUs, isTuple, code, preHid, preCid, isAdopted, notes, usedDay, ...process] = row
  const slots = allRows<SlotRow>(statements.get(SLOTS), id)
  const inner = allRows<[CallHistoryId]>(
    statements.get('SELECT lower(hex(calls.hid)) FROM inner_calls JOIN calls ON calls.id = inner_call WHERE outer_call = ? ORDER BY calls.id'), id)
  return {
    hid, cid, op, version, startedAtMs, durationMs: durationUs / 1000, isTuple: isTuple === 1,
    inputs: slots.filter(([slot]) => slot >= 0).map(toSlot),
    outputs: slots.filter(([slot]) => slot < 0).reverse().map(toSlot),
    inner: inner.map(([innerHid]) => innerHid),
    isAdopted: isAdopted === 1, notes: toNotes(notes), usedDay: usedDay ?? undefined, process: toProcess(process),
    ...(code === '' ? {} : { code: { hid: preHid, cid: preCid, version: code } }),
  }
}

function toSlot([, name, hid, cid, kind]: SlotRow): StoredSlot {
  return { name, hid, cid, kind: kindAt(kind) }
}
