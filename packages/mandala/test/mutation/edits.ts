import { findEdits, MUTATIONS, type Mutation } from './mutations.ts'
import { NEUTRAL_MUTATIONS } from './neutral.ts'
import type { Random } from './random.ts'
import { NEUTRAL, REAL, rewrite, type Rewrite } from './rewrites.ts'
import type { Sources } from './sources.ts'

/** A program that came of another by a small change. */
export interface Edited {
  readonly kind: string
  readonly isNeutral: boolean
  readonly sources: Sources
  /** Stretches of the former text that were replaced. */
  readonly places: readonly { readonly file: string; readonly start: number; readonly end: number }[]
}

export const KINDS = {
  real: [...Object.keys(MUTATIONS), ...REAL.map(({ kind }) => kind)],
  neutral: [...Object.keys(NEUTRAL_MUTATIONS), ...NEUTRAL.map(({ kind }) => kind)],
}

/** Half of the edits fit any program, half are made for this one. Undefined where the chosen one doesn't fit. */
export function edit(sources: Sources, meaning: 'real' | 'neutral', random: Random): Edited | undefined {
  const isNeutral = meaning === 'neutral'
  if (random.next() < 0.5) return rewritten(sources, random.pick(isNeutral ? NEUTRAL : REAL), isNeutral)
  return mutated(sources, random.pick(Object.entries(isNeutral ? NEUTRAL_MUTATIONS : MUTATIONS)), { isNeutral, random })
}

export function rewritten(sources: Sources, change: Rewrite, isNeutral: boolean): Edited | undefined {
  const edited = rewrite(sources, change)
  const places = change.changes.map(([file, from]) => {
    const start = (sources.get(file) ?? '').indexOf(from)
    return { file, start, end: start + from.length }
  })
  return edited && { kind: change.kind, isNeutral, sources: edited, places }
}

export function mutated(sources: Sources, [kind, mutate]: readonly [string, Mutation], { isNeutral,
  random }: { isNeutral: boolean; random: Random }): Edited | undefined {
  const files = new Map([...sources].filter(([file]) => file.startsWith('src/') && file.endsWith('.ts')))
  const edits = findEdits(kind, mutate, files)
  if (edits.length === 0) return undefined
  const { file, start, end, text } = random.pick(edits)
  const before = sources.get(file) as string
  return { kind, isNeutral, sources: new Map(sources).set(file, before.slice(0, start) + text + before.slice(end)), places: [{ file, start, end }] }
}
