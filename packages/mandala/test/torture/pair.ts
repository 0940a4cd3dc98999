/** Two makers of fresh values, and what the pair is about. */
export type Pair = readonly [name: string, a: () => unknown, b: () => unknown]

/** Pairs on one subject. */
export interface Subject {
  readonly subject: string
  /** Values that are not the same: a call on the one must never be answered by a call on the other. */
  readonly differ: readonly Pair[]
  /** Values that are the same: a call on the other is a hit. */
  readonly agree: readonly Pair[]
  /** Values that are not the same, at least one of which can't be told apart from its like and so must be refused. */
  readonly refused: readonly Pair[]
}
