import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dict, list, newArg, op, Q, Ref, set, Storage, unwrap, wrap, type QueryOptions, type Variable } from '../../src/index.ts'
import type { HistoryId } from '../../src/base/ids.ts'
import { collectPattern, expectWhole } from '../../src/query/collect.ts'
import type { Pattern } from '../../src/query/pattern.ts'
import { solve } from '../../src/query/solve.ts'
import { SqliteStore } from '../../src/sqlite/sqlite-store.ts'
import { hasCode, makePath } from '../helpers.ts'
import { makePrinting, runPasted } from '../parity/paste.ts'
import { solveByForce } from './brute-force.ts'

/* Queries by pattern give what trying every stored fact for every atom gives, on random stores and random patterns. */

const half = op(function half(x: number) { return Math.floor(x / 2) })
const add = op(function add(x: number, y: number) { return (x + y) % 5 }, { output: 'sum' })
const two = op(function two(x: number) { return { p: x % 3, q: x % 2 } }, { outputs: ['p', 'q'] })
const twoLater = op('two', (x: number) => ({ p: x % 2, q: 0 }), { outputs: ['p', 'q'], version: 1 })
const late = op(function late(x: number, k: number = newArg(1)) { return (x + k) % 3 })
const later = op(function later(x: number, k: number = newArg(77), l: number = newArg(1)) { return (x + k + l) % 4 })
const all = op(function all(...xs: number[]) { return xs.length })
const upTo = op(function upTo(n: number) { return Array.from({ length: (n % 3) + 1 }, (_, i) => i % 2) }, { output: list() })
const total = op(function total(xs: number[]) { return xs.reduce((sum, x) => sum + x, 0) % 4 }, { inputs: { xs: list() } })
const named = op(function named(by: Record<string, number>) { return Object.keys(by).length }, { inputs: { by: dict() } })
const distinct = op(function distinct(xs: Set<number>) { return xs.size }, { inputs: { xs: set() } })

type Step = readonly [op: number, a: number, b: number]
const steps = fc.array(fc.tuple(fc.nat(10), fc.nat(30), fc.nat(30)) as fc.Arbitrary<Step>, { minLength: 8, maxLength: 20 })

async function fill(storage: Storage, program: readonly Step[]): Promise<void> {
  await storage.run(async () => {
    const numbers: any[] = [0, 1, 2, await half(1)]
    const lists: any[] = []
    const pick = (i: number): any => numbers[i % numbers.length]
    for (const [which, a, b] of program) {
      switch (which) {
        case 0: numbers.push(await half(pick(a))); break
        case 1: numbers.push(await add(pick(a), pick(b))); break
        case 2: { const { p, q } = (b % 3 === 0 ? await twoLater(pick(a)) : await two(pick(a))) as any; numbers.push(p, q); break }
        case 3: await all(pick(a), pick(b), pick(a)); break
        case 4: { const made = (await upTo(pick(a))) as any; lists.push(made); numbers.push(...made); break }
        case 5: numbers.push(await total([pick(a), pick(b)])); break
        case 6: if (lists.length > 0) numbers.push(await total(lists[a % lists.length])); break
        case 7: await named({ a: pick(a), [b % 2 === 0 ? 'b' : 'c']: pick(b) }); break
        case 8: numbers.push(await (b % 3 === 0 ? late(pick(a)) : late(pick(a), pick(b)))); break
        case 9: numbers.push(await (b % 3 === 0 ? later(pick(a)) : later(pick(a), b % 3 === 1 ? undefined : pick(b), pick(a)))); break
        default: { const [x, y] = [pick(a), pick(b)]; if ((await unwrap(x)) !== (await unwrap(y))) await distinct(new Set([x, y])) }
      }
    }
  })
}

type Said = readonly [what: number, a: number, b: number, c: number]
const sayings = fc.array(fc.tuple(fc.nat(23), fc.nat(9), fc.nat(9), fc.nat(9)) as fc.Arbitrary<Said>, { minLength: 1, maxLength: 4, size: 'max' })

