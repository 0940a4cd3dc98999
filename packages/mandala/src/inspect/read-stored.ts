import { decodeStructure, deriveStructureId } from '../memo/structures.ts'
import type { Store, StoredSlot } from '../store/store.ts'
import { decode } from '../value/codec.ts'
import { hasId } from '../value/identify.ts'

/** A value as it is stored, with the significant digits by which it is identified if not all count. */
export interface StoredContent {
  readonly value: unknown
  readonly digits: number | undefined
}

/**
 * Reads a value as it stands: what is missing, damaged or of a class that isn't registered is undefined, and nothing is mended or computed
 * for it.
 */
export async function readStored(store: Store, { cid, kind }: Pick<StoredSlot, 'cid' | 'kind'>): Promise<StoredContent | undefined> {
  const stored = kind === 'external' ? undefined : await store.loadValue(cid)
  const { bytes, digits } = stored ?? {}
  if (!bytes || kind === 'external') return undefined
  if (kind === 'value') return readIf(() => ({ value: decode(bytes), digits }), ({ value }) => hasId(value, cid, digits))
  const entries = readIf(() => decodeStructure(bytes), (found) => deriveStructureId(kind, found) === cid)
  if (!entries) return undefined
  const elements: [key: string, content: StoredContent][] = []
  for (const { key, ...element } of entries) {
    const content = await readStored(store, element)
    if (!content) return undefined
    elements.push([key, content])
  }
  const values = elements.map(([, { value }]) => value)
  const whole = kind === 'dict' ? Object.fromEntries(elements.map(([key, { value }]) => [key, value])) : kind === 'set' ? new Set(values) : values
  return { value: whole, digits: elements.find(([, content]) => content.digits !== undefined)?.[1].digits }
}

/** What damaged bytes do to who reads them can't be told. */
function readIf<T>(read: () => T, isRight: (found: T) => boolean): T | undefined {
  try {
    const found = read()
    return isRight(found) ? found : undefined
  } catch {
    return undefined
  }
}
