import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { Storage, unwrap } from '../../src/index.ts'
import { block } from '../crash/scarce.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const PAGES_FREE = 4
const quiet = { warn: () => {}, show: () => {}, progress: () => {} }

/** A storage whose file can be kept from growing, as by a full disk. */
function openLimited(path: string): { storage: Storage; fill: () => void; free: () => void } {
  const { exec } = DatabaseSync.prototype
  let db: DatabaseSync | undefined
  DatabaseSync.prototype.exec = function remember(sql) {
    db = this
    exec.call(this, sql)
  }
  const storage = new Storage({ path, logger: quiet })
  DatabaseSync.prototype.exec = exec
  const limit = (pages: number): void => db?.exec(`PRAGMA max_page_count = ${pages}`)
  return { storage, fill: () => limit(Number(db?.prepare('PRAGMA page_count').get()?.['page_count']) + PAGES_FREE), free: () => limit(1_000_000) }
}

/** Blocks of 20 kB, each checked. */
async function runBlocks(storage: Storage, from: number, to: number): Promise<void> {
  await storage.run(async () => {
    for (let n = from; n < to; n += 1) assert.equal((await unwrap(await block(n)))[7], block.fn(n)[7])
  })
}

async function expectStored(path: string, calls: number): Promise<void> {
  await using storage = new Storage(path)
  assert.deepEqual(await storage.check(), [])
  assert.equal((await storage.stats()).calls, calls)
  const log = logOf(storage)
  await storage.run({ newCalls: 'error' }, () => runBlocks(storage, 0, calls))
  assert.ok(log.take().every((line) => line === 'load' || line === 'hit block by history'))
}

test('a full disk is an error that says so and can be tried again, and keeps all that was stored before', async (t) => {
  const path = makePath(t)
  const { storage, fill } = openLimited(path)
  await runBlocks(storage, 0, 10)
  fill()
  const error: unknown = await runBlocks(storage, 10, 20).catch((thrown: unknown) => thrown)
  assert.ok(hasCode('STORE_FULL', /space/)(error))
  assert.equal((error as { retryable?: boolean }).retryable, true)
  await assert.rejects(storage.close(), hasCode('STORE_FULL'))
  await expectStored(path, 10)
})

test('calls that a full disk did not take are stored when there is space again, without another execution', async (t) => {
  const path = makePath(t)
  const { storage, fill, free } = openLimited(path)
  const log = logOf(storage)
  await runBlocks(storage, 0, 10)
  fill()
  await assert.rejects(runBlocks(storage, 10, 20), hasCode('STORE_FULL'))
  const executed = log.take().filter((line) => line === 'run block').length
  free()
  await runBlocks(storage, 0, 20)
  assert.equal(executed + log.take().filter((line) => line === 'run block').length, 20)
  await storage.close()
  await expectStored(path, 20)
})

interface Limited {
  readonly code: string | undefined
  readonly steps: readonly string[]
  readonly status: number | null
  readonly stderr: string
}

/** Runs blocks in a process whose files can't grow beyond a limit. */
function runLimited(path: string, options: { limitKB: number; thresholdMB: number; first?: number; end?: 'leave' }): Limited {
  const program = join(import.meta.dirname, '../crash/scarce.ts')
  const args = `"${path}" ${options.thresholdMB} ${options.first ?? 0} ${options.end ?? ''}`
  const command = `trap '' XFSZ; ulimit -f ${options.limitKB}; exec "${process.execPath}" "${program}" ${args}`
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], { encoding: 'utf8' })
  const steps = stdout.trim().split('\n')
  return { code: steps.find((step) => /^run: [A-Z]/.test(step))?.slice(5), steps, status, stderr }
}

const skip = process.platform === 'win32' ? 'needs ulimit' : false

async function makeStore(t: TestContext, thresholdMB: number): Promise<string> {
  const path = makePath(t)
  await using storage = new Storage({ path, overflow: { thresholdMB } })
  await runBlocks(storage, 0, 5)
  return path
}

test('a file that may grow no further gives an error of the store, and the next process completes the run', { skip }, async (t) => {
  const path = await makeStore(t, 4)
  const { code, steps } = runLimited(path, { limitKB: 400, thresholdMB: 4 })
  assert.match(code ?? '', /^STORE_(FULL|UNREADABLE)$/, steps.join('\n'))
  await using storage = new Storage(path)
  assert.deepEqual(await storage.check(), [])
  const { calls } = await storage.stats()
  assert.ok(calls >= 5 && calls < 40, `${calls} calls`)
  await runBlocks(storage, 0, 40)
  assert.equal((await storage.stats()).calls, 40)
})

test('a process that could not store its calls to the end says so once, and ends without a crash', { skip }, async (t) => {
  const path = await makeStore(t, 4)
  const { status, stderr, steps } = runLimited(path, { limitKB: 400, thresholdMB: 4 })
  assert.match(steps.join('\n'), /close: STORE_/)
  assert.equal(status, 0, stderr)
})

test('a process that ends without closing its storage warns of the calls that it could not store', { skip }, async (t) => {
  const path = await makeStore(t, 4)
  const { status, steps } = runLimited(path, { limitKB: 400, thresholdMB: 4, end: 'leave' })
  assert.match(steps.join('\n'), /^warning: \d+ calls are lost: .*(space|disk)/m)
  assert.equal(status, 0)
})

test('a large value that finds no space is an error of the store, leaves no draft, and is stored when there is space', { skip }, async (t) => {
  const path = await makeStore(t, 0.5)
  const { code, steps } = runLimited(path, { limitKB: 400, thresholdMB: 0.5, first: 98 })
  assert.match(code ?? '', /^STORE_(FULL|UNREADABLE)$/, steps.join('\n'))
  const names = readdirSync(`${path}.values`, { recursive: true, encoding: 'utf8' })
  assert.deepEqual(names.filter((name) => name.endsWith('.tmp')), [])
  await using storage = new Storage({ path, overflow: { thresholdMB: 0.5 } })
  assert.deepEqual(await storage.check(), [])
  await runBlocks(storage, 98, 102)
  assert.equal((await storage.stats()).calls, 9)
})

test('a process without a limit stores all blocks and reports no error', { skip }, async (t) => {
  const path = await makeStore(t, 4)
  const { code, steps, status } = runLimited(path, { limitKB: 1_000_000, thresholdMB: 0.5, first: 98 })
  assert.deepEqual({ code, steps, status }, { code: undefined, steps: ['run: done', 'close: done'], status: 0 })
})
