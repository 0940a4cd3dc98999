import type { StatementSync } from 'node:sqlite'
import { invariant } from '../base/invariant.ts'
import type { CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import type { ProcessInfo } from '../base/this-process.ts'
import type { OpIdentity } from '../model/derive-ids.ts'
import type { Batch, StoredCall, StoredSlot, StoredValue } from '../store/store.ts'
import { expectNoAlias } from './aliases.ts'
import { putCommits, putVersions, versionIdOf } from './code-tables.ts'
import { putFailure } from './failures.ts'
import { KINDS } from './kinds.ts'
import type { OverflowFiles } from './overflow-files.ts'
import { firstRow, type Statements } from './statements.ts'
import { TotalsOfBatch } from './totals.ts'

/** Where the bytes of a value are. */
export const PLACE = { nowhere: 0, inline: 1, file: 2 } as const

const INSERT_VALUE = `
  INSERT INTO vals (cid, kind, digits, name, place, size, bytes, op) VALUES (unhex(?), ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cid) DO NOTHING`
const INSERT_REF = 'INSERT INTO refs (hid, val) VALUES (unhex(?), ?) ON CONFLICT (hid) DO NOTHING'
const INSERT_CALL = `
  INSERT INTO calls (hid, cid, op, started_ms, duration_us, is_tuple, process, is_adopted, notes, used_day)
  VALUES (unhex(?), unhex(?), ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hid) DO NOTHING`
const INSERT_VERSIONED = `
  INSERT INTO calls (hid, cid, op, started_ms, duration_us, is_tuple, process, is_adopted, notes, used_day, version, pre_hid, pre_cid)
  VALUES (unhex(?), unhex(?), ?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?), unhex(?)) ON CONFLICT (hid) DO NOTHING`
const INSERT_SLOT = 'INSERT INTO io (call, slot, label, ref) VALUES (?, ?, ?, ?)'

export interface Overflow {
  readonly files: OverflowFiles
  readonly bytesMin: number
}

/** A call with the ids of its refs: those of the inputs, then those of the outputs. */
interface ToldCall {
  readonly call: StoredCall
  readonly refs: readonly number[]
}

/**
 * Writes calls with all they refer to. Integer ids are kept for one transaction only: between two, another process may delete what
 * they point to.
 */
export class BatchWriter {
  readonly #statements: Statements
  readonly #insertValue: StatementSync
  readonly #insertRef: StatementSync
  readonly #insertCall: StatementSync
  readonly #insertVersioned: StatementSync
  readonly #insertSlot: StatementSync
  readonly #overflow: Overflow | undefined
  readonly #lost: Set<string>
  readonly #values = new Map<ContentId, number>()
  /** Those of them that have no bytes so far. */
  readonly #bare = new Set<ContentId>()
  readonly #refs = new Map<HistoryId, number>()
  readonly #ops = new Map<string, number>()
  readonly #labels = new Map<string, number>()
  readonly #calls = new Map<CallHistoryId, number>()
  readonly #processes = new Map<ProcessInfo, number>()
  readonly #totals = new TotalsOfBatch()

  /** @param lost outputs of calls that another process recorded first, with other results; kept between batches */
  constructor(statements: Statements, options: { overflow: Overflow | undefined; lost: Set<string> }) {
    this.#statements = statements
    this.#insertValue = statements.get(INSERT_VALUE)
    this.#insertRef = statements.get(INSERT_REF)
    this.#insertCall = statements.get(INSERT_CALL)
    this.#insertVersioned = statements.get(INSERT_VERSIONED)
    this.#insertSlot = statements.get(INSERT_SLOT)
    this.#overflow = options.overflow
    this.#lost = options.lost
  }

  write(batch: Batch): void {
    putCommits(this.#statements, batch.commits ?? [])
    putVersions(this.#statements, batch.versions ?? [])
    // Table by table: each one's pages stay at hand, which a row here and a row there would not let them.
    for (const value of batch.values) this.#putValue(value)
    const told = batch.calls.flatMap((call) => this.#putRefs(call) ?? [])
    const calls = told.filter((each) => this.#putCall(each))
    for (const each of calls) this.#putSlots(each)
    for (const { call } of calls) for (const inner of call.inner) this.#linkInner(this.#calls.get(call.hid) as number, inner)
    for (const failure of batch.failures ?? []) {
      putFailure(this.#statements, failure, { op: this.#opId({ name: failure.op, version: failure.version }), process: this.#processId(failure.process) })
    }
    this.#totals.write(this.#statements)
  }

  #putValue(value: StoredValue): void {
    if (this.#values.has(value.cid) && (value.bytes === undefined || !this.#bare.has(value.cid))) return
    const size = value.bytes?.length ?? 0
    const isFile = value.bytes !== undefined && this.#overflow !== undefined && size > this.#overflow.bytesMin
    if (isFile) this.#overflow?.files.put(value.cid, value.bytes as Uint8Array)
    const place = value.bytes === undefined ? PLACE.nowhere : isFile ? PLACE.file : PLACE.inline
    const stored = [place, size, isFile ? null : (value.bytes ?? null)] as const
    const op = value.madeBy && this.#opId(value.madeBy)
    const result = this.#insertValue.run(value.cid, KINDS.indexOf(value.kind), value.digits ?? null, value.name ?? null, ...stored, op ?? null)
    if (place === PLACE.nowhere) this.#bare.add(value.cid)
    else this.#bare.delete(value.cid)
    if (result.changes === 1) {
      this.#values.set(value.cid, Number(result.lastInsertRowid))
      if (op !== undefined) this.#totals.addBytes(op, size)
      return
    }
    // What call after call takes comes with each: once a batch is enough.
    this.#values.set(value.cid, this.#findValue(value.cid) as number)
    if (place !== PLACE.nowhere) {
      // Known so far by its identity alone: a transient output, or a damaged value that was let go.
      const update = this.#statements.get('UPDATE vals SET place = ?, size = ?, bytes = ? WHERE cid = unhex(?) AND place = 0 RETURNING op')
      const maker = firstRow<[number | null]>(update, ...stored, value.cid)?.[0]
      if (typeof maker === 'number') this.#totals.addBytes(maker, size)
    }
  }

  #valueId({ cid, kind }: StoredSlot): number {
    let id = this.#values.get(cid)
    if (id !== undefined) return id
    id = this.#findValue(cid)
    if (id === undefined) {
      // Deleted while a Ref to it was still in use: its identity is kept, and its bytes are recomputed if someone asks for them.
      this.#putValue({ cid, kind, bytes: undefined, digits: undefined, name: undefined, madeBy: undefined })
      id = this.#findValue(cid)
      invariant(id !== undefined, 'a value was not found right after it was stored')
    }
    this.#values.set(cid, id)
    return id
  }

  #findValue(cid: ContentId): number | undefined {
    return firstRow<[number]>(this.#statements.get('SELECT id FROM vals WHERE cid = unhex(?)'), cid)?.[0]
  }

  /** The refs of a call's inputs and outputs; undefined if one of them is known with another value, so that the call must not be told. */
  #putRefs(call: StoredCall): ToldCall | undefined {
    const { inputs, outputs } = call
    const refs: number[] = []
    const made: HistoryId[] = []
    const isTold = inputs.every((slot) => !this.#isLost(slot) && this.#putRef(slot, refs, made)) && outputs.every((slot) => this.#putRef(slot, refs, made))
    if (isTold) {
      if (this.#lost.size > 0) for (const output of outputs) this.#lost.delete(keyOf(output))
      return { call, refs }
    }
    for (const hid of made) this.#dropRef(hid)
    for (const output of outputs) if (!this.#isStored(output)) this.#lost.add(keyOf(output))
    return undefined
  }

  #isLost(slot: StoredSlot): boolean {
    return this.#lost.size > 0 && this.#lost.has(keyOf(slot))
  }

  /** Adds the id of a slot's ref to `refs`, and a ref that is new to `made`; false if the ref is known with another value. */
  #putRef(slot: StoredSlot, refs: number[], made: HistoryId[]): boolean {
    let id = this.#refs.get(slot.hid)
    if (id === undefined) {
      const value = this.#valueId(slot)
      const result = this.#insertRef.run(slot.hid, value)
      if (result.changes === 1) {
        id = Number(result.lastInsertRowid)
        made.push(slot.hid)
      } else {
        const row = firstRow<[number, number]>(this.#statements.get('SELECT id, val FROM refs WHERE hid = unhex(?)'), slot.hid)
        if (row?.[1] !== value) return false
        id = row[0]
      }
      this.#refs.set(slot.hid, id)
    }
    refs.push(id)
    return true
  }

  #putCall({ call }: ToldCall): boolean {
    const op = this.#opId({ name: call.op, version: call.version })
    const stored = [
      call.hid, call.cid, op, Math.round(call.startedAtMs), Math.round(call.durationMs * 1000), call.isTuple ? 1 : 0,
      this.#processOf(call), call.isAdopted ? 1 : null, call.notes === undefined ? null : JSON.stringify(call.notes), call.usedDay ?? null,
    ]
    const result = call.code
      ? this.#insertVersioned.run(...stored, versionIdOf(this.#statements, call.code), call.code.hid, call.code.cid)
      : this.#insertCall.run(...stored)
    if (result.changes !== 1) return false
    this.#calls.set(call.hid, Number(result.lastInsertRowid))
    this.#totals.addCall(op, call)
    return true
  }

  /** The function of an adopted call ran in the process of an equal one. */
  #processOf({ isAdopted, cid, process }: StoredCall): number | null {
    if (process) return this.#processId(process)
    if (!isAdopted) return null
    return firstRow<[number]>(this.#statements.get('SELECT process FROM calls WHERE cid = unhex(?) AND process IS NOT NULL LIMIT 1'), cid)?.[0] ?? null
  }

  #putSlots({ call, refs }: ToldCall): void {
    const id = this.#calls.get(call.hid) as number
    const { inputs, outputs } = call
    for (let i = outputs.length; i > 0; i -= 1) this.#insertSlot.run(id, -i, this.#labelId(outputs[i - 1] as StoredSlot), refs[inputs.length + i - 1] as number)
    for (let i = 0; i < inputs.length; i += 1) this.#insertSlot.run(id, i, this.#labelId(inputs[i] as StoredSlot), refs[i] as number)
  }

  #dropRef(hid: HistoryId): void {
    this.#statements.get('DELETE FROM refs WHERE hid = unhex(?)').run(hid)
    this.#refs.delete(hid)
  }

  #isStored({ hid, cid }: StoredSlot): boolean {
    return firstRow(this.#statements.get('SELECT 1 FROM refs JOIN vals ON vals.id = refs.val WHERE refs.hid = unhex(?) AND vals.cid = unhex(?)'), hid, cid) !== undefined
  }

  #linkInner(outer: number, inner: CallHistoryId): void {
    const id = this.#calls.get(inner) ?? firstRow<[number]>(this.#statements.get('SELECT id FROM calls WHERE hid = unhex(?)'), inner)?.[0]
    if (id !== undefined) this.#statements.get('INSERT INTO inner_calls VALUES (?, ?) ON CONFLICT DO NOTHING').run(outer, id)
  }

  #opId({ name, version }: OpIdentity): number {
    return findNamed(this.#ops, `${version} ${name}`, () => {
      const { changes } = this.#statements.get('INSERT INTO ops (name, version) VALUES (?, ?) ON CONFLICT DO NOTHING').run(name, version)
      if (changes === 1) expectNoAlias(this.#statements, name)
      return firstRow<[number]>(this.#statements.get('SELECT id FROM ops WHERE name = ? AND version = ?'), name, version)
    })
  }

  #processId(process: ProcessInfo): number {
    return findNamed(this.#processes, process, () => {
      const { host, pid, startedAtMs, program } = process
      this.#statements
        .get('INSERT INTO processes (host, pid, started_ms, program, package, git_commit) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
        .run(host, pid, startedAtMs, program, process.package ?? null, process.commit ?? null)
      const find = this.#statements.get('SELECT id FROM processes WHERE host = ? AND pid = ? AND started_ms = ? AND program = ?')
      return firstRow<[number]>(find, host, pid, startedAtMs, program)
    })
  }

  #labelId(slot: StoredSlot): number {
    return findNamed(this.#labels, slot.name, () => {
      this.#statements.get('INSERT INTO labels (name) VALUES (?) ON CONFLICT DO NOTHING').run(slot.name)
      return firstRow<[number]>(this.#statements.get('SELECT id FROM labels WHERE name = ?'), slot.name)
    })
  }
}

function findNamed<Name>(known: Map<Name, number>, name: Name, put: () => [number] | undefined): number {
  let id = known.get(name)
  if (id === undefined) {
    id = put()?.[0]
    invariant(id !== undefined, 'a name was not found right after it was stored')
    known.set(name, id)
  }
  return id
}

/** A history that was dropped may come to stand for another content. */
const keyOf = ({ hid, cid }: StoredSlot): string => hid + cid
