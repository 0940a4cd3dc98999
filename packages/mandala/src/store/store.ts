import type { Awaitable } from '../base/awaitable.ts'
import type { CallContentId, CallHistoryId, ContentId, HistoryId, VersionId } from '../base/ids.ts'
import type { ProcessInfo } from '../base/this-process.ts'
import type { OpIdentity } from '../model/derive-ids.ts'
import type { Alias } from '../model/names.ts'
import type { Notes, Tags, TagValue } from '../model/notes.ts'
import type { RefKind } from '../model/ref.ts'
import type { LookReader } from './look.ts'
import type { PatternMatcher } from './match.ts'

/** A Ref as it is stored, under its name in a call. */
export interface StoredSlot {
  readonly name: string
  readonly hid: HistoryId
  readonly cid: ContentId
  readonly kind: RefKind
}

/** A part of the code (a function, a class, a module-level value, a package) at one of its contents. */
export interface StoredDependency {
  readonly component: string
  /** Of the content: what the code does, or what the value is. */
  readonly hash: string
}

/** A content that a component had, in the tree of its contents. */
export interface StoredCommit extends StoredDependency {
  /** The content that it came from; undefined for the first one. */
  readonly parent: string | undefined
  /** The first content that means the same. */
  readonly semantic: string
  /** For people: the text of a function, the print of a value. */
  readonly source: string
  readonly createdAtMs: number
}

/** What executions of an op used. */
export interface StoredVersion {
  readonly id: VersionId
  readonly op: string
  readonly dependencies: readonly StoredDependency[]
}

/** Under what a call of a storage that tracks code is looked up: its ids without the code, and the code that it used. */
export interface StoredCode {
  readonly hid: CallHistoryId
  readonly cid: CallContentId
  readonly version: VersionId
  /** For the writing of a call: all of its version, should another process have dropped that. */
  readonly origin?: CodeOrigin
}

/** What a store needs to know a version anew. */
export interface CodeOrigin {
  readonly version: StoredVersion
  readonly commits: readonly StoredCommit[]
}

/** What a hit needs of a call, and no more. */
export interface StoredResult {
  readonly cid: CallContentId
  readonly outputs: readonly StoredSlot[]
  /** Whether the function returned its several outputs as a tuple. */
  readonly isTuple: boolean
  readonly startedAtMs: number
  readonly durationMs: number
  readonly notes: Notes | undefined
  /** The last day on which a hit was told to the store, if any; see {@link dayOf}. */
  readonly usedDay: number | undefined
}

/** A call as it is stored. */
export interface StoredCall extends StoredResult {
  readonly hid: CallHistoryId
  readonly op: string
  readonly version: number
  readonly inputs: readonly StoredSlot[]
  /** Calls of other ops that its body made. */
  readonly inner: readonly CallHistoryId[]
  readonly code?: StoredCode
  /** The process in which its function ran; of an adopted call, that of the call that did run. Undefined where nothing ran, or no process was recorded. */
  readonly process: ProcessInfo | undefined
  /** Whether it was found by its contents: its function ran for another history, and its time and notes are those of that call. */
  readonly isAdopted: boolean
}

/** A call that gave no result: its function threw, or its inputs or outputs can't be identified or stored. It is never replayed. */
export interface StoredFailure {
  readonly op: string
  readonly version: number
  /** Without the code; undefined where the inputs can't be identified. */
  readonly cid: CallContentId | undefined
  /** Each input as a short text. */
  readonly inputs: Readonly<Record<string, string>>
  /** What was thrown: its class and its message, its code where it has one, and its stack. */
  readonly error: { readonly name: string; readonly message: string; readonly code?: string; readonly stack?: string }
  readonly startedAtMs: number
  readonly durationMs: number
  readonly process: ProcessInfo
}

/** What an op's calls come to. */
export interface OpTotals {
  readonly name: string
  readonly version: number
  readonly calls: number
  /** What the functions took that ran for them: adopted calls count nothing. */
  readonly durationMs: number
  /** Of the values that its calls were the first to give. */
  readonly bytes: number
  /** When the latest of its calls ran or was hit; hits are told once a day. */
  readonly usedAtMs: number | undefined
  /** Sums of what its functions noted in numbers, by name. */
  readonly notes: Readonly<Record<string, number>>
}

