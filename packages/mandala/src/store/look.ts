import type { Awaitable } from '../base/awaitable.ts'
import type { CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import type { RefKind } from '../model/ref.ts'
import type { LinkedCall } from './store.ts'

/** Ids that begin alike. */
export interface FoundIds {
  readonly calls: readonly CallHistoryId[]
  readonly refs: readonly HistoryId[]
  readonly values: readonly ContentId[]
}

/** What is known of a value without reading it. */
export interface ValueFacts {
  readonly cid: ContentId
  readonly kind: RefKind
  /** Of its bytes; those of a collection are its elements' ids. */
  readonly bytes: number
  /** Whether its bytes should be there: those of externals and transient outputs never are. */
  readonly isStored: boolean
  /** The name of an external value. */
  readonly name: string | undefined
}

/** Looking at a store, at no more of it than is shown: each takes no longer for a million calls than for ten. */
export interface LookReader {
  /**
   * What ids begin with some hex digits.
   * @param limit so many at most of each kind
   */
  findIds(prefix: string, limit: number): Awaitable<FoundIds>
  /** Calls of an op, or of all, latest first. */
  readLatest(from: { readonly op: string | undefined; readonly offset: number; readonly limit: number }): Awaitable<readonly LinkedCall[]>
  /** Some calls that a ref is an input of, and how many times it is one; these are counted up to `countMax`. */
  readSomeConsumers(hid: HistoryId, limit: number, countMax: number): Awaitable<{ readonly calls: readonly LinkedCall[]; readonly count: number }>
  /** Of the values that are there. */
  readValueFacts(cids: readonly ContentId[]): Awaitable<readonly ValueFacts[]>
}
