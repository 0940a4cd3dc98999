/** A promise of an object whose methods can be called without waiting for it: one `await` for a chain. */
export type Chained<T> = Promise<T> & {
  readonly [K in keyof T as T[K] extends (...args: any[]) => unknown ? (K extends keyof Promise<T> | 'toString' ? never : K) : never]:
  T[K] extends (...args: infer Args extends readonly any[]) => infer R ? (...args: Args) => (Awaited<R> extends T ? Chained<T> : Promise<Awaited<R>>) : never
}

/** @param prototype has the methods */
export function chain<T extends object>(promise: Promise<T>, prototype: T): Chained<T> {
  return new Proxy(promise, {
    get(target, key) {
      if (key in target) {
        const own = Reflect.get(target, key) as unknown
        return typeof own === 'function' ? own.bind(target) : own
      }
      if (typeof key === 'symbol' || !(key in prototype)) return undefined
      return (...args: unknown[]) => chain(target.then((object) => (object as Record<string, (...args: unknown[]) => object>)[key]?.(...args) as T), prototype)
    },
  }) as Chained<T>
}