/** A failure, and what became of it. */
export interface FailedCall extends StoredFailure {
  /** Whether a call of the op on equal inputs gave a result later. */
  readonly hasSucceededSince: boolean
}

/** A result with the code that gave it; `cid` is that of the call without the code. */
export interface VersionedResult extends StoredResult {
  readonly hid: CallHistoryId
  readonly version: VersionId
}

/** A call as it is read by the many: what frames and queries are made of. */
export interface LinkedCall extends Omit<StoredCall, 'cid' | 'inner' | 'code' | 'usedDay'> {
  /** Its place among all calls: one that was stored later has a higher one. */
  readonly order: number
}

/** A call that the reader knows already: stored calls never change, so its links aren't read again. */
export type KnownCall = Pick<LinkedCall, 'hid' | 'order'>

export type IsKnown = (hid: CallHistoryId) => boolean

/** A value as it is stored. `bytes` is left out for what is known by identity alone: transient outputs and externals. */
export interface StoredValue {
  readonly cid: ContentId
  readonly kind: RefKind
  readonly bytes: Uint8Array | undefined
  /** Significant digits by which the value is identified, where not all count. */
  readonly digits: number | undefined
  /** The name of an external value. */
  readonly name: string | undefined
  /** The op that gave it; undefined for what was given. */
  readonly madeBy: OpIdentity | undefined
}

/** A value as it comes back; `memory` is what follows `bytes`, where that was asked for: read once, and held by nobody else. */
export interface LoadedValue extends StoredValue {
  readonly memory?: ArrayBuffer | undefined
}

/** Tells by its first bytes where a value's memory begins, which then goes on to the end; undefined if there is none. */
export type FindMemory = (start: Uint8Array, length: number) => number | undefined

/** Calls and the values that they need, written together or not at all. */
export interface Batch {
  readonly calls: readonly StoredCall[]
  readonly values: readonly StoredValue[]
  /** What the calls used, unless it is stored already. */
  readonly commits?: readonly StoredCommit[]
  readonly versions?: readonly StoredVersion[]
  readonly failures?: readonly StoredFailure[]
}

/** What a version's calls come to. */
export interface VersionUse {
  readonly version: VersionId
  readonly calls: number
  readonly durationMs: number
}

/** What a store keeps of the code that calls used. */
export interface CodeStore {
  /** Calls with these ids without the code, latest first. */
  findVersioned(id: { readonly hid: CallHistoryId } | { readonly cid: CallContentId }): Awaitable<readonly VersionedResult[]>
  /** Changes with every commit, head and dependency that is stored, by any process. */
  codeRevision(): Awaitable<number>
  readCommits(): Awaitable<readonly StoredCommit[]>
  readVersions(): Awaitable<readonly StoredVersion[]>
  /** The content of each component that was last in use, by its name. */
  readHeads(): Awaitable<ReadonlyMap<string, string>>
  countUses(): Awaitable<readonly VersionUse[]>
  /** Stores decisions: contents that came, and which ones are in use now. */
  putCode(code: { readonly commits: readonly StoredCommit[]; readonly heads: readonly StoredDependency[] }): Awaitable<void>
  /** Adds dependencies to versions. */
  extendVersions(ids: readonly VersionId[], dependencies: readonly StoredDependency[]): Awaitable<void>
  /** Moves contents of a component from one class to another. */
  moveMeaning(component: string, move: { readonly hashes: readonly string[]; readonly semantic: string }): Awaitable<void>
  listVersionCalls(id: VersionId): Awaitable<readonly CallHistoryId[]>
  /** Removes a version of which no calls are left, and contents that nothing else used. */
  dropVersion(id: VersionId): Awaitable<void>
}

/** How many failed calls a store keeps. */
export const FAILURES_MAX = 1_000

const DAY_MS = 86_400_000

