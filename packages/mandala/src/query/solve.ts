import type { Pin } from '../model/variable.ts'
import type { Ref, RefOwner } from '../model/ref.ts'
import type { Matches, MatchOp, PatternMatcher } from '../store/match.ts'
import { readValues } from '../web/read-values.ts'
import { Web } from '../web/web.ts'
import { planAtoms, type CallAtom, type PlannedAtom } from './atoms.ts'
import { chooseCalls, type CurrentCode } from './choose-calls.ts'
import { variablesOfAtom, type Pattern, type PatternAtom } from './pattern.ts'
import { makePlan, type QueryPlan } from './plan.ts'
import type { SolveOptions } from './query-options.ts'

/** What queries need of the storage that they look at. */
export interface QueryHost {
  readonly store: PatternMatcher
  readonly owner: RefOwner
  /** Undefined where no code is followed. */
  readonly current: CurrentCode | undefined
  /** Prints something that was asked for. */
  show(text: string): void
}

export interface Solved {
  readonly plan: QueryPlan
  readonly matches: Matches
}

/** From when on a pattern is split, and what is alike in it gathered. */
export interface PlanLimits {
  readonly tablesMax: number
  readonly sharedMin: number
}

/** More are no answer that anyone meant, and would not fit into memory. */
const ROWS_MAX = 10_000_000

/** SQLite joins 64 tables at most, and other databases slow down before that. */
const LIMITS: PlanLimits = { tablesMax: 48, sharedMin: 4 }

export async function solve(
  pattern: Pattern, host: QueryHost, { distinct = 'refs', limit, allowProduct = false, version = 'current' }: SolveOptions,
  { tablesMax, sharedMin }: PlanLimits = LIMITS,
): Promise<Solved> {
  const choose = ({ op, version: said }: CallAtom): MatchOp => chooseCalls(op, said, { current: host.current, version })
  const tested = await testValues(pattern, host, { choose, version })
  const atoms = planAtoms(tested, { choose, sharedMin })
  const counts = new Map<PlannedAtom, number>()
  for (const atom of atoms) counts.set(atom, await countFacts(atom, host.store))
  const plan = makePlan(tested, atoms, { distinct, limit, rowsMax: allowProduct ? undefined : ROWS_MAX, tablesMax, count: (atom) => counts.get(atom) ?? 0 })
  return { plan, matches: await host.store.match(plan) }
}

/** Whether certain refs are an answer to a pattern, whatever the code that gave them. */
export async function isAnswer(pattern: Pattern, refs: ReadonlyMap<string, Ref<unknown>>, host: QueryHost): Promise<boolean> {
  const pins = pattern.columns.flatMap(({ name, variable }) => {
    const ref = refs.get(name)
    return ref ? [{ variable, oneOf: [{ kind: 'ref', hid: ref.hid } as const] }] : []
  })
  const known = { ...pattern, pins: [...pattern.pins, ...pins], columns: pattern.columns.slice(0, 1) }
  const { matches } = await solve(known, host, { allowProduct: true, limit: 1, version: 'any' })
  matches.close()
  return matches.count > 0
}

interface Choosing {
  /** The calls that a statement means. */
  readonly choose: (atom: CallAtom) => MatchOp
  readonly version: 'current' | 'any'
}

/** So many elements a collection is taken to have. */
const ELEMENTS = 10

async function countFacts({ form }: PlannedAtom, store: PatternMatcher): Promise<number> {
  let count = 0
  for (const each of form) {
    if (each.kind === 'content') continue
    const times = each.edges.some(({ labels }) => labels.length === 0) ? ELEMENTS : 1
    for (const op of each.ops) count += times * await store.countCalls(op)
  }
  return count
}

/** Replaces each test of values by the refs that pass it, of those that the variable could be if only one atom spoke of it. */
async function testValues(pattern: Pattern, host: QueryHost, how: Choosing): Promise<Pattern> {
  const pins = [...pattern.pins]
  for (const variable of new Set(pattern.predicates.map((each) => each.variable))) {
    const tests = pattern.predicates.filter((each) => each.variable === variable)
    const passed: Pin[] = []
    for (const [ref, value] of await readCandidates({ ...pattern, pins }, { variable, host, ...how })) {
      let isRight = true
      for (const { predicate } of tests) isRight &&= await predicate(value)
      if (isRight) passed.push(ref)
    }
    pins.push({ variable, oneOf: passed })
  }
  return { ...pattern, pins, predicates: [] }
}

async function readCandidates(
  pattern: Pattern, { variable, host, choose, version }: Choosing & { readonly variable: number; readonly host: QueryHost },
): Promise<readonly (readonly [Pin, unknown])[]> {
  const atom = await findSmallest(pattern.atoms.filter((each) => each.kind !== 'content' && variablesOfAtom(each).includes(variable)), host.store, choose)
  const known = new Set(variablesOfAtom(atom))
  const part: Pattern = {
    ...pattern, atoms: [atom], predicates: [], columns: [{ name: 'candidate', variable }],
    pins: pattern.pins.filter((each) => known.has(each.variable)), excluded: pattern.excluded.filter((each) => known.has(each.variable)),
    unequal: pattern.unequal.filter((pair) => pair.every((each) => known.has(each))),
  }
  const { matches } = await solve(part, host, { allowProduct: true, version })
  const web = new Web(host.owner)
  const numbers = readRows(matches, web).map(([number]) => number as number)
  const values = await readValues(web, numbers)
  return numbers.map((number) => [{ kind: 'ref', hid: web.hid(number) }, values.get(number)])
}

async function findSmallest(atoms: readonly PatternAtom[], store: PatternMatcher, choose: Choosing['choose']): Promise<PatternAtom> {
  const counted: [count: number, atom: PatternAtom][] = []
  for (const atom of atoms) counted.push([atom.kind === 'call' ? await store.countCalls(choose(atom)) : Infinity, atom])
  return (counted.sort(([a], [b]) => a - b)[0] as [number, PatternAtom])[1]
}

/** Answers as numbers of refs in a web; all of them, and the end of the reading. */
export function readRows(matches: Matches, web: Web): readonly (readonly number[])[] {
  try {
    return readSome(matches, web, { from: 0, limit: matches.count })
  } finally {
    matches.close()
  }
}

export function readSome(matches: Matches, web: Web, { from, limit }: { readonly from: number; readonly limit: number }): readonly (readonly number[])[] {
  const { refs, rows } = matches.read(from, limit)
  const numbers = refs.map(({ given, ...slot }) => (given ? web.addImmediate(slot, given.value) : web.addRef(slot)))
  return rows.map((row) => row.map((place) => numbers[place] as number))
}

