import type { CallContentId } from '../base/ids.ts'
import type { ProcessInfo } from '../base/this-process.ts'
import { FAILURES_MAX, type FailedCall, type StoredFailure } from '../store/store.ts'
import { toProcess } from './processes.ts'
import { allRows, type Statements } from './statements.ts'

type Row = [
  op: string, version: number, cid: CallContentId | '', hasSucceededSince: number, inputs: string, error: string, startedMs: number, durationUs: number,
  host: string, pid: number, processStartedMs: number, program: string, pkg: string | null, commit: string | null,
]

/** @param ids row ids of the failure's op and process */
export function putFailure(statements: Statements, { cid, inputs, error, startedAtMs, durationMs }: StoredFailure, ids: { op: number; process: number }): void {
  if (cid !== undefined) statements.get('DELETE FROM failures WHERE op = ? AND cid = unhex(?)').run(ids.op, cid)
  statements
    .get('INSERT INTO failures (op, cid, inputs, error, started_ms, duration_us, process) VALUES (?, unhex(?), ?, ?, ?, ?, ?)')
    .run(ids.op, cid ?? null, JSON.stringify(inputs), JSON.stringify(error), Math.round(startedAtMs), Math.round(durationMs * 1000), ids.process)
  statements.get('DELETE FROM failures WHERE id <= (SELECT max(id) FROM failures) - ?').run(FAILURES_MAX)
}

export function listFailures(statements: Statements, op: string | undefined): FailedCall[] {
  const rows = allRows<Row>(statements.get(`
    SELECT ops.name, ops.version, lower(hex(failures.cid)), EXISTS (
        SELECT 1 FROM calls WHERE calls.op = failures.op AND calls.started_ms >= failures.started_ms AND (calls.cid = failures.cid OR calls.pre_cid = failures.cid)
      ), inputs, error, failures.started_ms, failures.duration_us,
      host, pid, processes.started_ms, program, package, git_commit
    FROM failures JOIN ops ON ops.id = failures.op JOIN processes ON processes.id = failures.process
    WHERE ? IS NULL OR ops.name = ? ORDER BY failures.id DESC`), op ?? null, op ?? null)
  return rows.map(([name, version, cid, hasSucceededSince, inputs, error, startedAtMs, durationUs, ...process]) => ({
    op: name, version, cid: cid === '' ? undefined : cid, hasSucceededSince: hasSucceededSince === 1, inputs: JSON.parse(inputs) as StoredFailure['inputs'],
    error: JSON.parse(error) as StoredFailure['error'], startedAtMs, durationMs: durationUs / 1000, process: toProcess(process) as ProcessInfo,
  }))
}