/** Days since 1970, in UTC: how finely a store knows when calls were last used. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS)
}

/** Calls of an op that a deletion took away, or would. */
export interface DroppedOfOp {
  readonly name: string
  readonly version: number
  readonly calls: number
  /** How many of these were not chosen: they go because of others, as what was computed from them does. */
  readonly dependents: number
  /** What their functions took, and will take again if the calls are needed again. */
  readonly durationMs: number
}

/** What a deletion took away, or would. */
export interface Dropped {
  /** Those that tie collections to their elements count too. */
  readonly calls: number
  readonly refs: number
  readonly values: number
  /** Of the values. */
  readonly bytes: number
  /** The calls by op, in the order of names. */
  readonly ops: readonly DroppedOfOp[]
}

/** What a collection of garbage took away, or would. */
export interface Collected extends Dropped {
  readonly failures: number
}

/** Which calls are garbage: each rule that is given takes those that it speaks of. Uses are known to the day. */
export interface Garbage {
  /** Their functions ran before this; of failures the same. */
  readonly executedBeforeMs?: number | undefined
  /** They ran before this, and no hit was told since; of failures the same. */
  readonly unusedSinceMs?: number | undefined
  /** They used the code of one of these versions, and, if said, weren't used since. */
  readonly versions?: { readonly ids: readonly VersionId[]; readonly unusedSinceMs: number | undefined } | undefined
  /** Least recently used first, until the values of the rest fit. */
  readonly maxBytes?: number | undefined
}

/** What is given other names, if the store is still as it was when that was decided. */
export interface Renaming {
  readonly aliases: readonly Alias[]
  /** {@link Store.aliasRevision} as it was then. */
  readonly revision: number
  /** Stored names, of ops or of inputs, that must have no calls; whatever else is left of them goes. */
  readonly unused: readonly Omit<Alias, 'name'>[]
}

/** What a repair did, a sentence each, and the values whose bytes it found gone. */
export interface StoreRepair {
  readonly done: readonly string[]
  readonly forgotten: readonly ContentId[]
}

export interface StoreStats {
  readonly calls: number
  readonly refs: number
  readonly values: number
  readonly valueBytes: number
  readonly ops: readonly { readonly name: string; readonly version: number; readonly calls: number }[]
}

/** Where reading goes on: behind the call of this order, of one op or of all. */
export interface ReadFrom {
  readonly op: string | undefined
  readonly after: number
  readonly limit: number
}

/** Calls that one may be like, newest first. */
export interface NearCalls {
  readonly calls: readonly LinkedCall[]
  /** Whether these are all calls of the op. */
  readonly isAll: boolean
}

/** What frames and queries ask of a store: the web of its calls, many at a time, without their values. */
export interface CallReader {
  /** The next calls in the store's order, of one op or of all; `after` is the order of the last one read, 0 at the start. */
  readCalls(from: ReadFrom): Awaitable<readonly LinkedCall[]>
  readCalls(from: ReadFrom, isKnown: IsKnown): Awaitable<readonly (LinkedCall | KnownCall)[]>
  /** The calls with these ids that are there, in the store's order; so for the others. */
  readCallsById(hids: readonly CallHistoryId[]): Awaitable<readonly LinkedCall[]>
  readCreators(hids: readonly HistoryId[]): Awaitable<readonly LinkedCall[]>
  readConsumers(hids: readonly HistoryId[]): Awaitable<readonly LinkedCall[]>
  readConsumers(hids: readonly HistoryId[], isKnown: IsKnown): Awaitable<readonly (LinkedCall | KnownCall)[]>
  /** The refs with these ids that are there; their names are empty. */
  readRefs(hids: readonly HistoryId[]): Awaitable<readonly StoredSlot[]>
}

/**
 * What every store promises. A batch is there whole or not at all; after `putBatch` returns, a killed process loses nothing of it;
 * putting what is there already changes nothing; any number of processes may write to one store.
 */
