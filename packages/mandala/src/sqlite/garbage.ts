import { dayOf, type Collected, type Garbage } from '../store/store.ts'
import { countCalls, deleteAllOrphans, deleteChosen, deleteOrphans, GETS, MAKES, startChoice, type Deletion } from './deletion.ts'
import type { OverflowFiles } from './overflow-files.ts'
import { allRows, firstRow, type Statements } from './statements.ts'
import { PLACE } from './write-batch.ts'

/** Calls that tie collections to their elements go with the calls that they are tied to; those that are tied to none go by themselves. */
const STANDS_ALONE = `(calls.op NOT IN ${GETS} AND calls.op NOT IN ${MAKES}
  OR calls.op IN ${GETS} AND NOT EXISTS (
    SELECT 1 FROM io AS whole JOIN io AS creator ON creator.ref = whole.ref AND creator.slot < 0 WHERE whole.call = calls.id AND whole.slot >= 0)
  OR calls.op IN ${MAKES} AND NOT EXISTS (
    SELECT 1 FROM io AS whole JOIN io AS consumer ON consumer.ref = whole.ref AND consumer.slot >= 0 WHERE whole.call = calls.id AND whole.slot < 0))`
/** A hit is known to the day. */
const IS_UNUSED = 'calls.started_ms < ? AND ifnull(calls.used_day, 0) < ?'
const DAY_OF_USE = 'max(calls.started_ms / 86400000, ifnull(calls.used_day, 0))'

/**
 * Least recently used first, what is doomed already before all others. A value belongs to the last call in this order that needs it, and
 * is free when that goes.
 */
const CHOOSE_BY_SIZE = `
  WITH RECURSIVE ordered (id, place) AS (
    SELECT calls.id, row_number() OVER (ORDER BY doomed.id IS NULL, ${DAY_OF_USE}, calls.id)
    FROM calls LEFT JOIN doomed ON doomed.id = calls.id WHERE ${STANDS_ALONE}
  ), goes (id, place) AS (
    SELECT id, place FROM ordered
    UNION SELECT tie.id, goes.place FROM goes
      JOIN io AS output ON output.call = goes.id AND output.slot < 0
      JOIN io AS consumer ON consumer.ref = output.ref AND consumer.slot >= 0
      JOIN calls AS tie ON tie.id = consumer.call WHERE tie.op IN ${GETS}
    UNION SELECT tie.id, goes.place FROM goes
      JOIN io AS input ON input.call = goes.id AND input.slot >= 0
      JOIN io AS creator ON creator.ref = input.ref AND creator.slot < 0
      JOIN calls AS tie ON tie.id = creator.call WHERE tie.op IN ${MAKES}
  ), owned (val, place) AS (
    SELECT refs.val, max(goes.place) FROM goes JOIN io ON io.call = goes.id JOIN refs ON refs.id = io.ref GROUP BY refs.val
  ), freed (place, bytes) AS (
    SELECT owned.place, sum(vals.size) FROM owned JOIN vals ON vals.id = owned.val GROUP BY owned.place
  )
  INSERT OR IGNORE INTO doomed SELECT id, 1 FROM (
    SELECT ordered.id AS id, ifnull(sum(freed.bytes) OVER (ORDER BY ordered.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS freed_before
    FROM ordered LEFT JOIN freed ON freed.place = ordered.place
  ) WHERE freed_before < ?`

/** Deletes what the rules say, and whatever no call uses; call within a write transaction, which the caller rolls back for a dry run. */
export function collectGarbage(statements: Statements, rules: Garbage): Deletion<Collected> {
  const unused = deleteAllOrphans(statements)
  startChoice(statements)
  choose(statements, rules)
  const ops = deleteChosen(statements)
  const freed = deleteOrphans(statements)
  const failures = deleteFailures(statements, rules)
  deleteProcesses(statements)
  const dropped = {
    calls: countCalls(ops), refs: unused.refs + freed.refs, values: unused.values + freed.values, bytes: unused.bytes + freed.bytes, ops, failures,
  }
  return { dropped, files: [...unused.files, ...freed.files] }
}

function choose(statements: Statements, { executedBeforeMs, unusedSinceMs, versions, maxBytes }: Garbage): void {
  const chooseIf = (condition: string, ...given: (number | string)[]): void => {
    statements.get(`INSERT OR IGNORE INTO doomed SELECT calls.id, 1 FROM calls WHERE (${condition}) AND ${STANDS_ALONE}`).run(...given)
  }
  if (executedBeforeMs !== undefined) chooseIf('calls.started_ms < ?', executedBeforeMs)
  if (unusedSinceMs !== undefined) chooseIf(IS_UNUSED, unusedSinceMs, dayOf(unusedSinceMs))
  if (versions) {
    const ofVersion = 'calls.version IN (SELECT versions.id FROM json_each(?) AS given JOIN versions ON versions.hash = unhex(given.value))'
    if (versions.unusedSinceMs === undefined) chooseIf(ofVersion, JSON.stringify(versions.ids))
    else chooseIf(`${ofVersion} AND ${IS_UNUSED}`, JSON.stringify(versions.ids), versions.unusedSinceMs, dayOf(versions.unusedSinceMs))
  }
  if (maxBytes === undefined) return
  const bytes = firstRow<[number]>(statements.get('SELECT ifnull(sum(size), 0) FROM vals'))?.[0] ?? 0
  if (bytes > maxBytes) statements.get(CHOOSE_BY_SIZE).run(bytes - maxBytes)
}

function deleteFailures(statements: Statements, { executedBeforeMs, unusedSinceMs }: Garbage): number {
  const before = Math.max(executedBeforeMs ?? 0, unusedSinceMs ?? 0)
  return Number(statements.get('DELETE FROM failures WHERE started_ms < ?').run(before).changes)
}

function deleteProcesses(statements: Statements): void {
  statements
    .get('DELETE FROM processes WHERE id NOT IN (SELECT process FROM calls WHERE process IS NOT NULL) AND id NOT IN (SELECT process FROM failures)')
    .run()
}

/** Deletes the files that a killed process left behind; in a write transaction, so that no process is writing one. */
export function dropStrayFiles(statements: Statements, files: OverflowFiles): void {
  const { cids, drafts } = files.list()
  const named = new Set(allRows<[string]>(statements.get(`SELECT lower(hex(cid)) FROM vals WHERE place = ${PLACE.file}`)).map(([cid]) => cid))
  for (const cid of cids) if (!named.has(cid)) files.drop(cid)
  for (const draft of drafts) files.dropDraft(draft)
}
