import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DatabaseSync } from 'node:sqlite'
import { MandalaError } from '../base/mandala-error.ts'
import { loadSqlite } from './load-sqlite.ts'
import { APPLICATION_ID, MIGRATIONS, migrate, READABLE_FROM, VIEWS } from './migrations.ts'

const sqlite = loadSqlite()

export const BUSY_TIMEOUT_MS = 30_000
const CACHE_KB = 16_384

/** Opens a store file, made or migrated as needed. */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') refuseForeignFile(path)
  const db = new sqlite.DatabaseSync(locate(path), { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: false })
  try {
    db.exec(`PRAGMA cache_size = -${CACHE_KB}; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 10000`)
    refuseForeignSchema(db, path)
    const format = getNumber(db, 'user_version')
    const mustMigrate = format < READABLE_FROM || path === ':memory:' || mayWrite(path)
    if (format < MIGRATIONS.length && mustMigrate) {
      db.exec('PRAGMA auto_vacuum = INCREMENTAL')
      retryWhileBusy(() => db.exec('PRAGMA journal_mode = WAL'))
      db.exec('BEGIN IMMEDIATE')
      migrate(db, getNumber(db, 'user_version'))
      db.exec('COMMIT')
    } else if (format < MIGRATIONS.length) db.exec(VIEWS)
    db.exec('PRAGMA synchronous = NORMAL')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** SQLite writes beside a store even to read it: where it may not, the file is read as it stands. */
function locate(path: string): string | URL {
  if (!existsSync(path) || mayWrite(path) || mayWrite(dirname(path))) return path
  const log = `${path}-wal`
  if (existsSync(log) && statSync(log).size > 0) {
    throw new MandalaError('STORE_READ_ONLY', `${path} has calls in ${log} that only who may write to both can read`, {
      hint: 'open and close it once as somebody who may write there, or copy both files to another folder',
    })
  }
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  return url
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

export function getNumber(db: DatabaseSync, pragma: string): number {
  return Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0] as number
}

/** SQLite would take an empty or foreign file for a new database and only fail at the first write. */
function refuseForeignFile(path: string): void {
  if (!existsSync(path)) return
  if (statSync(path).isDirectory()) {
    throw new MandalaError('STORE_UNREADABLE', `${path} is a folder`, { hint: 'give the path of a file in it' })
  }
  const header = readStart(path)
  if (header !== '' && header !== 'SQLite format 3\0') throw notOurs(path)
}

function readStart(path: string): string {
  try {
    const file = openSync(path, 'r')
    const bytes = Buffer.alloc(16)
    const length = readSync(file, bytes)
    closeSync(file)
    return bytes.toString('latin1', 0, length)
  } catch (cause) {
    throw new MandalaError('STORE_UNREADABLE', `${path} can't be read`, { hint: 'check its permissions, or give another path', cause })
  }
}

function refuseForeignSchema(db: DatabaseSync, path: string): void {
  // In one snapshot: another process may be making the store right now.
  db.exec('BEGIN')
  const tables = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']
  const version = getNumber(db, 'user_version')
  const application = getNumber(db, 'application_id')
  db.exec('COMMIT')
  const isOurs = application === APPLICATION_ID
  if (!isOurs && (tables !== 0 || application !== 0)) throw notOurs(path)
  if (isOurs && version > MIGRATIONS.length) {
    throw new MandalaError('STORE_TOO_NEW', `${path} has format ${version}; this release knows formats up to ${MIGRATIONS.length}`, {
      hint: 'update mandala-ts, or give another path: the file was left untouched',
    })
  }
}

function notOurs(path: string): MandalaError {
  return new MandalaError('STORE_NOT_OURS', `${path} is not a mandala store`, { hint: 'give another path: the file was left untouched' })
}

/** Switching to WAL needs the file alone for an instant and ignores the busy timeout while another process does the same. */
function retryWhileBusy(action: () => void): void {
  const until = Date.now() + BUSY_TIMEOUT_MS
  for (;;) {
    try {
      return action()
    } catch (error) {
      if ((((error as { errcode?: number }).errcode ?? 0) & 0xff) !== 5 || Date.now() > until) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}