export interface Store extends CallReader, CodeStore, LookReader, PatternMatcher {
  findResult(hid: CallHistoryId): Awaitable<StoredResult | undefined>
  /** Whether there is any call on equal inputs. */
  hasContent(cid: CallContentId): Awaitable<boolean>
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
  /** The ids of all calls of an op, of all its versions. */
  listCallIds(op: string): Awaitable<readonly CallHistoryId[]>
  /** Ids of all values, in the order of their storing. */
  listValues(): Awaitable<readonly ContentId[]>
  /**
   * Undefined if the value isn't there at all.
   * @param findMemory lets the store give memory apart, if it saves a copy
   */
  loadValue(cid: ContentId, findMemory?: FindMemory): Awaitable<LoadedValue | undefined>
  /** At once, as iterating over a collection can't wait. */
  loadStructure(cid: ContentId): Uint8Array | undefined
  putBatch(batch: Batch): Awaitable<void>
  dropCalls(hids: readonly CallHistoryId[], options: { dependents: boolean; dryRun: boolean }): Awaitable<Dropped>
  /**
   * Removes the bytes of a value, so that the next writing of it stores them anew.
   * @param found what is wrong with them; where they were missing and another process stored them meanwhile, they stay
   */
  forgetValue(cid: ContentId, found: 'missing' | 'damaged'): Awaitable<void>
  /** Removes calls that are garbage, without what was computed from them, and refs and values that no call uses. */
  collect(garbage: Garbage, options: { dryRun: boolean }): Awaitable<Collected>
  /** Gives the room that deletions freed back to the system. */
  shrink(): Awaitable<void>
  /** Notes hits: each of these calls was used at this time, of which the day is kept. */
  putUses(hids: readonly CallHistoryId[], atMs: number): Awaitable<void>
  /** What the ops' calls come to, by name and version. Takes no longer for more calls. */
  readTotals(): Awaitable<readonly OpTotals[]>
  /** Failures of an op, or of all, latest first. The store keeps the latest {@link FAILURES_MAX}. */
  listFailures(op?: string): Awaitable<readonly FailedCall[]>
  /** Adds tags to a call or a ref, by its history id, and takes away those whose value is null. */
  putTags(target: CallHistoryId | HistoryId, tags: Readonly<Record<string, TagValue | null>>): Awaitable<void>
  readTags(target: CallHistoryId | HistoryId): Awaitable<Tags>
  readAllTags(): Awaitable<readonly { readonly target: HistoryId; readonly tags: Tags }[]>
  /** Calls and refs that have all of these tags, in the order of their ids. */
  findTagged(tags: Tags): Awaitable<{ readonly calls: readonly CallHistoryId[]; readonly refs: readonly HistoryId[] }>
  /** Changes with every renaming, by any process. */
  aliasRevision(): Awaitable<number>
  /** Names that were given to ops and inputs, oldest first. All else here goes by the names under which things are stored. */
  readAliases(): Awaitable<readonly Alias[]>
  /** The inputs that calls of an op have, members of rest parameters each by itself. */
  listInputs(op: string): Awaitable<readonly string[]>
  /** How many calls of an op have any of these inputs. */
  countCallsWith(op: string, inputs: readonly string[]): Awaitable<number>
  /** False, with nothing done, if the store isn't as it was. What was read of the code counts as changed. */
  rename(renaming: Renaming): Awaitable<boolean>
  /** Calls of an op, of all its version numbers: the latest, and the latest of those with most of these inputs. Takes no longer for more calls. */
  readNear(of: { readonly op: string; readonly inputs: readonly HistoryId[]; readonly limit: number }): Awaitable<NearCalls>
  /** Changes whenever calls were deleted, by any process. */
  deletionCount(): Awaitable<number>
  stats(): Awaitable<StoreStats>
  /** What is wrong with the stored data, a sentence each. */
  check(): Awaitable<readonly string[]>
  /**
   * Turns what {@link check} finds into misses, whole or not at all: calls of which something is missing go, and what nothing leads to.
   * @throws MandalaError `STORE_DAMAGED` where that can't be done.
   */
  repair(): Awaitable<StoreRepair>
  /** Ends a burst of reads: lets go of what was held open for them. */
  rest(): void
  close(): void
}
