import { aCount, aText, expectInput, expectOptions, type Rule } from '../base/expect.ts'
import type { CallHistoryId, HistoryId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { PendingFrame } from '../frame/computation-frame.ts'
import { makePlainTable, type PlainTableOptions } from '../inspect/plain-table.ts'
import { describe, type DescribeOptions, type Description } from '../inspect/describe.ts'
import { findId } from '../inspect/find-id.ts'
import { listCalls, type CallList, type ListOptions } from '../inspect/list-calls.ts'
import { listOps, type OpSummary } from '../inspect/list-ops.ts'
import { findTagged, readTags, tag, type TagTarget } from '../inspect/tags.ts'
import { Memo } from '../memo/memo.ts'
import type { AnyOp } from '../memo/op.ts'
import type { ColumnTable } from 'arquero'
import { Call } from '../model/call.ts'
import type { Tags, TagValue } from '../model/notes.ts'
import { Ref } from '../model/ref.ts'
import type { Tracked } from '../model/tracked.ts'
import type { Explanation } from '../render/explanation.ts'
import type { Variable } from '../model/variable.ts'
import type { QueryOptions, RowOptions, SimilarOptions } from '../query/query-options.ts'
import type { FailedCall, StoredCall, StoredSlot } from '../store/store.ts'
import type { Selection } from './drop.ts'
import { explainAny } from './explain.ts'
import { Frames } from './frames.ts'
import { nameOfOp } from './op-names.ts'
import { Queries } from './queries.ts'
import type { Logger } from '../base/logger.ts'

/** Where a frame starts. What an op's call resolves to is a Ref inside a run. */
export type FrameSource = AnyOp | Call | string | Iterable<unknown> | Tracked<unknown> | Readonly<Record<string, unknown>>

const anId = aText('pass an id as it stands on a Ref or a Call (.hid)')
const aRef: Rule = [(given) => given instanceof Ref, 'pass a Ref: inside a run the result of an op is one; storage.ref(id) gives one']

type TypeOf<V> = V extends Variable<infer T> ? T : never

/** What is saved, to be looked up, asked, queried and told: a storage without its runs. */
export class SavedCalls {
  readonly #memo: Memo
  readonly #frames: Frames
  readonly #queries: Queries

  constructor(memo: Memo, logger: Logger) {
    this.#memo = memo
    this.#frames = new Frames(memo)
    this.#queries = new Queries(memo, logger)
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

  /**
   * The call or the Ref whose id begins with these hex digits, 4 at least; the id of a value stands for the first Ref that has it.
   * @throws MandalaError `NOT_FOUND` where none or several begin so, `INPUT_INVALID` for what can't begin an id.
   * @example
   * await storage.find('3fa2c1')
   */
  async find(id: string): Promise<Call | Ref<unknown>> {
    expectInput('storage.find', id, anId)
    await this.#memo.queue.flush()
    const { kind, hid } = await findId(this.#memo.store, id)
    return kind === 'call' ? this.call(hid) : this.ref(hid)
  }

  /** The call that a Ref is an output of; undefined for a value that was given. */
  async creator(ref: Tracked<unknown>): Promise<Call | undefined> {
    expectInput('storage.creator', ref, aRef)
    await this.#memo.queue.flush()
    const call = await this.#memo.store.findCreator((ref as Ref<unknown>).hid)
    return call && this.#toCall(call)
  }

  /** The calls that a Ref is an input of, oldest first. */
  async consumers(ref: Tracked<unknown>): Promise<readonly Call[]> {
    expectInput('storage.consumers', ref, aRef)
    await this.#memo.queue.flush()
    return (await this.#memo.store.listConsumers((ref as Ref<unknown>).hid)).map((call) => this.#toCall(call))
  }

  /**
   * Stored calls of an op, of all its versions, oldest first; `latest`: only the latest so many, and of all ops where the op is undefined,
   * those included that tie collections to their elements.
   * @throws MandalaError `NOT_FOUND` for a name that no op has.
   * @example
   * const cf = await storage.cf(await storage.calls('train', { latest: 100 })).expandBack({ recursive: true })
   */
  async calls(op: AnyOp | string | undefined, options: { readonly latest?: number } = {}): Promise<readonly Call[]> {
    expectOptions('storage.calls', options, { latest: aCount('it is how many calls are read') })
    await this.#memo.queue.flush()
    const { store } = this.#memo
    const { latest } = options
    const name = op === undefined && latest !== undefined ? undefined : await nameOfOp(store, op as AnyOp | string, 'storage.calls')
    if (latest === undefined) return (await store.listCalls(name)).map((call) => this.#toCall(call))
    const found = (await store.readLatest({ op: name, offset: 0, limit: latest })).toReversed()
    return Promise.all(found.map(({ hid }) => this.call(hid)))
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
   * Calls that gave no result, latest first: their functions threw, or their inputs or outputs can't be stored. They are kept to be looked
   * at, the latest thousand, and are never replayed; each tells whether an equal call has given a result since.
   * @throws MandalaError `NOT_FOUND` for a name that no op has.
   */
  async failures(op?: AnyOp | string): Promise<readonly FailedCall[]> {
    await this.#memo.queue.flush()
    const { store } = this.#memo
    // An op may have failures and no calls.
    const isKnown = op === undefined || (typeof op === 'string' && (await store.listVersions(op)).length > 0)
    return store.listFailures(isKnown ? op : await nameOfOp(store, op, 'storage.failures'))
  }

  /**
   * Says something of a call or a Ref, to find it again; what is said before stays, and null takes it away. Never part of identity.
   * @throws MandalaError `NOT_FOUND` for what isn't stored, `INPUT_INVALID` for tags that are no texts, finite numbers or booleans.
   * @example
   * await storage.tag(model, { stage: 'final' })
   * const { refs } = await storage.tagged({ stage: 'final' })
   */
  async tag(target: TagTarget, tags: Readonly<Record<string, TagValue | null>>): Promise<void> {
    await this.#memo.queue.flush()
    return tag(this.#memo.store, target, tags)
  }

  /** The tags of a call or a Ref. */
  async tags(target: TagTarget): Promise<Tags> {
    return readTags(this.#memo.store, target)
  }

  /** The calls and Refs that have all of these tags: to list, to start a frame from, to keep in a column (`isIn`), to drop. */
  async tagged(tags: Tags): Promise<{ readonly calls: readonly Call[]; readonly refs: readonly Ref<unknown>[] }> {
    const { calls, refs } = await findTagged(this.#memo.store, tags)
    return { calls: await Promise.all(calls.map((hid) => this.call(hid))), refs: await Promise.all(refs.map((hid) => this.ref(hid))) }
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

  /**
   * Calls of an op as plain data, a row a call, latest first: each value as a short text, and as itself where it is small. Without `where`
   * and `sort` it takes no longer for a million calls than for ten; with them, all calls of the op are looked at.
   * @throws MandalaError `NOT_FOUND` for a name that no op has, `QUERY_INVALID` for what is no condition and columns that no call has.
   * @example
   * const { total, calls } = await storage.listCalls('score', { where: ['acc > 0.9', 'strict = true'], sort: '-acc', limit: 5 })
   */
  async listCalls(op: AnyOp | string, options: ListOptions = {}): Promise<CallList> {
    await this.#memo.queue.flush()
    return listCalls(this.#memo.store, await nameOfOp(this.#memo.store, op, 'storage.listCalls'), options)
  }

  /**
   * A call or a Ref, itself or by the first digits of its id, as plain data: its values, when and where it ran, how it came about and what
   * was computed from it. Reads no more than it tells; no class has to be registered.
   * @throws MandalaError as {@link find} does
   * @example
   * const { upstream } = await storage.describe('3fa2c1', { depth: 2 })
   */
  async describe(what: Call | Ref<unknown> | (string & {}), options: DescribeOptions = {}): Promise<Description> {
    const id = what instanceof Call || what instanceof Ref ? what.hid : what
    expectInput('storage.describe', id, anId)
    await this.#memo.queue.flush()
    return describe(this.#memo.store, id, options)
  }

  /**
   * The calls of an op as a table for other tools: inputs, outputs and notes as numbers, texts and booleans; what JSON can say stands as JSON.
   * @param options `history`: also what the inputs came from; `isNested`: what JSON can say stands as it is, not as text
   */
  async table(op: AnyOp | string, { history = false, isNested = false }: PlainTableOptions = {}): Promise<ColumnTable> {
    const frame = this.cf(op)
    return makePlainTable(await (await (history ? frame.expandBack({ recursive: true }) : frame)).df({ values: 'refs', calls: false, notes: true }), isNested)
  }

  #toCall({ hid, cid, op, version, inputs, outputs, startedAtMs, durationMs, notes, process, isAdopted }: StoredCall): Call {
    const refs = (slots: readonly StoredSlot[]): Record<string, Ref<unknown>> => Object.fromEntries(slots.map((slot) => [slot.name, this.#memo.refOfGiven(slot)]))
    const startedAt = new Date(startedAtMs)
    return new Call({ hid, cid, op, version, inputs: refs(inputs), outputs: refs(outputs), startedAt, durationMs, notes, process, isAdopted })
  }
}

function notFound(what: string, id: string): never {
  throw new MandalaError('NOT_FOUND', `There is no ${what} ${id} in this storage`, { hint: 'look ids up with storage.calls(op) or on a Ref (.hid)' })
}
