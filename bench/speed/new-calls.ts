import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Storage, op } from 'mandala-ts'
import { timeUs } from '../harness.ts'

/** 100,000 new calls of a trivial function, stored durably; beside them the same rows written bare, in one transaction. */
const CALLS = 100_000
const TENTH = CALLS / 10
const path = process.argv[2] as string
const add = op(function add(a: number, b: string) { return a + b.length })

const storage = new Storage(path)
const tenths: number[] = []
await storage.run(async () => {
  for (let tenth = 0; tenth < 10; tenth += 1) {
    tenths.push(await timeUs(async () => { for (let i = tenth * TENTH; i < (tenth + 1) * TENTH; i += 1) await add(i, 'adam') }))
  }
})
assert.equal((await storage.stats()).calls, CALLS)
await storage.close()
const total = tenths.reduce((a, b) => a + b)

const TABLES = ['ops', 'labels', 'vals', 'refs', 'calls', 'io'] as const
type Row = readonly (string | number | Uint8Array | null)[]

function readRows(db: DatabaseSync, table: string): Row[] {
  const all = db.prepare(`SELECT * FROM ${table}`)
  all.setReturnArrays(true)
  return all.all() as unknown as Row[]
}

/** The rows in the order in which calls come: values, refs, the call, its slots. */
function writeBare(): Promise<number> {
  const source = new DatabaseSync(path, { readOnly: true })
  const rows = new Map(TABLES.map((table) => [table, readRows(source, table)]))
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
  return timeUs(() => {
    db.exec('BEGIN')
    write('ops', 0, 1)
    write('labels', 0, 1)
    for (let i = 0; i < CALLS; i += 1) for (const table of TABLES.slice(2)) write(table, i / CALLS, (i + 1) / CALLS)
    db.exec('COMMIT')
  })
}

const bare = await writeBare()
console.log(JSON.stringify({
  'new call, stored, µs': total / CALLS, 'its rows, bare, µs': bare / CALLS,
  'last tenth to first': (tenths[9] as number) / (tenths[0] as number), 'bytes a call': statSync(path).size / CALLS,
}))
