import type { ProcessInfo } from '../base/this-process.ts'
import { firstRow, type Statements } from './statements.ts'

type Row = [host: string | null, pid: number, startedMs: number, program: string, pkg: string | null, commit: string | null]

/** As `processes` is joined to: the host is null where there is none. */
export function toProcess(row: Row): ProcessInfo | undefined {
  const [host, pid, startedAtMs, program, pkg, commit] = row
  return host === null ? undefined : { host, pid, startedAtMs, program, package: pkg ?? undefined, commit: commit ?? undefined }
}

export function findProcess(statements: Statements, id: number): ProcessInfo | undefined {
  const row = firstRow<Row>(statements.get('SELECT host, pid, started_ms, program, package, git_commit FROM processes WHERE id = ?'), id)
  return row && toProcess(row)
}
