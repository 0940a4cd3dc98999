import { STRUCTURE_OPS } from '../model/structure.ts'
import type { CallHistoryId, ContentId } from '../base/ids.ts'
import type { Dropped, DroppedOfOp } from '../store/store.ts'
import type { OverflowFiles } from './overflow-files.ts'
import { allRows, firstRow, type Statements } from './statements.ts'
import { subtractBytes, subtractCalls } from './totals.ts'
import { PLACE } from './write-batch.ts'

const idsOf = (names: readonly string[]): string => `(SELECT id FROM ops WHERE name IN (${names.map((name) => `'${name}'`).join(', ')}))`
const structures = Object.values(STRUCTURE_OPS)
/** Row ids of the ops that put collections together, and of those that take them apart. */
export const MAKES: string = idsOf(structures.map(({ make }) => make))
export const GETS: string = idsOf(structures.map(({ get }) => get))

/** Starts a choice of calls to delete, by row id, in a temporary table; call within a write transaction. */
export function startChoice(statements: Statements): void {
  statements.get('CREATE TEMP TABLE IF NOT EXISTS doomed (id INTEGER PRIMARY KEY, is_chosen INTEGER NOT NULL)').run()
  statements.get('DELETE FROM doomed').run()
}

export function chooseCalls(statements: Statements, hids: readonly CallHistoryId[], dependents: boolean): void {
  startChoice(statements)
  const choose = statements.get('INSERT OR IGNORE INTO doomed SELECT id, 1 FROM calls WHERE hid = unhex(?)')
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
      ) INSERT OR IGNORE INTO doomed SELECT id, 0 FROM reached`)
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
        WHERE calls.op IN ${GETS}
      ) INSERT OR IGNORE INTO doomed SELECT id, 0 FROM apart`)
    .run()
}

/** A collection that was put together for doomed calls alone is stored again with them; one in another goes a round later. */
function choosePuttingTogether(statements: Statements): void {
  const choose = statements.get(`
    INSERT OR IGNORE INTO doomed SELECT make.id, 0 FROM doomed
      JOIN io AS input ON input.call = doomed.id AND input.slot >= 0
      JOIN io AS output ON output.ref = input.ref AND output.slot < 0
      JOIN calls AS make ON make.id = output.call
    WHERE make.op IN ${MAKES} AND NOT EXISTS (
      SELECT 1 FROM io AS other WHERE other.ref = output.ref AND other.slot >= 0 AND other.call NOT IN (SELECT id FROM doomed))`)
  while (choose.run().changes > 0);
}

/** Deletes calls by queries for their row ids: what is damaged may have no other. */
export function deleteCallsAt(statements: Statements, queries: readonly string[]): number {
  startChoice(statements)
  for (const ids of queries) statements.get(`INSERT OR IGNORE INTO doomed SELECT *, 1 FROM (${ids})`).run()
  return countCalls(deleteChosen(statements))
}

/** Deletes the chosen calls and counts them; call within a write transaction, which the caller rolls back for a dry run. */
export function deleteChosen(statements: Statements): readonly DroppedOfOp[] {
  chooseTakingApart(statements)
  choosePuttingTogether(statements)
  const rows = allRows<[string, number, number, number, number]>(statements.get(`
    SELECT ifnull(ops.name, ''), ifnull(ops.version, 0), count(*), count(*) - sum(is_chosen), sum(iif(is_adopted, 0, calls.duration_us))
    FROM doomed JOIN calls USING (id) LEFT JOIN ops ON ops.id = calls.op GROUP BY calls.op ORDER BY ops.name, ops.version`))
  chooseIds(statements, 'touched', 'SELECT ref FROM io WHERE call IN (SELECT id FROM doomed)')
  if (rows.length === 0) return []
  subtractCalls(statements)
  for (const sql of [
    'DELETE FROM tags WHERE target IN (SELECT hid FROM calls JOIN doomed USING (id))',
    'DELETE FROM io WHERE call IN (SELECT id FROM doomed)',
    'DELETE FROM inner_calls WHERE outer_call IN (SELECT id FROM doomed)',
    'DELETE FROM inner_calls WHERE inner_call IN (SELECT id FROM doomed)',
    'DELETE FROM calls WHERE id IN (SELECT id FROM doomed)',
    "UPDATE counters SET value = value + 1 WHERE name = 'deletions'",
  ]) statements.get(sql).run()
  return rows.map(([name, version, calls, dependents, durationUs]) => ({ name, version, calls, dependents, durationMs: durationUs / 1000 }))
}

