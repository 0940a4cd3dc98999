import { BoundedMap } from './bounded-map.ts'

/** Shorter calls count whole: looking at what they overlap would cost more than it tells. */
const LOOKED_AT_MS_MIN = 2
/** Starts are stored in whole milliseconds: calls one after the other may seem to overlap by as much at each end. */
const ROUNDING_MS_MAX = 2
const SPANS_MAX = 4_000
const SHARES_MAX = 10_000

interface Span {
  readonly start: number
  readonly end: number
}

/**
 * How much time hits save: what the functions behind them took when they ran. Where they ran at the same time, or one inside another, that
 * time counts once; the same call again counts as it did before, as without the store it would have run again.
 */
export class SavedTime {
  /** When the functions behind the hits so far ran; sorted, apart from each other. */
  readonly #spans: Span[] = []
  readonly #shares = new BoundedMap<string, number>(SHARES_MAX)

  /** What a hit on a call adds. */
  add({ startedAtMs, durationMs }: { readonly startedAtMs: number; readonly durationMs: number }): number {
    if (durationMs < LOOKED_AT_MS_MIN) return durationMs
    const key = `${startedAtMs} ${Math.round(durationMs * 1000)}`
    let share = this.#shares.get(key)
    if (share === undefined) {
      const overlap = this.#cover({ start: startedAtMs, end: startedAtMs + durationMs })
      share = overlap > ROUNDING_MS_MAX ? Math.max(0, durationMs - overlap) : durationMs
      this.#shares.set(key, share)
    }
    return share
  }

  /** Adds a span, and gives how much of it was there before. */
  #cover(span: Span): number {
    const from = this.#findFirst(span.start - ROUNDING_MS_MAX)
    let { start, end } = span
    let overlap = 0
    let to = from
    for (; to < this.#spans.length; to += 1) {
      const other = this.#spans[to] as Span
      if (other.start > span.end + ROUNDING_MS_MAX) break
      overlap += Math.max(0, Math.min(span.end, other.end) - Math.max(span.start, other.start))
      start = Math.min(start, other.start)
      end = Math.max(end, other.end)
    }
    this.#spans.splice(from, to - from, { start, end })
    // Programs are retraced in about the order in which they ran: the earliest is needed last.
    if (this.#spans.length > SPANS_MAX) this.#spans.shift()
    return overlap
  }

  /** The place of the first span that ends at `time` or later. */
  #findFirst(time: number): number {
    let low = 0
    let high = this.#spans.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#spans[middle] as Span).end < time) low = middle + 1
      else high = middle
    }
    return low
  }
}
