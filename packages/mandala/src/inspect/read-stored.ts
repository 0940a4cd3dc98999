import { MandalaError } from '../base/mandala-error.ts'
import { isStructure, tryRead } from '../memo/values.ts'
import { decodeStructure } from '../memo/structures.ts'
import type { Store, StoredSlot } from '../store/store.ts'

/** A value as it is stored, with the significant digits by which it is identified if not all count. */
export interface StoredContent {
  readonly value: unknown
  readonly digits: number | undefined
}

/** Reads a value as it stands: what is missing or damaged is undefined, and nothing is mended or computed for it. */
export async function readStored(store: Store, slot: Pick<StoredSlot, 'cid' | 'kind'>): Promise<StoredContent | undefined> {
  const { cid, kind } = slot
  const stored = kind === 'external' ? undefined : await store.loadValue(cid)
  if (!stored?.bytes) return undefined
  if (kind === 'value') return readWhole(() => tryRead(stored), stored.digits)
  if (kind === 'external' || !isStructure(slot, stored.bytes)) return undefined
  const elements: [key: string, value: unknown][] = []
  let digits: number | undefined
  for (const { key, ...element } of decodeStructure(stored.bytes)) {
    const content = await readStored(store, element)
    if (!content) return undefined
    elements.push([key, content.value])
    digits ??= content.digits
  }
  const values = elements.map(([, value]) => value)
  return { value: kind === 'dict' ? Object.fromEntries(elements) : kind === 'set' ? new Set(values) : values, digits }
}

function readWhole(read: () => { readonly value: unknown } | undefined, digits: number | undefined): StoredContent | undefined {
  try {
    const found = read()
    return found && { value: found.value, digits }
  } catch (error) {
    // A class that this process has not registered.
    if (error instanceof MandalaError) return undefined
    throw error
  }
}
