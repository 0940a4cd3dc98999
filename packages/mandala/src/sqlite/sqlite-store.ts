import type { DatabaseSync } from 'node:sqlite'
import { invariant } from '../base/invariant.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { CallContentId, CallHistoryId, ContentId, HistoryId, VersionId } from '../base/ids.ts'
import type { Tags, TagValue } from '../model/notes.ts'
import type {
  Batch, Collected, Dropped, FailedCall, FindMemory, Garbage, IsKnown, KnownCall, LinkedCall, LoadedValue, NearCalls, OpTotals, ReadFrom, Renaming,
  Store, StoredCall, StoredCommit, StoredDependency, StoredResult, StoredSlot, StoredVersion, StoreRepair, StoreStats, VersionedResult, VersionUse,
} from '../store/store.ts'
import type { Alias } from '../model/names.ts'
import type { FoundIds, LookReader, ValueFacts } from '../store/look.ts'
import type { Matches, MatchOp, MatchPlan } from '../store/match.ts'
import { countCallsWith, listInputs, readAliases, rename } from './aliases.ts'
import { checkTables, findMissingFiles } from './check.ts'
import {
  countCalls, countUses, dropVersion, extendVersions, findVersioned, listVersionCalls, moveMeaning, putCommits, putHeads, readCommits, readHeads, readVersions,
} from './code-tables.ts'
import { listFailures } from './failures.ts'
import { deleteCalls, dropFiles, type Deletion } from './deletion.ts'
import { collectGarbage, dropStrayFiles } from './garbage.ts'
import { solvePlan } from './match-pattern.ts'
import { BUSY_TIMEOUT_MS, openDatabase } from './open-database.ts'
import { kindAt } from './kinds.ts'
import { findIds, readLatest, readSomeConsumers, readValueFacts } from './look.ts'
import { readNear } from './near-calls.ts'
import { OverflowFiles } from './overflow-files.ts'
import { readAllCalls, readCall, readCallsAt } from './read-whole-calls.ts'
import { CALLS_AFTER, CALLS_BY_ID, CONSUMERS, CREATORS, readLinked, readSlots, readUnknown } from './read-calls.ts'
import { readAnswers } from './read-answers.ts'
import { hasContent, readResult, readResultByContent } from './read-results.ts'
import { repairTables } from './repair.ts'
import { describeSqliteError } from './sqlite-error.ts'
import { allRows, firstRow, Statements } from './statements.ts'
import { findTagged, putTags, readAllTags, readTags } from './tags.ts'
import { putUses, readTotals, subtractBytes } from './totals.ts'
import { BatchWriter, PLACE, type Overflow } from './write-batch.ts'

/** A read transaction is held open over a burst of reads, which makes each two to three times cheaper; for so long at most. */
const BURST_MS_MAX = 20

export interface SqliteStoreOptions {
  /** A file, or `:memory:`. */
  readonly path: string
  readonly overflow: { readonly dir: string; readonly bytesMin: number } | undefined
}

/** The store port over one SQLite file. */
export class SqliteStore implements Store {
  readonly path: string
  readonly #db: DatabaseSync
  readonly #statements: Statements
  readonly #overflow: Overflow | undefined
  readonly #lost = new Set<string>()
  #burst: { timer: NodeJS.Timeout; startedAt: number } | undefined
  #isOpen = true

  constructor(options: SqliteStoreOptions) {
    this.path = options.path
    this.#overflow = options.overflow && { files: new OverflowFiles(options.overflow.dir), bytesMin: options.overflow.bytesMin }
    try {
      this.#db = openDatabase(options.path)
    } catch (error) {
      throw describeSqliteError(error, options.path)
    }
    this.#statements = new Statements(this.#db)
  }

  findResult(hid: CallHistoryId): StoredResult | undefined {
    return this.#read(() => readResult(this.#statements, hid))
  }

  hasContent(cid: CallContentId): boolean {
    return this.#read(() => hasContent(this.#statements, cid))
  }

