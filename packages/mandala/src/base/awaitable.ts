/** A value that may still be on its way. Local stores answer at once, and the hot path then never waits. */
export type Awaitable<T> = T | Promise<T>

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
