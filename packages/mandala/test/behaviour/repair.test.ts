import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { dict, list, MandalaError, op, set, Storage, unwrap, type Ref } from '../../src/index.ts'
import { FakeCode } from './fake-code.ts'
import { hasCode, logOf, makeFolder, makePath } from '../helpers.ts'

const base = op(function base(n: number) { return { text: `base ${n}` } })
const large = op(function large(given: { text: string }) { return new Uint8Array(5000).fill(given.text.charCodeAt(5)) })
const both = op(function both(given: { text: string }, n: number) { return { text: `${given.text}!`, twice: n * 2 } }, { outputs: ['text', 'twice'] })
const parts = op(function parts(n: number) { return [n * 11, n * 13] }, { output: list() })

const program = async (): Promise<unknown> => {
  const results: unknown[] = []
  for (const n of [1, 2, 3]) {
    const given = await base(n)
    results.push(given, await large(given), await both(given, n), await parts(n))
  }
  return unwrap(results)
}
const CALLS = 12
const expected = await new Storage().run(program)

const silent = { warn: () => {}, show: () => {}, progress: () => {} }
const open = (path: string): Storage => new Storage({ path, overflow: { thresholdMB: 0.002 }, logger: silent })

async function makeStore(t: TestContext): Promise<string> {
  const path = makePath(t)
  await using storage = open(path)
  assert.deepEqual(await storage.run(program), expected)
  return path
}

function change(path: string, sql: string): void {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false, defensive: false })
  try {
    db.exec(sql)
  } finally {
    db.close()
  }
}

/** Nothing is wrong, and a run gives the right results; gives the names of what it executed. */
async function expectWhole(path: string): Promise<string[]> {
  await using storage = open(path)
  assert.deepEqual(await storage.check(), [])
  const log = logOf(storage)
  assert.deepEqual(await storage.run(program), expected)
  const executed = log.take().filter((line) => line.startsWith('run'))
  assert.deepEqual(await storage.check(), [])
  return executed
}

const ofOp = (name: string): string => `(SELECT calls.id FROM calls JOIN ops ON ops.id = calls.op WHERE ops.name = '${name}' ORDER BY calls.id LIMIT 1)`

/** What is done to a store, what check says of it, and what is executed again after a repair. */
const DAMAGES: Readonly<Record<string, readonly [sql: string, fault: RegExp, executed: readonly string[]]>> = {
  'a call that lost its outputs': [`DELETE FROM io WHERE slot < 0 AND call = ${ofOp('both')}`, /1 calls without an output/, ['run both']],
  'a call that lost one of its outputs': [`DELETE FROM io WHERE slot = -1 AND call = ${ofOp('both')}`, /1 calls that lack an output/, ['run both']],
  'a call that lost its first input': [`DELETE FROM io WHERE slot = 0 AND call = ${ofOp('both')}`, /1 calls that lack an input/, ['run both']],
  'calls whose op is gone': ["DELETE FROM ops WHERE name = 'both'", /3 calls of an unknown op/, ['run both', 'run both', 'run both']],
  'a call that is gone with its inputs and outputs left': [
    `DELETE FROM calls WHERE id = ${ofOp('both')}`, /4 inputs or outputs of an unknown call/, ['run both'],
  ],
  'a ref that is gone': [
    `DELETE FROM refs WHERE id = (SELECT ref FROM io WHERE slot = -1 AND call = ${ofOp('both')})`, /1 inputs or outputs without a ref/, ['run both'],
  ],
  'a value that is gone': [
    `DELETE FROM vals WHERE id = (SELECT val FROM refs JOIN io ON io.ref = refs.id WHERE slot = -1 AND call = ${ofOp('both')})`, /1 refs without a value/, ['run both'],
  ],
  'a name that is gone': ["DELETE FROM labels WHERE name = 'twice'", /3 inputs or outputs without a name/, ['run both', 'run both', 'run both']],
  'two calls that give the same ref': [
    `UPDATE io SET ref = (SELECT ref FROM io WHERE slot = -1 AND call = ${ofOp('large')}) WHERE slot = -1 AND call = ${ofOp('both')}`,
    /2 calls that give the same ref/, ['run large', 'run both'],
  ],
  'a process that is gone': ['DELETE FROM processes', new RegExp(`${CALLS} calls of an unknown process`), []],
  'totals that are wrong': ['UPDATE ops SET calls = calls + 1, bytes = 7', /5 ops whose totals/, []],
  'tags of nothing, and inner calls of nothing': [
    "INSERT INTO tags VALUES (x'00', 'a', 1); INSERT INTO inner_calls VALUES (99, 98)", /1 inner calls of an unknown call\n1 tags of nothing/, [],
  ],
}

