import type { DatabaseSync } from 'node:sqlite'
import { MandalaError } from '../base/mandala-error.ts'
import type { CallContentId, CallHistoryId, ContentId, HistoryId, VersionId } from '../base/ids.ts'
import type {
  Batch, Dropped, LinkedCall, NearCalls, OpTotals, Store, StoredCall, StoredCommit, StoredDependency, StoredFailure, StoredResult, StoredSlot, StoredValue,
  StoredVersion, StoreStats, VersionedResult, VersionUse,
} from '../store/store.ts'
import type { Matches, MatchOp, MatchPlan } from '../store/match.ts'
import { checkTables, findMissingFiles } from './check.ts'
import {
  countCalls, countUses, dropVersion, extendVersions, findVersioned, listVersionCalls, moveMeaning, putCommits, putHeads, readCommits, readHeads, readVersions,
} from './code-tables.ts'
import { listFailures } from './failures.ts'
import { deleteCalls, deleteOrphans, dropFiles } from './deletion.ts'
import { solvePlan } from './match-pattern.ts'
import { openDatabase } from './open-database.ts'
import { kindAt } from './kinds.ts'
import { toNotes } from './notes.ts'
import { readNear } from './near-calls.ts'
import { OverflowFiles } from './overflow-files.ts'
import { toProcess } from './processes.ts'
import { CALLS_AFTER, CALLS_BY_ID, CONSUMERS, CREATORS, readLinked, readSlots } from './read-calls.ts'
import { readAnswers } from './read-answers.ts'
import { hasContent, readResult, readResultByContent } from './read-results.ts'
import { describeSqliteError } from './sqlite-error.ts'
import { allRows, firstRow, Statements } from './statements.ts'
import { putUses, readTotals, subtractBytes } from './totals.ts'
import { BatchWriter, PLACE, type Overflow } from './write-batch.ts'

/** A read transaction is held open over a burst of reads, which makes each two to three times cheaper; for so long at most. */
const BURST_MS_MAX = 20

const CALL = `
  SELECT calls.id, lower(hex(calls.hid)), lower(hex(calls.cid)), ops.name, ops.version, calls.started_ms, calls.duration_us, calls.is_tuple,
    lower(hex(versions.hash)), lower(hex(calls.pre_hid)), lower(hex(calls.pre_cid)), calls.is_adopted, calls.notes, calls.used_day,
    host, pid, processes.started_ms, program, package, git_commit
  FROM calls JOIN ops ON ops.id = calls.op LEFT JOIN versions ON versions.id = calls.version LEFT JOIN processes ON processes.id = calls.process`
const SLOTS = `
  SELECT io.slot, labels.name, lower(hex(refs.hid)), lower(hex(vals.cid)), vals.kind
  FROM io JOIN labels ON labels.id = io.label JOIN refs ON refs.id = io.ref JOIN vals ON vals.id = refs.val WHERE io.call = ? ORDER BY io.slot`

