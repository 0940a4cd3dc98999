import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { Storage } from '../../src/index.ts'
import { greet } from '../crash/read-only.ts'
import { hasCode, makeFolder } from '../helpers.ts'

const skip = process.platform === 'win32' ? 'needs file permissions' : false

/** A store with one call that nobody may write to, nor into its folder if `folderMode` says so. */
async function makeReadOnly(t: TestContext, folderMode: number, prepare: (path: string) => void = () => {}): Promise<string> {
  const outer = makeFolder(t)
  const folder = join(outer, 'shared')
  const path = join(folder, 'test.db')
  mkdirSync(folder)
  {
    await using storage = new Storage(path)
    await storage.run(() => greet('Ada'))
  }
  prepare(path)
  chmodSync(outer, 0o755)
  chmodSync(path, 0o444)
  chmodSync(folder, folderMode)
  return path
}

/** What a process that is no administrator's gets from such a store, a line a step. */
function use(path: string): { steps: readonly string[]; status: number | null; stderr: string } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(import.meta.dirname, '../crash/read-only.ts'), path], { encoding: 'utf8' })
  chmodSync(join(path, '..'), 0o755)
  return { steps: stdout.trim().split('\n'), status, stderr }
}

const HELLO = '{"text":"hello Ada"}'
const WHOLE = [
  `retrace: ${HELLO}`, `hit: ${HELLO}`, 'refused: NEW_CALL_REFUSED', 'new: STORE_READ_ONLY', 'new again: STORE_READ_ONLY', `retrace: ${HELLO}`,
  'calls: 1', 'check: []', 'close: "done"', 'open: "done"',
]

test('a file that may only be read is retraced, and a new call is refused as not to be stored', { skip }, async (t) => {
  const path = await makeReadOnly(t, 0o777)
  const before = readFileSync(path)
  const { steps } = use(path)
  assert.deepEqual(steps.slice(0, 5), WHOLE.slice(0, 5))
  assert.deepEqual(readFileSync(path), before)
})

test('a file that may not even be read is an error of the store', { skip }, async (t) => {
  const path = await makeReadOnly(t, 0o777)
  chmodSync(path, 0o000)
  assert.deepEqual(use(path).steps, ['open: STORE_UNREADABLE'])
})

test('a store that may only be read works on as before after a new call was refused, and the process ends well', { skip }, async (t) => {
  const { steps, status, stderr } = use(await makeReadOnly(t, 0o777))
  assert.deepEqual(steps, WHOLE)
  assert.equal(status, 0, stderr)
})

test('a file in a folder, both of which may only be read, is retraced', { skip }, async (t) => {
  const path = await makeReadOnly(t, 0o555)
  const before = readFileSync(path)
  const { steps, status, stderr } = use(path)
  assert.deepEqual(steps, WHOLE)
  assert.equal(status, 0, stderr)
  assert.deepEqual(readFileSync(path), before)
})

test('a file whose folder may only be read, and whose last calls a killed process left in the log, loses nothing', { skip }, async (t) => {
  const path = await makeReadOnly(t, 0o555, (store) => {
    // As a killed process leaves it: the calls are in the log, not yet in the file.
    const db = new DatabaseSync(store)
    db.exec('PRAGMA wal_autocheckpoint = 0; UPDATE counters SET value = value')
    for (const end of ['', '-wal']) copyFileSync(`${store}${end}`, `${store}.copy${end}`)
    db.close()
    for (const end of ['', '-wal']) copyFileSync(`${store}.copy${end}`, `${store}${end}`)
  })
  assert.ok(existsSync(`${path}-wal`))
  const { steps } = use(path)
  assert.ok(steps[0] === `retrace: ${HELLO}` || steps[0] === 'open: STORE_READ_ONLY', steps.join('\n'))
  chmodSync(path, 0o644)
  await using storage = new Storage(path)
  assert.deepEqual(await storage.check(), [])
  assert.equal((await storage.calls(greet)).length, 1)
})

test('a file that may not be read at all is refused', { skip: skip || (process.getuid?.() === 0 ? 'an administrator may read all' : false) }, async (t) => {
  const path = await makeReadOnly(t, 0o755)
  chmodSync(path, 0)
  assert.throws(() => new Storage(path), hasCode('STORE_UNREADABLE'))
})

test('a store that may be written to takes the new call: the look at it would show that', { skip }, async (t) => {
  const path = await makeReadOnly(t, 0o777, () => {})
  chmodSync(path, 0o666)
  const { steps } = use(path)
  assert.deepEqual(steps.slice(3, 7), ['new: {"text":"hello Bob"}', 'new again: {"text":"hello Bob"}', `retrace: ${HELLO}`, 'calls: 2'])
})

test('a store of an older format that may only be read is read as it is', { skip }, async (t) => {
  const golden = join(import.meta.dirname, '../golden/format-2.store')
  const path = await makeReadOnly(t, 0o777, (file) => copyFileSync(golden, file))
  const { steps } = use(path)
  assert.ok(steps.includes('check: []') && steps.includes('open: "done"'), steps.join('\n'))
  assert.deepEqual(readFileSync(path), readFileSync(golden))
})
