import { ID_LENGTH, type CallHistoryId, type ContentId, type HistoryId } from '../base/ids.ts'
import type { FoundIds, ValueFacts } from '../store/look.ts'
import type { LinkedCall } from '../store/store.ts'
import { kindAt } from './kinds.ts'
import { readLinked } from './read-calls.ts'
import { allRows, firstRow, type Statements } from './statements.ts'
import { PLACE } from './write-batch.ts'

/** Ids lie in the order of their digits: those with a prefix are a range of the index. */
export function findIds(statements: Statements, prefix: string, limit: number): FoundIds {
  const range = [prefix.padEnd(ID_LENGTH, '0'), prefix.padEnd(ID_LENGTH, 'f')] as const
  const find = <Id>(table: string, column: string): Id[] => {
    const sql = `SELECT lower(hex(${column})) FROM ${table} WHERE ${column} BETWEEN unhex(?) AND unhex(?) ORDER BY ${column} LIMIT ?`
    return allRows<[Id]>(statements.get(sql), ...range, limit).map(([id]) => id)
  }
  return { calls: find<CallHistoryId>('calls', 'hid'), refs: find<HistoryId>('refs', 'hid'), values: find<ContentId>('vals', 'cid') }
}

const CHOSEN = 'SELECT value FROM json_each(?)'

export function readLatest(
  statements: Statements, { op, offset, limit }: { readonly op: string | undefined; readonly offset: number; readonly limit: number },
): LinkedCall[] {
  const end = offset + limit
  const ids = op === undefined
    ? allRows<[number]>(statements.get('SELECT id FROM calls ORDER BY id DESC LIMIT ?'), end)
    // For each version by itself: the calls of one are in their order in the index, and those of several would all have to be sorted.
    : allRows<[number]>(statements.get('SELECT id FROM ops WHERE name = ?'), op)
      .flatMap(([version]) => allRows<[number]>(statements.get('SELECT id FROM calls WHERE op = ? ORDER BY id DESC LIMIT ?'), version, end))
  const chosen = ids.map(([id]) => id).sort((a, b) => b - a).slice(offset, end)
  return readLinked(statements, CHOSEN, JSON.stringify(chosen)).reverse()
}

const USES = 'FROM refs JOIN io ON io.ref = refs.id WHERE refs.hid = unhex(?) AND io.slot >= 0'

export function readSomeConsumers(
  statements: Statements, hid: HistoryId, { limit, countMax }: { readonly limit: number; readonly countMax: number },
): { readonly calls: LinkedCall[]; readonly count: number } {
  const [count] = firstRow<[number]>(statements.get(`SELECT count(*) FROM (SELECT 1 ${USES} LIMIT ?)`), hid, countMax) as [number]
  return { calls: readLinked(statements, `SELECT io.call ${USES} LIMIT ?`, hid, limit), count }
}

export function readValueFacts(statements: Statements, cids: readonly ContentId[]): ValueFacts[] {
  const rows = allRows<[ContentId, number, number, number, string | null]>(statements.get(`
    SELECT lower(hex(cid)), kind, size, place, name FROM json_each(?) AS wanted CROSS JOIN vals ON vals.cid = unhex(wanted.value)`), JSON.stringify(cids))
  return rows.map(([cid, kind, bytes, place, name]) => ({ cid, kind: kindAt(kind), bytes, isStored: place !== PLACE.nowhere, name: name ?? undefined }))
}
