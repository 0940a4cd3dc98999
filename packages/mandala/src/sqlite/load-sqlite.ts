import type * as Sqlite from 'node:sqlite'
import { MandalaError } from '../base/mandala-error.ts'

/** Whether a release of Node has all of `node:sqlite` that the library uses; 23 ended before that was complete. */
export function isSupported(version: string): boolean {
  const [major, minor] = version.split('.').map(Number) as [number, number]
  return major >= 24 || (major === 22 && minor >= 18)
}

/** Asks for SQLite at run time: of a static import an older Node only says that it knows no such module. */
export function loadSqlite(): typeof Sqlite {
  const { node } = process.versions
  const sqlite = isSupported(node) ? withoutExperimentalWarnings(() => process.getBuiltinModule('node:sqlite') as typeof Sqlite | undefined) : undefined
  if (sqlite) return sqlite
  throw new MandalaError('NODE_UNSUPPORTED', `mandala-ts needs Node 22.18, 24 or newer with node:sqlite; this is Node ${node} (${process.execPath})`, {
    hint: isSupported(node) ? 'start it without --no-experimental-sqlite, on Node itself' : 'install a newer Node: https://nodejs.org',
  })
}

/**
 * Node 22 and the first 24 call SQLite experimental on standard error when it is loaded. What the library needs of it is tested on every
 * Node that it supports, and a library prints nothing on import. Loading is synchronous, so no other warning comes by.
 */
function withoutExperimentalWarnings<T>(load: () => T): T {
  const { emitWarning } = process
  process.emitWarning = (warning: string | Error, ...details: any[]) => {
    if (details[0] !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, [warning, ...details])
  }
  try {
    return load()
  } finally {
    process.emitWarning = emitWarning
  }
}