for (const [what, [sql, fault, executed]] of Object.entries(DAMAGES)) {
  test(`${what}: a repair makes a miss of that, and leaves all else as it is`, async (t) => {
    const path = await makeStore(t)
    change(path, sql)
    {
      await using storage = open(path)
      const faults = await storage.check()
      assert.match(faults.join('\n'), fault)
      const repair = await storage.check({ repair: true })
      assert.deepEqual([repair.faults, repair.left], [faults, []])
      assert.ok(repair.done.length > 0)
      assert.deepEqual(await storage.check({ repair: true }), { faults: [], done: [], left: [] })
    }
    assert.deepEqual(await expectWhole(path), executed)
  })
}

test('a repair of a whole store does and says nothing, and nothing is executed after it', async (t) => {
  const path = await makeStore(t)
  {
    await using storage = open(path)
    const before = [await storage.stats(), await storage.ops()]
    assert.deepEqual(await storage.check({ repair: true }), { faults: [], done: [], left: [] })
    assert.deepEqual([await storage.stats(), await storage.ops()].map((each) => ({ ...each, cached: 0 })), before.map((each) => ({ ...each, cached: 0 })))
  }
  assert.deepEqual(await expectWhole(path), [])
})

const filesOf = (path: string): string[] => readdirSync(`${path}.values`, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))

for (const [what, damage] of Object.entries({ deleted: (file: string) => rmSync(file), 'cut off': (file: string) => truncateSync(file, 100) })) {
  test(`a large value whose file was ${what} is forgotten, and computed again when it is needed`, async (t) => {
    const path = await makeStore(t)
    const [file] = filesOf(path) as [string]
    damage(file)
    {
      await using storage = open(path)
      const { faults, done, left } = await storage.check({ repair: true })
      assert.equal(faults.length, 1, faults.join('\n'))
      assert.ok(done.includes('1 values forgotten, to be computed again'), done.join('\n'))
      assert.deepEqual(left, [])
      assert.equal((await storage.calls(large)).length, 3)
    }
    assert.deepEqual(await expectWhole(path), ['run large'])
  })
}

const DAMAGE_BASE = "UPDATE vals SET bytes = zeroblob(size) WHERE bytes IS NOT NULL AND instr(CAST(bytes AS TEXT), 'base 2') > 0"

test('small values that are damaged are forgotten with what was computed from them, and both come again', async (t) => {
  const path = await makeStore(t)
  change(path, DAMAGE_BASE)
  {
    await using storage = open(path)
    const { faults, done, left } = await storage.check({ repair: true })
    assert.deepEqual([faults.length, done, left], [2, ['2 values forgotten, to be computed again'], []])
    assert.equal((await storage.stats()).ops.reduce((sum, { name, calls }) => sum + (name.startsWith('__') ? 0 : calls), 0), CALLS)
  }
  // Each gives the one value that is gone.
  assert.deepEqual(await expectWhole(path), ['run base', 'run both'])
})

