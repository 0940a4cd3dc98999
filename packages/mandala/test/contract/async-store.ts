import type { SqliteStore } from '../../src/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'

/** What a store must answer at once. */
const AT_ONCE: ReadonlySet<PropertyKey> = new Set<keyof Store>(['loadStructure', 'loadMaker', 'rest', 'close'])

/** A store that answers as a remote one does: later, and by turns so much later that what was asked first may be answered last. */
export function makeAsync(store: SqliteStore): Store {
  let seed = 7
  const later = async (): Promise<void> => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    for (let i = (seed >> 16) % 8; i >= 0; i -= 1) await new Promise(setImmediate)
  }
  return new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown
      if (typeof method !== 'function') return method
      const call = method.bind(target) as (...args: unknown[]) => unknown
      if (AT_ONCE.has(name)) return call
      return async (...args: unknown[]): Promise<unknown> => {
        await later()
        const answer = call(...args)
        await later()
        return answer
      }
    },
  })
}
