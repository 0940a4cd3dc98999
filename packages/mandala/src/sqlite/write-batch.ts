import { invariant } from '../base/invariant.ts'
import type { CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import type { Batch, StoredCall, StoredSlot, StoredValue } from '../store/store.ts'
import { putCommits, putVersions, versionId } from './code-tables.ts'
import { KINDS } from './kinds.ts'
import type { OverflowFiles } from './overflow-files.ts'
import { firstRow, type Statements } from './statements.ts'

/** Where the bytes of a value are. */
export const PLACE = { nowhere: 0, inline: 1, file: 2 } as const

const INSERT_CALL = `
  INSERT INTO calls (hid, cid, op, started_ms, duration_us, is_tuple) VALUES (unhex(?), unhex(?), ?, ?, ?, ?) ON CONFLICT (hid) DO NOTHING`
const INSERT_VERSIONED = `
  INSERT INTO calls (hid, cid, op, started_ms, duration_us, is_tuple, version, pre_hid, pre_cid)
  VALUES (unhex(?), unhex(?), ?, ?, ?, ?, ?, unhex(?), unhex(?)) ON CONFLICT (hid) DO NOTHING`

export interface Overflow {
  readonly files: OverflowFiles
  readonly bytesMin: number
}

/**
 * Writes calls with all they refer to. Integer ids are kept for one transaction only: between two, another process may delete what
 * they point to.
 */
export class BatchWriter {
  readonly #statements: Statements
  readonly #overflow: Overflow | undefined
  readonly #lost: Set<string>
  readonly #values = new Map<ContentId, number>()
  /** Those of them that have no bytes so far. */
  readonly #bare = new Set<ContentId>()
  readonly #refs = new Map<HistoryId, number>()
  readonly #names = new Map<string, number>()
  readonly #calls = new Map<CallHistoryId, number>()

  /** @param lost outputs of calls that another process recorded first, with other results; kept between batches */
  constructor(statements: Statements, options: { overflow: Overflow | undefined; lost: Set<string> }) {
    this.#statements = statements
    this.#overflow = options.overflow
    this.#lost = options.lost
  }

  write(batch: Batch): void {
    putCommits(this.#statements, batch.commits ?? [])
    putVersions(this.#statements, batch.versions ?? [])
    for (const value of batch.values) this.#putValue(value)
    for (const call of batch.calls) this.#putCall(call)
  }

  #putValue(value: StoredValue): void {
    if (this.#values.has(value.cid) && (value.bytes === undefined || !this.#bare.has(value.cid))) return
    const size = value.bytes?.length ?? 0
    const isFile = value.bytes !== undefined && this.#overflow !== undefined && size > this.#overflow.bytesMin
    if (isFile) this.#overflow?.files.put(value.cid, value.bytes as Uint8Array)
    const place = value.bytes === undefined ? PLACE.nowhere : isFile ? PLACE.file : PLACE.inline
    const stored = [place, size, isFile ? null : (value.bytes ?? null)] as const
    const result = this.#statements
      .get('INSERT INTO vals (cid, kind, digits, name, place, size, bytes) VALUES (unhex(?), ?, ?, ?, ?, ?, ?) ON CONFLICT (cid) DO NOTHING')
      .run(value.cid, KINDS.indexOf(value.kind), value.digits ?? null, value.name ?? null, ...stored)
    if (place === PLACE.nowhere) this.#bare.add(value.cid)
    else this.#bare.delete(value.cid)
    if (result.changes === 1) this.#values.set(value.cid, Number(result.lastInsertRowid))
    else if (place !== PLACE.nowhere) {
      // Known so far by its identity alone: a transient output, or a damaged value that was let go.
      this.#statements.get('UPDATE vals SET place = ?, size = ?, bytes = ? WHERE cid = unhex(?) AND place = 0').run(...stored, value.cid)
    }
  }

  #valueId({ cid, kind }: StoredSlot): number {
    let id = this.#values.get(cid)
    if (id !== undefined) return id
    const find = (): number | undefined => firstRow<[number]>(this.#statements.get('SELECT id FROM vals WHERE cid = unhex(?)'), cid)?.[0]
    id = find()
    if (id === undefined) {
      // Deleted while a Ref to it was still in use: its identity is kept, and its bytes are recomputed if someone asks for them.
      this.#putValue({ cid, kind, bytes: undefined, digits: undefined, name: undefined })
      id = find()
      invariant(id !== undefined, 'a value was not found right after it was stored')
    }
    this.#values.set(cid, id)
    return id
  }

  #putCall(call: StoredCall): void {
    const refs = this.#refIds(call)
    if (!refs) {
      for (const output of call.outputs) if (!this.#isStored(output)) this.#lost.add(keyOf(output))
      return
    }
    for (const output of call.outputs) this.#lost.delete(keyOf(output))
    const stored = [call.hid, call.cid, this.#opId(call), Math.round(call.startedAtMs), Math.round(call.durationMs * 1000), call.isTuple ? 1 : 0]
    const result = call.code
      ? this.#statements.get(INSERT_VERSIONED).run(...stored, versionId(this.#statements, call.code.version), call.code.hid, call.code.cid)
      : this.#statements.get(INSERT_CALL).run(...stored)
    if (result.changes === 0) return
    const id = Number(result.lastInsertRowid)
    this.#calls.set(call.hid, id)
    const insert = this.#statements.get('INSERT INTO io (call, slot, label, ref) VALUES (?, ?, ?, ?)')
    const outputs = call.outputs.length
    for (let i = outputs; i > 0; i -= 1) insert.run(id, -i, this.#labelId(call.outputs[i - 1] as StoredSlot), refs[call.inputs.length + i - 1] as number)
    for (const [i, input] of call.inputs.entries()) insert.run(id, i, this.#labelId(input), refs[i] as number)
    for (const inner of call.inner) this.#linkInner(id, inner)
  }

  /** Ids of the refs of inputs, then outputs; undefined if one of them is known with another value, so that the call must not be told. */
  #refIds(call: StoredCall): number[] | undefined {
    const ids: number[] = []
    for (const slot of call.inputs) {
      const id = this.#lost.has(keyOf(slot)) ? undefined : this.#refId(slot)
      if (id === undefined) return undefined
      ids.push(id)
    }
    for (const slot of call.outputs) {
      const id = this.#refId(slot)
      if (id === undefined) return undefined
      ids.push(id)
    }
    return ids
  }

  #refId(slot: StoredSlot): number | undefined {
    const known = this.#refs.get(slot.hid)
    if (known !== undefined) return known
    const value = this.#valueId(slot)
    const result = this.#statements.get('INSERT INTO refs (hid, val) VALUES (unhex(?), ?) ON CONFLICT (hid) DO NOTHING').run(slot.hid, value)
    let id = Number(result.lastInsertRowid)
    if (result.changes === 0) {
      const row = firstRow<[number, number]>(this.#statements.get('SELECT id, val FROM refs WHERE hid = unhex(?)'), slot.hid)
      if (row?.[1] !== value) return undefined
      id = row[0]
    }
    this.#refs.set(slot.hid, id)
    return id
  }

  #isStored({ hid, cid }: StoredSlot): boolean {
    return firstRow(this.#statements.get('SELECT 1 FROM refs JOIN vals ON vals.id = refs.val WHERE refs.hid = unhex(?) AND vals.cid = unhex(?)'), hid, cid) !== undefined
  }

  #linkInner(outer: number, inner: CallHistoryId): void {
    const id = this.#calls.get(inner) ?? firstRow<[number]>(this.#statements.get('SELECT id FROM calls WHERE hid = unhex(?)'), inner)?.[0]
    if (id !== undefined) this.#statements.get('INSERT INTO inner_calls VALUES (?, ?) ON CONFLICT DO NOTHING').run(outer, id)
  }

  #opId(op: { readonly op: string; readonly version: number }): number {
    return this.#named(`op ${op.version} ${op.op}`, () => {
      this.#statements.get('INSERT INTO ops (name, version) VALUES (?, ?) ON CONFLICT DO NOTHING').run(op.op, op.version)
      return firstRow<[number]>(this.#statements.get('SELECT id FROM ops WHERE name = ? AND version = ?'), op.op, op.version)
    })
  }

  #labelId(slot: StoredSlot): number {
    return this.#named(`label ${slot.name}`, () => {
      this.#statements.get('INSERT INTO labels (name) VALUES (?) ON CONFLICT DO NOTHING').run(slot.name)
      return firstRow<[number]>(this.#statements.get('SELECT id FROM labels WHERE name = ?'), slot.name)
    })
  }

  #named(key: string, put: () => [number] | undefined): number {
    let id = this.#names.get(key)
    if (id === undefined) {
      id = put()?.[0]
      invariant(id !== undefined, 'a name was not found right after it was stored')
      this.#names.set(key, id)
    }
    return id
  }
}

/** A history that was dropped may come to stand for another content. */
const keyOf = ({ hid, cid }: StoredSlot): string => hid + cid