test('a call whose value is gone with what it was given is dropped, and a miss', async (t) => {
  const path = makePath(t)
  const shout = op(function shout(given: { text: string }) { return { text: given.text.toUpperCase() } })
  const run = (storage: Storage): Promise<unknown> => storage.run(async () => unwrap(await shout({ text: 'quiet' })))
  await using storage = open(path)
  await run(storage)
  change(path, "UPDATE vals SET bytes = zeroblob(size) WHERE bytes IS NOT NULL AND size > 10")
  await using again = open(path)
  const { faults, done, left } = await again.check({ repair: true })
  assert.deepEqual([faults.length, done, left], [2, ['2 values forgotten, to be computed again', '1 calls dropped whose values are gone with what they came from'], []])
  const log = logOf(again)
  assert.deepEqual(await run(again), { text: 'QUIET' })
  assert.deepEqual(log.take().filter((line) => !/^(hit|load)/.test(line)), ['run shout'])
})

test('a list, a dict and a set that were put together from Refs are put together again', async (t) => {
  const path = makePath(t)
  const join3 = op(function join3(all: string[], named: { a: string; b: string }, some: Set<string>) { return [...all, named.a, named.b, ...some] },
    { inputs: { all: list(), named: dict(), some: set() } })
  const make = op(function make(n: number) { return `n${n}` })
  const run = async (storage: Storage): Promise<unknown> => {
    let inputs: object = {}
    await storage.run(async () => {
      const all = await Promise.all(Array.from({ length: 12 }, (_, i) => make(i)))
      const result = await join3(all as string[], { b: all[1] as string, a: all[2] as string }, new Set(['x', 'y'])) as Ref<unknown>
      inputs = (await storage.creator(result))?.inputs ?? {}
    })
    return unwrap(inputs)
  }
  {
    await using storage = open(path)
    await run(storage)
  }
  change(path, 'UPDATE vals SET bytes = zeroblob(size) WHERE kind IN (1, 2, 3)')
  await using storage = open(path)
  const { faults, done, left } = await storage.check({ repair: true })
  assert.deepEqual([faults.length, done, left], [3, ['3 collections put together again'], []])
  const log = logOf(storage)
  assert.deepEqual(await run(storage), { all: Array.from({ length: 12 }, (_, i) => `n${i}`), named: { a: 'n2', b: 'n1' }, some: new Set(['x', 'y']) })
  assert.deepEqual(log.take().filter((line) => !/^(hit|load)/.test(line)), [])
})

test('calls of which the code is known in part are dropped: a change of the rest would not be seen', async (t) => {
  const path = makePath(t)
  const code = new FakeCode({ 'a.ts#f': 'a', 'a.ts#g': 'b' })
  const use = op(function use(x: number) { return `${x}${code.use('a.ts#f')}${code.use('a.ts#g')}` })
  {
    await using storage = code.open({ path })
    await storage.run(() => use(1))
  }
  change(path, "DELETE FROM commits WHERE component = (SELECT id FROM components WHERE name = 'a.ts#g')")
  code.edit('a.ts#g', 'changed')
  await using storage = code.open({ path, logger: silent })
  const { faults, left } = await storage.check({ repair: true })
  assert.match(faults.join('\n'), /1 calls whose code is known in part/)
  assert.deepEqual(left, [])
  assert.equal(await storage.run(async () => unwrap(await use(1))), '1achanged')
  code.edit('a.ts#g', 'changed again')
  assert.equal(await storage.run(async () => unwrap(await use(1))), '1achanged again')
})

test('files that no value names, and drafts of killed writers, are removed; what is somebody else\'s stays', async (t) => {
  const path = await makeStore(t)
  const [file] = filesOf(path) as [string]
  const id = 'ab'.repeat(20)
  mkdirSync(join(`${path}.values`, 'ab'), { recursive: true })
  const strays = [join(`${path}.values`, 'ab', id), `${file}.1.2.tmp`]
  const others = [join(`${path}.values`, 'notes.txt'), join(`${path}.values`, 'ab', 'b.tmp'), join(`${path}.values`, id)]
  for (const each of [...strays, ...others]) writeFileSync(each, 'bytes')
  await using storage = open(path)
  assert.deepEqual(await storage.check(), [])
  assert.deepEqual(await storage.check({ repair: true }), { faults: [], done: ['2 stray files removed'], left: [] })
  assert.deepEqual([...strays, ...others, file].filter((each) => existsSync(each)), [...others, file])
})