/** Says random things of a few variables, which grow with each. */
function say(said: readonly Said[], refs: readonly Ref<unknown>[]): Variable<any>[] {
  const variables: Variable<any>[] = [Q(), Q()]
  const v = (i: number): Variable<any> => (i < 3 ? variables[variables.push(Q()) - 1] : variables.at(-1 - (i % variables.length))) as Variable<any>
  const ref = (i: number): Ref<any> => refs[(i * 7) % refs.length] as Ref<any>
  for (const [what, a, b, c] of said) {
    switch (what) {
      case 0: case 1: variables.push(half.match({ x: v(a) })); break
      case 2: case 3: variables.push(add.match({ x: v(a), y: v(b) })); break
      case 4: variables.push(add.match({ y: c % 2 === 0 ? c % 3 : ref(c) })); break
      case 5: { const { p, q } = two.match({ x: v(a) }, c % 3 === 0 ? { version: 'any' } : c % 3 === 1 ? { version: 1 } : {}); variables.push(p, q); break }
      case 6: variables.push(all.match(c % 2 === 0 ? { xs: v(a) } : { 'xs[1]': v(a), xs: v(b) })); break
      case 7: variables.push(upTo.match({ n: v(a) })); break
      case 8: variables.push(total.match({ xs: v(a) })); break
      case 9: variables.push(total.match({ xs: Q.list([v(a), v(b)]) })); break
      case 10: { const i = Q(); variables.push(total.match({ xs: Q.list([v(a), v(b)], { at: [i, c % 2 === 0 ? 0 : v(c)] }) }), i); break }
      case 11: variables.push(c % 3 === 0 ? v(a).at() : v(a).at(c % 3 === 1 ? c % 2 : v(b))); break
      case 12: named.match({ by: c % 2 === 0 ? Q.dict({ b: v(a) }) : Q.dict([v(a)], { at: [v(b)] }) }); break
      case 13: distinct.match({ xs: Q.set([v(a), v(b)]) }); break
      case 14: v(a).is(v(b)); break
      case 15: v(a).isNot(c % 2 === 0 ? v(b) : ref(c)); break
      case 16: v(a).equals(c % 2 === 0 ? v(b) : c % 3); break
      case 17: v(a).differs(c % 2 === 0 ? v(b) : c % 3); break
      case 18: v(a).isIn([ref(b), c % 3, ref(c)]); break
      case 19: case 20: variables.push(late.match({ x: v(a), k: c % 4 === 0 ? 1 : c % 4 === 1 ? ref(c) : v(b) })); break
      case 21: case 22: variables.push(later.match({ k: c % 4 === 0 ? 77 : v(a), l: v(b), ...(c % 2 === 0 ? { x: v(c) } : {}) })); break
      default: v(a).where((value) => typeof value !== 'number' || value > 0)
    }
  }
  return variables
}

/** Refs of everything that is stored. */
async function listRefs(store: SqliteStore, storage: Storage): Promise<Ref<unknown>[]> {
  const hids = new Set(store.listCalls().flatMap(({ inputs, outputs }) => [...inputs, ...outputs]).map(({ hid }) => hid))
  return Promise.all([...hids].sort().map((hid) => storage.ref(hid)))
}

async function ask(storage: Storage, selection: Record<string, Variable<any>>, options: QueryOptions): Promise<string[]> {
  const table = await storage.df(selection, { ...options, values: 'refs', allowProduct: true })
  return table.objects().map((row) => Object.values(row as Record<string, Ref<unknown>>).map(({ hid }) => hid).join(' '))
}

/** The same by a plan that splits a pattern wherever it can, and gathers everything. */
async function solveInPieces(pattern: Pattern, store: SqliteStore): Promise<string[]> {
  const fail = (): never => assert.fail('nothing is loaded or shown')
  const host = { store, owner: { load: fail, elementsOf: fail }, current: undefined, show: fail }
  const { plan, matches } = await solve(pattern, host, { distinct: false }, { tablesMax: 4, sharedMin: 1 })
  const { refs, rows } = matches.read(0, matches.count)
  matches.close()
  return rows.map((row) => pattern.columns.map(({ variable }) => refs[row[plan.select.indexOf(variable)] as number]?.hid).join(' ')).sort()
}

function isPattern(pattern: Pattern): boolean {
  try {
    expectWhole(pattern, { place: 'test', allowProduct: true })
    return true
  } catch {
    return false
  }
}

