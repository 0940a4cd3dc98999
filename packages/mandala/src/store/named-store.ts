import { isThenable, type Awaitable } from '../base/awaitable.ts'
import type { CallContentId, CallHistoryId, ContentId, HistoryId, VersionId } from '../base/ids.ts'
import { Names } from '../model/names.ts'
import type { Tags, TagValue } from '../model/notes.ts'
import { isStructureOp } from '../model/structure.ts'
import type { Label } from '../model/variable.ts'
import type { FoundIds } from './look.ts'
import type { MatchCalls, MatchEdge, Matches, MatchOp, MatchPlan } from './match.ts'
import type {
  Batch, Collected, Dropped, FailedCall, FindMemory, Garbage, IsKnown, KnownCall, LinkedCall, LoadedValue, NearCalls, OpTotals, ReadFrom, Renaming, Store, StoredCall,
  StoredCommit, StoredDependency, StoredFailure, StoredResult, StoredSlot, StoredVersion, StoreRepair, StoreStats, VersionedResult, VersionUse,
} from './store.ts'

/** What a store tells of a call that goes by names. */
interface Named {
  readonly op: string
  readonly inputs: readonly StoredSlot[]
}

/**
 * A store whose ops and inputs go by the names that they have now. What is asked for may go by an old one, and what is written goes by the
 * names under which it is stored, as ids do.
 */
export class NamedStore implements Store {
  readonly #store: Store
  readonly #onRename: (before: Names) => void
  #names = new Names([])
  #revision = 0

  /** @param onRename called when it is seen that something has another name than before */
  constructor(store: Store, onRename: (before: Names) => void) {
    this.#store = store
    this.#onRename = onRename
  }

  /** The store itself, where all goes by the names under which it is stored. */
  get stored(): Store {
    return this.#store
  }

  /** As of the last look. */
  get names(): Names {
    return this.#names
  }

  /** Looks whether any process renamed something. */
  followNames(): Awaitable<Names> {
    const revision = this.#store.aliasRevision()
    return isThenable(revision) ? revision.then((count) => this.#follow(count)) : this.#follow(revision)
  }

  #follow(revision: number): Awaitable<Names> {
    if (revision === this.#revision) return this.#names
    const aliases = this.#store.readAliases()
    const learn = (read: Awaited<typeof aliases>): Names => {
      const before = this.#names
      this.#names = new Names(read)
      this.#revision = revision
      this.#onRename(before)
      return this.#names
    }
    return isThenable(aliases) ? aliases.then(learn) : learn(aliases)
  }

  /** Reads what goes by names. */
  #ask<T>(read: (names: Names) => Awaitable<T>): Awaitable<T> {
    const names = this.followNames()
    return isThenable(names) ? names.then(read) : read(names)
  }

