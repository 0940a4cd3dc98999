import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { dict, DictRef, list, ListRef, op, set, Storage, unwrap, wrap, type Ref } from '../../src/index.ts'
import type { Store } from '../../src/store/store.ts'
import { hasCode, logOf, makeGate, makePath } from '../helpers.ts'

/** Opens a store on a file. */
export type OpenStore = (path: string) => Store

const increment = op(function increment(x: number) { return x + 1 })
const double = op(function double(x: number) { return x * 2 })
const range = op(function range(n: number) { return Array.from({ length: n }, (_, i) => i) }, { output: list() })
const sum = op(function sum(xs: readonly number[]) { return xs.reduce((a, b) => a + b, 0) })
const big = op(function big(n: number) { return Array.from({ length: n }, (_, i) => i) }, { transient: true })
const slow = op(async function slow(x: number) { await new Promise((resolve) => setTimeout(resolve, 2)); return { x } })

/** What runs over any store must do; the store may answer at once or later. */
export function describeRuns(name: string, open: OpenStore): void {
  const start = (t: TestContext, path = makePath(t)): Storage => {
    const storage = new Storage(path, { openStore: () => open(path) })
    t.after(() => storage.close())
    return storage
  }
  describe(`runs over ${name}`, () => {
    hits(start)
    compositions(start)
    collections(start)
    transients(start)
    deletions(start)
    flights(start)
  })
}

type Start = (t: TestContext, path?: string) => Storage

/** Runs a block in two storages on one file, one after the other, and gives what happened in each. */
async function runTwice(t: TestContext, start: Start, block: () => unknown): Promise<readonly [string[], string[]]> {
  const path = makePath(t)
  const lines: string[][] = []
  for (let i = 0; i < 2; i += 1) {
    const storage = start(t, path)
    const log = logOf(storage)
    await storage.run(block)
    lines.push(log.take().filter((line) => line !== 'load'))
    assert.deepEqual(await storage.check(), [])
    await storage.close()
  }
  return lines as [string[], string[]]
}

function hits(start: Start): void {
  test('a program runs once, and is retraced after reopening', async (t) => {
    const results: unknown[] = []
    const [first, second] = await runTwice(t, start, async () => {
      results.push(await unwrap([double(increment(1)), slow(3), double(await increment(1))]))
    })
    assert.deepEqual(results, [[4, { x: 3 }, 4], [4, { x: 3 }, 4]])
    assert.deepEqual(first.filter((line) => line.startsWith('run')).sort(), ['run double', 'run increment', 'run slow'])
    assert.deepEqual(second.filter((line) => line.startsWith('run')), [])
  })

  test('equal inputs of another history hit by content, at once and after reopening, and by history from then on', async (t) => {
    const path = makePath(t)
    const first = start(t, path)
    const log = logOf(first)
    await first.run(async () => { await double(2); await double(await increment(1)) })
    assert.deepEqual(log.take(), ['run double', 'run increment', 'hit double by content'])
    await first.close()
    const storage = start(t, path)
    const later = logOf(storage)
    await storage.run(async () => { await double(await double(1)); await double(await increment(1)) })
    assert.deepEqual(later.take(), ['run double', 'hit double by content', 'hit increment by history', 'hit double by history'])
    assert.equal((await storage.calls(double)).length, 4)
  })

  test('a thousand cheap calls, each on the result of the one before, are all there afterwards', async (t) => {
    const path = makePath(t)
    const storage = start(t, path)
    const last = await storage.run(async () => {
      let x: unknown = 0
      for (let i = 0; i < 1000; i += 1) x = await increment(x as number)
      return x as Ref<number>
    })
    assert.equal(await unwrap(last), 1000)
    await storage.close()
    const again = start(t, path)
    assert.equal((await again.calls(increment)).length, 1000)
    assert.equal(await unwrap(await again.ref(last.hid)), 1000)
    assert.deepEqual(await again.check(), [])
  })

  test('a ref is found by its id as soon as its call resolved', async (t) => {
    const storage = start(t)
    await storage.run(async () => {
      const refs = await Promise.all(Array.from({ length: 20 }, (_, i) => slow(i)))
      for (const ref of refs as Ref<{ x: number }>[]) assert.equal((await storage.creator(await storage.ref(ref.hid)))?.op, 'slow')
    })
  })

  test('a call that is on its way into the store is waited for, by look-ups and by drops', async (t) => {
    const storage = start(t)
    await storage.run(async () => {
      for (let i = 0; i < 40; i += 1) {
        const ref = (await increment(i)) as Ref<number>
        await new Promise(setImmediate)
        if (i % 2) assert.equal((await storage.drop(increment, { dryRun: true })).calls, i + 1)
        else assert.equal((await storage.ref(ref.hid)).cid, ref.cid)
      }
    })
  })

  test('only retracing refuses a new call', async (t) => {
    const storage = start(t)
    await storage.run(() => increment(1))
    await storage.run({ newCalls: 'error' }, () => increment(1))
    await assert.rejects(storage.run({ newCalls: 'error' }, () => increment(2)), hasCode('NEW_CALL_REFUSED'))
  })
}

