import type { CallHistoryId } from '../base/ids.ts'
import type { LinkedCall, Store } from '../store/store.ts'

const PAGE = 1_000

/** How many calls, and which: the same for the same seed. */
export interface Sample {
  readonly count: number
  readonly seed: number
}

/** A call with its place in the order of their storing. */
export interface Chosen {
  readonly hid: CallHistoryId
  readonly order: number
}

/**
 * Chooses among the calls of an op: all that are fit, or so many by chance. The first ones of them are such a choice, too.
 * @param isFit also counts what isn't
 */
export async function chooseCalls(
  store: Store, op: string, { sample, isFit }: { sample: Sample; isFit: (call: LinkedCall) => Promise<boolean> },
): Promise<readonly Chosen[]> {
  const random = makeRandom(sample.seed)
  const chosen: Chosen[] = []
  let fit = 0
  for (let after = 0; ; ) {
    const page = await store.readCalls({ op, after, limit: PAGE })
    for (const call of page) {
      after = call.order
      if (!(await isFit(call))) continue
      fit += 1
      // A reservoir: each of the calls so far is in it with the same chance.
      const place = chosen.length < sample.count ? chosen.length : Math.floor(random() * fit)
      if (place < sample.count) chosen[place] = { hid: call.hid, order: call.order }
    }
    if (page.length < PAGE) break
  }
  return shuffle(chosen, random)
}

/** How many each gets of a number that all share: as many as the others, unless it needs fewer. */
export function share(count: number, needs: readonly number[]): readonly number[] {
  const shares = needs.map(() => 0)
  const byNeed = needs.map((need, i) => ({ need, i })).toSorted((a, b) => a.need - b.need)
  let left = count
  for (const [done, { need, i }] of byNeed.entries()) {
    shares[i] = Math.min(need, Math.ceil(left / (byNeed.length - done)))
    left -= shares[i]
  }
  return shares
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const shuffled = [...items]
  for (let i = shuffled.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    ;[shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T]
  }
  return shuffled
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32): a report can be had again. */
function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
