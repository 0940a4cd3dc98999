// `AsyncDisposable` for programs whose own `lib` doesn't have it.
/// <reference lib="esnext.disposable" preserve="true" />
import { aBoolean, aFunction, aText, expectInput, expectOptions, oneOf, type Rule } from '../base/expect.ts'
import type { CallContentId, CallHistoryId, HistoryId, VersionId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { findContext, runInContext, type RunSettings } from '../memo/context.ts'
import type { PendingFrame } from '../frame/computation-frame.ts'
import type { Listener } from '../memo/events.ts'
import { diffStored } from '../inspect/diff.ts'
import { listOps, type OpSummary } from '../inspect/list-ops.ts'
import { Memo } from '../memo/memo.ts'
import { findDefinition, type AnyOp } from '../memo/op.ts'
import type { Summary } from '../memo/tally.ts'
import { unwrap } from '../memo/unwrap.ts'
import type { ColumnTable } from 'arquero'
import { Call } from '../model/call.ts'
import { Ref } from '../model/ref.ts'
import type { Tracked, Unwrapped } from '../model/tracked.ts'
import type { Explanation } from '../render/explanation.ts'
import type { Variable } from '../model/variable.ts'
import type { QueryOptions, RowOptions, SimilarOptions } from '../query/query-options.ts'
import { SqliteStore } from '../sqlite/sqlite-store.ts'
import type { Dropped, Store, StoredCall, StoredFailure, StoredSlot, StoreStats } from '../store/store.ts'
import type { StoredDiff } from '../render/stored-diff.ts'
import { checkAll, collectGarbage, type GcOptions } from './care.ts'
import { dropVersion, listSources, listVersions, markComponent, readCode, type Commits, type OpVersion } from './code.ts'
import { explainAny, tellMisses } from './explain.ts'
import { followCode, followProgram, type CodeFollower } from './follow-code.ts'
import { Frames } from './frames.ts'
import { definitionOf, nameOfOp } from './op-names.ts'
import { resolveOptions, type ResolvedOptions, type StorageOptions } from './options.ts'
import { Queries } from './queries.ts'
import { showProgress } from './progress.ts'

/** How the ops inside a run behave. */
export interface RunOptions {
  /** `'error'`: only retrace; a call that isn't stored throws `NEW_CALL_REFUSED`. */
  readonly newCalls?: 'execute' | 'error'
  /** `'noop'`: ops are plain functions inside, and nothing is recorded. */
  readonly mode?: 'run' | 'noop'
  /** Shows hits, executed and running calls and the time saved. */
  readonly progress?: boolean
  /** Executes calls of these ops again, each once. Where a result differs, what was computed from the old one is dropped. */
  readonly refresh?: readonly AnyOp[]
  /** Tells of each call that is executed why it isn't a hit, through the storage's logger. `MANDALA_EXPLAIN=1` in the environment does it everywhere. */
  readonly explain?: boolean
}

/** What is stored, and what is kept in memory to be faster. */
export interface StorageStats extends StoreStats {
  readonly cached: { readonly calls: number; readonly valueBytes: number; readonly pendingCalls: number }
}

/** Calls by themselves, by id, or all of an op. */
export type CallChoice = Call | CallHistoryId | AnyOp | readonly (Call | CallHistoryId | AnyOp)[]

/** Where a frame starts. What an op's call resolves to is a Ref inside a run. */
export type FrameSource = AnyOp | Call | Iterable<unknown> | Tracked<unknown> | Readonly<Record<string, unknown>>

/** What a storage is made of, for stores and tracers of other kinds. */
export interface StorageParts {
  /** A SQLite file, unless told otherwise. */
  readonly openStore?: (options: ResolvedOptions) => Store
  /** What follows the code that calls use: the running program, unless told otherwise. */
  readonly code?: (options: ResolvedOptions) => CodeFollower | undefined
}

/** The variables that are the columns of a table, by name. */
export type Selection = Readonly<Record<string, Variable<any>>>

const RUN: Readonly<Record<keyof RunOptions, Rule>> = {
  newCalls: oneOf('execute', 'error'),
  mode: oneOf('run', 'noop'),
  progress: aBoolean,
  explain: aBoolean,
  refresh: [(given) => Array.isArray(given) && given.every((op) => findDefinition(op)), 'list the ops: { refresh: [ask] }'],
}
const aBlock = aFunction('write storage.run(async () => { … }), or storage.run(options, async () => { … })')
const anId = aText('pass an id as it stands on a Ref or a Call (.hid)')
const aRef: Rule = [(given) => given instanceof Ref, 'pass a Ref: inside a run the result of an op is one; storage.ref(id) gives one']
const aComponent = aText("components are called 'file#name': storage.versions(op) lists those of an op")
const aCode = aText('pass the id of a version, or the hash of a content: storage.versions(op) and storage.sources(component) list them')

type TypeOf<V> = V extends Variable<infer T> ? T : never

/**
 * Saved calls, in memory or in a file that any number of processes may use at once.
 * @throws MandalaError `STORE_NOT_OURS`, `STORE_TOO_NEW`, `STORE_UNREADABLE`, `STORE_READ_ONLY`, `STORE_DAMAGED` if the file can't be used; it
 * is left untouched then. `OPTION_INVALID` for an option that doesn't exist.
 * @example
 * const storage = new Storage('digits.db')
 * await storage.run(async () => console.log(await unwrap(increment(23))))
 */
export class Storage implements AsyncDisposable {
  readonly path: string
  readonly #memo: Memo
  readonly #frames: Frames
  readonly #queries: Queries
  readonly #logger: ReturnType<typeof resolveOptions>['logger']

  constructor(options?: string | StorageOptions, { openStore = openSqlite, code = followProgram }: StorageParts = {}) {
    const resolved = resolveOptions(options)
    const { path, detectMutation, logger } = resolved
    this.path = path
    const store = openStore(resolved)
    this.#memo = new Memo(store, { detectMutation, logger, code: followCode(store, code(resolved), resolved) })
    this.#frames = new Frames(this.#memo)
    this.#queries = new Queries(this.#memo, logger)
    this.#logger = logger
    this.#memo.events.subscribe((event) => {
      if (event.kind === 'value-damaged') {
        const mending = event.op === undefined ? 'no stored call gives it' : `${event.op} is executed again`
        logger.warn(`value ${event.cid}: ${event.reason}; ${mending}`)
      }
      if (event.kind === 'calls-lost') logger.warn(`${event.calls} calls are lost: ${(event.error as Error).message}`)
    })
  }

  /**
   * Runs a block of code in which calls of ops are saved and looked up. What the block returns is returned; all its calls are stored when
   * this settles: if the block throws, those that are being executed are waited for. Blocks nest (options that the inner one leaves out
   * are those of the outer one) and interleave.
   */
  async run<T>(block: () => T | Promise<T>): Promise<T>
  async run<T>(options: RunOptions, block: () => T | Promise<T>): Promise<T>
  async run<T>(first: RunOptions | (() => T | Promise<T>), second?: () => T | Promise<T>): Promise<T> {
    const [options, block] = typeof first === 'function' ? [{}, first] : [first ?? {}, second as () => T | Promise<T>]
    expectInput('storage.run', block, aBlock)
    const settings = this.#settingsOf(options)
    const memo = this.#memo
    await memo.followDeletions()
    if (findContext()?.memo !== memo) await memo.followCode()
    const stopProgress = options.progress ? showProgress(memo, this.#logger) : undefined
    memo.events.emit({ kind: 'run-started' })
    const outer = findContext()
    const isInner = outer?.memo === memo
    try {
      const execution = isInner ? outer.execution : undefined
      const result = await runInContext({ memo, settings, execution, givesRefs: true }, block)
      if (!isInner) await settleAll(settings.underWay)
      await memo.queue.flush()
      return result
    } catch (error) {
      if (!isInner) await settleAll(settings.underWay)
      await this.#flushQuietly()
      throw error
    } finally {
      await memo.tellUses()
      memo.store.rest()
      stopProgress?.()
      memo.events.emit({ kind: 'run-finished' })
    }
  }

  /** Values behind Refs and promises, through arrays, plain objects, Maps and Sets; copies, which may be changed. */
  async unwrap<T>(value: T): Promise<Unwrapped<T>> {
    return unwrap(value)
  }

  /** @throws MandalaError `NOT_FOUND` */
  async ref(hid: HistoryId | (string & {})): Promise<Ref<unknown>> {
    expectInput('storage.ref', hid, anId)
    await this.#memo.queue.flush()
    return this.#memo.refOfGiven((await this.#memo.store.findRef(hid as HistoryId)) ?? notFound('ref', hid))
  }

  /** @throws MandalaError `NOT_FOUND` */
  async call(hid: CallHistoryId | (string & {})): Promise<Call> {
    expectInput('storage.call', hid, anId)
    await this.#memo.queue.flush()
    return this.#toCall((await this.#memo.store.findCall(hid as CallHistoryId)) ?? notFound('call', hid))
  }

  /** The call that a Ref is an output of; undefined for a value that was given. */
  async creator(ref: Ref<unknown>): Promise<Call | undefined> {
    expectInput('storage.creator', ref, aRef)
    await this.#memo.queue.flush()
    const call = await this.#memo.store.findCreator(ref.hid)
    return call && this.#toCall(call)
  }

  /** The calls that a Ref is an input of, oldest first. */
  async consumers(ref: Ref<unknown>): Promise<readonly Call[]> {
    expectInput('storage.consumers', ref, aRef)
    await this.#memo.queue.flush()
    return (await this.#memo.store.listConsumers(ref.hid)).map((call) => this.#toCall(call))
  }

  /**
   * All stored calls of an op, of all its versions, oldest first.
   * @throws MandalaError `NOT_FOUND` for a name that no op has.
   */
  async calls(op: AnyOp | string): Promise<readonly Call[]> {
    await this.#memo.queue.flush()
    const { store } = this.#memo
    return (await store.listCalls(await nameOfOp(store, op, 'storage.calls'))).map((call) => this.#toCall(call))
  }

  /**
   * The web of saved calls from a starting point on: an op (all its calls), Refs or their ids, calls, or named Refs.
   * @param source an op; a Ref; several Refs or ids; calls; or `{ name: refs }`
   * @throws MandalaError `INPUT_INVALID` for anything else, `NOT_FOUND` for an id that isn't stored and a name that no op has.
   * @example
   * console.log(String(await storage.cf(getAcc).expandBack({ recursive: true })))
   */
  cf(source: FrameSource): PendingFrame {
    return this.#frames.start(source)
  }

  /**
   * Every computation in the store that is like the one by which these Refs came about: the same ops tied in the same way, with any values.
   * What plays the same role in it counts once, so a list stands for lists of any length. Prints the pattern as code (through the
   * storage's logger), to be pasted into a program and changed; `print: false` doesn't.
   *
   * A wrapped value stands for the inputs that it was passed as; wrapped anew, for the input after which it is named, or else for every use.
   * @param selection the columns, by name
   * @throws MandalaError `QUERY_INVALID` for what is no Ref or has no history, and for two Refs that play the same role.
   * @example
   * await storage.similar({ nClass, nEstimators, acc })
   */
  async similar(selection: Readonly<Record<string, unknown>>, options: SimilarOptions = {}): Promise<ColumnTable> {
    return this.#queries.similar(selection, options)
  }

  /**
   * Every computation in the store that fits a pattern, as an Arquero table with a column for each selected variable. All that was said of
   * a selected variable counts, and of those tied to it; a pattern is taken exactly as it is written.
   * @throws MandalaError `QUERY_INVALID` for a selection that is no pattern, or one of several parts without `allowProduct`.
   * @example
   * const nClass = Q<number>()
   * const { X, y } = loadDigits.match({ nClass })
   * await storage.df({ nClass, acc: getAcc.match({ X, y }) })
   */
  async df(selection: Selection, options: QueryOptions = {}): Promise<ColumnTable> {
    return this.#queries.df(selection, options)
  }

  /** The same row by row, without holding all of them: `for await (const { nClass, acc } of storage.rows({ nClass, acc }))`. */
  rows<S extends Selection>(selection: S, options: RowOptions & { readonly values: 'refs' }): AsyncGenerator<{ [K in keyof S]: Ref<TypeOf<S[K]>> }>
  rows<S extends Selection>(selection: S, options?: RowOptions): AsyncGenerator<{ [K in keyof S]: TypeOf<S[K]> }>
  rows(selection: Selection, options: RowOptions = {}): AsyncGenerator<any> {
    return this.#queries.rows(selection, options)
  }

  /**
   * Deletes calls, and values that no other call uses. The next such call is a miss.
   * @param options `dependents` (default true): also what was computed from them; `dryRun`: only say what would go
   */
  async drop(calls: CallChoice, options: { readonly dependents?: boolean; readonly dryRun?: boolean } = {}): Promise<Dropped> {
    expectOptions('storage.drop', options, { dependents: aBoolean, dryRun: aBoolean })
    await this.#memo.queue.flush()
    const hids = await Promise.all((Array.isArray(calls) ? calls : [calls]).map((choice) => this.#hidsOf(choice)))
    return this.#memo.drop(hids.flat(), { dependents: options.dependents ?? true, dryRun: options.dryRun ?? false })
  }

  /** Deletes the oldest calls as `options` say, without what was computed from them, and values that no call uses. */
  async gc(options: GcOptions = {}): Promise<Dropped> {
    return collectGarbage(this.#memo, options)
  }

  /**
   * Calls that gave no result, latest first: their functions threw, or their inputs or outputs can't be stored. They are kept to be looked
   * at, the latest thousand, and are never replayed.
   */
  async failures(op?: AnyOp | string): Promise<readonly StoredFailure[]> {
    await this.#memo.queue.flush()
    const { store } = this.#memo
    return store.listFailures(op === undefined ? undefined : await nameOfOp(store, op, 'storage.failures'))
  }

  /**
   * Would this call be a hit? If so: when, where and for how long its function ran. If not: the stored call that is nearest, and what differs
   * from it. Nothing is executed, recorded or decided; what counts is what a run would find now, or inside a run what that would find.
   * @param op an op, followed by its arguments; the name of one, followed by `{ name: value }`; or a stored call: does it still hold?
   * @throws MandalaError what the call would throw before its function runs: `VALUE_REFUSED`, `INPUT_INVALID`; `NOT_FOUND` for an unknown name.
   * @example
   * console.log(String(await storage.explain(trainModel, X, y, 20)))
   */
  async explain<Args extends readonly unknown[]>(op: (...args: Args) => Promise<unknown>, ...args: Args): Promise<Explanation>
  async explain(op: string, inputs?: Readonly<Record<string, unknown>>): Promise<Explanation>
  async explain(call: Call): Promise<Explanation>
  async explain(asked: unknown, ...args: readonly unknown[]): Promise<Explanation> {
    return explainAny(this.#memo, asked, args)
  }

  /** The ops that have calls, with what these come to: time, bytes, last use, what they noted. As fast for a million calls as for ten. */
  async ops(): Promise<readonly OpSummary[]> {
    await this.#memo.queue.flush()
    return listOps(this.#memo.store)
  }

  async stats(): Promise<StorageStats> {
    await this.#memo.queue.flush()
    const { results, recent, values, queue } = this.#memo
    const cached = { calls: results.count + recent.count, valueBytes: values.cachedBytes, pendingCalls: queue.count }
    return { ...(await this.#memo.store.stats()), cached }
  }

  /** The code that calls of an op used: each set of functions and values with its calls. */
  async versions(op: AnyOp | string): Promise<readonly OpVersion[]> {
    await this.#memo.queue.flush()
    return listVersions(this.#memo, await nameOfOp(this.#memo.store, op, 'storage.versions'))
  }

  /**
   * The contents that a component (`file#name`) had, oldest first; as text, a tree. A value may be named with ` (value)`, as versions list
   * it, or without where no function has the same name.
   * @throws MandalaError `NOT_FOUND` if no stored call used it.
   */
  async sources(component: string): Promise<Commits> {
    expectInput('storage.sources', component, aComponent)
    await this.#memo.queue.flush()
    return listSources(this.#memo, component)
  }

  /** The text behind the id of a version, or behind the hash of a content. */
  async code(id: string): Promise<string> {
    expectInput('storage.code', id, aCode)
    await this.#memo.queue.flush()
    return readCode(this.#memo, id)
  }

  /**
   * What differs between two calls of an op, two values, two versions or two contents of code; to be read as text, `String(diff)`.
   * @param a the id of a call or a Ref (`.hid`), a value (`.cid`), a version or a content; `b` is that of another one of the kind
   * @throws MandalaError `NOT_FOUND` for an id that nothing has, `INPUT_INVALID` for two things of different kinds.
   */
  async diff(a: string, b: string): Promise<StoredDiff> {
    for (const id of [a, b]) expectInput('storage.diff', id, anId)
    await this.#memo.queue.flush()
    return diffStored(this.#memo, a, b)
  }

  /** Says anew what the last change of a component means: calls of the code before are hits again with `'same'`, and none with `'different'`. */
  async mark(component: string, meaning: 'same' | 'different'): Promise<void> {
    expectInput('storage.mark', component, aComponent)
    expectInput('storage.mark', meaning, oneOf('same', 'different'), 'OPTION_INVALID')
    await this.#memo.queue.flush()
    await markComponent(this.#memo, component, meaning)
    this.#memo.forget()
  }

  /** Deletes a version with its calls and what was computed from them; `dryRun` only says what would go. */
  async dropVersion(id: VersionId | (string & {}), options: { readonly dryRun?: boolean } = {}): Promise<Dropped> {
    expectInput('storage.dropVersion', id, aCode)
    expectOptions('storage.dropVersion', options, { dryRun: aBoolean })
    await this.#memo.queue.flush()
    return dropVersion(this.#memo, id as VersionId, options.dryRun ?? false)
  }

  /** Lists what is wrong with the store, a sentence each; reads every value. */
  async check(): Promise<readonly string[]> {
    return checkAll(this.#memo)
  }

  /** What the calls through this object came to. */
  summary(): Summary {
    return this.#memo.tally.since(undefined)
  }

  /** Calls `listener` with everything notable that happens, as it happens; the returned function ends that. */
  subscribe(listener: Listener): () => void {
    expectInput('storage.subscribe', listener, aFunction('pass a function: storage.subscribe((event) => console.log(event))'))
    return this.#memo.events.subscribe(listener)
  }

  /** Stores what is pending and lets go of the file. Again is harmless. */
  async close(): Promise<void> {
    try {
      await this.#memo.queue.flush()
      await this.#memo.tellUses()
    } finally {
      this.#memo.queue.abandon()
      this.#memo.store.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #settingsOf(options: RunOptions): RunSettings {
    expectOptions('storage.run', options, RUN)
    const { mode, newCalls, refresh } = options
    const context = findContext()
    const outer = context?.memo === this.#memo ? context.settings : undefined
    const refreshing = {
      refresh: refresh ? new Set(refresh.map((op) => definitionOf('storage.run: refresh', op))) : (outer?.refresh ?? new Set()),
      refreshed: refresh ? new Set<CallContentId>() : (outer?.refreshed ?? new Set()),
    }
    const explains = options.explain ?? (outer ? outer.onMiss !== undefined : process.env['MANDALA_EXPLAIN'] === '1')
    return {
      ...refreshing,
      mode: mode ?? outer?.mode ?? 'run',
      newCalls: newCalls ?? outer?.newCalls ?? 'execute',
      onMiss: explains ? tellMisses(this.#memo, this.#logger, refreshing) : undefined,
      underWay: outer?.underWay ?? new Set(),
    }
  }

  async #hidsOf(choice: Call | CallHistoryId | AnyOp): Promise<readonly CallHistoryId[]> {
    if (typeof choice === 'string') return [(await this.call(choice)).hid]
    if (choice instanceof Call) return [choice.hid]
    return (await this.#memo.store.listCalls(definitionOf('storage.drop', choice).name)).map((call) => call.hid)
  }

  /** What the block threw matters more; what couldn't be stored is raised again by the next flush. */
  async #flushQuietly(): Promise<void> {
    try {
      await this.#memo.queue.flush()
    } catch (error) {
      this.#logger.warn(`some calls could not be stored yet: ${(error as Error).message}`)
    }
  }

  #toCall({ inputs, outputs, inner: _inner, startedAtMs, isTuple: _isTuple, usedDay: _usedDay, ...call }: StoredCall): Call {
    const refs = (slots: readonly StoredSlot[]): Record<string, Ref<unknown>> => Object.fromEntries(slots.map((slot) => [slot.name, this.#memo.refOfGiven(slot)]))
    return new Call({ ...call, inputs: refs(inputs), outputs: refs(outputs), startedAt: new Date(startedAtMs) })
  }
}

function openSqlite({ path, overflow }: ResolvedOptions): Store {
  return new SqliteStore({ path, overflow })
}

function notFound(what: string, id: string): never {
  throw new MandalaError('NOT_FOUND', `There is no ${what} ${id} in this storage`, { hint: 'look ids up with storage.calls(op) or on a Ref (.hid)' })
}

/** One call that fails ends a block while others are being executed, and what those cost isn't to be lost. */
async function settleAll(underWay: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (underWay.size > 0) await Promise.allSettled(underWay)
}
