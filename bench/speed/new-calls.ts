import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Storage, op } from 'mandala-ts'
import { cpuUs } from '../harness.ts'

/**
 * 100,000 new calls of a trivial function, stored durably; beside them, in turns with them, the same rows written bare, a transaction for
 * each tenth. Processor time.
 */
const CALLS = 100_000
const TENTH = CALLS / 10
const path = process.argv[2] as string
const add = op(function add(a: number, b: string) { return a + b.length })
const runTenth = (storage: Storage, tenth: number): Promise<void> => storage.run(async () => {
  for (let i = tenth * TENTH; i < (tenth + 1) * TENTH; i += 1) await add(i, 'adam')
})

const model = new Storage(path)
for (let tenth = 0; tenth < 10; tenth += 1) await runTenth(model, tenth)
await model.close()

const TABLES = ['ops', 'labels', 'vals', 'refs', 'calls', 'io'] as const
type Row = readonly (string | number | Uint8Array | null)[]

/** A database of the same tables and indexes, and a function that writes a tenth of the rows, in the order in which calls come. */
function openBare(): (tenth: number) => void {
  const source = new DatabaseSync(path, { readOnly: true })
  const rows = new Map(TABLES.map((table) => {
    const all = source.prepare(`SELECT * FROM ${table}`)
    all.setReturnArrays(true)
    return [table, all.all() as unknown as Row[]]
  }))
  const schema = source.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').all() as { sql: string }[]
  const db = new DatabaseSync(`${path}.bare`, { enableForeignKeyConstraints: false })
  db.exec('PRAGMA cache_size = -32768; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 10000')
  for (const { sql } of schema) db.exec(sql)
  const inserts = new Map(TABLES.map((table) => {
    const columns = (rows.get(table)?.[0] as Row).map(() => '?').join(', ')
    return [table, db.prepare(`INSERT INTO ${table} VALUES (${columns})`)]
  }))
  const write = (table: (typeof TABLES)[number], from: number, to: number): void => {
    const all = rows.get(table) as Row[]
    for (let i = Math.floor(from * all.length); i < Math.floor(to * all.length); i += 1) inserts.get(table)?.run(...(all[i] as Row))
  }
  return (tenth) => {
    db.exec('BEGIN')
    if (tenth === 0) for (const table of TABLES.slice(0, 2)) write(table, 0, 1)
    for (let i = tenth * TENTH; i < (tenth + 1) * TENTH; i += 1) for (const table of TABLES.slice(2)) write(table, i / CALLS, (i + 1) / CALLS)
    db.exec('COMMIT')
  }
}

const writeBare = openBare()
const storage = new Storage(`${path}.new`)
const [ours, bare]: [number[], number[]] = [[], []]
for (let tenth = 0; tenth < 10; tenth += 1) {
  ours.push(await cpuUs(() => runTenth(storage, tenth)))
  bare.push(await cpuUs(() => writeBare(tenth)))
}
assert.equal((await storage.stats()).calls, CALLS)
await storage.close()
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b)
console.log(JSON.stringify({
  'new call, stored, µs': sum(ours) / CALLS, 'its rows, bare, µs': sum(bare) / CALLS,
  'last tenth to first': (ours[9] as number) / (ours[0] as number), 'bytes a call': statSync(path).size / CALLS,
}))
