import { decodeStructure } from '../memo/structures.ts'
import type { MemoInput } from '../memo/identified.ts'
import { isStructure, tryRead } from '../memo/values.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { CollectionRef, type Ref } from '../model/ref.ts'
import { renderBrief } from '../render/brief.ts'
import type { SlotChange } from '../render/changes.ts'
import type { Store, StoredSlot, StoredValue } from '../store/store.ts'
import { diffValues } from './value-diff.ts'

/** A value that can be looked at, or why it can't. */
export type KnownValue = { readonly value: unknown } | { readonly missing: string }

/** A value as it is stored: nothing is mended or computed again for it. */
export async function readStoredValue(store: Store, slot: Pick<StoredSlot, 'cid' | 'kind'>): Promise<KnownValue> {
  const stored = await store.loadValue(slot.cid)
  if (slot.kind === 'external') return nameExternal(stored?.name)
  if (!stored?.bytes) return { missing: 'its value is not stored' }
  try {
    if (slot.kind === 'value') return tryRead(stored, stored.bytes) ?? { missing: 'its value is damaged' }
    if (!isStructure(slot, stored.bytes)) return { missing: 'its value is damaged' }
    const elements = await Promise.all(decodeStructure(stored.bytes).map(async ({ key, ...element }) => [key, await readStoredValue(store, element)] as const))
    return toCollection(slot.kind, elements)
  } catch (error) {
    // A class that isn't registered here.
    if (error instanceof MandalaError) return { missing: error.message.split('\n')[0] as string }
    throw error
  }
}

const nameExternal = (name: string | undefined): KnownValue => ({ missing: `external ${JSON.stringify(name ?? '')}` })

/**
 * What a call is given: at hand, or in the store.
 * @param given what of it may not be in the store yet
 */
export async function readInput(store: Store, { raw, ref }: MemoInput, given: readonly StoredValue[]): Promise<KnownValue> {
  return raw ? { value: raw.value } : readRef(store, ref, given)
}

async function readRef(store: Store, ref: Ref<unknown>, given: readonly StoredValue[]): Promise<KnownValue> {
  if (ref.kind === 'external') return nameExternal((given.find(({ cid }) => cid === ref.cid) ?? (await store.loadValue(ref.cid)))?.name)
  if (ref.immediate) return ref.immediate
  const elements = ref instanceof CollectionRef ? ref.knownElements : undefined
  if (!elements) return readStoredValue(store, ref)
  const read = [...elements].map(async ([key, element]) => [key, await readRef(store, element, given)] as const)
  return toCollection(ref.kind as 'list' | 'dict' | 'set', await Promise.all(read))
}

function toCollection(kind: 'list' | 'dict' | 'set', elements: readonly (readonly [key: string, value: KnownValue])[]): KnownValue {
  const missing = elements.find(([, element]) => 'missing' in element)
  if (missing) return missing[1]
  const entries = elements.map(([key, element]) => [key, (element as { readonly value: unknown }).value] as const)
  const values = entries.map(([, value]) => value)
  return { value: kind === 'dict' ? Object.fromEntries(entries) : kind === 'set' ? new Set(values) : values }
}

/** How an input or output differs between two calls. */
export function compareKnown(name: string, before: KnownValue | undefined, after: KnownValue | undefined): SlotChange {
  const show = (known: KnownValue | undefined): string | undefined => known && ('missing' in known ? `(${known.missing})` : renderBrief(known.value))
  const diff = before && after && 'value' in before && 'value' in after ? diffValues(before.value, after.value) : undefined
  return { name, before: show(before), after: show(after), diff }
}
