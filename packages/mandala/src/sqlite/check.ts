import type { ContentId } from '../base/ids.ts'
import { KINDS } from './kinds.ts'
import type { OverflowFiles } from './overflow-files.ts'
import { allRows, firstRow, type Statements } from './statements.ts'
import { countWrongTotals } from './totals.ts'
import { PLACE } from './write-batch.ts'

const isNoId = (column: string): string => `(typeof(${column}) <> 'blob' OR length(${column}) <> 20)`

/** Calls of which something is missing or contradicts something else, each as a query for their row ids. */
export const BROKEN_CALLS: readonly (readonly [what: string, ids: string])[] = [
  ['calls without an id', `SELECT id FROM calls WHERE ${isNoId('hid')} OR ${isNoId('cid')}`],
  ['calls without an output', 'SELECT id FROM calls WHERE NOT EXISTS (SELECT 1 FROM io WHERE io.call = calls.id AND slot < 0)'],
  ['calls of an unknown op', 'SELECT id FROM calls WHERE op NOT IN (SELECT id FROM ops)'],
  ['calls that lack an input', 'SELECT call FROM io WHERE slot >= 0 GROUP BY call HAVING count(*) <> max(slot) + 1'],
  ['calls that lack an output', 'SELECT call FROM io WHERE slot < 0 GROUP BY call HAVING count(*) <> -min(slot)'],
  ['inputs or outputs without a ref', 'SELECT call FROM io WHERE ref NOT IN (SELECT id FROM refs)'],
  ['inputs or outputs without a name', 'SELECT call FROM io WHERE label NOT IN (SELECT id FROM labels)'],
  ['inputs or outputs without a value', 'SELECT call FROM io JOIN refs ON refs.id = io.ref WHERE refs.val NOT IN (SELECT id FROM vals)'],
  ['calls that give the same ref', 'SELECT call FROM io WHERE slot < 0 AND ref IN (SELECT ref FROM io WHERE slot < 0 GROUP BY ref HAVING count(*) > 1)'],
  ['calls of unknown code', 'SELECT id FROM calls WHERE version IS NOT NULL AND version NOT IN (SELECT id FROM versions)'],
  ['calls whose code is known in part', `
    SELECT calls.id FROM calls JOIN version_commits USING (version) LEFT JOIN commits ON commits.id = commit_id
    WHERE commits.component IS NULL OR commits.component NOT IN (SELECT id FROM components)`],
]

export interface Stray {
  readonly what: string
  readonly table: string
  readonly where: string
  /** What of such a row is wrong, where the row itself is of use without it. */
  readonly column?: string
}

const KNOWN_TARGETS = 'SELECT hid FROM refs UNION ALL SELECT hid FROM calls'

/** Rows that can't be told any more; the calls that use them are broken. */
export const LOST: readonly Stray[] = [
  { what: 'values without an id', table: 'vals', where: isNoId('cid') },
  { what: 'values of an unknown kind', table: 'vals', where: `kind NOT BETWEEN 0 AND ${KINDS.length - 1}` },
  { what: 'refs without an id', table: 'refs', where: isNoId('hid') },
]

/** Rows that nothing leads to, or that lead nowhere; in the order in which to remove them. */
export const STRAYS: readonly Stray[] = [
  { what: 'refs without a value', table: 'refs', where: 'val NOT IN (SELECT id FROM vals)' },
  { what: 'inputs or outputs of an unknown call', table: 'io', where: 'call NOT IN (SELECT id FROM calls)' },
  { what: 'inner calls of an unknown call', table: 'inner_calls', where: 'outer_call NOT IN (SELECT id FROM calls) OR inner_call NOT IN (SELECT id FROM calls)' },
  { what: 'calls of an unknown process', table: 'calls', where: 'process IS NOT NULL AND process NOT IN (SELECT id FROM processes)', column: 'process' },
  { what: 'values of an unknown op', table: 'vals', where: 'op IS NOT NULL AND op NOT IN (SELECT id FROM ops)', column: 'op' },
  { what: 'failures of an unknown op or process', table: 'failures', where: 'op NOT IN (SELECT id FROM ops) OR process NOT IN (SELECT id FROM processes)' },
  { what: 'tags of nothing', table: 'tags', where: `target NOT IN (${KNOWN_TARGETS})` },
  { what: 'contents of an unknown component', table: 'commits', where: 'component NOT IN (SELECT id FROM components)' },
  {
    what: 'versions whose code is known in part', table: 'versions',
    where: 'id IN (SELECT version FROM version_commits WHERE commit_id NOT IN (SELECT id FROM commits))',
  },
  {
    what: 'code of an unknown version, or that is not there', table: 'version_commits',
    where: 'version NOT IN (SELECT id FROM versions) OR commit_id NOT IN (SELECT id FROM commits)',
  },
  { what: 'components whose content is not there', table: 'components', where: 'head IS NOT NULL AND head NOT IN (SELECT id FROM commits)', column: 'head' },
]

/** What SQLite finds wrong with the file. */
export function checkFile(statements: Statements): readonly string[] {
  return allRows<[string]>(statements.get('PRAGMA integrity_check')).map(([line]) => line).filter((line) => line !== 'ok')
}

/** What is wrong with the tables; values themselves are checked against their ids by the storage. */
export function checkTables(statements: Statements): readonly string[] {
  const faults = [...checkFile(statements)]
  for (const [what, ids] of BROKEN_CALLS) faults.push(...sentence(count(statements, `SELECT count(*) FROM (${ids})`), what))
  for (const { what, table, where } of [...LOST, ...STRAYS]) faults.push(...sentence(count(statements, `SELECT count(*) FROM ${table} WHERE ${where}`), what))
  return [...faults, ...sentence(countWrongTotals(statements), "ops whose totals aren't those of their calls")]
}

export function count(statements: Statements, sql: string): number {
  return firstRow<[number]>(statements.get(sql))?.[0] ?? 0
}

export const sentence = (n: number, what: string): string[] => (n === 0 ? [] : [`${n} ${what}`])

/** Values that are said to be in a file which isn't there. */
export function findMissingFiles(statements: Statements, files: OverflowFiles | undefined): readonly ContentId[] {
  const cids = allRows<[ContentId]>(statements.get(`SELECT lower(hex(cid)) FROM vals WHERE place = ${PLACE.file}`)).map(([cid]) => cid)
  return cids.filter((cid) => !files?.has(cid))
}
