import type { InnerState } from './inner-states.ts'

/** How a call ran: what it found may come from others that were under way. */
export type Among = 'alone' | 'beside others' | 'inside another'

/**
 * What changes inside a value while calls run doesn't count for them; but where code beside the calls sets it, as one does with a seed, what it was
 * set to last does.
 */
export class SetsBeside {
  /** By component, what was inside when calls left it, or when it was looked at after. */
  readonly #left = new Map<string, InnerState>()
  /** By component and name, the hashes of what was set. */
  readonly #sets = new Map<string, Map<string, string>>()

  /** No call is under way: what isn't as calls left it was set since. */
  notice(id: string, names: readonly string[], now: InnerState, settled: InnerState): void {
    this.#compare(id, names, now, this.#left.get(id) ?? settled)
    this.#left.set(id, now)
  }

  /**
   * A call ends that used the value.
   * @param found what was there before, of what wasn't known to change in calls; nothing where others changed it meanwhile
   */
  leave(id: string, names: readonly string[], { found, now, settled }: Record<'found' | 'now' | 'settled', InnerState>): void {
    // What is large isn't kept an eye on.
    this.#compare(id, names.filter((name) => found.has(name) && now.has(name)), found, this.#left.get(id) ?? settled)
    this.#left.set(id, now)
  }

  /** What some of the names were set to. */
  of(id: string, names: readonly string[]): readonly (readonly [name: string, hash: string])[] {
    const sets = this.#sets.get(id)
    return names.flatMap((name) => (sets?.has(name) ? [[name, sets.get(name) as string] as const] : []))
  }

  #compare(id: string, names: readonly string[], now: InnerState, then: InnerState): void {
    for (const name of names) {
      if (now.get(name) === then.get(name)) continue
      const sets = this.#sets.get(id) ?? new Map<string, string>()
      this.#sets.set(id, sets.set(name, now.get(name) ?? ''))
    }
  }
}
