import type { CallReader } from '../store/store.ts'
import { Draft, type DraftVariable } from './draft.ts'
import type { FrameData } from './frame-data.ts'
import { findCreators, findConsumers, type Sighting } from './neighbours.ts'
import { placeCalls } from './place-calls.ts'
import type { Direction } from './reach.ts'

/** How far an expansion goes. */
export interface Expansion {
  /** Towards the calls that made the refs, towards those that use them, or both. */
  readonly directions: readonly Direction[]
  /** Variables to start from; all if undefined. */
  readonly vars: ReadonlySet<string> | undefined
  /** How many calls deep. */
  readonly depth: number
  readonly follows: (op: string) => boolean
}

/**
 * Adds the calls that made the refs of a frame or that use them, and goes on from the refs that come in with these. Every ref is looked at
 * once in each variable, so the cost is linear in what is met.
 */
export async function expand(data: FrameData, reader: CallReader, expansion: Expansion): Promise<FrameData> {
  const draft = Draft.of(data)
  let sightings = listFirst(draft, expansion.vars)
  for (let depth = 0; depth < expansion.depth && sightings.length > 0; depth += 1) {
    for (const direction of expansion.directions) {
      const found = direction === 'back' ? await findCreators(draft, sightings, reader) : await findConsumers(draft, sightings, reader)
      placeCalls(draft, found, { side: direction === 'back' ? 'outputs' : 'inputs', isWhole: expansion.directions.length > 1, follows: expansion.follows })
    }
    sightings = takePending(draft)
  }
  return draft.finish()
}

/** Values that were given lead forward only where they are asked for: a 1 or a `true` leads everywhere. */
function listFirst(draft: Draft, vars: ReadonlySet<string> | undefined): Sighting[] {
  const attached = new Set(draft.operations.flatMap(({ inputs, outputs }) => [...inputs.values(), ...outputs.values()].flat()))
  const isChosen = ({ name }: DraftVariable): boolean => vars === undefined || vars.has(name as string)
  const chosen = draft.variables.filter(isChosen)
  for (const variable of draft.variables) if (!isChosen(variable)) draft.setAside(variable)
  return chosen.map((variable) => ({ variable, refs: [...variable.refs], followsGiven: vars !== undefined || !attached.has(variable) }))
}

function takePending(draft: Draft): Sighting[] {
  const sightings = Array.from(draft.pending, ([variable, refs]: [DraftVariable, number[]]) => ({ variable, refs, followsGiven: false }))
  draft.pending = new Map()
  return sightings
}
