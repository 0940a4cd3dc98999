import { ID_LENGTH, type CallContentId, type CallHistoryId, type ContentId, type HistoryId } from '../base/ids.ts'
import type { StoredResult } from '../store/store.ts'
import { kindAt } from './kinds.ts'
import { toNotes } from './notes.ts'
import { DamagedRow } from './sqlite-error.ts'
import { allRows, firstRow, type Statements } from './statements.ts'

/** The ids come as one text: making texts is half of the work. */
const RESULT = `
  SELECT lower(hex(calls.cid || refs.hid || vals.cid)), calls.started_ms, calls.duration_us, calls.is_tuple, labels.name, vals.kind,
    calls.notes, calls.used_day
  FROM calls JOIN io ON io.call = calls.id AND io.slot < 0 JOIN labels ON labels.id = io.label JOIN refs ON refs.id = io.ref JOIN vals ON vals.id = refs.val`
const BY_HISTORY = `${RESULT} WHERE calls.hid = unhex(?) ORDER BY io.slot DESC`
const HAS_CONTENT = 'SELECT 1 FROM calls WHERE cid = unhex(?)'
const IS_WHOLE = `
  SELECT min(vals.place > 0) FROM io JOIN refs ON refs.id = io.ref JOIN vals ON vals.id = refs.val WHERE io.call = candidate.id AND io.slot < 0`
const BY_CONTENT = `${RESULT}
  WHERE calls.id = (SELECT id FROM calls AS candidate WHERE cid = unhex(?) ORDER BY (${IS_WHOLE}) DESC, id LIMIT 1) ORDER BY io.slot DESC`

type Row = [ids: string, startedMs: number, durationUs: number, isTuple: number, label: string, kind: number, notes: string | null, usedDay: number | null]

export function readResult(statements: Statements, hid: CallHistoryId): StoredResult | undefined {
  return toResult(allRows(statements.get(BY_HISTORY), hid))
}

export function hasContent(statements: Statements, cid: CallContentId): boolean {
  return firstRow(statements.get(HAS_CONTENT), cid) !== undefined
}

/** Of several equal calls the first whose outputs all have their bytes. */
export function readResultByContent(statements: Statements, cid: CallContentId): StoredResult | undefined {
  // Most often there is none, and nothing to be put in order.
  if (!hasContent(statements, cid)) return undefined
  return toResult(allRows(statements.get(BY_CONTENT), cid))
}

function toResult(rows: Row[]): StoredResult | undefined {
  const [first] = rows
  if (!first) return undefined
  const [ids, startedAtMs, durationUs, isTuple, , , notes, usedDay] = first
  if (rows.some(([each]) => each.length !== 3 * ID_LENGTH)) throw new DamagedRow('ids of another length')
  return {
    cid: ids.slice(0, ID_LENGTH) as CallContentId,
    startedAtMs,
    durationMs: durationUs / 1000,
    isTuple: isTuple === 1,
    notes: toNotes(notes),
    usedDay: usedDay ?? undefined,
    outputs: rows.map(([each, , , , name, kind]) => ({
      name, hid: each.slice(ID_LENGTH, 2 * ID_LENGTH) as HistoryId, cid: each.slice(2 * ID_LENGTH) as ContentId, kind: kindAt(kind),
    })),
  }
}
