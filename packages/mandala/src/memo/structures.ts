import type { CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import {
  deriveCallContentId, deriveCallHistoryId, deriveDictId, deriveListId, deriveOutputId, deriveSetId, writeCallHistory, type IdentifiedInput,
} from '../model/derive-ids.ts'
import type { Kind } from '../model/kind.ts'
import { CollectionRef, makeRef, type Ref, type RefOwner } from '../model/ref.ts'
import { getItemInputs, makeInputName, STRUCTURE_OPS, structureOp, type CollectionKind, type ElementEntry } from '../model/structure.ts'
import type { StoredCall, StoredSlot, StoredValue } from '../store/store.ts'
import { decode, encode } from '../value/codec.ts'
import { identify } from '../value/identify.ts'
import type { Parts } from './identified.ts'

/** The elements of a collection's plain value under their keys; undefined if the value isn't of that kind. */
export function findElements(kind: CollectionKind, value: unknown): Map<string, unknown> | undefined {
  switch (kind) {
    case 'list': return Array.isArray(value) && isPlainArray(value) ? new Map(value.map((element, i) => [String(i), element])) : undefined
    case 'dict': return isPlainRecord(value) ? new Map(Object.entries(value)) : undefined
    case 'set': return value instanceof Set && isPlainSet(value) ? new Map([...value].map((element, i) => [String(i), element])) : undefined
  }
}

/** Whether an object is its named values and nothing else: no symbols, no accessors, no hidden properties, no prototype but the usual one. */
function isPlainRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false
  return Reflect.ownKeys(value).every((key) => {
    const property = Object.getOwnPropertyDescriptor(value, key)
    // A lone surrogate has no UTF-8, in which names of inputs are hashed and stored.
    return typeof key === 'string' && key.isWellFormed() && property?.enumerable === true && 'value' in property
  })
}

function isPlainSet(value: ReadonlySet<unknown>): boolean {
  return Object.getPrototypeOf(value) === Set.prototype && Reflect.ownKeys(value).length === 0
}

/** Whether an array is its elements and nothing else: no holes, no properties, no subclass. */
function isPlainArray(value: readonly unknown[]): boolean {
  const keys = Reflect.ownKeys(value)
  return Object.getPrototypeOf(value) === Array.prototype && keys.length === value.length + 1 && value.every((_, i) => keys[i] === String(i))
}

export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as unknown
  return prototype === Object.prototype || prototype === null
}

/** The elements of a set in an order that doesn't depend on how it was filled: equal sets are stored once. */
export function sortByContent(elements: ReadonlyMap<string, Ref<unknown>>): Map<string, Ref<unknown>> {
  const sorted = [...elements.values()].sort((a, b) => (a.cid < b.cid ? -1 : 1))
  return new Map(sorted.map((ref, i) => [String(i), ref]))
}

export function deriveStructureId(kind: CollectionKind, entries: readonly { readonly key: string; readonly cid: ContentId }[]): ContentId {
  switch (kind) {
    case 'list': return deriveListId(entries.map((entry) => entry.cid))
    case 'dict': return deriveDictId(entries.map((entry) => [entry.key, entry.cid]))
    case 'set': return deriveSetId(entries.map((entry) => entry.cid))
  }
}

/** What a plain value is known by as an input of a kind. */
export function identifyAs(kind: Kind, value: unknown): ContentId {
  if (kind.kind === 'value') return identify(value, kind.digits).cid
  const elements = findElements(kind.kind, value)
  return elements ? deriveStructureId(kind.kind, [...elements].map(([key, element]) => ({ key, cid: identifyAs(kind.element, element) }))) : identify(value).cid
}

export function deriveCollectionId(kind: CollectionKind, elements: ReadonlyMap<string, Ref<unknown>>): ContentId {
  return deriveStructureId(kind, [...elements].map(([key, { cid }]) => ({ key, cid })))
}

