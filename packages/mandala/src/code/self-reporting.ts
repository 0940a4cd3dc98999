const selfReporting = new WeakSet<object>()

/** Says that a function reports its own calls, so that naming it makes nobody depend on it. */
export function markSelfReporting(fn: object): void {
  selfReporting.add(fn)
}

export function isSelfReporting(fn: object): boolean {
  return selfReporting.has(fn)
}
