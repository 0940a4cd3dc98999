import { digest } from '../value/digest.ts'
import type { InnerState } from './inner-states.ts'

/** What a value of the module level is at a moment. */
export interface ValueState {
  /** Undefined where the value reports by itself what it does, as an op, or where there is none yet. */
  readonly hash: string | undefined
  /** Whether its code, and all that its code names, is part of the hash, as its content can't be told. */
  readonly isOpaque: boolean
  /** Why it may be another than it looks. */
  readonly doubt?: string | undefined
  /** What of it that it keeps inside counts by content; that is part of the hash too. */
  readonly inner?: InnerState
  /** The hash without that. */
  readonly shown?: string | undefined
  /** And without what packages keep in what they made; undefined where there is nothing of the kind. */
  readonly outside?: string | undefined
  /** The hash with the code that made it, which counts where not all that it keeps inside does. */
  readonly made?: string | undefined
}

/** What packages keep in what they made, as a name of something that a value keeps inside. */
export const PACKAGES = 'what packages keep'

/** With what it keeps inside. */
export function withInner(shown: string | undefined, inner: InnerState): string {
  return digest('component', JSON.stringify([shown, [...inner]]))
}

/** The hash of a state, but for some that it keeps inside. */
export function stateBut({ hash, shown = hash, made = shown, outside = made, inner }: ValueState, except: readonly string[]): string | undefined {
  if (except.length === 0) return hash
  const base = except.includes(PACKAGES) ? outside : made
  const counting = new Map([...inner ?? []].filter(([name]) => !except.includes(name)))
  return counting.size > 0 ? withInner(base, counting) : base
}

/** The hash of a state without anything that it keeps inside. */
export const outsideOf = ({ hash, shown = hash, made = shown, outside = made }: ValueState): string | undefined => outside

/** What it keeps inside that changed from one state to another; undefined if something else did. */
export function listChangedInside(before: ValueState, after: ValueState): string[] | undefined {
  const names = [...new Set([...before.inner?.keys() ?? [], ...after.inner?.keys() ?? []])].filter((name) => before.inner?.get(name) !== after.inner?.get(name))
  if (stateBut(before, names) === stateBut(after, names)) return names
  const all = [...names, PACKAGES]
  return stateBut(before, all) === stateBut(after, all) ? all : undefined
}