  #askFor<T>(read: (names: Names) => Awaitable<T>, show: (answer: T, names: Names) => T): Awaitable<T> {
    return this.#ask((names) => {
      const answer = read(names)
      if (names.isEmpty) return answer
      return isThenable(answer) ? answer.then((told) => show(told, names)) : show(answer, names)
    })
  }

  findCall(hid: CallHistoryId): Awaitable<StoredCall | undefined> {
    return this.#askFor(() => this.#store.findCall(hid), showIfThere)
  }

  findCreator(hid: HistoryId): Awaitable<StoredCall | undefined> {
    return this.#askFor(() => this.#store.findCreator(hid), showIfThere)
  }

  listConsumers(hid: HistoryId): Awaitable<readonly StoredCall[]> {
    return this.#askFor(() => this.#store.listConsumers(hid), showAll)
  }

  listCalls(op?: string): Awaitable<readonly StoredCall[]> {
    return this.#askFor((names) => this.#store.listCalls(op === undefined ? undefined : names.storedOp(op)), showAll)
  }

  listCallIds(op: string): Awaitable<readonly CallHistoryId[]> {
    return this.#ask((names) => this.#store.listCallIds(names.storedOp(op)))
  }

  readCalls(from: ReadFrom): Awaitable<readonly LinkedCall[]>
  readCalls(from: ReadFrom, isKnown: IsKnown): Awaitable<readonly (LinkedCall | KnownCall)[]>
  readCalls({ op, ...from }: ReadFrom, isKnown: IsKnown = noneKnown): Awaitable<readonly (LinkedCall | KnownCall)[]> {
    return this.#askFor((names) => this.#store.readCalls({ ...from, op: op === undefined ? undefined : names.storedOp(op) }, isKnown), showUnknown)
  }

  readCallsById(hids: readonly CallHistoryId[]): Awaitable<readonly LinkedCall[]> {
    return this.#askFor(() => this.#store.readCallsById(hids), showAll)
  }

  readCreators(hids: readonly HistoryId[]): Awaitable<readonly LinkedCall[]> {
    return this.#askFor(() => this.#store.readCreators(hids), showAll)
  }

  readConsumers(hids: readonly HistoryId[]): Awaitable<readonly LinkedCall[]>
  readConsumers(hids: readonly HistoryId[], isKnown: IsKnown): Awaitable<readonly (LinkedCall | KnownCall)[]>
  readConsumers(hids: readonly HistoryId[], isKnown: IsKnown = noneKnown): Awaitable<readonly (LinkedCall | KnownCall)[]> {
    return this.#askFor(() => this.#store.readConsumers(hids, isKnown), showUnknown)
  }

  findIds(prefix: string, limit: number): Awaitable<FoundIds> {
    return this.#store.findIds(prefix, limit)
  }

  readLatest({ op, ...from }: Parameters<Store['readLatest']>[0]): Awaitable<readonly LinkedCall[]> {
    return this.#askFor((names) => this.#store.readLatest({ ...from, op: op === undefined ? undefined : names.storedOp(op) }), showAll)
  }

  readSomeConsumers(...given: Parameters<Store['readSomeConsumers']>): ReturnType<Store['readSomeConsumers']> {
    return this.#askFor(() => this.#store.readSomeConsumers(...given), ({ calls, count }, names) => ({ calls: showAll(calls, names), count }))
  }

  readNear({ op, ...of }: Parameters<Store['readNear']>[0]): Awaitable<NearCalls> {
    return this.#askFor((names) => this.#store.readNear({ ...of, op: names.storedOp(op) }), ({ calls, isAll }, names) => ({ calls: showAll(calls, names), isAll }))
  }

  readValueFacts(cids: readonly ContentId[]): ReturnType<Store['readValueFacts']> {
    return this.#store.readValueFacts(cids)
  }

  readVersions(): Awaitable<readonly StoredVersion[]> {
    return this.#askFor(() => this.#store.readVersions(), (all, names) => all.map((each) => ({ ...each, op: names.currentOp(each.op) })))
  }

  readTotals(): Awaitable<readonly OpTotals[]> {
    return this.#askFor(() => this.#store.readTotals(), showNames)
  }

  listFailures(op?: string): Awaitable<readonly FailedCall[]> {
    return this.#askFor((names) => this.#store.listFailures(op === undefined ? undefined : names.storedOp(op)), (all, names) => (
      all.map((each) => ({ ...each, op: names.currentOp(each.op), inputs: showKeys(each, names) }))))
  }

  stats(): Awaitable<StoreStats> {
    return this.#askFor(() => this.#store.stats(), (stats, names) => ({ ...stats, ops: showNames(stats.ops, names) }))
  }

  loadValue(cid: ContentId, findMemory?: FindMemory): Awaitable<LoadedValue | undefined> {
    // On the way of every value to the user: the names of the last look do.
    const { isEmpty } = this.#names
    const loaded = this.#store.loadValue(cid, findMemory)
    if (isEmpty) return loaded
    return isThenable(loaded) ? loaded.then((value) => showMaker(value, this.#names)) : showMaker(loaded, this.#names)
  }

  countCalls(op: MatchOp): Awaitable<number> {
    return this.#ask((names) => this.#store.countCalls(toStoredOp(op, names)))
  }

  listVersions(op: string): Awaitable<readonly number[]> {
    return this.#ask((names) => this.#store.listVersions(names.storedOp(op)))
  }

  match(plan: MatchPlan): Awaitable<Matches> {
    return this.#ask((names) => this.#store.match(names.isEmpty ? plan : toStoredPlan(plan, names)))
  }

  listInputs(op: string): Awaitable<readonly string[]> {
    return this.#ask((names) => {
      const stored = names.storedOp(op)
      const inputs = this.#store.listInputs(stored)
      const show = (read: readonly string[]): readonly string[] => read.map((name) => names.currentInput(stored, name)).sort()
      return isThenable(inputs) ? inputs.then(show) : show(inputs)
    })
  }

  countCallsWith(op: string, inputs: readonly string[]): Awaitable<number> {
    return this.#ask((names) => {
      const stored = names.storedOp(op)
      return this.#store.countCallsWith(stored, inputs.map((name) => names.storedInput(stored, name)))
    })
  }

  /** Its names are those under which things are stored. */
  rename(renaming: Renaming): Awaitable<boolean> {
    return this.#store.rename(renaming)
  }

  aliasRevision(): Awaitable<number> {
    return this.#store.aliasRevision()
  }

  readAliases(): ReturnType<Store['readAliases']> {
    return this.#store.readAliases()
  }

  findResult(hid: CallHistoryId): Awaitable<StoredResult | undefined> {
    return this.#store.findResult(hid)
  }

  hasContent(cid: CallContentId): Awaitable<boolean> {
    return this.#store.hasContent(cid)
  }

  findResultByContent(cid: CallContentId): Awaitable<StoredResult | undefined> {
    return this.#store.findResultByContent(cid)
  }

  findVersioned(id: Parameters<Store['findVersioned']>[0]): Awaitable<readonly VersionedResult[]> {
    return this.#store.findVersioned(id)
  }

  listByContent(cid: CallContentId): Awaitable<readonly CallHistoryId[]> {
    return this.#store.listByContent(cid)
  }

  findRef(hid: HistoryId): Awaitable<StoredSlot | undefined> {
    return this.#store.findRef(hid)
  }

  readRefs(hids: readonly HistoryId[]): Awaitable<readonly StoredSlot[]> {
    return this.#store.readRefs(hids)
  }

  listHistories(cid: ContentId): Awaitable<readonly HistoryId[]> {
    return this.#store.listHistories(cid)
  }

  /** Of collections, whose built-in ops are never renamed. */
  loadMaker(hid: HistoryId): StoredCall | undefined {
    return this.#store.loadMaker(hid)
  }

  listValues(): Awaitable<readonly ContentId[]> {
    return this.#store.listValues()
  }

  loadStructure(cid: ContentId): Uint8Array | undefined {
    return this.#store.loadStructure(cid)
  }

  putBatch(batch: Batch): Awaitable<void> {
    return this.#store.putBatch(batch)
  }

  dropCalls(hids: readonly CallHistoryId[], options: Parameters<Store['dropCalls']>[1]): Awaitable<Dropped> {
    return this.#askFor(() => this.#store.dropCalls(hids, options), showDropped)
  }

  forgetValue(cid: ContentId, found: 'missing' | 'damaged'): Awaitable<void> {
    return this.#store.forgetValue(cid, found)
  }

  collect(garbage: Garbage, options: { readonly dryRun: boolean }): Awaitable<Collected> {
    return this.#askFor(() => this.#store.collect(garbage, options), showDropped)
  }

  shrink(): Awaitable<void> {
    return this.#store.shrink()
  }

  putTags(target: CallHistoryId | HistoryId, tags: Readonly<Record<string, TagValue | null>>): Awaitable<void> {
    return this.#store.putTags(target, tags)
  }

  readTags(target: CallHistoryId | HistoryId): Awaitable<Tags> {
    return this.#store.readTags(target)
  }

  readAllTags(): ReturnType<Store['readAllTags']> {
    return this.#store.readAllTags()
  }

  findTagged(tags: Tags): ReturnType<Store['findTagged']> {
    return this.#store.findTagged(tags)
  }

  putUses(hids: readonly CallHistoryId[], atMs: number): Awaitable<void> {
    return this.#store.putUses(hids, atMs)
  }

  deletionCount(): Awaitable<number> {
    return this.#store.deletionCount()
  }

  codeRevision(): Awaitable<number> {
    return this.#store.codeRevision()
  }

  readCommits(): Awaitable<readonly StoredCommit[]> {
    return this.#store.readCommits()
  }

  readHeads(): Awaitable<ReadonlyMap<string, string>> {
    return this.#store.readHeads()
  }

  countUses(): Awaitable<readonly VersionUse[]> {
    return this.#store.countUses()
  }

  putCode(code: Parameters<Store['putCode']>[0]): Awaitable<void> {
    return this.#store.putCode(code)
  }

  extendVersions(ids: readonly VersionId[], dependencies: readonly StoredDependency[]): Awaitable<void> {
    return this.#store.extendVersions(ids, dependencies)
  }

  moveMeaning(component: string, move: Parameters<Store['moveMeaning']>[1]): Awaitable<void> {
    return this.#store.moveMeaning(component, move)
  }

  listVersionCalls(id: VersionId): Awaitable<readonly CallHistoryId[]> {
    return this.#store.listVersionCalls(id)
  }

  dropVersion(id: VersionId): Awaitable<void> {
    return this.#store.dropVersion(id)
  }

  repair(): Awaitable<StoreRepair> {
    return this.#store.repair()
  }

  check(): Awaitable<readonly string[]> {
    return this.#store.check()
  }

  rest(): void {
    this.#store.rest()
  }

  close(): void {
    this.#store.close()
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

function show<C extends Named>(call: C, names: Names): C {
  const op = names.currentOp(call.op)
  if (!names.hasInputsOf(call.op)) return op === call.op ? call : { ...call, op }
  return { ...call, op, inputs: call.inputs.map((slot) => ({ ...slot, name: names.currentInput(call.op, slot.name) })).sort(byName) }
}

function showIfThere<C extends Named>(call: C | undefined, names: Names): C | undefined {
  return call && show(call, names)
}

function showAll<C extends Named>(calls: readonly C[], names: Names): readonly C[] {
  return calls.map((call) => show(call, names))
}

/** Of a call that is known, nothing was read. */
function showUnknown(calls: readonly (LinkedCall | KnownCall)[], names: Names): readonly (LinkedCall | KnownCall)[] {
  return calls.map((call) => ('op' in call ? show(call, names) : call))
}

function showDropped<D extends Dropped>(dropped: D, names: Names): D {
  return { ...dropped, ops: showNames(dropped.ops, names) }
}

const noneKnown: IsKnown = () => false

/** Ops in the order of their names. */
function showNames<O extends { readonly name: string; readonly version: number }>(ops: readonly O[], names: Names): readonly O[] {
  return ops.map((op) => ({ ...op, name: names.currentOp(op.name) })).sort((a, b) => byName(a, b) || a.version - b.version)
}

function showKeys({ op, inputs }: StoredFailure, names: Names): StoredFailure['inputs'] {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [names.currentInput(op, name), value]))
}

