/** A value that may still be on its way. Local stores answer at once, and the hot path then never waits. */
export type Awaitable<T> = T | Promise<T>

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

/** Nobody will ask for what these promise: their errors are let go, or Node would end the process for them. */
export function letGo(promises: readonly unknown[]): void {
  for (const each of promises) if (isThenable(each)) each.then(undefined, () => {})
}

/** Maps all of `items`; where one throws at once, the promises of those before it are let go. */
export function mapAll<T, R>(items: readonly T[], map: (item: T) => R): R[] {
  const mapped: R[] = []
  try {
    for (const item of items) mapped.push(map(item))
    return mapped
  } catch (error) {
    letGo(mapped)
    throw error
  }
}
