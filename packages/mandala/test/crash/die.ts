import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync, StatementSync } from 'node:sqlite'

/** Kills its process at the n-th thing that it does to a store: around transactions, rows and files. */
let left = Number(process.env['DIE_AT'])

function passPoint(): void {
  left -= 1
  if (left === 0) process.kill(process.pid, 'SIGKILL')
}

function dieAround<Args extends unknown[], R>(fn: (...args: Args) => R, concerns: (...args: Args) => boolean = () => true) {
  return function around(this: unknown, ...args: Args): R {
    if (!concerns(...args)) return fn.apply(this, args)
    passPoint()
    const result = fn.apply(this, args)
    passPoint()
    return result
  }
}

DatabaseSync.prototype.exec = dieAround(DatabaseSync.prototype.exec, (sql) => /BEGIN IMMEDIATE|COMMIT|CREATE|journal_mode/.test(sql))
if (process.env['DIE_BETWEEN_ROWS']) StatementSync.prototype.run = dieAround(StatementSync.prototype.run as () => ReturnType<StatementSync['run']>)
for (const name of ['writeSync', 'fsyncSync', 'renameSync', 'rmSync'] as const) {
  const real = fs[name] as (...args: unknown[]) => unknown
  Object.assign(fs, { [name]: dieAround(real, (_, data) => typeof data !== 'string') })
}
syncBuiltinESMExports()