function showMaker(value: LoadedValue | undefined, names: Names): LoadedValue | undefined {
  return value?.madeBy ? { ...value, madeBy: { ...value.madeBy, name: names.currentOp(value.madeBy.name) } } : value
}

function toStoredOp(op: MatchOp, names: Names): MatchOp {
  return { ...op, name: names.storedOp(op.name) }
}

function toStoredPlan({ blocks, ...plan }: MatchPlan, names: Names): MatchPlan {
  return {
    ...plan,
    blocks: blocks.map(({ steps, ...block }) => ({
      ...block,
      steps: steps.map(({ atom, via }) => ({ via, atom: atom.map((form) => (form.kind === 'calls' ? toStoredCalls(form, names) : form)) })),
    })),
  }
}

/** Several ops are those of collections. */
function toStoredCalls(calls: MatchCalls, names: Names): MatchCalls {
  const [first] = calls.ops
  if (!first || isStructureOp(first.name)) return calls
  const ops = calls.ops.map((op) => toStoredOp(op, names))
  const { name } = ops[0] as MatchOp
  const toStoredEdge = (edge: MatchEdge): MatchEdge => (
    edge.side === 'output' ? edge : { ...edge, labels: edge.labels.map((label) => toStoredLabel(label, (input) => names.storedInput(name, input))) })
  return { ...calls, ops, edges: calls.edges.map(toStoredEdge) }
}

function toStoredLabel(label: Label, toStored: (input: string) => string): Label {
  switch (label.kind) {
    case 'named': return { kind: 'named', name: toStored(label.name) }
    case 'member': return { kind: 'member', of: toStored(label.of) }
    case 'only': return label
  }
}
