import type { ContentId } from '../base/ids.ts'
import type { OverflowFiles } from './overflow-files.ts'
import { allRows, firstRow, type Statements } from './statements.ts'
import { countWrongTotals } from './totals.ts'
import { PLACE } from './write-batch.ts'

/** Counts of rows that must not be, each with what they are. */
const FAULTS: readonly (readonly [what: string, count: string])[] = [
  ['calls without an output', 'SELECT count(*) FROM calls WHERE NOT EXISTS (SELECT 1 FROM io WHERE io.call = calls.id AND slot < 0)'],
  ['calls of an unknown op', 'SELECT count(*) FROM calls WHERE op NOT IN (SELECT id FROM ops)'],
  ['inputs or outputs of an unknown call', 'SELECT count(*) FROM io WHERE call NOT IN (SELECT id FROM calls)'],
  ['inputs or outputs without a ref', 'SELECT count(*) FROM io WHERE ref NOT IN (SELECT id FROM refs)'],
  ['refs without a value', 'SELECT count(*) FROM refs WHERE val NOT IN (SELECT id FROM vals)'],
  ['refs with two creators', 'SELECT count(*) FROM (SELECT ref FROM io WHERE slot < 0 GROUP BY ref HAVING count(*) > 1)'],
  ['calls of an unknown process', 'SELECT count(*) FROM calls WHERE process IS NOT NULL AND process NOT IN (SELECT id FROM processes)'],
  ['tags of nothing', 'SELECT count(*) FROM tags WHERE target NOT IN (SELECT hid FROM refs) AND target NOT IN (SELECT hid FROM calls)'],
  ['inner calls of an unknown call', 'SELECT count(*) FROM inner_calls WHERE outer_call NOT IN (SELECT id FROM calls) OR inner_call NOT IN (SELECT id FROM calls)'],
]

/** What is wrong with the tables; values themselves are checked against their ids by the storage. */
export function checkTables(statements: Statements): readonly string[] {
  const faults = allRows<[string]>(statements.get('PRAGMA integrity_check')).map(([line]) => line).filter((line) => line !== 'ok')
  for (const [what, count] of FAULTS) {
    const n = firstRow<[number]>(statements.get(count))?.[0] ?? 0
    if (n > 0) faults.push(`${n} ${what}`)
  }
  const wrong = countWrongTotals(statements)
  if (wrong > 0) faults.push(`${wrong} ops whose totals aren't those of their calls`)
  return faults
}

/** Values that are said to be in a file which isn't there. */
export function findMissingFiles(statements: Statements, files: OverflowFiles | undefined): readonly ContentId[] {
  const cids = allRows<[ContentId]>(statements.get(`SELECT lower(hex(cid)) FROM vals WHERE place = ${PLACE.file}`)).map(([cid]) => cid)
  return cids.filter((cid) => !files?.has(cid))
}
