import type { CallHistoryId } from '../base/ids.ts'

/** Why a stored call wasn't executed again. */
export type SkipReason =
  /** No module that this process loaded defines the op, or not with this version number. */
  | 'not defined here'
  /** Several functions of this process are called so. */
  | 'defined twice'
  /** It used other code than that of today. */
  | 'other code'
  /** An input isn't stored: it is ignored, or was given with `ignore(…)`. */
  | 'ignored input'
  /** An input is known by its name alone. */
  | 'external input'
  /** The bytes of an input are missing or damaged and no call gives them, or it is of a class that isn't registered. */
  | 'input not stored'

/** An output is another one now than the stored one. */
export interface Differing {
  readonly kind: 'differs'
  readonly output: string
  /** Where in the output, as in source text; empty for the whole. */
  readonly path: string
  readonly stored: string
  readonly now: string
  /** `not deterministic`: two executions in a row differ. Else both gave the same, which isn't what is stored. */
  readonly likely: 'not deterministic' | 'hidden input or other code'
  /** What the function asked for that is no input, where code is tracked. */
  readonly hidden: readonly string[]
}

/** What is wrong with a stored call. */
export type Finding = { readonly op: string; readonly version: number; readonly call: CallHistoryId }
  & (Differing | { readonly kind: 'threw'; readonly error: string } | { readonly kind: 'mutated'; readonly inputs: readonly string[] })

/** What became of the calls of an op. */
export interface VerifiedOp {
  readonly name: string
  readonly version: number
  /** Stored ones; those that were found by their contents aren't counted, as equal ones are. */
  readonly calls: number
  readonly executed: number
  readonly same: number
  readonly differing: number
  readonly threw: number
  readonly mutated: number
  /** Calls that can't be executed, by reason. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>
}

/** What came of executing stored calls again. */
export interface Verification {
  /** Whether nothing is wrong with what was executed. */
  readonly isTrue: boolean
  readonly ops: readonly VerifiedOp[]
  readonly findings: readonly Finding[]
  /** For people. */
  toString(): string
}

/** The counts of an op while they grow. */
export class OpCounts {
  readonly name: string
  readonly version: number
  calls = 0
  same = 0
  differing = 0
  threw = 0
  mutated = 0
  executed = 0
  readonly #skipped = new Map<SkipReason, number>()

  constructor(name: string, version: number) {
    this.name = name
    this.version = version
  }

  skip(reason: SkipReason, calls = 1): void {
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + calls)
  }

  toData(): VerifiedOp {
    const { name, version, calls, executed, same, differing, threw, mutated } = this
    return { name, version, calls, executed, same, differing, threw, mutated, skipped: Object.fromEntries([...this.#skipped].sort()) }
  }
}