function compositions(start: Start): void {
  test('a composed op unwraps its inputs inside, also those that were given just now', async (t) => {
    const program = op(async function program(xs: number[], word: string) {
      assert.deepEqual(await unwrap(xs), [1, 2])
      assert.equal(await unwrap(word), 'w'.repeat(100))
      return sum(xs) as Promise<number>
    }, { compose: true })
    const [first, second] = await runTwice(t, start, async () => assert.equal(await unwrap(program([1, 2], 'w'.repeat(100))), 3))
    assert.deepEqual([first, second], [['run program', 'run sum'], ['hit program by history']])
  })

  test('inner calls of an ordinary op are linked to it', async (t) => {
    const outer = op(async function outer(x: number) { return (await unwrap(increment(x))) * 10 })
    const storage = start(t)
    assert.equal(await storage.run(() => unwrap(outer(1))), 20)
    await storage.drop(increment)
    assert.equal((await storage.calls(outer)).length, 0)
  })
}

function collections(start: Start): void {
  test('elements of a list, a dict and a set are inputs of their own, also after reopening', async (t) => {
    const scores = op(function scores() { return { a: 1, b: 2 } }, { output: dict() })
    const names = op(function names() { return new Set([5, 6]) }, { output: set() })
    const [first, second] = await runTwice(t, start, async () => {
      const xs = await range(2)
      for (const x of xs) await increment(x)
      const byName = await scores()
      assert.ok(byName instanceof DictRef)
      await increment(byName.get('b'))
      for (const x of await names()) await double(x)
      assert.deepEqual(await unwrap([xs, byName]), [[0, 1], { a: 1, b: 2 }])
    })
    assert.equal(first.filter((line) => line.startsWith('run')).length, 8)
    assert.deepEqual(second.filter((line) => line.startsWith('run')), [])
  })

  test('an array of Refs keeps the histories of its elements, also when it is read from the store', async (t) => {
    const path = makePath(t)
    const storage = start(t, path)
    const [one, result] = await storage.run(async () => {
      const ref = (await increment(0)) as Ref<number>
      return [ref, await sum([ref, wrap(5)])] as const
    })
    assert.equal(await unwrap(result), 6)
    await storage.close()
    const again = start(t, path)
    const [call] = await again.calls(sum)
    const xs = call?.inputs['xs']
    assert.ok(xs instanceof ListRef)
    assert.equal((xs.at(0) as Ref<unknown>).hid, one.hid)
    assert.deepEqual(await unwrap(xs), [1, 5])
  })
}

function transients(start: Start): void {
  test('a transient output is computed again when it is needed after reopening', async (t) => {
    const path = makePath(t)
    const first = start(t, path)
    assert.equal(await first.run(async () => unwrap(sum(await big(10)))), 45)
    await first.close()
    const storage = start(t, path)
    const log = logOf(storage)
    const ref = await storage.run(async () => { await sum(await big(10)); return big(10) })
    assert.deepEqual(log.take(), ['hit big by history', 'hit sum by history', 'hit big by history'])
    assert.deepEqual((await unwrap(ref)).length, 10)
    assert.deepEqual(log.take().filter((line) => line !== 'load'), ['run big'])
  })
}

function deletions(start: Start): void {
  test('a dropped call takes along what was computed from it, and is executed anew', async (t) => {
    const storage = start(t)
    const log = logOf(storage)
    const program = async (): Promise<unknown> => double(await increment(1))
    await storage.run(program)
    assert.equal((await storage.drop(increment)).calls, 2)
    await storage.run(program)
    assert.deepEqual(log.take(), ['run increment', 'run double', 'drop 2', 'run increment', 'run double'])
    assert.equal((await storage.gc({ maxBytes: 0 })).calls, 2)
    assert.equal((await storage.stats()).values, 0)
  })

  test('a refreshed call with another result drops what was computed from the old one', async (t) => {
    const storage = start(t)
    let n = 0
    const random = op('random', () => { n += 1; return n })
    const program = (): Promise<number> => unwrap(double(random()))
    assert.equal(await storage.run(program), 2)
    assert.equal(await storage.run({ refresh: [random] }, program), 4)
    assert.equal(await storage.run(program), 4)
    assert.deepEqual(await storage.check(), [])
  })
}

function flights(start: Start): void {
  test('equal calls in flight are executed once, also with other histories', async (t) => {
    const storage = start(t)
    const log = logOf(storage)
    const gate = makeGate()
    const gated = op(async function gated(x: number) { await gate.opened; return { x } })
    const results = await storage.run(async () => {
      const two = await increment(1)
      const calls = [gated(2), gated(2), gated(two), gated(3)]
      gate.open()
      return unwrap(calls)
    })
    assert.deepEqual(results, [{ x: 2 }, { x: 2 }, { x: 2 }, { x: 3 }])
    assert.equal(log.take().filter((line) => line === 'run gated').length, 2)
    assert.equal((await storage.calls(gated)).length, 3)
  })

  test('two hundred calls at the same time are all stored, each once', async (t) => {
    const path = makePath(t)
    const storage = start(t, path)
    const results = await storage.run(async () => unwrap(Array.from({ length: 200 }, (_, i) => (i % 2 ? slow(i) : increment(i)))))
    assert.deepEqual(results, Array.from({ length: 200 }, (_, i) => (i % 2 ? { x: i } : i + 1)))
    await storage.close()
    const again = start(t, path)
    assert.deepEqual([(await again.calls(slow)).length, (await again.calls(increment)).length], [100, 100])
    assert.deepEqual(await again.check(), [])
  })
}
