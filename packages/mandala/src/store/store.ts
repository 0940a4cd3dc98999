import type { Awaitable } from '../base/awaitable.ts'
import type { CallContentId, CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import type { RefKind } from '../model/ref.ts'

/** A Ref as it is stored, under its name in a call. */
export interface StoredSlot {
  readonly name: string
  readonly hid: HistoryId
  readonly cid: ContentId
  readonly kind: RefKind
}

/** What a hit needs of a call, and no more. */
export interface StoredResult {
  readonly cid: CallContentId
  readonly outputs: readonly StoredSlot[]
  /** Whether the function returned its several outputs as a tuple. */
  readonly isTuple: boolean
  readonly startedAtMs: number
  readonly durationMs: number
}

/** A call as it is stored. */
export interface StoredCall extends StoredResult {
  readonly hid: CallHistoryId
  readonly op: string
  readonly version: number
  readonly inputs: readonly StoredSlot[]
  /** Calls of other ops that its body made. */
  readonly inner: readonly CallHistoryId[]
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

/**
 * What every store promises. A batch is there whole or not at all; after `putBatch` returns, a killed process loses nothing of it;
 * putting what is there already changes nothing; any number of processes may write to one store.
 */
export interface Store {
  findResult(hid: CallHistoryId): Awaitable<StoredResult | undefined>
  /** Of several, the oldest one whose outputs' values are all there, or just the oldest. */
  findResultByContent(cid: CallContentId): Awaitable<StoredResult | undefined>
  /** All calls on equal inputs, whatever their histories. */
  listByContent(cid: CallContentId): Awaitable<readonly CallHistoryId[]>
  findCall(hid: CallHistoryId): Awaitable<StoredCall | undefined>
  findRef(hid: HistoryId): Awaitable<StoredSlot | undefined>
  /** All histories by which a value came about, oldest first. */
  listHistories(cid: ContentId): Awaitable<readonly HistoryId[]>
  findCreator(hid: HistoryId): Awaitable<StoredCall | undefined>
  /** The same at once: the elements of a collection that was put together are the inputs of the call that did. */
  loadMaker(hid: HistoryId): StoredCall | undefined
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
  /**
   * Removes the bytes of a value, so that the next writing of it stores them anew.
   * @param found what is wrong with them; where they were missing and another process stored them meanwhile, they stay
   */
  forgetValue(cid: ContentId, found: 'missing' | 'damaged'): Awaitable<void>
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
