// `AsyncDisposable` for programs whose own `lib` doesn't have it.
/// <reference lib="esnext.disposable" preserve="true" />
import { aBoolean, aFunction, aText, expectInput, expectOptions, oneOf } from '../base/expect.ts'
import type { VersionId } from '../base/ids.ts'
import { findContext, runInContext } from '../memo/context.ts'
import type { Listener } from '../memo/events.ts'
import type { Copied } from '../inspect/copy-calls.ts'
import { diffStored } from '../inspect/diff.ts'
import type { Verification } from '../inspect/verification.ts'
import type { VerifyOptions } from '../inspect/verify.ts'
import { Memo } from '../memo/memo.ts'
import type { AnyOp } from '../memo/op.ts'
import type { Summary } from '../memo/tally.ts'
import { unwrap } from '../memo/unwrap.ts'
import type { Unwrapped } from '../model/tracked.ts'
import type { CodeStatus } from '../versions/change.ts'
import { SqliteStore } from '../sqlite/sqlite-store.ts'
import type { Collected, Dropped, Store, StoreStats } from '../store/store.ts'
import { collectGarbage, type GcOptions } from './care.ts'
import { checkOrRepair, type Repair } from './check.ts'
import { dropVersion, listSources, listVersions, markComponent, readCode, readStatus, type Commits, type OpVersion } from './code.ts'
import { chooseCalls, dropCalls, dropChosen, type CallChoice, type Chosen, type DropOptions } from './drop.ts'
import type { StoredDiff } from '../render/stored-diff.ts'
import { followCode, followProgram, type CodeFollower } from './follow-code.ts'
import { nameOfOp } from './op-names.ts'
import { renameInputs, renameOp, type Renamed } from './rename.ts'
import { resolveOptions, type ResolvedOptions, type StorageOptions } from './options.ts'
import { settingsOf, type DropRunOptions, type RunOptions } from './run-options.ts'
import { exportCalls, importCalls } from './transfer.ts'
import { showProgress } from './progress.ts'
import { verifyStored, type Verifiable } from './verify-stored.ts'
import { SavedCalls } from './saved-calls.ts'

/** What is stored, and what is kept in memory to be faster. */
export interface StorageStats extends StoreStats {
  readonly cached: { readonly calls: number; readonly valueBytes: number; readonly pendingCalls: number }
}

/** What a storage is made of, for stores and tracers of other kinds. */
export interface StorageParts {
  /** A SQLite file, unless told otherwise. */
  readonly openStore?: (options: ResolvedOptions) => Store
  /** What follows the code that calls use: the running program, unless told otherwise. */
  readonly code?: (options: ResolvedOptions) => CodeFollower | undefined
}

const aBlock = aFunction('write storage.run(async () => { … }), or storage.run(options, async () => { … })')
const anId = aText('pass an id as it stands on a Ref or a Call (.hid)')
const aComponent = aText("components are called 'file#name': storage.versions(op) lists those of an op")
const aCode = aText('pass the id of a version, or the hash of a content: storage.versions(op) and storage.sources(component) list them')

/**
 * Saved calls, in memory or in a file that any number of processes may use at once.
 * @throws MandalaError `STORE_NOT_OURS`, `STORE_TOO_NEW`, `STORE_UNREADABLE`, `STORE_READ_ONLY`, `STORE_DAMAGED` if the file can't be used; it
 * is left untouched then. `OPTION_INVALID` for an option that doesn't exist.
 * @example
 * const storage = new Storage('digits.db')
 * await storage.run(async () => console.log(await unwrap(increment(23))))
 */
export class Storage extends SavedCalls implements AsyncDisposable {
  readonly path: string
  readonly #memo: Memo
  readonly #logger: ReturnType<typeof resolveOptions>['logger']

