import type { Awaitable } from '../base/awaitable.ts'
import type { CallContentId, CallHistoryId, ContentId, HistoryId, VersionId } from '../base/ids.ts'
import { consoleLogger, type Logger } from '../base/logger.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { deriveHistoryId } from '../model/derive-ids.ts'
import type { Notes } from '../model/notes.ts'
import { makeRef, type Ref, type RefKind, type RefOwner } from '../model/ref.ts'
import { deriveElementId } from '../model/structure.ts'
import type { Names } from '../model/names.ts'
import { NamedStore } from '../store/named-store.ts'
import { dayOf, type Collected, type Dropped, type Garbage, type Store, type StoredSlot, type StoredValue } from '../store/store.ts'
import { encode } from '../value/codec.ts'
import type { Decision } from '../versions/change.ts'
import type { Tracer, Used } from '../versions/code-state.ts'
import type { Versions } from '../versions/versions.ts'
import { BoundedMap } from './bounded-map.ts'
import { CommitQueue } from './commit-queue.ts'
import { findContext } from './context.ts'
import type { OpDefinition, StoredIdentity } from './definition.ts'
import { identifyOp, takenSince, takenTwice } from './identify-op.ts'
import { Events } from './events.ts'
import type { MemoInput, RawInput } from './identified.ts'
import { SavedTime } from './saved-time.ts'
import { decodeStructure } from './structures.ts'
import { Tally } from './tally.ts'
import { Values } from './values.ts'

/** A call's outputs as Refs, in the order of the op's outputs. */
export interface Result {
  /** The op that was called first for it: another one over the same function may declare other outputs. */
  readonly op: OpDefinition
  readonly hid: CallHistoryId
  readonly outputs: readonly Ref<unknown>[]
  readonly isTuple: boolean
  /** When its function ran; of a call that was found by content, that of the call that did run. */
  readonly startedAtMs: number
  readonly durationMs: number
  readonly notes: Notes | undefined
  /** The last day on which it was used, as far as the store has been told. */
  usedDay: number
  /** For executing it again if another process deletes it while its outputs are in use; left out where that would keep much in memory. */
  readonly inputs: readonly MemoInput[] | undefined
  /** The code that gave it, where the storage tracks that. */
  readonly version: VersionId | undefined
}

/** How a storage follows the code that calls use. */
export interface CodeTracking {
  readonly tracer: Tracer
  readonly versions: Versions
  /** What a change means that is certain to be decided so; undefined where somebody is asked, or a run ends. */
  readonly decision: Decision | undefined
  /** The same code against the same store, with every change decided so; nothing of that is stored. */
  tryOut(decision: Decision): Versions
  /** Takes what an execution of an op used that a hit would not repeat. */
  noteHidden(op: string, used: Used): void
}

/** Small enough for most to be gone when V8 next cleans up its young space: with four times as many, a hit in a new process takes a third longer. */
const RESULTS_MAX = 1_000
/** Calls that may wait for their commit are found by content here; more than a commit queue ever holds. */
const RECENT_MAX = 10_000

/** One that is forgotten here is stored with its bytes where it is passed on. */
const TRANSIENTS_MAX = 10_000
/** Hits that wait to be told to the store. */
const USES_MAX = 10_000

/** The state that the life of a call needs: one a storage. */
export class Memo implements RefOwner {
  readonly store: NamedStore
  readonly events: Events
  readonly queue: CommitQueue
  readonly values: Values
  readonly tally: Tally = new Tally()
  readonly saved: SavedTime = new SavedTime()
  /** By what the calls' history ids are the hashes of. */
  readonly results: BoundedMap<string, Result> = new BoundedMap(RESULTS_MAX)
  readonly recent: BoundedMap<CallContentId, Result> = new BoundedMap(RECENT_MAX)
  /** Contents of transient outputs that this process knows. */
  readonly transients: BoundedMap<ContentId, true> = new BoundedMap(TRANSIENTS_MAX)
  /** Ops of which the last call that was looked for in the store was executed. */
  readonly executed: Set<OpDefinition> = new Set()
  readonly inFlight: Map<CallContentId, Promise<Result>> = new Map()
  readonly detectsMutation: boolean
  readonly code: CodeTracking | undefined
  /** By version and stored name. */
  readonly #ops = new Map<string, OpDefinition>()
  #uses: CallHistoryId[] = []
  /** With the names of now. */
  #registered = new WeakMap<OpDefinition, StoredIdentity>()
  /** The name under which the calls of each op were stored first. */
  readonly #homes = new WeakMap<OpDefinition, string>()
  #deletions: number | undefined

