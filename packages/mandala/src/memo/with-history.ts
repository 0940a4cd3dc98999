import { CollectionRef, makeRef, type Ref } from '../model/ref.ts'
import { deriveElementId } from '../model/structure.ts'
import type { Parts } from './identified.ts'
import type { Memo } from './memo.ts'
import { takeApart } from './structures.ts'

/** The same content under another history, elements of collections included. */
export function withHistory(memo: Memo, ref: Ref<unknown>, hid: Ref<unknown>['hid'], parts: Parts): Ref<unknown> {
  const moved = moveHistory(memo, ref, hid)
  if (moved instanceof CollectionRef) takeApart(moved, parts)
  return moved
}

/** The same, without the calls that take collections apart. */
export function moveHistory(memo: Memo, ref: Ref<unknown>, hid: Ref<unknown>['hid']): Ref<unknown> {
  const { kind, cid, immediate } = ref
  if (!(ref instanceof CollectionRef)) return makeRef(kind, { cid, hid, owner: memo, immediate })
  const elements = new Map<string, Ref<unknown>>()
  for (const [key, element] of ref.elements) {
    elements.set(key, moveHistory(memo, element, deriveElementId(ref.kind, { cid, hid }, key)))
  }
  return makeRef(kind, { cid, hid, owner: memo, elements })
}
