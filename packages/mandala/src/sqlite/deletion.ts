import type { CallHistoryId, ContentId } from '../base/ids.ts'
import type { Dropped } from '../store/store.ts'
import type { OverflowFiles } from './overflow-files.ts'
import { allRows, firstRow, type Statements } from './statements.ts'
import { subtractBytes, subtractCalls } from './totals.ts'
import { PLACE } from './write-batch.ts'

/** Calls to delete, by row id, in a temporary table; call within a write transaction. */
function chooseNone(statements: Statements): void {
  statements.get('CREATE TEMP TABLE IF NOT EXISTS doomed (id INTEGER PRIMARY KEY)').run()
  statements.get('DELETE FROM doomed').run()
}

function chooseCalls(statements: Statements, hids: readonly CallHistoryId[], dependents: boolean): void {
  chooseNone(statements)
  const choose = statements.get('INSERT OR IGNORE INTO doomed SELECT id FROM calls WHERE hid = unhex(?)')
  for (const hid of hids) choose.run(hid)
  if (!dependents) return
  // What was computed from a doomed call: consumers of its outputs, and the calls whose bodies called it.
  statements
    .get(`
      WITH RECURSIVE reached (id) AS (
        SELECT id FROM doomed
        UNION SELECT consumer.call FROM reached
          JOIN io AS output ON output.call = reached.id AND output.slot < 0
          JOIN io AS consumer ON consumer.ref = output.ref AND consumer.slot >= 0
        UNION SELECT inner_calls.outer_call FROM reached JOIN inner_calls ON inner_calls.inner_call = reached.id
      ) INSERT OR IGNORE INTO doomed SELECT id FROM reached`)
    .run()
}

/** Elements of a dropped collection have no other use: the calls that take a collection apart go with the call that made it. */
function chooseTakingApart(statements: Statements): void {
  statements
    .get(`
      WITH RECURSIVE apart (id) AS (
        SELECT id FROM doomed
        UNION SELECT calls.id FROM apart
          JOIN io AS output ON output.call = apart.id AND output.slot < 0
          JOIN io AS consumer ON consumer.ref = output.ref AND consumer.slot >= 0
          JOIN calls ON calls.id = consumer.call
          JOIN ops ON ops.id = calls.op
        WHERE ops.name IN ('__list_getitem__', '__dict_getitem__', '__set_getitem__')
      ) INSERT OR IGNORE INTO doomed SELECT id FROM apart`)
    .run()
}

/** Deletes calls and counts them; call within a write transaction, which the caller rolls back for a dry run. */
export function deleteCalls(statements: Statements, hids: readonly CallHistoryId[], dependents: boolean): number {
  chooseCalls(statements, hids, dependents)
  return deleteChosen(statements)
}

/** The same for calls by queries for their row ids: what is damaged may have no other. */
export function deleteCallsAt(statements: Statements, queries: readonly string[]): number {
  chooseNone(statements)
  for (const ids of queries) statements.get(`INSERT OR IGNORE INTO doomed SELECT * FROM (${ids})`).run()
  return deleteChosen(statements)
}

function deleteChosen(statements: Statements): number {
  chooseTakingApart(statements)
  const count = firstRow<[number]>(statements.get('SELECT count(*) FROM calls JOIN doomed USING (id)'))?.[0] ?? 0
  subtractCalls(statements)
  for (const sql of [
    'DELETE FROM tags WHERE target IN (SELECT hid FROM calls JOIN doomed USING (id))',
    'DELETE FROM io WHERE call IN (SELECT id FROM doomed)',
    'DELETE FROM inner_calls WHERE outer_call IN (SELECT id FROM doomed)',
    'DELETE FROM inner_calls WHERE inner_call IN (SELECT id FROM doomed)',
    'DELETE FROM calls WHERE id IN (SELECT id FROM doomed)',
    "UPDATE counters SET value = value + 1 WHERE name = 'deletions'",
  ]) statements.get(sql).run()
  return count
}

/** Deletes refs of no call, then values of no ref; call within a write transaction. Files go after it, by {@link dropFiles}. */
export function deleteOrphans(statements: Statements): Omit<Dropped, 'calls'> & { readonly files: readonly ContentId[] } {
  statements.get('DELETE FROM tags WHERE target IN (SELECT hid FROM refs WHERE id NOT IN (SELECT ref FROM io))').run()
  const refs = statements.get('DELETE FROM refs WHERE id NOT IN (SELECT ref FROM io)').run().changes
  const orphans = '(SELECT id FROM vals EXCEPT SELECT val FROM refs)'
  const files = allRows<[ContentId]>(statements.get(`SELECT lower(hex(cid)) FROM vals WHERE place = ${PLACE.file} AND id IN ${orphans}`))
  const bytes = firstRow<[number]>(statements.get(`SELECT ifnull(sum(size), 0) FROM vals WHERE id IN ${orphans}`))?.[0] ?? 0
  subtractBytes(statements, `id IN ${orphans}`)
  const values = statements.get(`DELETE FROM vals WHERE id IN ${orphans}`).run().changes
  return { refs: Number(refs), values: Number(values), bytes, files: files.map(([cid]) => cid) }
}

/** Deletes files that no row names; in a write transaction of its own, so that no process names one again meanwhile. */
export function dropFiles(statements: Statements, files: OverflowFiles | undefined, cids: readonly ContentId[]): void {
  for (const cid of cids) {
    if (!firstRow(statements.get('SELECT 1 FROM vals WHERE cid = unhex(?)'), cid)) files?.drop(cid)
  }
}