  constructor(store: Store, options: { detectMutation: boolean; logger: Logger; code?: ((store: NamedStore) => CodeTracking | undefined) | undefined }) {
    this.store = new NamedStore(store, (before) => this.#followNames(before))
    this.code = options.code?.(this.store)
    this.events = new Events((error) => options.logger.warn(`a listener of the storage failed: ${String(error)}`))
    this.detectsMutation = options.detectMutation
    this.queue = new CommitQueue(this.store, this.events, () => this.forget())
    this.values = new Values(this)
  }

  /** One on the same store that has kept nothing, to look calls up with other eyes; it records none. */
  async withoutMemory(code: CodeTracking | undefined): Promise<Memo> {
    const memo = new Memo(this.store.stored, { detectMutation: false, logger: consoleLogger, code: () => code })
    await memo.store.followNames()
    for (const op of this.#ops.values()) memo.register(op)
    return memo
  }

  owns(ref: Ref<unknown>): boolean {
    return ref.owner === this
  }

  makeRef({ kind, ...fields }: { kind: RefKind; cid: ContentId; hid: HistoryId | undefined; immediate?: { value: unknown } | undefined }): Ref<unknown> {
    return makeRef(kind, { ...fields, owner: this })
  }

  refOf(slot: StoredSlot): Ref<unknown> {
    return makeRef(slot.kind, { cid: slot.cid, hid: slot.hid, owner: this })
  }

  /** The same for what may be the input of a call, and so without history. */
  refOfGiven(slot: StoredSlot): Ref<unknown> {
    return makeRef(slot.kind, { cid: slot.cid, hid: slot.hid === deriveHistoryId(slot.cid) ? undefined : slot.hid, owner: this })
  }

  refOfInput({ ref, raw, cid }: MemoInput): Ref<unknown> {
    if (ref) return ref
    const isPrimitive = typeof raw.value !== 'object' || raw.value === null
    return makeRef('value', { cid, owner: this, immediate: isPrimitive ? { value: raw.value } : undefined })
  }

  /**
   * The bytes of an input that was given as a value. The function of an op gets plain values and passes them on: one of a transient output
   * stays without bytes there too.
   */
  encodeRaw({ raw, cid }: RawInput): StoredValue {
    const isTransient = this.transients.get(cid) !== undefined && findContext()?.execution !== undefined
    return { cid, kind: 'value', bytes: isTransient ? undefined : encode(raw.value, raw.isPlain), digits: raw.digits, name: undefined, madeBy: undefined }
  }

  load(ref: Ref<unknown>): Awaitable<unknown> {
    return this.values.load(ref)
  }

  /** Elements of a collection that an op returned: contents from its stored form, histories from its own. */
  elementsOf(ref: Ref<unknown>): ReadonlyMap<string, Ref<unknown>> {
    const { kind } = ref
    if (kind === 'value' || kind === 'external') return new Map()
    const made = this.values.findMadeElements(ref)
    if (made) return made
    const entries = decodeStructure(this.values.loadStructure(ref))
    return new Map(entries.map((entry) => [
      entry.key, makeRef(entry.kind, { cid: entry.cid, hid: deriveElementId(kind, ref, entry.key), owner: this }),
    ]))
  }

  /** Two functions under one name would share their calls. */
  register(op: OpDefinition): void {
    if (this.#registered.has(op)) return
    const identity = this.expectOwnName(op)
    this.#ops.set(`${op.version} ${identity.name}`, op)
    this.#registered.set(op, identity)
    this.#homes.set(op, identity.name)
    this.code?.versions.noteOp({ name: this.names.currentOp(identity.name), version: op.version }, op.fn)
  }

  /** How an op's calls know it; refuses one whose name is that of another. */
  expectOwnName(op: OpDefinition): StoredIdentity {
    const identity = identifyOp(op, this.names)
    if ((this.#homes.get(op) ?? identity.name) !== identity.name) throw takenSince(op)
    const known = this.#ops.get(`${op.version} ${identity.name}`)
    if (known && known.fn !== op.fn) throw takenTwice(known, op)
    return identity
  }

  /** What ops and inputs are called, as of the last look. */
  get names(): Names {
    return this.store.names
  }

  /** An op as its calls' ids know it. */
  identityOf(op: OpDefinition): StoredIdentity {
    return this.names.isEmpty ? op : this.#registered.get(op) ?? identifyOp(op, this.names)
  }

  /** Ops whose names mean others now are forgotten. */
  #followNames(before: Names): void {
    this.#registered = new WeakMap()
    this.code?.versions.renameOps((name) => this.names.currentOp(before.holderOfOp(name) ?? name))
    for (const [key, op] of this.#ops) if (!this.names.isOf(op.name, this.#homes.get(op) as string)) this.#ops.delete(key)
  }

  /** @param name one that the op has or had */
  findOp(name: string, version: number): OpDefinition | undefined {
    return this.#ops.get(`${version} ${this.names.storedOp(name)}`)
  }

  /** The ops of a name that were called here, of every version number. */
  listOps(name: string): readonly OpDefinition[] {
    const stored = this.names.storedOp(name)
    return [...this.#ops.values()].filter((op) => this.names.storedOp(op.name) === stored)
  }

  /** Takes note of a hit. The store is told once a day of each call, so most cost nothing. */
  noteUse(result: Result): void {
    const day = dayOf(Date.now())
    if (result.usedDay >= day) return
    result.usedDay = day
    this.#uses.push(result.hid)
    if (this.#uses.length >= USES_MAX) void this.tellUses()
  }

  /** When calls were last used is nice to know: where a store can't take it, nothing fails for that. */
  async tellUses(): Promise<void> {
    if (this.#uses.length === 0) return
    const uses = this.#uses
    this.#uses = []
    try {
      await this.store.putUses(uses, Date.now())
    } catch (error) {
      if (!(error instanceof MandalaError)) throw error
    }
  }

  /** Whether calls were deleted from the store since it was made, as far as this process has seen. */
  get knowsDeletions(): boolean {
    return this.#deletions !== 0
  }

  /** Forgets what is cached if any process deleted calls since the last look, and learns what was renamed. */
  async followDeletions(): Promise<void> {
    // What others did before counts, also where a burst of reads is held open.
    this.store.rest()
    await this.store.followNames()
    const count = await this.store.deletionCount()
    if (this.#deletions !== undefined && count !== this.#deletions) this.forget()
    this.#deletions = count
  }

  /** Looks whether the code changed, and forgets what is cached if it did. */
  async followCode(): Promise<void> {
    if (await this.code?.versions.sync()) this.forget()
  }

  /** Deletes calls, here and in the store. */
  async drop(hids: readonly CallHistoryId[], options: { dependents: boolean; dryRun: boolean }): Promise<Dropped> {
    await this.queue.flush()
    const dropped = await this.store.dropCalls(hids, options)
    if (!options.dryRun) await this.#noteDropped(dropped)
    return dropped
  }

  /** Deletes calls that are garbage, here and in the store. */
  async collect(garbage: Garbage, options: { dryRun: boolean }): Promise<Collected> {
    await this.queue.flush()
    await this.tellUses()
    const collected = await this.store.collect(garbage, options)
    if (!options.dryRun && collected.calls > 0) await this.#noteDropped(collected)
    return collected
  }

  async #noteDropped(dropped: Dropped): Promise<void> {
    this.#deletions = await this.store.deletionCount()
    this.forget()
    if (this.events.isHeard) this.events.emit({ kind: 'calls-dropped', dropped })
  }

  /** Empties the caches; what is stored stays. */
  forget(): void {
    this.results.clear()
    this.recent.clear()
    this.values.forget()
  }
}
