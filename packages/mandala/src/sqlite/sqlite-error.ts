import { MandalaError, type ErrorCode } from '../base/mandala-error.ts'

interface Description {
  readonly code: ErrorCode
  readonly what: string
  readonly hint: string
  readonly retryable?: boolean
}

const DAMAGED = 11
const BUSY: Description = {
  code: 'STORE_BUSY', what: 'is held by another process for too long', retryable: true,
  hint: 'find the process that holds it (a backup, an open transaction) and run again',
}

/** SQLite's primary result codes, in words a user can act on. */
const DESCRIPTIONS: Readonly<Record<number, Description>> = {
  5: BUSY,
  6: BUSY,
  8: {
    code: 'STORE_READ_ONLY', what: "can't be written to",
    hint: 'check its permissions; with run({ newCalls: "error" }) a read-only store can still be retraced',
  },
  10: {
    code: 'STORE_UNREADABLE', what: "can't be read or written: the disk failed", retryable: true,
    hint: 'check the disk; calls stored before are kept',
  },
  [DAMAGED]: {
    code: 'STORE_DAMAGED', what: 'is damaged',
    hint: 'copy the file, then recover what it holds: sqlite3 <file> .recover | sqlite3 new.db; then: mandala check --repair --store new.db',
  },
  13: { code: 'STORE_FULL', what: "can't grow: no space left", hint: 'free some disk space and run again: nothing stored before is lost', retryable: true },
  14: { code: 'STORE_UNREADABLE', what: "can't be opened", hint: 'check that the folder exists and may be written to' },
  18: { code: 'VALUE_REFUSED', what: 'was given a value of more than 1 GB, too large for a row', hint: 'open the storage with overflow: { dir } to store it as a file' },
  26: { code: 'STORE_NOT_OURS', what: 'is not a mandala store', hint: 'give another path: the file was left untouched' },
}

/** A row that SQLite could read and that can't be ours: a page took the place of another. */
export class DamagedRow extends Error {}

/** A `MandalaError` for what SQLite says. Errors that aren't SQLite's are given back as they are. */
export function describeSqliteError(error: unknown, path: string): unknown {
  const isDamagedRow = error instanceof DamagedRow
  if (!isDamagedRow && (error as { code?: string }).code !== 'ERR_SQLITE_ERROR') return error
  const description = DESCRIPTIONS[isDamagedRow ? DAMAGED : ((error as { errcode?: number }).errcode ?? 0) & 0xff]
  if (!description) return error
  const { code, what, hint, retryable } = description
  return new MandalaError(code, `${path} ${what}`, { hint: hint.replace('<file>', path), cause: error, retryable: retryable ?? false })
}