test('what is similar contains what it came from, whatever the names, and is found again by what is printed', async () => {
  const ops = [half, add, two, late, later, all, upTo, total, named, distinct]
  const property = fc.asyncProperty(steps, fc.array(fc.nat(60), { minLength: 1, maxLength: 3 }), async (program, chosen) => {
    const printing = makePrinting()
    const { storage } = printing
    await fill(storage, program)
    const calls = (await Promise.all([half, add, two, late, later, all, total, named, distinct, upTo].map((each) => storage.calls(each)))).flat()
    const outputs = calls.flatMap((call) => Object.values(call.outputs))
    const refs = [...new Map(chosen.map((i) => outputs[i % outputs.length] as Ref<unknown>).map((ref) => [ref.hid, ref])).values()]
    const selection = Object.fromEntries(refs.map((ref, i) => [`r${i}`, ref]))
    let table
    try {
      table = await storage.similar(selection, { values: 'refs', allowProduct: true })
    } catch (error) {
      assert.match((error as Error).message, /same role/)
      return
    }
    const rows = table.objects().map((row) => Object.values(row as Record<string, Ref<unknown>>).map(({ hid }) => hid).join(' '))
    assert.ok(rows.includes(refs.map(({ hid }) => hid).join(' ')))
    const renamed = await storage.similar(Object.fromEntries(refs.map((ref, i) => [`other${i}`, ref] as const).reverse()), { values: 'refs', allowProduct: true })
    const turned = renamed.objects().map((row) => Object.values(row as Record<string, Ref<unknown>>).map(({ hid }) => hid).reverse().join(' '))
    assert.deepEqual(turned.sort(), rows.toSorted())
    const pasted = await runPasted(printing.printed[0] as string, storage, ops)
    assert.deepEqual(pasted.objects().map((row) => Object.values(row).map((ref) => (ref as Ref<unknown>).hid).join(' ')), rows)
  })
  await fc.assert(property, { seed: 6, numRuns: 150 })
})

test('a pattern gives what trying every fact gives, with and without repeated answers', async (t) => {
  let answered = 0
  const property = fc.asyncProperty(steps, sayings, fc.array(fc.nat(9), { minLength: 1, maxLength: 3 }), async (program, said, chosen) => {
    const path = makePath(t)
    await using storage = new Storage(path)
    await fill(storage, program)
    const store = new SqliteStore({ path, overflow: undefined })
    const refs = await listRefs(store, storage)
    const variables = say(said, refs)
    const selection = Object.fromEntries(chosen.map((i, place) => [`c${place}`, variables.at(-1 - (i % variables.length)) as Variable<any>]))
    const pattern = collectPattern(selection, 'test')
    const isWhole = isPattern(pattern)
    if (!isWhole) {
      store.close()
      await assert.rejects(ask(storage, selection, {}), hasCode('QUERY_INVALID'))
      return
    }
    const values = new Map(await Promise.all(refs.map(async (ref) => [ref.hid as string, await unwrap(ref)] as const)))
    for (const given of [0, 1, 77].map(wrap)) values.set(given.hid, given.immediate?.value)
    const tested = pattern.predicates.map(({ variable, predicate }) => (
      { variable, oneOf: [...values].filter(([, value]) => predicate(value)).map(([hid]) => ({ kind: 'ref', hid: hid as HistoryId }) as const) }))
    const expected = solveByForce({ ...pattern, pins: [...pattern.pins, ...tested] }, store.listCalls())
    if (expected.length > 0) answered += 1
    assert.deepEqual((await ask(storage, selection, { distinct: false })).sort(), expected)
    assert.deepEqual(await solveInPieces({ ...pattern, pins: [...pattern.pins, ...tested], predicates: [] }, store), expected)
    const distinctOnes = await ask(storage, selection, {})
    assert.deepEqual(distinctOnes.toSorted(), [...new Set(expected)])
    assert.deepEqual(await ask(storage, selection, { limit: 3 }), distinctOnes.slice(0, 3))
    const contents = new Map([...refs, wrap(77), wrap(1)].map(({ hid, cid }) => [hid as string, cid as string]))
    const valuesOf = (answer: string): string => answer.split(' ').map((hid) => contents.get(hid) ?? hid).join(' ')
    assert.deepEqual((await ask(storage, selection, { distinct: 'values' })).map(valuesOf).sort(), [...new Set(expected.map(valuesOf))].sort())
    store.close()
  })
  await fc.assert(property, { seed: 5, numRuns: 400 })
  assert.ok(answered > 60, `only ${answered} patterns had answers`)
})
