import { renderDuration } from '../render/units.ts'

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
  toString(): string
}

/** Counts while calls come and go. */
export class Tally {
  executed = 0
  failed = 0
  hits = 0
  loaded = 0
  savedMs = 0

  /** The counts since `earlier`. */
  since(earlier: Summary | undefined): Summary {
    const from = earlier ?? { executed: 0, failed: 0, hits: 0, loaded: 0, savedMs: 0 }
    return makeSummary({
      executed: this.executed - from.executed, failed: this.failed - from.failed, hits: this.hits - from.hits,
      loaded: this.loaded - from.loaded, savedMs: this.savedMs - from.savedMs,
    })
  }
}

function makeSummary(counts: Omit<Summary, 'toString'>): Summary {
  const { executed, failed, loaded, savedMs } = counts
  return { ...counts, toString: () => `executed ${executed}${showFailed(failed)} · loaded ${loaded} · saved ${renderDuration(savedMs)}` }
}

/** Said only where there is something to say. */
export const showFailed = (failed: number): string => (failed === 0 ? '' : ` · failed ${failed}`)
