/** Throws if `claim` is false: a fault of this library, never of its user. */
export function invariant(claim: unknown, ruledOut: string): asserts claim {
  if (!claim) throw new Error(`mandala-ts has a bug: ${ruledOut}`)
}
