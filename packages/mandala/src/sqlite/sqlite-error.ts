import { MandalaError } from '../base/mandala-error.ts'

const [BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB] = [5, 6, 8, 10, 11, 13, 14, 26]

/** What SQLite says, in words a user can act on. Errors that aren't SQLite's are given back as they are. */
export function describeSqliteError(error: unknown, path: string): unknown {
  const code = (error as { code?: string }).code
  if (code !== 'ERR_SQLITE_ERROR') return error
  const details = { cause: error }
  switch (((error as { errcode?: number }).errcode ?? 0) & 0xff) {
    case FULL: return new MandalaError('STORE_FULL', `No space left to store to ${path}`, { ...details, hint: 'free some disk space and run again: nothing stored before is lost', retryable: true })
    case READONLY: return new MandalaError('STORE_READ_ONLY', `${path} can't be written to`, { ...details, hint: 'check its permissions; with run({ newCalls: "error" }) a read-only store can still be retraced' })
    case BUSY:
    case LOCKED: return new MandalaError('STORE_BUSY', `${path} is held by another process for too long`, { ...details, hint: 'find the process that holds it (a backup, an open transaction) and run again', retryable: true })
    case CORRUPT: return new MandalaError('STORE_DAMAGED', `${path} is damaged`, { ...details, hint: 'copy the file, then recover it: sqlite3 file.db .recover | sqlite3 new.db' })
    case NOTADB: return new MandalaError('STORE_NOT_OURS', `${path} is not a mandala store`, { ...details, hint: 'give another path: the file was left untouched' })
    case CANTOPEN: return new MandalaError('STORE_UNREADABLE', `${path} can't be opened`, { ...details, hint: 'check that the folder exists and may be written to' })
    case IOERR: return new MandalaError('STORE_UNREADABLE', `${path} can't be read or written: the disk failed`, { ...details, hint: 'check the disk; calls stored before are kept', retryable: true })
    default: return error
  }
}
