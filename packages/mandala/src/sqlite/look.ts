import { ID_LENGTH, type CallHistoryId, type ContentId, type HistoryId } from '../base/ids.ts'
import type { FoundIds, ValueFacts } from '../store/look.ts'
import type { LinkedCall } from '../store/store.ts'
import { kindAt } from './kinds.ts'
import { CALLS_AT, readLinked } from './read-calls.ts'
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

export function readLatest(
  statements: Statements, { op, offset, limit }: { readonly op: string | undefined; readonly offset: number; readonly limit: number },
): LinkedCall[] {
  const all = (): readonly number[] => allRows<[number]>(statements.get(LATEST), limit, offset).map(([id]) => id)
  const chosen = op === undefined ? all() : latestOf(statements, op, { offset, limit })
  return readLinked(statements, CALLS_AT, JSON.stringify(chosen)).reverse()
}

const LATEST = 'SELECT id FROM calls ORDER BY id DESC LIMIT ? OFFSET ?'
const LATEST_OF_ONE = 'SELECT id FROM calls WHERE op = ? ORDER BY id DESC LIMIT ? OFFSET ?'

/** Of each version by itself: the calls of one are in their order in the index, and those of several would all have to be sorted. */
function latestOf(statements: Statements, op: string, { offset, limit }: { readonly offset: number; readonly limit: number }): readonly number[] {
  const versions = allRows<[number]>(statements.get('SELECT id FROM ops WHERE name = ?'), op)
  const read = (version: number, n: number, from: number): number[] => allRows<[number]>(statements.get(LATEST_OF_ONE), version, n, from).map(([id]) => id)
  const [only] = versions
  if (only && versions.length === 1) return read(only[0], limit, offset)
  return versions.flatMap(([version]) => read(version, offset + limit, 0)).sort((a, b) => b - a).slice(offset, offset + limit)
}

const USES = 'FROM refs JOIN io ON io.ref = refs.id WHERE refs.hid = unhex(?) AND io.slot >= 0'

export function readSomeConsumers(
  statements: Statements, hid: HistoryId, { limit, countMax }: { readonly limit: number; readonly countMax: number },
): { readonly calls: LinkedCall[]; readonly count: number } {
  const [count] = firstRow<[number]>(statements.get(`SELECT count(*) FROM (SELECT 1 ${USES} LIMIT ?)`), hid, countMax) as [number]
  const some = allRows<[number]>(statements.get(`SELECT io.call ${USES} LIMIT ?`), hid, limit).map(([id]) => id)
  return { calls: readLinked(statements, CALLS_AT, JSON.stringify(some)), count }
}

export function readValueFacts(statements: Statements, cids: readonly ContentId[]): ValueFacts[] {
  const rows = allRows<[ContentId, number, number, number, string | null]>(statements.get(`
    SELECT lower(hex(cid)), kind, size, place, name FROM json_each(?) AS wanted CROSS JOIN vals ON vals.cid = unhex(wanted.value)`), JSON.stringify(cids))
  return rows.map(([cid, kind, bytes, place, name]) => ({ cid, kind: kindAt(kind), bytes, isStored: place !== PLACE.nowhere, name: name ?? undefined }))
}
