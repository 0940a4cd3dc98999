import { aBoolean, expectOptions, type Rule } from '../base/expect.ts'
import type { Memo } from '../memo/memo.ts'
import type { Collected, Garbage } from '../store/store.ts'
import { expectTracking } from './code.ts'

/** What `gc` takes: each rule takes calls by itself. Of when calls were last used the day is known, and a call that never was a hit was used when it ran. */
export interface GcOptions {
  /** Until the values of the rest fit, the least recently used calls first; of those of a day the oldest. */
  readonly maxBytes?: number
  /** Calls whose functions ran before this; failures too. */
  readonly olderThan?: Date
  /** Calls that weren't used since; failures before it too. */
  readonly unusedSince?: Date
  /** Calls that used code which is another one today; given a date, those of them that weren't used since. Going back to that code finds them no more. */
  readonly unreachableVersions?: boolean | Date
  /** Only say what would go. */
  readonly dryRun?: boolean
}

const isDate = (given: unknown): boolean => given instanceof Date && Number.isFinite(given.getTime())
const aDate: Rule = [isDate, 'it is a Date: new Date(Date.now() - 30 * 86_400_000)']

const OPTIONS: Readonly<Record<keyof GcOptions, Rule>> = {
  maxBytes: [(given) => typeof given === 'number' && given >= 0, 'it is a number of bytes, 0 or more'],
  olderThan: aDate,
  unusedSince: aDate,
  unreachableVersions: [(given) => typeof given === 'boolean' || isDate(given), 'it is true, or a Date since which they must be unused'],
  dryRun: aBoolean,
}

/** A call that goes alone is a miss from then on; what was computed from its results still stands on the values that it had. */
export async function collectGarbage(memo: Memo, options: GcOptions): Promise<Collected> {
  expectOptions('storage.gc', options, OPTIONS)
  const { maxBytes, olderThan, unusedSince, unreachableVersions = false, dryRun = false } = options
  const versions = unreachableVersions && {
    ids: await expectTracking(memo).versions.listOutdated(),
    unusedSinceMs: unreachableVersions === true ? undefined : unreachableVersions.getTime(),
  }
  const garbage: Garbage = { maxBytes, executedBeforeMs: olderThan?.getTime(), unusedSinceMs: unusedSince?.getTime(), versions: versions || undefined }
  const collected = await memo.collect(garbage, { dryRun })
  if (!dryRun) await memo.store.shrink()
  return collected
}
