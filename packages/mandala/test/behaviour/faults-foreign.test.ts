import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { op, Storage, type ErrorCode, type Ref } from '../../src/index.ts'
import { hasCode, makePath } from '../helpers.ts'

const increment = op(function increment(x: number) { return x + 1 })

function makeDatabase(path: string, sql: string): void {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}

async function makeStore(path: string): Promise<void> {
  await using storage = new Storage(path)
  await storage.run(() => increment(1))
}

/** What is in a file's folder, with all bytes. */
function snapshot(path: string): Map<string, string> {
  const folder = dirname(path)
  return new Map(readdirSync(folder).sort().map((name) => [name, readFileSync(join(folder, name)).toString('latin1')]))
}

function expectRefusal(path: string, code: ErrorCode, text?: RegExp): void {
  const before = snapshot(path)
  assert.throws(() => new Storage(path), hasCode(code, text))
  assert.deepEqual(snapshot(path), before)
}

const FOREIGN: Readonly<Record<string, (path: string) => void>> = {
  'a text': (path) => writeFileSync(path, 'Some notes, longer than the header of a database.\n'),
  'a text of two letters': (path) => writeFileSync(path, 'hi'),
  'the database of another application': (path) => makeDatabase(path, 'CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES (1)'),
  'another database that is in WAL mode': (path) => makeDatabase(path, 'PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT)'),
  'another database that has our format number': (path) => makeDatabase(path, 'PRAGMA user_version = 1; CREATE TABLE notes (text TEXT)'),
}

for (const [what, make] of Object.entries(FOREIGN)) {
  test(`${what} given as a store is refused and left untouched`, (t) => {
    const path = makePath(t)
    make(path)
    expectRefusal(path, 'STORE_NOT_OURS', /left untouched/)
  })
}

test('a database without tables that another application marked as its own is refused and left untouched', (t) => {
  const path = makePath(t)
  makeDatabase(path, 'PRAGMA application_id = 77; PRAGMA user_version = 3')
  expectRefusal(path, 'STORE_NOT_OURS')
})

test('what is no database behind the header of one is refused and left untouched', (t) => {
  const path = makePath(t)
  writeFileSync(path, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5000, 7)]))
  expectRefusal(path, 'STORE_NOT_OURS')
})

test('an empty file becomes a store', async (t) => {
  const path = makePath(t)
  writeFileSync(path, '')
  await makeStore(path)
  await using storage = new Storage(path)
  assert.equal((await storage.stats()).calls, 1)
  assert.deepEqual(await storage.check(), [])
})

test('a store of a newer format is refused and left untouched', async (t) => {
  const path = makePath(t)
  await makeStore(path)
  makeDatabase(path, 'PRAGMA user_version = 999')
  expectRefusal(path, 'STORE_TOO_NEW', /format 999/)
})

test('a store that was cut off is refused as damaged, or each use of it is, and it is left untouched', async (t) => {
  const path = makePath(t)
  await makeStore(path)
  truncateSync(path, 3000)
  expectRefusal(path, 'STORE_DAMAGED', /recover/)
})

test('a folder given as a store is refused', (t) => {
  const path = makePath(t)
  mkdirSync(path)
  assert.throws(() => new Storage(path), hasCode('STORE_UNREADABLE'))
})

test('a store in a folder that is missing is refused, and the folder is not made', (t) => {
  const folder = dirname(makePath(t))
  assert.throws(() => new Storage(join(folder, 'missing', 'test.db')), hasCode('STORE_UNREADABLE', /folder/))
  assert.deepEqual(readdirSync(folder), [])
})

test('a whole copy of a store opens: what refuses others does not refuse it', async (t: TestContext) => {
  const path = makePath(t)
  await makeStore(path)
  cpSync(path, `${path}.copy`)
  await using storage = new Storage(`${path}.copy`)
  assert.equal(String(await storage.unwrap(await storage.run({ newCalls: 'error' }, () => increment(1)))), '2')
})

test('Refs and ops of a storage that was closed say so when they are used', async (t) => {
  const path = makePath(t)
  const pair = op(function pair(x: number) { return { x } })
  const storage = new Storage(path)
  const ref = (await storage.run(() => pair(1))) as Ref<{ x: number }>
  await storage.close()
  const again = new Storage(path)
  const stored = (await again.run(() => pair(1))) as Ref<{ x: number }>
  await again.close()
  assert.equal(stored.hid, ref.hid)
  await assert.rejects(again.unwrap(stored), hasCode('STORE_CLOSED'))
  await assert.rejects(again.run(() => pair(2)), hasCode('STORE_CLOSED'))
})
