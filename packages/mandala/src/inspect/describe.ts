import { aBoolean, aCount, expectOptions, type Rule } from '../base/expect.ts'
import type { CallContentId, CallHistoryId, ContentId, HistoryId, VersionId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { ProcessInfo } from '../base/this-process.ts'
import type { Notes, Tags } from '../model/notes.ts'
import type { RefKind } from '../model/ref.ts'
import { describeValue, ELEMENTS_SHOWN, renderCell, renderValue } from '../render/value-text.ts'
import type { Store, StoredCall, StoredSlot } from '../store/store.ts'
import { findId } from './find-id.ts'
import { toJson } from './json.ts'
import { growTrees, type Tree } from './provenance.ts'
import { ValueReader, type ReadLimits } from './read-value.ts'

/** How much is told of a call or a ref. */
export interface DescribeOptions {
  /** How many calls deep its origin and its uses are followed; 4 if left out. */
  readonly depth?: number
  /** How many branches a call has there at most; 8 if left out. */
  readonly width?: number
  /** The value in whole, however long it is; else what is left out is said. */
  readonly whole?: boolean
}

const OPTIONS: Readonly<Record<keyof DescribeOptions, Rule>> = {
  depth: aCount('it is how many calls deep trees go: 0 or more'), width: aCount('it is how many branches a call has at most: 0 or more'), whole: aBoolean,
}

/** A ref with a look at its value. */
export interface RefSummary {
  /** What it is called in the call. */
  readonly name: string
  readonly hid: HistoryId
  readonly cid: ContentId
  readonly kind: RefKind
  /** The value on a line, shortened. */
  readonly text: string
  /** The value itself, where it is small and JSON can say it. */
  readonly value?: unknown
}

export interface CallDescription {
  readonly kind: 'call'
  readonly hid: CallHistoryId
  readonly cid: CallContentId
  readonly op: string
  readonly version: number
  readonly inputs: readonly RefSummary[]
  readonly outputs: readonly RefSummary[]
  /** Inputs and outputs that are left out: more than the first hundred of each. */
  readonly left: number
  readonly startedAtMs: number
  readonly durationMs: number
  /** Whether its function ran for another call, on equal inputs that had come about otherwise: the time is that of the other one. */
  readonly isAdopted: boolean
  readonly notes: Notes
  readonly process: ProcessInfo | null
  /** The code that it used; null where none was tracked. */
  readonly codeVersion: VersionId | null
  /** Calls that its function made itself. */
  readonly inner: readonly CallHistoryId[]
  /** What people said of it. */
  readonly tags: Tags
  /** How its inputs came about. */
  readonly upstream: Tree
  /** What was computed from its outputs. */
  readonly downstream: Tree
}

export interface RefDescription {
  readonly kind: 'ref'
  readonly hid: HistoryId
  readonly cid: ContentId
  readonly refKind: RefKind
  /** The value in a few words, such as `table of 3 rows`. */
  readonly type: string
  /** Of the value as it is stored; of a collection, of the ids of its elements. */
  readonly bytes: number
  /** The value, printed by type. */
  readonly text: string
  /** The value itself, where it was read whole and JSON can say it. */
  readonly value?: unknown
  /** What people said of it. */
  readonly tags: Tags
  /** How it came about; without branches for a value that was given. */
  readonly upstream: Tree
  /** What was computed from it. */
  readonly downstream: Tree
}

export type Description = CallDescription | RefDescription

/** Looks into values for a line, and into the one that is asked for. */
const LINE: ReadLimits = { bytesMax: 100_000, elementsMax: 6 }
const PAGE: ReadLimits = { bytesMax: 256_000_000, elementsMax: ELEMENTS_SHOWN }
const WHOLE: ReadLimits = { bytesMax: Infinity, elementsMax: Infinity }
/** Inputs and outputs that are told of a call: a list may be made of a million. */
const SLOTS_MAX = 100

/** A call or a ref, by its id or the first digits of it, where it comes from and what came of it. */
export async function describe(store: Store, id: string, options: DescribeOptions): Promise<Description> {
  expectOptions('storage.describe', options, OPTIONS)
  const { depth = 4, width = 8, whole = false } = options
  const found = await findId(store, id)
  const reader = new ValueReader(store, LINE)
  const tags = await store.readTags(found.hid)
  const grow = (up: readonly StoredSlot[], down: readonly StoredSlot[]): ReturnType<typeof growTrees> => growTrees(store, reader, { depth, width }, { up, down })
  if (found.kind === 'call') {
    const call = (await store.findCall(found.hid)) ?? gone('call', found.hid)
    return { ...(await describeCall(reader, call)), tags, ...(await grow(call.inputs, call.outputs)) }
  }
  const slot = (await store.findRef(found.hid)) ?? gone('ref', found.hid)
  return { ...(await describeRef(new ValueReader(store, whole ? WHOLE : PAGE), slot, whole)), tags, ...(await grow([slot], [slot])) }
}

async function describeCall(reader: ValueReader, call: StoredCall): Promise<Omit<CallDescription, 'tags' | 'upstream' | 'downstream'>> {
  const { hid, cid, op, version, startedAtMs, durationMs, isAdopted, notes, process, code, inner } = call
  const summarize = async (slots: readonly StoredSlot[]): Promise<RefSummary[]> => {
    await reader.learn(slots.slice(0, SLOTS_MAX))
    const summaries: RefSummary[] = []
    for (const slot of slots.slice(0, SLOTS_MAX)) {
      const value = await reader.read(slot)
      summaries.push({ ...slot, text: renderCell(value, 60), ...toJson(value) })
    }
    return summaries
  }
  const [inputs, outputs] = [await summarize(call.inputs), await summarize(call.outputs)]
  const left = call.inputs.length + call.outputs.length - inputs.length - outputs.length
  return {
    kind: 'call', hid, cid, op, version, inputs, outputs, left, startedAtMs, durationMs, isAdopted,
    notes: notes ?? {}, process: process ?? null, codeVersion: code?.version ?? null, inner,
  }
}

async function describeRef(reader: ValueReader, slot: StoredSlot, isWhole: boolean): Promise<Omit<RefDescription, 'tags' | 'upstream' | 'downstream'>> {
  const value = await reader.read(slot)
  const bytes = (await reader.facts(slot))?.bytes ?? 0
  return {
    kind: 'ref', hid: slot.hid, cid: slot.cid, refKind: slot.kind, type: describeValue(value), bytes, text: renderValue(value, isWhole),
    ...(isWhole || bytes <= LINE.bytesMax ? toJson(value) : {}),
  }
}

/** Another process may have dropped it a moment ago. */
function gone(what: string, id: string): never {
  throw new MandalaError('NOT_FOUND', `There is no ${what} ${id} in this storage`, { hint: 'it was dropped: list the calls again with mandala ls <op>' })
}