/** What a deletion came to, and the files that go after it, by {@link dropFiles}. */
export interface Deletion<D extends Dropped = Dropped> {
  readonly dropped: D
  readonly files: readonly ContentId[]
}

export function deleteCalls(statements: Statements, hids: readonly CallHistoryId[], dependents: boolean): Deletion {
  chooseCalls(statements, hids, dependents)
  const ops = deleteChosen(statements)
  const { files, ...orphans } = deleteOrphans(statements)
  return { dropped: { calls: countCalls(ops), ...orphans, ops }, files }
}

export const countCalls = (ops: readonly DroppedOfOp[]): number => ops.reduce((sum, { calls }) => sum + calls, 0)

type Orphans = Omit<Dropped, 'calls' | 'ops'> & { readonly files: readonly ContentId[] }

/** Deletes refs that the deleted calls were the last to use, then values of no ref; call within a write transaction. */
export function deleteOrphans(statements: Statements): Orphans {
  chooseIds(statements, 'orphans', 'SELECT id FROM touched WHERE NOT EXISTS (SELECT 1 FROM io WHERE io.ref = touched.id)')
  chooseIds(statements, 'loose', 'SELECT val FROM refs WHERE id IN (SELECT id FROM orphans)')
  const refs = deleteRefs(statements)
  return { refs, ...deleteValues(statements) }
}

/** The same for all that there are, whatever left them behind. */
export function deleteAllOrphans(statements: Statements): Orphans {
  chooseIds(statements, 'orphans', 'SELECT id FROM refs WHERE NOT EXISTS (SELECT 1 FROM io WHERE io.ref = refs.id)')
  const refs = deleteRefs(statements)
  chooseIds(statements, 'loose', 'SELECT id FROM vals')
  return { refs, ...deleteValues(statements) }
}

function deleteRefs(statements: Statements): number {
  statements.get('DELETE FROM tags WHERE target IN (SELECT hid FROM refs WHERE id IN (SELECT id FROM orphans))').run()
  return Number(statements.get('DELETE FROM refs WHERE id IN (SELECT id FROM orphans)').run().changes)
}

/** Of the values in `loose` those of no ref: one look through all refs costs less than an index on them. */
function deleteValues(statements: Statements): Omit<Orphans, 'refs'> {
  chooseIds(statements, 'orphans', 'SELECT id FROM loose EXCEPT SELECT val FROM refs')
  const orphans = 'id IN (SELECT id FROM orphans)'
  const files = allRows<[ContentId]>(statements.get(`SELECT lower(hex(cid)) FROM vals WHERE ${orphans} AND place = ${PLACE.file}`))
  const bytes = firstRow<[number]>(statements.get(`SELECT ifnull(sum(size), 0) FROM vals WHERE ${orphans}`))?.[0] ?? 0
  subtractBytes(statements, orphans)
  const values = statements.get(`DELETE FROM vals WHERE ${orphans}`).run().changes
  return { values: Number(values), bytes, files: files.map(([cid]) => cid) }
}

/** Makes a temporary table of ids. */
function chooseIds(statements: Statements, table: 'touched' | 'orphans' | 'loose', select: string): void {
  statements.get(`CREATE TEMP TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY)`).run()
  statements.get(`DELETE FROM temp.${table}`).run()
  statements.get(`INSERT OR IGNORE INTO temp.${table} ${select}`).run()
}

/** Deletes files that no row names; in a write transaction of its own, so that no process names one again meanwhile. */
export function dropFiles(statements: Statements, files: OverflowFiles | undefined, cids: readonly ContentId[]): void {
  for (const cid of cids) {
    if (!firstRow(statements.get('SELECT 1 FROM vals WHERE cid = unhex(?)'), cid)) files?.drop(cid)
  }
}
