import { aBoolean, expectOptions, type Rule } from '../base/expect.ts'
import type { CallHistoryId } from '../base/ids.ts'
import type { Memo } from '../memo/memo.ts'
import type { Dropped } from '../store/store.ts'

/** Which calls `gc` may drop: the oldest first. */
export interface GcOptions {
  /** Drop calls until the values of the rest fit. */
  readonly maxBytes?: number
  /** Drop calls that were executed before this. */
  readonly olderThan?: Date
  /** Only say what would go. */
  readonly dryRun?: boolean
}

const OPTIONS: Readonly<Record<keyof GcOptions, Rule>> = {
  maxBytes: [(given) => typeof given === 'number' && given >= 0, 'it is a number of bytes, 0 or more'],
  olderThan: [(given) => given instanceof Date && Number.isFinite(given.getTime()), 'it is a Date: new Date(Date.now() - 30 * 86_400_000)'],
  dryRun: aBoolean,
}

export async function collectGarbage(memo: Memo, options: GcOptions): Promise<Dropped> {
  expectOptions('storage.gc', options, OPTIONS)
  const dryRun = options.dryRun ?? false
  await memo.queue.flush()
  const old = await chooseOld(memo, options)
  // A call that goes alone is a miss from then on; what was computed from its results still stands on the values it had.
  const dropped = old.length > 0 ? await memo.drop(old, { dependents: false, dryRun }) : undefined
  if (dropped && dryRun) return dropped
  const collected = await memo.store.collect({ dryRun })
  return dropped ? add(dropped, collected) : collected
}

async function chooseOld(memo: Memo, { maxBytes, olderThan }: GcOptions): Promise<CallHistoryId[]> {
  if (maxBytes === undefined && olderThan === undefined) return []
  const calls = await memo.store.listByAge()
  let excess = calls.reduce((sum, call) => sum + call.bytes, 0) - (maxBytes ?? Infinity)
  const chosen: CallHistoryId[] = []
  for (const call of calls) {
    if (excess <= 0 && !(olderThan && call.startedAtMs < olderThan.getTime())) continue
    chosen.push(call.hid)
    excess -= call.bytes
  }
  return chosen
}

function add(a: Dropped, b: Dropped): Dropped {
  return { calls: a.calls + b.calls, refs: a.refs + b.refs, values: a.values + b.values, bytes: a.bytes + b.bytes }
}