  findResultByContent(cid: CallContentId): StoredResult | undefined {
    return this.#read(() => readResultByContent(this.#statements, cid))
  }

  listByContent(cid: CallContentId): readonly CallHistoryId[] {
    return this.#read(() => allRows<[CallHistoryId]>(this.#statements.get('SELECT lower(hex(hid)) FROM calls WHERE cid = unhex(?)'), cid).map(([hid]) => hid))
  }

  findCall(hid: CallHistoryId): StoredCall | undefined {
    return this.#read(() => readCall(this.#statements, hid))
  }

  findRef(hid: HistoryId): StoredSlot | undefined {
    return this.#read(() => {
      const sql = 'SELECT lower(hex(vals.cid)), vals.kind FROM refs JOIN vals ON vals.id = refs.val WHERE refs.hid = unhex(?)'
      const row = firstRow<[ContentId, number]>(this.#statements.get(sql), hid)
      return row && { name: '', hid, cid: row[0], kind: kindAt(row[1]) }
    })
  }

  listHistories(cid: ContentId): readonly HistoryId[] {
    const sql = 'SELECT lower(hex(hid)) FROM refs WHERE val = (SELECT id FROM vals WHERE cid = unhex(?)) ORDER BY id'
    return this.#read(() => allRows<[HistoryId]>(this.#statements.get(sql), cid).map(([hid]) => hid))
  }

  findCreator(hid: HistoryId): StoredCall | undefined {
    return this.#read(() => readCallsAt(this.#statements, hid, '<')[0])
  }

  loadMaker(hid: HistoryId): StoredCall | undefined {
    return this.findCreator(hid)
  }

  listConsumers(hid: HistoryId): readonly StoredCall[] {
    return this.#read(() => readCallsAt(this.#statements, hid, '>='))
  }

  listCalls(op?: string): readonly StoredCall[] {
    return this.#read(() => readAllCalls(this.#statements, op))
  }

  listCallIds(op: string): readonly CallHistoryId[] {
    const sql = 'SELECT lower(hex(hid)) FROM calls WHERE op IN (SELECT id FROM ops WHERE name = ?) ORDER BY id'
    return this.#read(() => allRows<[CallHistoryId]>(this.#statements.get(sql), op).map(([hid]) => hid))
  }

  readCalls(from: ReadFrom): readonly LinkedCall[]
  readCalls(from: ReadFrom, isKnown: IsKnown): readonly (LinkedCall | KnownCall)[]
  readCalls({ op, after, limit }: ReadFrom, isKnown: IsKnown = noneKnown): readonly (LinkedCall | KnownCall)[] {
    return this.#read(() => readUnknown(this.#statements, isKnown, CALLS_AFTER, after, op ?? null, op ?? null, limit))
  }

  readCallsById(hids: readonly CallHistoryId[]): readonly LinkedCall[] {
    return this.#read(() => readLinked(this.#statements, CALLS_BY_ID, JSON.stringify(hids)))
  }

  readCreators(hids: readonly HistoryId[]): readonly LinkedCall[] {
    return this.#read(() => readLinked(this.#statements, CREATORS, JSON.stringify(hids)))
  }

  readConsumers(hids: readonly HistoryId[]): readonly LinkedCall[]
  readConsumers(hids: readonly HistoryId[], isKnown: IsKnown): readonly (LinkedCall | KnownCall)[]
  readConsumers(hids: readonly HistoryId[], isKnown: IsKnown = noneKnown): readonly (LinkedCall | KnownCall)[] {
    return this.#read(() => readUnknown(this.#statements, isKnown, CONSUMERS, JSON.stringify(hids)))
  }

  readRefs(hids: readonly HistoryId[]): readonly StoredSlot[] {
    return this.#read(() => readSlots(this.#statements, hids))
  }

  findIds(prefix: string, limit: number): FoundIds {
    return this.#read(() => findIds(this.#statements, prefix, limit))
  }

  readLatest(from: Parameters<LookReader['readLatest']>[0]): readonly LinkedCall[] {
    return this.#read(() => readLatest(this.#statements, from))
  }

  readSomeConsumers(hid: HistoryId, limit: number, countMax: number): { calls: readonly LinkedCall[]; count: number } {
    return this.#read(() => readSomeConsumers(this.#statements, hid, { limit, countMax }))
  }

  readValueFacts(cids: readonly ContentId[]): readonly ValueFacts[] {
    return this.#read(() => readValueFacts(this.#statements, cids))
  }

  findVersioned(id: { hid: CallHistoryId } | { cid: CallContentId }): readonly VersionedResult[] {
    return this.#read(() => findVersioned(this.#statements, id))
  }

  codeRevision(): number {
    return this.#counter('code')
  }

  readCommits(): readonly StoredCommit[] {
    return this.#read(() => readCommits(this.#statements))
  }

  readVersions(): readonly StoredVersion[] {
    return this.#read(() => readVersions(this.#statements))
  }

  readHeads(): ReadonlyMap<string, string> {
    return this.#read(() => readHeads(this.#statements))
  }

  countUses(): readonly VersionUse[] {
    return this.#read(() => countUses(this.#statements))
  }

  putCode({ commits, heads }: { commits: readonly StoredCommit[]; heads: readonly StoredDependency[] }): void {
    this.#write(() => {
      putCommits(this.#statements, commits)
      putHeads(this.#statements, heads)
    })
  }

  extendVersions(ids: readonly VersionId[], dependencies: readonly StoredDependency[]): void {
    this.#write(() => extendVersions(this.#statements, ids, dependencies))
  }

  moveMeaning(component: string, move: { hashes: readonly string[]; semantic: string }): void {
    this.#write(() => moveMeaning(this.#statements, component, move))
  }

  listVersionCalls(id: VersionId): readonly CallHistoryId[] {
    return this.#read(() => listVersionCalls(this.#statements, id))
  }

  dropVersion(id: VersionId): void {
    this.#write(() => dropVersion(this.#statements, id))
  }

  countCalls(op: MatchOp): number {
    return this.#read(() => countCalls(this.#statements, op))
  }

  listVersions(op: string): readonly number[] {
    return this.#read(() => allRows<[number]>(this.#statements.get('SELECT version FROM ops WHERE name = ? ORDER BY version'), op).map(([version]) => version))
  }

  match(plan: MatchPlan): Matches {
    const { answers, count, steps, given } = this.#read(() => solvePlan(this.#db, plan))
    let isOpen = true
    return {
      count, steps,
      read: (from, limit) => this.#read(() => readAnswers(this.#db, answers, { columns: plan.select.length, given, from, limit })),
      close: () => {
        if (isOpen && this.#isOpen) this.#db.exec(`DROP TABLE ${answers}`)
        isOpen = false
      },
    }
  }

  listValues(): readonly ContentId[] {
    return this.#read(() => allRows<[ContentId]>(this.#statements.get('SELECT lower(hex(cid)) FROM vals ORDER BY id')).map(([cid]) => cid))
  }

  loadValue(cid: ContentId, findMemory?: FindMemory): LoadedValue | undefined {
    return this.#read(() => {
      const row = firstRow<[number, number | null, string | null, number, Uint8Array | null, string | null, number]>(this.#statements.get(
        'SELECT kind, digits, vals.name, place, vals.bytes, ops.name, version FROM vals LEFT JOIN ops ON ops.id = vals.op WHERE cid = unhex(?)'), cid)
      if (!row) return undefined
      const [kind, digits, name, place, bytes, op, version] = row
      const found = place === PLACE.file ? this.#overflow?.files.find(cid, findMemory) : { bytes: bytes ?? undefined }
      const madeBy = op === null ? undefined : { name: op, version }
      return { cid, kind: kindAt(kind), digits: digits ?? undefined, name: name ?? undefined, madeBy, bytes: undefined, ...found }
    })
  }

  loadStructure(cid: ContentId): Uint8Array | undefined {
    return this.loadValue(cid)?.bytes
  }

  putBatch(batch: Batch): void {
    this.#write(() => new BatchWriter(this.#statements, { overflow: this.#overflow, lost: this.#lost }).write(batch))
  }

  dropCalls(hids: readonly CallHistoryId[], options: { dependents: boolean; dryRun: boolean }): Dropped {
    return this.#delete(options.dryRun, () => deleteCalls(this.#statements, hids, options.dependents))
  }

  collect(garbage: Garbage, { dryRun }: { dryRun: boolean }): Collected {
    const collected = this.#delete(dryRun, () => collectGarbage(this.#statements, garbage))
    const files = this.#overflow?.files
    if (!dryRun && files) this.#write(() => dropStrayFiles(this.#statements, files))
    return collected
  }

  shrink(): void {
    this.#expectOpen()
    this.rest()
    try {
      if (this.path === ':memory:') return
      // Readers aren't waited for: one of this very process could never end meanwhile. What they hold back, a later checkpoint gives.
      this.#db.exec(`PRAGMA incremental_vacuum; PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    } catch (error) {
      throw describeSqliteError(error, this.path)
    }
  }

  forgetValue(cid: ContentId, found: 'missing' | 'damaged'): void {
    this.#write(() => {
      const place = firstRow<[number]>(this.#statements.get('SELECT place FROM vals WHERE cid = unhex(?)'), cid)?.[0]
      const isFile = place === PLACE.file
      if (found === 'missing' && (isFile ? this.#overflow?.files.has(cid) : place === PLACE.inline)) return
      subtractBytes(this.#statements, 'cid = unhex(?)', cid)
      this.#statements.get('UPDATE vals SET place = 0, size = 0, bytes = NULL WHERE cid = unhex(?)').run(cid)
      // Before the end of the transaction: after it another process may name the file again.
      if (isFile) this.#overflow?.files.drop(cid)
    })
  }

  putUses(hids: readonly CallHistoryId[], atMs: number): void {
    this.#write(() => putUses(this.#statements, hids, atMs))
  }

  readTotals(): readonly OpTotals[] {
    return this.#read(() => readTotals(this.#statements))
  }

  listFailures(op?: string): readonly FailedCall[] {
    return this.#read(() => listFailures(this.#statements, op))
  }

  putTags(target: CallHistoryId | HistoryId, tags: Readonly<Record<string, TagValue | null>>): void {
    this.#write(() => putTags(this.#statements, target, tags))
  }

  readTags(target: CallHistoryId | HistoryId): Tags {
    return this.#read(() => readTags(this.#statements, target))
  }

  readAllTags(): readonly { target: HistoryId; tags: Tags }[] {
    return this.#read(() => readAllTags(this.#statements))
  }

  findTagged(tags: Tags): { calls: readonly CallHistoryId[]; refs: readonly HistoryId[] } {
    return this.#read(() => findTagged(this.#statements, tags))
  }

  aliasRevision(): number {
    return this.#counter('aliases')
  }

  readAliases(): readonly Alias[] {
    return this.#read(() => readAliases(this.#statements))
  }

  listInputs(op: string): readonly string[] {
    return this.#read(() => listInputs(this.#statements, op))
  }

  countCallsWith(op: string, inputs: readonly string[]): number {
    return this.#read(() => countCallsWith(this.#statements, op, inputs))
  }

  rename(renaming: Renaming): boolean {
    let isDone = false
    this.#write(() => { isDone = rename(this.#statements, renaming) })
    return isDone
  }

  readNear(of: Parameters<Store['readNear']>[0]): NearCalls {
    return this.#read(() => readNear(this.#statements, of))
  }

  deletionCount(): number {
    return this.#counter('deletions')
  }

  stats(): StoreStats {
    return this.#read(() => {
      const [calls, refs, values, valueBytes] = firstRow<[number, number, number, number]>(this.#statements.get(
        'SELECT (SELECT count(*) FROM calls), (SELECT count(*) FROM refs), (SELECT count(*) FROM vals), (SELECT ifnull(sum(size), 0) FROM vals)')) ?? [0, 0, 0, 0]
      const ops = allRows<[string, number, number]>(this.#statements.get(
        'SELECT ops.name, ops.version, count(calls.id) FROM ops LEFT JOIN calls ON calls.op = ops.id GROUP BY ops.id ORDER BY ops.name, ops.version'))
      return { calls, refs, values, valueBytes, ops: ops.map(([name, version, n]) => ({ name, version, calls: n })) }
    })
  }

  check(): readonly string[] {
    const faults = this.#read(() => checkTables(this.#statements))
    let missing = this.#findMissingFiles()
    // Another process may delete a value and its file between the two looks; a file that is truly missing is so each time.
    for (let i = 0; i < 3 && missing.length > 0; i += 1) {
      this.rest()
      const again = new Set(this.#findMissingFiles())
      missing = missing.filter((cid) => again.has(cid))
    }
    return [...faults, ...missing.map((cid) => `the file of value ${cid} is missing`)]
  }

  repair(): StoreRepair {
    let repaired: StoreRepair = { done: [], forgotten: [] }
    this.#write(() => { repaired = repairTables(this.#statements, this.#overflow?.files) })
    return repaired
  }

  #findMissingFiles(): readonly ContentId[] {
    return this.#read(() => findMissingFiles(this.#statements, this.#overflow?.files))
  }

  rest(): void {
    if (!this.#burst) return
    clearTimeout(this.#burst.timer)
    this.#burst = undefined
    if (!this.#isOpen || !this.#db.isTransaction) return
    try {
      this.#db.exec('COMMIT')
    } catch (error) {
      throw describeSqliteError(error, this.path)
    }
  }

  /** Nobody waits for a timer, and its error would end the process; the next read meets what is wrong and can tell. */
  #restQuietly(): void {
    try {
      this.rest()
    } catch {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
    }
  }

  close(): void {
    if (!this.#isOpen) return
    this.rest()
    this.#isOpen = false
    this.#db.close()
  }

  #counter(name: string): number {
    return this.#read(() => firstRow<[number]>(this.#statements.get('SELECT value FROM counters WHERE name = ?'), name)?.[0] ?? 0)
  }

  #read<T>(action: () => T): T {
    this.#expectOpen()
    try {
      this.#holdSnapshot()
      return action()
    } catch (error) {
      throw describeSqliteError(error, this.path)
    }
  }

  #holdSnapshot(): void {
    if (this.#burst && performance.now() - this.#burst.startedAt > BURST_MS_MAX) this.rest()
    if (this.#burst) return
    this.#db.exec('BEGIN')
    this.#burst = { timer: setTimeout(() => this.#restQuietly(), BURST_MS_MAX), startedAt: performance.now() }
    this.#burst.timer.unref()
  }

  #write(action: () => void): void {
    this.#expectOpen()
    this.rest()
    try {
      this.#db.exec('BEGIN IMMEDIATE')
      try {
        action()
        this.#db.exec('COMMIT')
      } catch (error) {
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
        throw error
      }
    } catch (error) {
      throw describeSqliteError(error, this.path)
    }
  }

  /** A dry run deletes for real and takes it back, so that it can't tell another story. */
  #delete<D extends Dropped>(dryRun: boolean, deleteSome: () => Deletion<D>): D {
    const dryRunEnd = Symbol('dry run')
    let deletion: Deletion<D> | undefined
    try {
      this.#write(() => {
        deletion = deleteSome()
        if (dryRun) throw dryRunEnd
      })
    } catch (error) {
      if (error !== dryRunEnd) throw error
    }
    invariant(deletion, 'a transaction ended well without having begun')
    const { dropped, files } = deletion
    if (!dryRun && files.length > 0) this.#write(() => dropFiles(this.#statements, this.#overflow?.files, files))
    return dropped
  }

  #expectOpen(): void {
    if (!this.#isOpen) throw new MandalaError('STORE_CLOSED', `${this.path} was closed`, { hint: 'make a new Storage on the same path' })
  }
}

const noneKnown: IsKnown = () => false
