import { existsSync, rmSync } from 'node:fs'
import { MandalaError } from '../base/mandala-error.ts'
import type { StoreRepair } from '../store/store.ts'
import { BROKEN_CALLS, checkFile, checkTables, findMissingFiles, LOST, sentence, STRAYS, type Stray } from './check.ts'
import { deleteAllOrphans, deleteCallsAt } from './deletion.ts'
import type { OverflowFiles } from './overflow-files.ts'
import { DamagedRow } from './sqlite-error.ts'
import { firstRow, type Statements } from './statements.ts'
import { recountTotals } from './totals.ts'
import { PLACE } from './write-batch.ts'

/**
 * Makes the tables agree, so that what was damaged is a miss. Call within a write transaction: it is done whole or not at all, and nobody
 * writes a file meanwhile.
 */
export function repairTables(statements: Statements, files: OverflowFiles | undefined): StoreRepair {
  expectFolder(statements, files)
  const done = [...repairIndexes(statements)]
  for (const lost of LOST) done.push(...removeStray(statements, lost))
  done.push(...sentence(deleteCallsAt(statements, BROKEN_CALLS.map(([, ids]) => ids)), 'calls dropped that were not whole'))
  for (const stray of STRAYS) done.push(...removeStray(statements, stray))
  const forgotten = findMissingFiles(statements, files)
  for (const cid of forgotten) statements.get('UPDATE vals SET place = 0, size = 0, bytes = NULL WHERE cid = unhex(?)').run(cid)
  const { values, refs } = deleteAllOrphans(statements)
  done.push(...sentence(refs, 'refs removed that no call used'), ...sentence(values, 'values removed that no ref used'))
  done.push(...sentence(recountTotals(statements), 'ops counted anew'), ...sentence(removeStrayFiles(statements, files), 'stray files removed'))
  return { done, forgotten }
}

/** Where the folder of large values is elsewhere, none of them is damaged. */
function expectFolder(statements: Statements, files: OverflowFiles | undefined): void {
  const count = firstRow<[number]>(statements.get(`SELECT count(*) FROM vals WHERE place = ${PLACE.file}`))?.[0] ?? 0
  if (count === 0 || (files && existsSync(files.dir))) return
  throw new MandalaError('STORE_UNREADABLE', `${count} large values are files, and there is no folder ${files?.dir ?? 'for them'}`, {
    hint: 'name it: new Storage({ path, overflow: { dir } }), or `overflow` in mandala.config.ts; if it is lost for good, make an empty one',
  })
}

function removeStray(statements: Statements, { what, table, where, column }: Stray): string[] {
  const { changes } = statements.get(column === undefined ? `DELETE FROM ${table} WHERE ${where}` : `UPDATE ${table} SET ${column} = NULL WHERE ${where}`).run()
  // What is kept of the code in memory is read anew.
  if (changes > 0) statements.get("UPDATE counters SET value = value + 1 WHERE name = 'code'").run()
  return sentence(Number(changes), `${what}: ${column === undefined ? 'removed' : 'no longer said'}`)
}

/**
 * Indexes are made of the tables, and can be made anew; damage of anything else can't be told from what was there. They are whenever anything
 * is wrong: SQLite doesn't notice entries of partial ones that stand for nothing, which show as faults of rows.
 */
function repairIndexes(statements: Statements): string[] {
  if (checkTables(statements).length === 0) return []
  const faults = checkFile(statements)
  if (faults.every((line) => /\bindex\b/i.test(line)) && canReindex(statements)) return sentence(faults.length, 'faults in indexes, which are made anew')
  throw new DamagedRow(faults[0] ?? 'an index has one place for two rows')
}

function canReindex(statements: Statements): boolean {
  try {
    statements.get('REINDEX').run()
  } catch {
    // Two rows that only one can be.
    return false
  }
  return checkFile(statements).length === 0
}

/** Files of values that no row names any more, and drafts of writers that were killed: who writes one holds the store meanwhile. */
function removeStrayFiles(statements: Statements, files: OverflowFiles | undefined): number {
  if (!files) return 0
  const { cids, drafts } = files.list()
  const strays = cids.filter((cid) => !firstRow(statements.get('SELECT 1 FROM vals WHERE cid = unhex(?) AND place = 2'), cid))
  for (const cid of strays) files.drop(cid)
  for (const draft of drafts) rmSync(draft, { force: true })
  return strays.length + drafts.length
}