/** A collection as it is stored: its elements' keys and contents. Their histories follow from its own. */
export function encodeStructure(
  ref: { cid: ContentId; kind: CollectionKind }, elements: ReadonlyMap<string, Pick<Ref<unknown>, 'cid' | 'kind'>>,
): StoredValue {
  const entries = [...elements].map(([key, element]) => [key, element.cid, element.kind])
  return { cid: ref.cid, kind: ref.kind, bytes: encode(entries, true), digits: undefined, name: undefined, madeBy: undefined }
}

export function decodeStructure(bytes: Uint8Array): ElementEntry[] {
  return (decode(bytes) as [string, ContentId, ElementEntry['kind']][]).map(([key, cid, kind]) => ({ key, cid, kind }))
}

/** The Ref of a collection put together from Refs, and the call that puts it together. */
export function makeCollection(kind: CollectionKind, elements: ReadonlyMap<string, Ref<unknown>>, owner: RefOwner, parts: Parts): Ref<unknown> {
  const ops = STRUCTURE_OPS[kind]
  const op = structureOp(ops.make)
  const inputs = [...elements].map(([key, { cid, hid, isHistoryless, kind: elementKind }]) => ({
    name: makeInputName(kind, key), cid, hid, knownHid: isHistoryless ? undefined : hid, kind: elementKind,
  }))
  inputs.sort((a, b) => (a.name < b.name ? -1 : 1))
  const callHid = deriveCallHistoryId(writeCallHistory(op, inputs))
  const hid = deriveOutputId(callHid, ops.collection)
  const cid = deriveCollectionId(kind, elements)
  parts.values.push(encodeStructure({ cid, kind }, elements))
  parts.calls.push(structureCall(op.name, callHid, inputs, {
    inputs: inputs.map((input) => ({ name: input.name, cid: input.cid, hid: input.hid, kind: input.kind })),
    output: { name: ops.collection, hid, cid, kind },
  }))
  return makeRef(kind, { cid, hid, owner, elements })
}

/** The calls that take a collection apart, which an op returned; nested ones too. */
export function takeApart(collection: CollectionRef<unknown>, parts: Parts): void {
  const { kind, elements } = collection
  const ops = STRUCTURE_OPS[kind]
  const whole: StoredSlot = { name: ops.collection, hid: collection.hid, cid: collection.cid, kind }
  for (const [key, element] of elements) {
    const inputs = getItemInputs(kind, collection, key)
    const keyValue = storedKey(kind === 'dict' ? key : Number(key))
    parts.values.push(keyValue.value)
    parts.calls.push(structureCall(ops.get, deriveCallHistoryId(writeCallHistory(structureOp(ops.get), inputs)), inputs, {
      inputs: [whole, { name: ops.key, hid: keyValue.hid, cid: keyValue.value.cid, kind: 'value' }],
      output: { name: ops.element, hid: element.hid, cid: element.cid, kind: element.kind },
    }))
    if (element instanceof CollectionRef) takeApart(element, parts)
  }
}

const keys = new Map<string | number, { readonly value: StoredValue; readonly hid: HistoryId }>()
const KEYS_MAX = 10_000

/** Positions and dict keys recur in every collection. */
function storedKey(key: string | number): { readonly value: StoredValue; readonly hid: HistoryId } {
  let stored = keys.get(key)
  if (!stored) {
    const { cid } = identify(key)
    const value: StoredValue = { cid, kind: 'value', bytes: encode(key, true), digits: undefined, name: undefined, madeBy: undefined }
    stored = { value, hid: makeRef('value', { cid, owner: noOwner }).hid }
    if (keys.size < KEYS_MAX) keys.set(key, stored)
  }
  return stored
}

const noOwner: RefOwner = { load: () => undefined, elementsOf: () => new Map() }

function structureCall(op: string, hid: CallHistoryId, ids: readonly IdentifiedInput[], slots: { inputs: readonly StoredSlot[]; output: StoredSlot }): StoredCall {
  return {
    hid, cid: deriveCallContentId(structureOp(op), ids), op, version: 0, startedAtMs: Date.now(), durationMs: 0, isTuple: false,
    inputs: slots.inputs, outputs: [slots.output], inner: [], notes: undefined, usedDay: undefined, process: undefined, isAdopted: false,
  }
}
