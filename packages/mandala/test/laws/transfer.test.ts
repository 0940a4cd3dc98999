import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { dict, list, note, op, Storage, type CallHistoryId } from '../../src/index.ts'
import { SqliteStore } from '../../src/sqlite/sqlite-store.ts'
import { makeFolder } from '../helpers.ts'

/* What is exported and imported again is what it was, byte for byte; merging two stores keeps both. */

const half = op(function half(x: number) { note({ seen: 1, last: `${x}` }); return Math.floor(x / 2) })
const add = op(function add(x: number, y: number) { return (x + y) % 7 }, { output: 'sum' })
const both = op(async function both(x: number) { return { p: (await half(x)) as number, q: x % 2 } }, { outputs: ['p', 'q'] })
const upTo = op(function upTo(n: number) { return Array.from({ length: (n % 3) + 1 }, (_, i) => i % 2) }, { output: list() })
const total = op(function total(xs: number[]) { return xs.reduce((sum, x) => sum + x, 0) % 5 }, { inputs: { xs: list() } })
const named = op(function named(by: Record<string, number>) { return Object.keys(by).length }, { inputs: { by: dict() } })
const big = op(function big(n: number) { return 'x'.repeat(10_000 + n) }, { output: 'text' })

type Step = readonly [op: number, a: number, b: number]
const steps = fc.array(fc.tuple(fc.nat(6), fc.nat(20), fc.nat(20)) as fc.Arbitrary<Step>, { minLength: 1, maxLength: 15 })

async function run(program: readonly Step[]): Promise<void> {
  const numbers: any[] = [0, 1, 2]
  const pick = (i: number): any => numbers[i % numbers.length]
  for (const [which, a, b] of program) {
    switch (which) {
      case 0: numbers.push(await half(pick(a))); break
      case 1: numbers.push(await add(pick(a), pick(b))); break
      case 2: { const { p, q } = (await both(pick(a))) as any; numbers.push(p, q); break }
      case 3: numbers.push(...(await upTo(pick(a))) as any); break
      case 4: numbers.push(await total([pick(a), pick(b)])); break
      case 5: numbers.push(await named({ [`k${b % 3}`]: pick(a) })); break
      default: await big(pick(a))
    }
  }
}

const open = (path: string): Storage => new Storage({ path, overflow: { thresholdMB: 0.005 } })

async function make(path: string, program: readonly Step[]): Promise<void> {
  await using storage = open(path)
  await storage.run(() => run(program))
  for (const [i, { hid, outputs }] of (await storage.calls('half')).entries()) {
    await storage.tag(hid, { number: i })
    for (const ref of Object.values(outputs)) await storage.tag(ref, { even: i % 2 === 0 })
  }
}

/** All that a store holds, in an order that doesn't depend on when it came. */
function dump(path: string): unknown {
  const store = new SqliteStore({ path, overflow: { dir: `${path}.values`, bytesMin: 5_000 } })
  try {
    assert.deepEqual(store.check(), [])
    const byId = <T extends { readonly hid: string }>(items: readonly T[]): T[] => items.toSorted((a, b) => (a.hid < b.hid ? -1 : 1))
    const values = store.listValues().toSorted().map((cid) => store.loadValue(cid))
    const calls = byId(store.listCalls()).map((call) => ({ ...call, inner: call.inner.toSorted() }))
    return { calls, values, tags: store.readAllTags(), totals: store.readTotals(), commits: store.readCommits(), versions: store.readVersions() }
  } finally {
    store.close()
  }
}

async function expectRetraced(path: string, ...programs: readonly (readonly Step[])[]): Promise<void> {
  await using storage = open(path)
  for (const program of programs) await storage.run({ newCalls: 'error' }, () => run(program))
  assert.deepEqual(await storage.check(), [])
}

function inFolder(t: TestContext): () => (name: string) => string {
  return () => {
    const folder = makeFolder(t)
    return (name) => join(folder, name)
  }
}

test('a store that was exported and imported into an empty one is the same', async (t) => {
  const next = inFolder(t)
  await fc.assert(fc.asyncProperty(steps, async (program) => {
    const at = next()
    await make(at('a.db'), program)
    {
      await using a = open(at('a.db'))
      await a.export(at('bundle.db'))
      await using b = open(at('b.db'))
      const first = await b.import(at('bundle.db'))
      assert.equal(first.known + first.conflicts, 0)
      assert.deepEqual(await b.import(at('bundle.db')), { calls: 0, known: first.calls, conflicts: 0, values: 0, bytes: 0 })
    }
    assert.deepEqual(dump(at('b.db')), dump(at('a.db')))
    await expectRetraced(at('b.db'), program)
  }), { numRuns: 40, seed: 6 })
})

test('a store that takes in another keeps both, and the other stays as it is', async (t) => {
  const next = inFolder(t)
  await fc.assert(fc.asyncProperty(steps, steps, async (one, other) => {
    const at = next()
    await make(at('a.db'), one)
    await make(at('b.db'), other)
    const before = dump(at('b.db'))
    {
      await using a = open(at('a.db'))
      assert.equal((await a.import(at('b.db'))).conflicts, 0)
    }
    await expectRetraced(at('a.db'), one, other)
    assert.deepEqual(dump(at('b.db')), before)
  }), { numRuns: 40, seed: 7 })
})

test('a bundle of some calls has all that they came from, and nothing that they didn\'t', async (t) => {
  const next = inFolder(t)
  await fc.assert(fc.asyncProperty(steps, fc.nat(), async (program, choice) => {
    const at = next()
    await make(at('a.db'), program)
    await using a = open(at('a.db'))
    const calls = (await Promise.all(['half', 'add', 'both', 'upTo', 'total', 'named', 'big'].map((name) => a.calls(name).catch(() => [])))).flat()
    const chosen = calls[choice % calls.length]
    if (!chosen) return
    await a.export(at('bundle.db'), chosen)
    await using bundle = new Storage(at('bundle.db'))
    assert.deepEqual(await bundle.check(), [])
    const frame = await a.cf([chosen]).expandBack({ recursive: true })
    const bundled = await bundle.cf([await bundle.call(chosen.hid)]).expandBack({ recursive: true })
    assert.equal(String(bundled), String(frame))
    const loaded = await bundle.unwrap(Object.values((await bundle.call(chosen.hid)).outputs))
    assert.deepEqual(loaded, await a.unwrap(Object.values(chosen.outputs)))
    const hids = new Set<CallHistoryId>(calls.map(({ hid }) => hid))
    for (const { name } of await bundle.ops()) for (const { hid } of await bundle.calls(name)) assert.ok(hids.has(hid))
  }), { numRuns: 60, seed: 8 })
})
