import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { loadSqlite } from './load-sqlite.ts'
import { APPLICATION_ID, MIGRATIONS } from './migrations.ts'
import { getNumber } from './open-database.ts'
import { describeSqliteError } from './sqlite-error.ts'

/** A store's file as it lies there. */
export interface StoreFile {
  readonly isOurs: boolean
  readonly format: number
  /** That which this release writes. */
  readonly newestFormat: number
  readonly bytes: number
  /** Of what is written already and not yet in the file itself. */
  readonly logBytes: number
  /** Of the file, that nothing uses. */
  readonly freeBytes: number
  readonly journalMode: string
  readonly isWritable: boolean
}

/**
 * Reads what a file says of itself; it is not migrated.
 * @throws MandalaError for what SQLite can't read.
 */
export function describeFile(path: string): StoreFile {
  try {
    const db = new (loadSqlite().DatabaseSync)(path, { readOnly: true })
    try {
      return {
        isOurs: getNumber(db, 'application_id') === APPLICATION_ID, format: getNumber(db, 'user_version'), newestFormat: MIGRATIONS.length,
        bytes: statSync(path).size, logBytes: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
        freeBytes: getNumber(db, 'freelist_count') * getNumber(db, 'page_size'),
        journalMode: String(Object.values(db.prepare('PRAGMA journal_mode').get() ?? {})[0]),
        // SQLite writes beside a store, too.
        isWritable: [path, dirname(path)].every(mayWrite),
      }
    } finally {
      db.close()
    }
  } catch (error) {
    throw describeSqliteError(error, path)
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