  constructor(options?: string | StorageOptions, { openStore = openSqlite, code = followProgram }: StorageParts = {}) {
    const resolved = resolveOptions(options)
    const { path, detectMutation, logger } = resolved
    const store = openStore(resolved)
    const follower = code(resolved)
    const memo = new Memo(store, { detectMutation, logger, code: (named) => followCode(named, follower, resolved) })
    super(memo, logger)
    this.path = path
    this.#memo = memo
    this.#logger = logger
    memo.events.subscribe((event) => {
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
   *
   * With `mode: 'drop'` nothing executes: the block is retraced, and when it ends without throwing, the calls that it found are deleted, all
   * at once, and what went is returned. What was computed from them elsewhere stays.
   * @throws MandalaError `NEW_CALL_REFUSED` for a call that isn't stored, with `newCalls: 'error'` and with `mode: 'drop'`, where nothing is
   * deleted then; `OPTION_INVALID`; `CODE_CHANGED` with `onChange: 'error'`.
   * @example
   * await storage.run({ mode: 'drop', dryRun: true }, experiment)     // { calls: 27, bytes: 51220, ... }
   */
  async run<T>(block: () => T | Promise<T>): Promise<T>
  async run(options: DropRunOptions, block: () => unknown): Promise<Dropped>
  async run<T>(options: RunOptions, block: () => T | Promise<T>): Promise<T>
  async run<T>(first: RunOptions | DropRunOptions | (() => T | Promise<T>), second?: () => T | Promise<T>): Promise<T | Dropped> {
    const [options, block] = typeof first === 'function' ? [{}, first] : [first ?? {}, second as () => T | Promise<T>]
    expectInput('storage.run', block, aBlock)
    const settings = settingsOf(this.#memo, options, this.#logger)
    const memo = this.#memo
    await memo.followDeletions()
    if (findContext()?.memo !== memo) await memo.followCode()
    if (options.mode === 'drop') await memo.queue.flush()
    const stopProgress = 'progress' in options && options.progress ? showProgress(memo, this.#logger) : undefined
    memo.events.emit({ kind: 'run-started' })
    const outer = findContext()
    const isInner = outer?.memo === memo
    try {
      const execution = isInner ? outer.execution : undefined
      const result = await runInContext({ memo, settings, execution, givesRefs: true }, block)
      if (!isInner || options.mode === 'drop') await settleAll(settings.underWay)
      await memo.queue.flush()
      if (options.mode === 'drop') return await dropCalls(memo, [...settings.met], { dependents: false, dryRun: options.dryRun ?? false })
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

  /**
   * Deletes calls, and values that no other call uses: the next such call is a miss. The room that they took goes back to the system.
   * @param calls calls or their ids; ops or their names, for all their calls; ids of versions; frames; Refs, for the calls that gave them;
   * arrays of these; or a selection as `df` takes it, for the calls that gave what stands in its columns
   * @param options `dependents` (default true): also what was computed from them; `dryRun`: only say what would go
   * @throws MandalaError `NOT_FOUND` for an id or a name that isn't in the store, `INPUT_INVALID`, `OPTION_INVALID`, `QUERY_INVALID`
   * @example
   * await storage.drop(getAcc, { dryRun: true })                                // { calls: 12, ..., ops: [{ name: 'getAcc', calls: 12, ... }] }
   * await storage.drop({ model: trainModel.match({ nEstimators: 5 }) })         // with the accuracies of these models
   */
  async drop(calls: CallChoice, options: DropOptions = {}): Promise<Dropped> {
    return dropChosen(this.#memo, await this.#choose('storage.drop', calls), options)
  }

  /**
   * Deletes calls by age, last use, size or code, as `options` say, without what was computed from them, and values that no call uses. The
   * room that they took goes back to the system. What a process is about to use may go too: that is a miss then.
   * @returns what went: calls, also by op, refs, values and their bytes, failures
   * @throws MandalaError `OPTION_INVALID`
   * @example
   * await storage.gc({ maxBytes: 1e9, unusedSince: new Date(Date.now() - 30 * 86_400_000), dryRun: true })
   */
  async gc(options: GcOptions = {}): Promise<Collected> {
    return collectGarbage(this.#memo, options)
  }

  /**
   * Gives an op another name, in all its versions; its calls stay hits. Rename the function in the code, too: under its old name it still
   * finds its calls, unless another op has that name by then. Again is harmless.
   * @param options `dryRun`: only say how many calls it has
   * @throws MandalaError `NOT_FOUND` if it has no calls, `OP_NAME_TAKEN` if there are calls of an op of the new name.
   * @example
   * await storage.renameOp('trainModel', 'fitModel')
   */
  async renameOp(op: AnyOp | string, newName: string, options: { readonly dryRun?: boolean } = {}): Promise<Renamed> {
    expectOptions('storage.renameOp', options, { dryRun: aBoolean })
    return renameOp(this.#memo, op, { to: newName, dryRun: options.dryRun ?? false })
  }

  /**
   * Gives inputs of an op other names, in all its versions; its calls stay hits. Several are renamed at once, so two may be swapped.
   * @throws MandalaError `NOT_FOUND` for an input that no call has, `INPUT_NAME_TAKEN` if two would have one name.
   * @example
   * await storage.renameInput('trainModel', 'n', 'nTrees')
   * await storage.renameInput('trainModel', { X: 'y', y: 'X' })
   */
  async renameInput(op: AnyOp | string, input: string, newName: string, options?: { readonly dryRun?: boolean }): Promise<Renamed>
  async renameInput(op: AnyOp | string, newNames: Readonly<Record<string, string>>, options?: { readonly dryRun?: boolean }): Promise<Renamed>
  async renameInput(op: AnyOp | string, ...given: readonly unknown[]): Promise<Renamed> {
    const [renamed, options = {}] = typeof given[0] === 'string' ? [{ [given[0]]: given[1] }, given[2]] : given
    expectOptions('storage.renameInput', options, { dryRun: aBoolean })
    return renameInputs(this.#memo, op, { renamed: renamed as Record<string, string>, dryRun: (options as { readonly dryRun?: boolean }).dryRun ?? false })
  }

  /**
   * Executes stored calls again, on their stored inputs and one after the other, and says which don't give what is stored: 100 of them,
   * spread evenly over the ops, or as `sample` says. Nothing is stored. Inner calls are executed too, and a call that differs twice, to tell
   * chance from a hidden input. Ops are known by their names: those that this process has defined.
   * @param what an op or its name, calls or their ids; all ops if left out
   * @throws MandalaError `NOT_FOUND` for an op or a call that isn't stored, `OPTION_INVALID`.
   * @example
   * const report = await storage.verify(score, { sample: 20 })
   * if (!report.isTrue) console.log(String(report))
   */
  async verify(what?: Verifiable, options: VerifyOptions = {}): Promise<Verification> {
    return verifyStored(this.#memo, what, { options, logger: this.#logger })
  }

  async stats(): Promise<StorageStats> {
    await this.#memo.queue.flush()
    const { results, recent, values, queue } = this.#memo
    const cached = { calls: results.count + recent.count, valueBytes: values.cachedBytes, pendingCalls: queue.count }
    return { ...(await this.#memo.store.stats()), cached }
  }

  /**
   * Writes calls into a bundle: a store of its own in one file, with their values, code and tags, and with all that they came from. Ids stay
   * what they are, so what another storage takes in by `import` hits there, and any storage can be opened on the bundle itself.
   * @param calls all if left out
   * @throws MandalaError `INPUT_INVALID` if there is a file of that name.
   */
  async export(path: string, calls?: CallChoice): Promise<Copied> {
    return exportCalls(this.#memo, path, calls === undefined ? undefined : (await this.#choose('storage.export', calls)).calls)
  }

  /**
   * Takes in the calls of a bundle or of another store, which stays as it is; both keep what they had. Again is harmless.
   * @throws MandalaError `NOT_FOUND` for a file that isn't there, `STORE_NOT_OURS` for one that is no store.
   */
  async import(path: string): Promise<Copied> {
    return importCalls(this.#memo, { path, own: this.path })
  }

  /**
   * The code that calls of an op used: each set of functions and values with its calls. Where the storage doesn't follow the code, that of
   * now is what was last in use.
   */
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

  /**
   * What has changed in the code since stored calls used it, with its diff and the calls at stake. Decides nothing: the next run asks, or does
   * what `onChange` says.
   * @throws MandalaError `OPTION_INVALID` for a storage without `deps`.
   */
  async status(): Promise<CodeStatus> {
    await this.#memo.queue.flush()
    return readStatus(this.#memo)
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

  /**
   * Lists what is wrong with the store, a sentence each; reads every value whose class is registered. With `repair`, damage becomes misses:
   * damaged values are forgotten and computed again when they are needed, calls of which something is missing go, what is whole stays.
   * @throws MandalaError `STORE_DAMAGED` where SQLite itself can't read the file: `sqlite3 file.db .recover` may.
   * @example
   * const { done } = await storage.check({ repair: true })
   */
  async check(options?: { readonly repair?: false }): Promise<readonly string[]>
  async check(options: { readonly repair: true }): Promise<Repair>
  async check(options: { readonly repair?: boolean } = {}): Promise<readonly string[] | Repair> {
    return checkOrRepair(this.#memo, options)
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

  async #choose(place: string, calls: CallChoice): Promise<Chosen> {
    return chooseCalls(this.#memo, calls, { place, query: (selection) => this.rows(selection, { values: 'refs' }) })
  }

  /** What the block threw matters more; what couldn't be stored is raised again by the next flush. */
  async #flushQuietly(): Promise<void> {
    try {
      await this.#memo.queue.flush()
    } catch (error) {
      this.#logger.warn(`some calls could not be stored yet: ${(error as Error).message}`)
    }
  }
}

function openSqlite({ path, overflow }: ResolvedOptions): Store {
  return new SqliteStore({ path, overflow })
}

/** One call that fails ends a block while others are being executed, and what those cost isn't to be lost. */
async function settleAll(underWay: ReadonlySet<Promise<unknown>>): Promise<void> {
  while (underWay.size > 0) await Promise.allSettled(underWay)
}
