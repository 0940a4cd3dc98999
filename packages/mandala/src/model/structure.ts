import type { ContentId, HistoryId } from '../base/ids.ts'
import { deriveCallHistoryId, deriveHistoryId, deriveOutputId, writeCallHistory, type IdentifiedInput, type OpIdentity } from './derive-ids.ts'
import { identify } from '../value/identify.ts'

/** The built-in ops that tie a collection to its elements. */
export const STRUCTURE_OPS = {
  list: { make: '__make_list__', get: '__list_getitem__', collection: 'list', key: 'i', element: 'list_item' },
  dict: { make: '__make_dict__', get: '__dict_getitem__', collection: 'dict', key: 'key', element: 'dict_value' },
  set: { make: '__make_set__', get: '__set_getitem__', collection: 'set', key: 'i', element: 'set_item' },
} as const

export type CollectionKind = keyof typeof STRUCTURE_OPS

/** An element of a collection as its stored form lists it. */
export interface ElementEntry {
  readonly key: string
  readonly cid: ContentId
  readonly kind: 'value' | 'list' | 'dict' | 'set' | 'external'
}

/** The input name that element `key` has in a call of `__make_list__` and its kin. */
export function makeInputName(kind: CollectionKind, key: string): string {
  return kind === 'dict' ? key : `elt_${key}`
}

/**
 * The name that an input shares with its like, as frames and queries see it: elements put into a list or set, members of a rest parameter.
 * Keys of a dict are each their own.
 */
export function groupName(op: string, input: string): string {
  if ((op === STRUCTURE_OPS.list.make || op === STRUCTURE_OPS.set.make) && input.startsWith('elt_')) return 'elts'
  if (op === STRUCTURE_OPS.dict.make) return input
  return input.endsWith(']') ? input.replace(/\[\d+\]$/, '') : input
}

const structureOps: ReadonlySet<string> = new Set(Object.values(STRUCTURE_OPS).flatMap(({ make, get }) => [make, get]))

/** Whether an op is one of those that tie collections to their elements. */
export function isStructureOp(op: string): boolean {
  return structureOps.has(op)
}

export const structureOp = (name: string): OpIdentity => ({ name, version: 0 })

/** The inputs of the `…_getitem__` call that gives element `key` of a collection. */
export function getItemInputs(kind: CollectionKind, collection: { cid: ContentId; hid: HistoryId }, key: string): readonly IdentifiedInput[] {
  const ops = STRUCTURE_OPS[kind]
  const keyInput = { name: ops.key, cid: identify(kind === 'dict' ? key : Number(key)).cid, knownHid: undefined }
  const whole = { name: ops.collection, cid: collection.cid, knownHid: collection.hid }
  return [keyInput, whole].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** How element `key` of a collection that an op returned came about. */
export function deriveElementId(kind: CollectionKind, collection: { cid: ContentId; hid: HistoryId }, key: string): HistoryId {
  const ops = STRUCTURE_OPS[kind]
  return deriveOutputId(deriveCallHistoryId(writeCallHistory(structureOp(ops.get), getItemInputs(kind, collection, key))), ops.element)
}

/** The Ref of a position in a list or set, or of a key of a dict: a value without history. */
export function deriveKeyId(key: number | string): { readonly cid: ContentId; readonly hid: HistoryId } {
  const { cid } = identify(key)
  return { cid, hid: deriveHistoryId(cid) }
}
