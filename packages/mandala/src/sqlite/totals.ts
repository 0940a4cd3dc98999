import type { CallHistoryId } from '../base/ids.ts'
import { dayOf, type OpTotals, type StoredCall } from '../store/store.ts'
import { allRows, firstRow, type Statements } from './statements.ts'

interface Sum {
  calls: number
  durationUs: number
  bytes: number
  usedMs: number
  readonly notes: Map<string, number>
}

/** What one batch adds to the totals of its ops, by their row ids. */
export class TotalsOfBatch {
  readonly #sums = new Map<number, Sum>()

  addCall(op: number, { isAdopted, startedAtMs, durationMs, notes }: StoredCall): void {
    const sum = this.#sumOf(op)
    sum.calls += 1
    sum.usedMs = Math.max(sum.usedMs, Math.round(startedAtMs))
    if (isAdopted) return
    sum.durationUs += Math.round(durationMs * 1000)
    if (notes === undefined) return
    for (const [name, value] of Object.entries(notes)) if (typeof value === 'number') sum.notes.set(name, (sum.notes.get(name) ?? 0) + value)
  }

  addBytes(op: number, bytes: number): void {
    this.#sumOf(op).bytes += bytes
  }

  write(statements: Statements): void {
    const add = statements.get(
      'UPDATE ops SET calls = calls + ?, duration_us = duration_us + ?, bytes = bytes + ?, used_ms = max(ifnull(used_ms, 0), ?) WHERE id = ?')
    for (const [op, { calls, durationUs, bytes, usedMs, notes }] of this.#sums) {
      add.run(calls, durationUs, bytes, usedMs, op)
      for (const [name, total] of notes) {
        statements.get('INSERT INTO op_notes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET total = total + excluded.total').run(op, name, total)
      }
    }
  }

  #sumOf(op: number): Sum {
    let sum = this.#sums.get(op)
    if (!sum) this.#sums.set(op, (sum = { calls: 0, durationUs: 0, bytes: 0, usedMs: 0, notes: new Map() }))
    return sum
  }
}

/** What is counted of calls, by op; `where` chooses calls. */
const COUNTED = (where: string): string => `
  SELECT op, count(*) AS calls, sum(iif(is_adopted, 0, duration_us)) AS duration_us FROM calls ${where} GROUP BY op`
const NOTED = (where: string): string => `
  SELECT calls.op AS op, note.key AS name, sum(note.value) AS total FROM calls JOIN json_each(calls.notes) AS note
  ${where} AND calls.notes IS NOT NULL AND calls.is_adopted IS NULL AND note.type IN ('integer', 'real') GROUP BY calls.op, note.key`
const DOOMED = 'WHERE calls.id IN (SELECT id FROM doomed)'

/** Takes the calls of the table `doomed` out of the totals, before they are deleted. */
export function subtractCalls(statements: Statements): void {
  for (const sql of [
    `UPDATE ops SET calls = ops.calls - gone.calls, duration_us = ops.duration_us - gone.duration_us
      FROM (${COUNTED(DOOMED)}) AS gone WHERE gone.op = ops.id`,
    `UPDATE op_notes SET total = op_notes.total - gone.total FROM (${NOTED(DOOMED)}) AS gone WHERE gone.op = op_notes.op AND gone.name = op_notes.name`,
    'DELETE FROM op_notes WHERE op IN (SELECT id FROM ops WHERE calls = 0)',
  ]) statements.get(sql).run()
}

/** Takes bytes of values out of the totals; `values` is a condition on rows of `vals`. */
export function subtractBytes(statements: Statements, values: string, ...given: string[]): void {
  statements
    .get(`
      UPDATE ops SET bytes = ops.bytes - gone.bytes
      FROM (SELECT op, sum(size) AS bytes FROM vals WHERE op IS NOT NULL AND ${values} GROUP BY op) AS gone WHERE gone.op = ops.id`)
    .run(...given)
}

export function putUses(statements: Statements, hids: readonly CallHistoryId[], atMs: number): void {
  const day = dayOf(atMs)
  const use = statements.get('UPDATE calls SET used_day = ? WHERE hid = unhex(?) AND ifnull(used_day, 0) < ? RETURNING op')
  const ops = new Set(hids.flatMap((hid) => firstRow<[number]>(use, day, hid, day) ?? []))
  for (const op of ops) statements.get('UPDATE ops SET used_ms = max(ifnull(used_ms, 0), ?) WHERE id = ?').run(Math.round(atMs), op)
}

export function readTotals(statements: Statements): OpTotals[] {
  const rows = allRows<[number, string, number, number, number, number, number | null]>(
    statements.get('SELECT id, name, version, calls, duration_us, bytes, used_ms FROM ops ORDER BY name, version'))
  const notes = Map.groupBy(allRows<[number, string, number]>(statements.get('SELECT op, name, total FROM op_notes ORDER BY op, name')), ([op]) => op)
  return rows.map(([id, name, version, calls, durationUs, bytes, usedAtMs]) => ({
    name, version, calls, durationMs: durationUs / 1000, bytes, usedAtMs: usedAtMs ?? undefined,
    notes: Object.fromEntries((notes.get(id) ?? []).map(([, note, total]) => [note, total])),
  }))
}

/** Ops with what their calls and values come to, and with what is said of that. */
const COMPARED = `
  SELECT ops.id, ifnull(counted.calls, 0) AS calls, ifnull(counted.duration_us, 0) AS duration_us, ifnull(sized.bytes, 0) AS bytes
  FROM ops LEFT JOIN (${COUNTED('')}) AS counted ON counted.op = ops.id
    LEFT JOIN (SELECT op, sum(size) AS bytes FROM vals GROUP BY op) AS sized ON sized.op = ops.id
  WHERE ops.calls <> ifnull(counted.calls, 0) OR ops.duration_us <> ifnull(counted.duration_us, 0) OR ops.bytes <> ifnull(sized.bytes, 0)`

/** Ops whose totals aren't what their calls and values come to. */
export function countWrongTotals(statements: Statements): number {
  return firstRow<[number]>(statements.get(`SELECT count(*) FROM (${COMPARED})`))?.[0] ?? 0
}

/** Counts the calls of all ops anew; gives the number of those of which something else was said. */
export function recountTotals(statements: Statements): number {
  const wrong = statements
    .get(`UPDATE ops SET calls = right.calls, duration_us = right.duration_us, bytes = right.bytes FROM (${COMPARED}) AS right WHERE right.id = ops.id`)
    .run().changes
  if (wrong > 0) {
    statements.get('DELETE FROM op_notes').run()
    statements.get(`INSERT INTO op_notes SELECT op, name, total FROM (${NOTED('WHERE true')})`).run()
  }
  return Number(wrong)
}
