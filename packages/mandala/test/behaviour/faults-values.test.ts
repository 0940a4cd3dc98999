import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { list, op, Storage, unwrap } from '../../src/index.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const large = op(function large(n: number) { return new Uint8Array(5000).fill(n) })
const text = op(function text(n: number) { return { text: `value ${n}` } })
const numbers = op(function numbers(n: number) { return [n * 11, n * 13, n * 17] }, { output: list() })

const EXPECTED = [new Uint8Array(5000).fill(3), { text: 'value 3' }, [33, 39, 51]]

/** A storage on a file, with what it warned of. */
function open(path: string, thresholdMB = 0.002) {
  const warnings: string[] = []
  const storage = new Storage({ path, overflow: { thresholdMB }, logger: { warn: (line) => warnings.push(line), show: () => {}, progress: () => {} } })
  return { storage, warnings, log: logOf(storage) }
}

function runAll(storage: Storage): Promise<unknown> {
  return storage.run(async () => unwrap([await large(3), await text(3), await numbers(3)]))
}

async function makeStore(t: TestContext): Promise<string> {
  const path = makePath(t)
  const { storage } = open(path)
  assert.deepEqual(await runAll(storage), EXPECTED)
  await storage.close()
  return path
}

function findFile(path: string): string {
  const [file] = readdirSync(`${path}.values`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  assert.ok(file)
  return join(file.parentPath, file.name)
}

/** Changes stored bytes that hold `part`; a change that gives undefined removes them. */
function changeRow(path: string, part: string, change: (bytes: Buffer) => void): string {
  const db = new DatabaseSync(path)
  try {
    for (const { id, cid, bytes } of db.prepare('SELECT id, lower(hex(cid)) AS cid, bytes FROM vals WHERE bytes IS NOT NULL').all()) {
      const buffer = Buffer.from(bytes as Uint8Array)
      if (!buffer.includes(part)) continue
      change(buffer)
      db.prepare('UPDATE vals SET bytes = ? WHERE id = ?').run(buffer, id as number)
      return cid as string
    }
    throw new Error(`no stored value holds ${part}`)
  } finally {
    db.close()
  }
}

/** The damage is found, named, repaired by executing `name` again, and gone for the next process. */
async function expectRepair(path: string, name: string, cid: string): Promise<void> {
  const { storage, warnings, log } = open(path)
  const faults = await storage.check()
  assert.ok(faults.length === 1 && faults[0]?.includes(cid), `check: ${faults.join('; ')}`)
  assert.deepEqual(await runAll(storage), EXPECTED)
  assert.equal(warnings.length, 1, warnings.join('\n'))
  assert.match(warnings[0] as string, new RegExp(cid))
  assert.deepEqual(log.take().filter((line) => !/^(hit|load)/.test(line)), [`damaged, made by ${name}`, `run ${name}`])
  assert.deepEqual(await storage.check(), [])
  await storage.close()
  await expectWhole(path)
}

async function expectWhole(path: string): Promise<void> {
  const { storage, warnings, log } = open(path)
  assert.deepEqual(await storage.check(), [])
  assert.deepEqual(await runAll(storage), EXPECTED)
  assert.deepEqual(warnings, [])
  assert.deepEqual(log.take().filter((line) => !/^(hit|load)/.test(line)), [])
  await storage.close()
}

test('a store that nobody damaged is whole, warns of nothing and executes nothing', async (t) => {
  await expectWhole(await makeStore(t))
})

const flip = (bytes: Buffer, at: number): void => { bytes[at] = (bytes[at] as number) ^ 1 }

const DAMAGES: Readonly<Record<string, (file: string) => void>> = {
  'cut off': (file) => truncateSync(file, 4000),
  'emptied': (file) => truncateSync(file, 0),
  'deleted': (file) => rmSync(file),
  'changed by one bit': (file) => {
    const bytes = readFileSync(file)
    flip(bytes, 2500)
    writeFileSync(file, bytes)
  },
}

for (const [what, damage] of Object.entries(DAMAGES)) {
  test(`a large value whose file was ${what} is computed again with a warning, and the file is whole again`, async (t) => {
    const path = await makeStore(t)
    const file = findFile(path)
    const bytes = readFileSync(file)
    damage(file)
    await expectRepair(path, 'large', file.slice(-40))
    assert.deepEqual(readFileSync(file), bytes)
  })
}

test('a large value whose file was deleted is whole again also where large values have become rows', async (t) => {
  const path = await makeStore(t)
  rmSync(findFile(path))
  const { storage } = open(path, 4)
  assert.deepEqual(await runAll(storage), EXPECTED)
  assert.deepEqual(await storage.check(), [])
  await storage.close()
})

test('a small value with a flipped bit is computed again with a warning, and is whole again', async (t) => {
  const path = await makeStore(t)
  const cid = changeRow(path, 'value 3', (bytes) => flip(bytes, bytes.indexOf('value 3') + 6))
  await expectRepair(path, 'text', cid)
})

test('a small value that cannot be decoded any more is computed again with a warning, and is whole again', async (t) => {
  const path = await makeStore(t)
  const cid = changeRow(path, 'value 3', (bytes) => bytes.fill(0))
  await expectRepair(path, 'text', cid)
})

/** The ids of two elements change places in the stored form of their list. */
function swapElements(bytes: Buffer): void {
  const [first, second] = [...bytes.toString('latin1').matchAll(/[0-9a-f]{40}/g)]
  assert.ok(first && second)
  bytes.write(second[0], first.index, 'latin1')
  bytes.write(first[0], second.index, 'latin1')
}

test('a list whose stored elements changed places is never handed out in the wrong order', async (t) => {
  const path = await makeStore(t)
  const cid = changeRow(path, 'value$', swapElements)
  const { storage } = open(path)
  assert.deepEqual(await storage.check(), [`value ${cid} is stored with other bytes`])
  const outcome: unknown = await runAll(storage).catch((error: unknown) => error)
  if (outcome instanceof Error) assert.ok(hasCode('VALUE_DAMAGED')(outcome))
  else assert.deepEqual(outcome, EXPECTED)
  await storage.close()
})

test('a list whose stored form is damaged is computed again with a warning, and is whole again', async (t) => {
  const path = await makeStore(t)
  await expectRepair(path, 'numbers', changeRow(path, 'value$', swapElements))
})

test('a list whose stored form cannot be decoded any more is computed again with a warning, and is whole again', async (t) => {
  const path = await makeStore(t)
  await expectRepair(path, 'numbers', changeRow(path, 'value$', (bytes) => bytes.fill(0)))
})

test('a result and the input that it was computed from are both damaged, and the program comes to its end by the second run', async (t) => {
  const path = makePath(t)
  const shout = op(function shout(given: { text: string }) { return { text: given.text.toUpperCase() } })
  const run = (storage: Storage): Promise<unknown> => storage.run(async () => unwrap(await shout({ text: 'quiet' })))
  const first = open(path)
  await run(first.storage)
  await first.storage.close()
  for (const part of ['quiet', 'QUIET']) changeRow(path, part, (bytes) => flip(bytes, bytes.indexOf(part)))
  const { storage } = open(path)
  await run(storage).catch((error: unknown) => assert.ok(hasCode('VALUE_DAMAGED')(error)))
  await storage.close()
  const second = open(path)
  assert.deepEqual(await run(second.storage), { text: 'QUIET' })
  assert.deepEqual(await second.storage.check(), [])
  await second.storage.close()
})

test('drafts and strange files that a killed process left among large values do no harm', async (t) => {
  const path = await makeStore(t)
  const file = findFile(path)
  writeFileSync(`${file}.1.2.tmp`, 'half')
  mkdirSync(join(`${path}.values`, 'zz'))
  writeFileSync(join(`${path}.values`, 'zz', 'notes.txt'), 'notes')
  await expectWhole(path)
  rmSync(file)
  await expectRepair(path, 'large', file.slice(-40))
})

const TAKE_AWAY = `
  UPDATE vals SET place = 0, size = 0, bytes = NULL WHERE id IN (SELECT val FROM refs JOIN io ON io.ref = refs.id WHERE slot < 0)`

test('a value that is taken away again while it is computed again is given all the same, a primitive one too', async (t) => {
  const path = makePath(t)
  const joined = op(function joined(n: number) { return `no. ${n}` })
  const runBoth = (storage: Storage) => storage.run(async () => unwrap([await joined(3), await text(3)]))
  const right = ['no. 3', { text: 'value 3' }]
  {
    const { storage } = open(path)
    assert.deepEqual(await runBoth(storage), right)
    await storage.close()
  }
  const db = new DatabaseSync(path)
  t.after(() => db.close())
  const takeAway = (): unknown => db.prepare(TAKE_AWAY).run()
  takeAway()
  const { storage } = open(path)
  storage.subscribe(({ kind }) => { if (kind === 'calls-committed') takeAway() })
  assert.deepEqual(await runBoth(storage), right)
  await storage.close()
})

test('a value is computed again from inputs in memory, though the store has lost them too', async (t) => {
  const path = makePath(t)
  {
    const { storage } = open(path)
    await storage.run(() => text(3))
    await storage.close()
  }
  const { storage } = open(path)
  const ref = await storage.run(() => text(3))
  const db = new DatabaseSync(path)
  t.after(() => db.close())
  db.exec('UPDATE vals SET place = 0, size = 0, bytes = NULL')
  assert.deepEqual(await storage.run(() => unwrap(ref)), { text: 'value 3' })
  await storage.close()
})
