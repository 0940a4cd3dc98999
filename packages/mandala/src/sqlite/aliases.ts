import { MandalaError } from '../base/mandala-error.ts'
import type { Alias } from '../model/names.ts'
import type { Renaming } from '../store/store.ts'
import { allRows, firstRow, type Statements } from './statements.ts'

const OF_OP = 'op IN (SELECT id FROM ops WHERE name = ?)'

export function readAliases(statements: Statements): Alias[] {
  return allRows<[string, string, string]>(statements.get('SELECT op, input, name FROM aliases ORDER BY id'))
    .map(([op, input, name]) => ({ op, input: input === '' ? undefined : input, name }))
}

export function listInputs(statements: Statements, op: string): string[] {
  const sql = `
    SELECT name FROM labels WHERE id IN (SELECT io.label FROM calls JOIN io ON io.call = calls.id AND io.slot >= 0 WHERE calls.${OF_OP}) ORDER BY name`
  return allRows<[string]>(statements.get(sql), op).map(([name]) => name)
}

export function countCallsWith(statements: Statements, op: string, inputs: readonly string[]): number {
  const sql = `
    SELECT count(*) FROM calls WHERE calls.${OF_OP} AND EXISTS (
      SELECT 1 FROM io JOIN labels ON labels.id = io.label
      WHERE io.call = calls.id AND io.slot >= 0 AND labels.name IN (SELECT value FROM json_each(?)))`
  return firstRow<[number]>(statements.get(sql), op, JSON.stringify(inputs))?.[0] ?? 0
}

/** Call within a write transaction. */
export function rename(statements: Statements, { aliases, revision, unused }: Renaming): boolean {
  if (firstRow<[number]>(statements.get("SELECT value FROM counters WHERE name = 'aliases'"))?.[0] !== revision) return false
  if (unused.some((each) => isUsed(statements, each))) return false
  for (const { op, input } of unused) forget(statements, op, input)
  for (const { op, input, name } of aliases) statements.get('INSERT INTO aliases (op, input, name) VALUES (?, ?, ?)').run(op, input ?? '', name)
  statements.get("UPDATE counters SET value = value + 1 WHERE name IN ('aliases', 'code')").run()
  return true
}

function isUsed(statements: Statements, { op, input }: Renaming['unused'][number]): boolean {
  if (input === undefined) return firstRow(statements.get(`SELECT 1 FROM calls WHERE ${OF_OP} LIMIT 1`), op) !== undefined
  // Most names are those of no input at all.
  const isLabel = firstRow(statements.get("SELECT 1 FROM labels WHERE name = ? OR substr(name, 1, length(?) + 1) = ? || '['"), input, input, input)
  return isLabel !== undefined && listInputs(statements, op).some((each) => each === input || each.startsWith(`${input}[`))
}

/** What is left of an op or an input that has no calls. */
function forget(statements: Statements, op: string, input: string | undefined): void {
  if (input !== undefined) {
    statements.get('DELETE FROM aliases WHERE op = ? AND input = ?').run(op, input)
    return
  }
  for (const sql of [
    'DELETE FROM aliases WHERE op = ?',
    `DELETE FROM failures WHERE ${OF_OP}`,
    `DELETE FROM op_notes WHERE ${OF_OP}`,
    `UPDATE vals SET op = NULL WHERE ${OF_OP}`,
    'DELETE FROM version_commits WHERE version IN (SELECT id FROM versions WHERE op = ?)',
    'DELETE FROM versions WHERE op = ?',
    'DELETE FROM ops WHERE name = ?',
  ]) statements.get(sql).run(op)
}

/** A name that none is stored under so far, and that another op was given: a process that doesn't know that would store calls of its own under it. */
export function expectNoAlias(statements: Statements, op: string): void {
  const isNew = firstRow<[number]>(statements.get('SELECT count(*) FROM ops WHERE name = ?'), op)?.[0] === 1
  if (!isNew || !firstRow(statements.get("SELECT 1 FROM aliases WHERE input = '' AND name = ? AND op <> ?"), op, op)) return
  throw new MandalaError('OP_NAME_TAKEN', `Another op was given the name "${op}" while this run was under way`, {
    hint: 'run again: the name means that op now; give this one another name if it is none',
  })
}
