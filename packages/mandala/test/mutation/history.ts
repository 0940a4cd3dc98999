import { rmSync } from 'node:fs'
import { edit, rewritten, type Edited } from './edits.ts'
import type { Laboratory, Truth } from './laboratory.ts'
import { Random } from './random.ts'
import { NEUTRAL, REAL } from './rewrites.ts'
import type { Sources } from './sources.ts'
import { findUsers } from './usage.ts'

/** What a series of edits came to. */
export interface Tally {
  edits: number
  /** By kind, how often. */
  readonly kinds: Map<string, number>
  readonly faults: string[]
  /** Calls executed after real edits; of these, whose result is the same; of these, that did not use what was edited either. */
  executed: number
  same: number
  needless: number
  readonly needlessKinds: Map<string, number>
}

export const emptyTally = (): Tally => ({ edits: 0, kinds: new Map(), faults: [], executed: 0, same: 0, needless: 0, needlessKinds: new Map() })

interface State {
  readonly sources: Sources
  readonly truth: Truth
}

const STEPS = 6

/**
 * One store, and the program edited again and again, now and then taken back to what it was before. Whatever a run gives must be what the
 * program gives without a store; an edit that means nothing executes nothing, nor does going back.
 */
export async function live(laboratory: Laboratory, start: Sources, { path, seed, tally }: { path: string; seed: number; tally: Tally }): Promise<void> {
  const random = new Random(seed)
  const changes = [...REAL, ...NEUTRAL]
  // Each of those made for this program is the first of some history.
  const number = seed % changes.length
  const first = rewritten(start, changes[number]!, number >= REAL.length)
  const states: State[] = [{ sources: start, truth: await expectTruth(laboratory, start) }]
  await laboratory.run(start, path, false)
  let current = states[0] as State
  for (let step = 0; step < STEPS; step += 1) {
    const isBack = step > 0 && random.next() < 0.2
    const edited = step === 0 ? first : isBack ? undefined : edit(current.sources, random.next() < 0.3 ? 'neutral' : 'real', random)
    const next = isBack ? random.pick(states) : edited && (await stateOf(laboratory, edited.sources))
    if (!next) continue
    await take(laboratory, { from: current, to: next, edited, path, where: `history ${seed}, step ${step}`, tally, random })
    if (!isBack) states.push(next)
    current = next
  }
  rmSync(path, { force: true })
}

async function expectTruth(laboratory: Laboratory, sources: Sources): Promise<Truth> {
  const truth = await laboratory.truth(sources)
  if (!truth) throw new Error('the program does not load')
  return truth
}

async function stateOf(laboratory: Laboratory, sources: Sources): Promise<State | undefined> {
  const truth = await laboratory.truth(sources)
  return truth && { sources, truth }
}

interface Move {
  readonly from: State
  readonly to: State
  /** Undefined where the program goes back to what it was. */
  readonly edited: Edited | undefined
  readonly path: string
  readonly where: string
  readonly tally: Tally
  readonly random: Random
}

async function take(laboratory: Laboratory, { from, to, edited, path, where, tally, random }: Move): Promise<void> {
  const kind = edited?.kind ?? 'back'
  const place = `${kind} in ${edited?.places.map(({ file, start }) => `${file}:${start}`).join(', ') ?? 'time'} (${where})`
  tally.edits += 1
  tally.kinds.set(kind, (tally.kinds.get(kind) ?? 0) + 1)
  const outcome = await laboratory.run(to.sources, path, random.next() < 0.3)
  if (!outcome) {
    tally.faults.push(`does not load: ${place}`)
    return
  }
  for (const [call, output] of Object.entries(to.truth.outputs)) {
    if (outcome.outputs[call] !== output) tally.faults.push(`stale: ${place}: ${call} gave ${outcome.outputs[call]}, not ${output}`)
  }
  // What failed isn't stored, and is tried again each time.
  const executed = outcome.executed.filter((call) => !to.truth.outputs[call]?.startsWith('error:'))
  if (!edited || isNeutral(from, to, edited)) for (const call of executed) tally.faults.push(`needless: ${place}: ${call}`)
  else count(tally, { from, to, edited, executed, kind })
}

function isNeutral({ truth }: State, to: State, { isNeutral }: Edited): boolean {
  return isNeutral && Object.entries(truth.outputs).every(([call, output]) => to.truth.outputs[call] === output)
}

function count(tally: Tally, { from, to, edited, executed, kind }: Pick<Move,
  'from' | 'to'> & { readonly edited: Edited; readonly executed: readonly string[]; readonly kind: string }): void {
  const same = executed.filter((call) => from.truth.outputs[call] === to.truth.outputs[call])
  const users = findUsers(from.sources, edited, [from.truth, to.truth])
  const needless = same.filter((call) => !users.has(call))
  tally.executed += executed.length
  tally.same += same.length
  tally.needless += needless.length
  if (needless.length > 0) tally.needlessKinds.set(kind, (tally.needlessKinds.get(kind) ?? 0) + needless.length)
}
