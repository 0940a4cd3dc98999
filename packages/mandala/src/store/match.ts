import type { Awaitable } from '../base/awaitable.ts'
import type { VersionId } from '../base/ids.ts'
import type { Fallback, Label, Pin } from '../model/variable.ts'
import type { StoredSlot } from './store.ts'

/** One of the names under which calls have a ref, and the variable that stands for it. */
export interface MatchEdge {
  readonly side: 'input' | 'output'
  /** Any of these; none: any label of that side. */
  readonly labels: readonly Label[]
  readonly variable: number
  /** The variable for the position or key that the label of a collection's input says. */
  readonly key: { readonly variable: number; readonly of: 'position' | 'name' } | undefined
  /** What calls without such a ref have instead. */
  readonly fallback: Fallback | undefined
}

/** Calls of an op: at a version number, and with some code. */
export interface MatchOp {
  readonly name: string
  /** Undefined for any. */
  readonly version: number | undefined
  readonly code: MatchCode | undefined
}

export interface MatchCode {
  readonly ids: readonly VersionId[]
  /** Of several calls on the same inputs only the latest, as it hides the others from a look-up. */
  readonly isLatest: boolean
}

/** Calls of some ops, with what they have under some names. */
export interface MatchCalls {
  readonly kind: 'calls'
  readonly ops: readonly MatchOp[]
  readonly edges: readonly MatchEdge[]
  /** Whether so many atoms ask for the same that it pays to gather it once. */
  readonly isShared: boolean
}

/** A ref and its content; only here does a variable stand for a content. */
export interface MatchContent {
  readonly kind: 'content'
  readonly ref: number
  readonly content: number
}

/** What there must be: one of these forms. */
export type MatchAtom = readonly (MatchCalls | MatchContent)[]

/** An atom, found through a variable that is known by then, or by going through all its calls. */
export interface MatchStep {
  readonly atom: MatchAtom
  readonly via: number | undefined
}

/** Atoms that are joined in one go, step by step. */
export interface MatchBlock {
  readonly steps: readonly MatchStep[]
  /** The block, earlier in the list, whose rows it has to fit, and the variables that they share. */
  readonly parent: number | undefined
  readonly shared: readonly number[]
  /** Whether it is found through what the parent has; else it goes through calls and is compared with the parent. */
  readonly isDriven: boolean
  /** Variables that are needed outside the block. */
  readonly keep: readonly number[]
  /** Whether its rows only have to be there: then, without repeated rows, nothing of it takes part in the joining of the answer. */
  readonly isTestOnly: boolean
}

/** How a pattern is to be solved. Variables are numbers. */
export interface MatchPlan {
  readonly blocks: readonly MatchBlock[]
  /** Sets that a variable has to be in, all of them. */
  readonly pins: readonly { readonly variable: number; readonly oneOf: readonly Pin[] }[]
  readonly excluded: readonly { readonly variable: number; readonly noneOf: readonly Pin[] }[]
  readonly unequal: readonly (readonly [number, number])[]
  readonly select: readonly number[]
  /** Which answers count as one: those of the same refs, of the same contents, or none. */
  readonly distinct: 'refs' | 'values' | false
  readonly limit: number | undefined
  /** So many rows may come of joining two blocks; undefined for any number. */
  readonly rowsMax: number | undefined
}

/** A ref of an answer; `given` is the value of a position, key or default for which no ref is stored. */
export interface MatchedRef extends Omit<StoredSlot, 'name'> {
  readonly given: { readonly value: unknown } | undefined
}

/** The answers to a pattern, sorted by the order in which their refs were first stored, one column after the other. */
export interface Matches {
  readonly count: number
  /** What each block, and then each joining of one, came to. */
  readonly steps: readonly { readonly rows: number; readonly durationMs: number }[]
  /** Answers from a place on; a cell is a place in `refs`. */
  read(from: number, limit: number): { readonly refs: readonly MatchedRef[]; readonly rows: readonly (readonly number[])[] }
  close(): void
}

/** What queries by pattern ask of a store. */
export interface PatternMatcher {
  /** How many calls there are of an op; those that others hide are counted, too. */
  countCalls(op: MatchOp): Awaitable<number>
  /** The version numbers of an op that have calls. */
  listVersions(op: string): Awaitable<readonly number[]>
  match(plan: MatchPlan): Awaitable<Matches>
}