type CallRow = [
  id: number, hid: CallHistoryId, cid: CallContentId, op: string, version: number, startedMs: number, durationUs: number, isTuple: number,
  code: VersionId | '', preHid: CallHistoryId, preCid: CallContentId, isAdopted: number | null, notes: string | null, usedDay: number | null,
  ...process: Parameters<typeof toProcess>[0],
]
type SlotRow = [slot: number, label: string, hid: HistoryId, cid: ContentId, kind: number]

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
    return this.#read(() => this.#toCall(firstRow(this.#statements.get(`${CALL} WHERE calls.hid = unhex(?)`), hid)))
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
    return this.#callsAt(hid, '<')[0]
  }

  loadMaker(hid: HistoryId): StoredCall | undefined {
    return this.findCreator(hid)
  }

  listConsumers(hid: HistoryId): readonly StoredCall[] {
    return this.#callsAt(hid, '>=')
  }

  listCalls(op?: string): readonly StoredCall[] {
    return this.#read(() => {
      const rows = op === undefined
        ? allRows<CallRow>(this.#statements.get(`${CALL} ORDER BY calls.id`))
        : allRows<CallRow>(this.#statements.get(`${CALL} WHERE calls.op IN (SELECT id FROM ops WHERE name = ?) ORDER BY calls.id`), op)
      return rows.map((row) => this.#toCall(row) as StoredCall)
    })
  }

  readCalls({ op, after, limit }: { op: string | undefined; after: number; limit: number }): readonly LinkedCall[] {
    return this.#read(() => readLinked(this.#statements, CALLS_AFTER, after, op ?? null, op ?? null, limit))
  }

  readCallsById(hids: readonly CallHistoryId[]): readonly LinkedCall[] {
    return this.#read(() => readLinked(this.#statements, CALLS_BY_ID, JSON.stringify(hids)))
  }

  readCreators(hids: readonly HistoryId[]): readonly LinkedCall[] {
    return this.#read(() => readLinked(this.#statements, CREATORS, JSON.stringify(hids)))
  }

  readConsumers(hids: readonly HistoryId[]): readonly LinkedCall[] {
    return this.#read(() => readLinked(this.#statements, CONSUMERS, JSON.stringify(hids)))
  }

  readRefs(hids: readonly HistoryId[]): readonly StoredSlot[] {
    return this.#read(() => readSlots(this.#statements, hids))
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

  loadValue(cid: ContentId): StoredValue | undefined {
    return this.#read(() => {
      const row = firstRow<[number, number | null, string | null, number, Uint8Array | null, string | null, number]>(this.#statements.get(
        'SELECT kind, digits, vals.name, place, vals.bytes, ops.name, version FROM vals LEFT JOIN ops ON ops.id = vals.op WHERE cid = unhex(?)'), cid)
      if (!row) return undefined
      const [kind, digits, name, place, bytes, op, version] = row
      return {
        cid, kind: kindAt(kind), digits: digits ?? undefined, name: name ?? undefined, madeBy: op === null ? undefined : { name: op, version },
        bytes: place === PLACE.file ? this.#overflow?.files.find(cid) : (bytes ?? undefined),
      }
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

  collect(options: { dryRun: boolean }): Dropped {
    const dropped = this.#delete(options.dryRun, () => 0)
    if (!options.dryRun && this.path !== ':memory:') {
      this.rest()
      this.#db.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)')
    }
    return dropped
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

  listByAge(): readonly { hid: CallHistoryId; startedAtMs: number; bytes: number }[] {
    return this.#read(() => {
      // A value belongs to the youngest call that uses it: it goes when that call goes.
      const sql = `
        WITH owner AS (SELECT refs.val AS val, max(io.call) AS call FROM refs JOIN io ON io.ref = refs.id GROUP BY refs.val)
        SELECT lower(hex(calls.hid)), calls.started_ms, ifnull((SELECT sum(vals.size) FROM owner JOIN vals ON vals.id = owner.val WHERE owner.call = calls.id), 0)
        FROM calls ORDER BY calls.id`
      return allRows<[CallHistoryId, number, number]>(this.#statements.get(sql)).map(([hid, startedAtMs, bytes]) => ({ hid, startedAtMs, bytes }))
    })
  }

  putUses(hids: readonly CallHistoryId[], atMs: number): void {
    this.#write(() => putUses(this.#statements, hids, atMs))
  }

  readTotals(): readonly OpTotals[] {
    return this.#read(() => readTotals(this.#statements))
  }

  listFailures(op?: string): readonly StoredFailure[] {
    return this.#read(() => listFailures(this.#statements, op))
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

  #callsAt(hid: HistoryId, side: '<' | '>='): StoredCall[] {
    return this.#read(() => {
      const sql = `${CALL} WHERE calls.id IN (SELECT io.call FROM io JOIN refs ON refs.id = io.ref WHERE refs.hid = unhex(?) AND io.slot ${side} 0) ORDER BY calls.id`
      return allRows<CallRow>(this.#statements.get(sql), hid).map((row) => this.#toCall(row) as StoredCall)
    })
  }

  #toCall(row: CallRow | undefined): StoredCall | undefined {
    if (!row) return undefined
    const [id, hid, cid, op, version, startedAtMs, durationUs, isTuple, code, preHid, preCid, isAdopted, notes, usedDay, ...process] = row
    const slots = allRows<SlotRow>(this.#statements.get(SLOTS), id)
    const inner = allRows<[CallHistoryId]>(
      this.#statements.get('SELECT lower(hex(calls.hid)) FROM inner_calls JOIN calls ON calls.id = inner_call WHERE outer_call = ? ORDER BY calls.id'), id)
    return {
      hid, cid, op, version, startedAtMs, durationMs: durationUs / 1000, isTuple: isTuple === 1,
      inputs: slots.filter(([slot]) => slot >= 0).map(toSlot),
      outputs: slots.filter(([slot]) => slot < 0).reverse().map(toSlot),
      inner: inner.map(([innerHid]) => innerHid),
      isAdopted: isAdopted === 1, notes: toNotes(notes), usedDay: usedDay ?? undefined, process: toProcess(process),
      ...(code === '' ? {} : { code: { hid: preHid, cid: preCid, version: code } }),
    }
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
  #delete(dryRun: boolean, deleteSome: () => number): Dropped {
    const dryRunEnd = Symbol('dry run')
    let dropped: Dropped = { calls: 0, refs: 0, values: 0, bytes: 0 }
    let files: readonly ContentId[] = []
    try {
      this.#write(() => {
        const calls = deleteSome()
        const { files: orphanFiles, ...orphans } = deleteOrphans(this.#statements)
        files = orphanFiles
        dropped = { calls, ...orphans }
        if (dryRun) throw dryRunEnd
      })
    } catch (error) {
      if (error !== dryRunEnd) throw error
    }
    if (!dryRun && files.length > 0) this.#write(() => dropFiles(this.#statements, this.#overflow?.files, files))
    return dropped
  }

  #expectOpen(): void {
    if (!this.#isOpen) throw new MandalaError('STORE_CLOSED', `${this.path} was closed`, { hint: 'make a new Storage on the same path' })
  }
}

function toSlot([, name, hid, cid, kind]: SlotRow): StoredSlot {
  return { name, hid, cid, kind: kindAt(kind) }
}