test('an index that lacks entries is made anew', async (t) => {
  const path = await makeStore(t)
  change(path, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = sql || ' WHERE 0' WHERE name = 'calls_by_content'")
  change(path, 'REINDEX calls_by_content')
  change(path, "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, ' WHERE 0', '') WHERE name = 'calls_by_content'")
  {
    await using storage = open(path)
    const { faults, done, left } = await storage.check({ repair: true })
    assert.match(faults.join('\n'), /missing from index calls_by_content/)
    assert.match(done.join('\n'), /faults in indexes, which are made anew/)
    assert.deepEqual(left, [])
  }
  assert.deepEqual(await expectWhole(path), [])
})

const PAGE_BYTES = 4096
const codeOf = (error: unknown): string => (error instanceof MandalaError ? error.code : String(error))

test('with any one page zeroed, or another in its place, a repair mends the store or says that SQLite can not read it', async (t) => {
  const folder = makeFolder(t)
  const source = await makeStore(t)
  const bytes = readFileSync(source)
  const outcomes = new Map<string, number>()
  for (let page = 1; page < bytes.length / PAGE_BYTES; page += 1) {
    for (const fill of [Buffer.alloc(PAGE_BYTES), bytes.subarray((page - 1) * PAGE_BYTES, page * PAGE_BYTES)]) {
      const damaged = Buffer.from(bytes)
      fill.copy(damaged, page * PAGE_BYTES)
      const path = join(folder, `${page}-${fill[0]}.db`)
      writeFileSync(path, damaged)
      // The files of its large values are lost, too; their folder isn't.
      mkdirSync(`${path}.values`)
      const outcome = await mendAndUse(path)
      assert.ok(['mended', 'STORE_DAMAGED'].includes(outcome), `page ${page}: ${outcome}`)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
  }
  t.diagnostic([...outcomes].map(([outcome, n]) => `${outcome}: ${n}`).join(', '))
  assert.ok((outcomes.get('mended') ?? 0) > 0 && (outcomes.get('STORE_DAMAGED') ?? 0) > 0)
})

async function mendAndUse(path: string): Promise<string> {
  let storage: Storage | undefined
  try {
    storage = open(path)
    const { left } = await storage.check({ repair: true })
    if (left.length > 0) return left.join('; ')
    return isDeepStrictEqual(await storage.run(program), expected) && (await storage.check()).length === 0 ? 'mended' : 'wrong'
  } catch (error) {
    return codeOf(error)
  } finally {
    await storage?.close().catch(() => {})
  }
}

test('check refuses options that there are not', async () => {
  for (const options of [{ mend: true }, { repair: 'yes' }, null]) await assert.rejects(new Storage().check(options as never), hasCode('OPTION_INVALID'))
})

test('where the folder of large values is elsewhere, a repair takes none for lost', async (t) => {
  const folder = makeFolder(t)
  const [path, dir] = [join(folder, 'a.db'), join(folder, 'blobs')]
  const big = op('big', (n: number) => new Float64Array(n))
  const overflow = { dir, thresholdMB: 0 }
  {
    await using storage = new Storage({ path, overflow })
    await storage.run(() => big(1000))
  }
  await using unaware = new Storage(path)
  await assert.rejects(unaware.check({ repair: true }), hasCode('STORE_UNREADABLE', /no folder .*a\.db\.values[\s\S]*overflow/))
  await using storage = new Storage({ path, overflow })
  assert.deepEqual(await storage.check(), [])
  assert.equal((await storage.run({ newCalls: 'error' }, async () => unwrap(await big(1000)))).length, 1000)
})
