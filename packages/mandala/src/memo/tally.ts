import type { Notes } from '../model/notes.ts'
import { renderDuration, renderMoney } from '../render/units.ts'

/** What a storage's calls came to. */
export interface Summary {
  /** Calls whose functions ran, and that were stored. */
  readonly executed: number
  /** Calls whose functions threw, or gave what can't be stored. */
  readonly failed: number
  /** Calls that were answered without running. */
  readonly hits: number
  /** Values whose bytes were read from the store. */
  readonly loaded: number
  /**
   * What the functions behind the hits took when they ran. Where several ran at the same time, or one inside another, that time counts
   * once. A call that waited for an equal one under way saved nothing.
   */
  readonly savedMs: number
  /** Sums of what the functions of executed calls noted in numbers, by name: `{ usd: 0.12, tokens: 5400 }`. */
  readonly noted: Readonly<Record<string, number>>
  /** The same of the calls that the hits stand for: what they would have cost again. */
  readonly savedNotes: Readonly<Record<string, number>>
  toString(): string
}

/** Counts while calls come and go. */
export class Tally {
  executed = 0
  failed = 0
  hits = 0
  loaded = 0
  savedMs = 0
  readonly #noted = new NoteSums()
  readonly #saved = new NoteSums()

  noteExecuted(notes: Notes | undefined): void {
    this.executed += 1
    this.#noted.add(notes)
  }

  noteHit(savedMs: number, notes: Notes | undefined): void {
    this.hits += 1
    this.savedMs += savedMs
    this.#saved.add(notes)
  }

  /** The counts since `earlier`. */
  since(earlier: Summary | undefined): Summary {
    const from = earlier ?? { executed: 0, failed: 0, hits: 0, loaded: 0, savedMs: 0, noted: {}, savedNotes: {} }
    return makeSummary({
      executed: this.executed - from.executed, failed: this.failed - from.failed, hits: this.hits - from.hits,
      loaded: this.loaded - from.loaded, savedMs: this.savedMs - from.savedMs,
      noted: this.#noted.since(from.noted), savedNotes: this.#saved.since(from.savedNotes),
    })
  }
}

function makeSummary(counts: Omit<Summary, 'toString'>): Summary {
  const { executed, failed, loaded, noted } = counts
  const spent = noted['usd'] === undefined ? '' : ` for ${renderMoney(noted['usd'])}`
  return { ...counts, toString: () => `executed ${executed}${spent}${showFailed(failed)} · loaded ${loaded} · saved ${showSaved(counts)}` }
}

/** Time, and money where calls noted any. */
export function showSaved({ savedMs, savedNotes }: Pick<Summary, 'savedMs' | 'savedNotes'>): string {
  const time = renderDuration(savedMs)
  return savedNotes['usd'] === undefined ? time : `${time}, ${renderMoney(savedNotes['usd'])}`
}

class NoteSums {
  readonly #sums = new Map<string, number>()

  add(notes: Notes | undefined): void {
    if (notes === undefined) return
    for (const [name, value] of Object.entries(notes)) if (typeof value === 'number') this.#sums.set(name, (this.#sums.get(name) ?? 0) + value)
  }

  since(earlier: Readonly<Record<string, number>>): Record<string, number> {
    const added = Array.from(this.#sums, ([name, sum]) => [name, sum - (earlier[name] ?? 0)] as const)
    return Object.fromEntries(added.filter(([name, sum]) => sum !== 0 || !(name in earlier)))
  }
}

/** Said only where there is something to say. */
export const showFailed = (failed: number): string => (failed === 0 ? '' : ` · failed ${failed}`)
