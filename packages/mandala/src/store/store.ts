import type { Awaitable } from '../base/awaitable.ts'
import type { CallContentId, CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import type { RefKind } from '../model/ref.ts'
import type { PatternMatcher } from './match.ts'

/** A Ref as it is stored, under its name in a call. */
export interface StoredSlot {
  readonly name: string
  readonly hid: HistoryId
  readonly cid: ContentId
  readonly kind: RefKind
}

/** What a hit needs of a call, and no more. */
export interface StoredResult {
  readonly outputs: readonly StoredSlot[]
  /** Whether the function returned its several outputs as a tuple. */
  readonly isTuple: boolean
  readonly durationMs: number
}

/** A call as it is stored. */
export interface StoredCall extends StoredResult {
  readonly hid: CallHistoryId
  readonly cid: CallContentId
  readonly op: string
  readonly version: number
  readonly startedAtMs: number
  readonly inputs: readonly StoredSlot[]
  /** Calls of other ops that its body made. */
  readonly inner: readonly CallHistoryId[]
}

/** A call as it is read by the many: what frames and queries are made of. */
export interface LinkedCall extends Omit<StoredCall, 'inner'> {
  /** Its place among all calls: one that was stored later has a higher one. */
  readonly order: number
}

/** A value as it is stored. `bytes` is left out for what is known by identity alone: transient outputs and externals. */
export interface StoredValue {
  readonly cid: ContentId
  readonly kind: RefKind
  readonly bytes: Uint8Array | undefined
  /** Significant digits by which the value is identified, where not all count. */
  readonly digits: number | undefined
  /** The name of an external value. */
  readonly name: string | undefined
}

/** Calls and the values that they need, written together or not at all. */
export interface Batch {
  readonly calls: readonly StoredCall[]
  readonly values: readonly StoredValue[]
}

/** What a deletion took away, or would. */
export interface Dropped {
  readonly calls: number
  readonly refs: number
  readonly values: number
  readonly bytes: number
}

export interface StoreStats {
  readonly calls: number
  readonly refs: number
  readonly values: number
  readonly valueBytes: number
  readonly ops: readonly { readonly name: string; readonly version: number; readonly calls: number }[]
}

/** What frames and queries ask of a store: the web of its calls, many at a time, without their values. */
export interface CallReader {
  /** The next calls in the store's order, of one op or of all; `after` is the order of the last one known, 0 at the start. */
  readCalls(from: { readonly op: string | undefined; readonly after: number; readonly limit: number }): Awaitable<readonly LinkedCall[]>
  /** The calls with these ids that are there, in the store's order; so for the others. */
  readCallsById(hids: readonly CallHistoryId[]): Awaitable<readonly LinkedCall[]>
  readCreators(hids: readonly HistoryId[]): Awaitable<readonly LinkedCall[]>
  readConsumers(hids: readonly HistoryId[]): Awaitable<readonly LinkedCall[]>
  /** The refs with these ids that are there; their names are empty. */
  readRefs(hids: readonly HistoryId[]): Awaitable<readonly StoredSlot[]>
}

/**
 * What every store promises. A batch is there whole or not at all; after `putBatch` returns, a killed process loses nothing of it;
 * putting what is there already changes nothing; any number of processes may write to one store.
 */
export interface Store extends CallReader, PatternMatcher {
  findResult(hid: CallHistoryId): Awaitable<StoredResult | undefined>
  findResultByContent(cid: CallContentId): Awaitable<StoredResult | undefined>
  /** All calls on equal inputs, whatever their histories. */
  listByContent(cid: CallContentId): Awaitable<readonly CallHistoryId[]>
  findCall(hid: CallHistoryId): Awaitable<StoredCall | undefined>
  findRef(hid: HistoryId): Awaitable<StoredSlot | undefined>
  findCreator(hid: HistoryId): Awaitable<StoredCall | undefined>
  listConsumers(hid: HistoryId): Awaitable<readonly StoredCall[]>
  listCalls(op?: string): Awaitable<readonly StoredCall[]>
  /** Ids of all values, in the order of their storing. */
  listValues(): Awaitable<readonly ContentId[]>
  /** Undefined if the value isn't there at all. */
  loadValue(cid: ContentId): Awaitable<StoredValue | undefined>
  /** At once, as iterating over a collection can't wait. */
  loadStructure(cid: ContentId): Uint8Array | undefined
  putBatch(batch: Batch): Awaitable<void>
  dropCalls(hids: readonly CallHistoryId[], options: { dependents: boolean; dryRun: boolean }): Awaitable<Dropped>
  /** Removes the bytes of a damaged value, so that the next writing of it stores them anew. */
  forgetValue(cid: ContentId): Awaitable<void>
  /** Removes refs and values that no call uses. */
  collect(options: { dryRun: boolean }): Awaitable<Dropped>
  /** Calls, oldest first, with the bytes of values that only they and older ones need. */
  listByAge(): Awaitable<readonly { readonly hid: CallHistoryId; readonly startedAtMs: number; readonly bytes: number }[]>
  /** Changes whenever calls were deleted, by any process. */
  deletionCount(): Awaitable<number>
  stats(): Awaitable<StoreStats>
  /** What is wrong with the stored data, a sentence each. */
  check(): Awaitable<readonly string[]>
  /** Ends a burst of reads: lets go of what was held open for them. */
  rest(): void
  close(): void
}
