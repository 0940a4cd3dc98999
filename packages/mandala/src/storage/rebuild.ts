import type { ContentId } from '../base/ids.ts'
import { deriveStructureId, encodeStructure } from '../memo/structures.ts'
import { makeInputName, STRUCTURE_OPS, type CollectionKind } from '../model/structure.ts'
import type { Store, StoredCall, StoredSlot } from '../store/store.ts'

const KINDS = Object.keys(STRUCTURE_OPS) as CollectionKind[]

/**
 * Stores the stored form of collections anew that were put together from Refs: no function gives them, and the call that put them together
 * knows their elements.
 * @returns those that are still not there
 */
export async function rebuildCollections(store: Store, values: readonly ContentId[]): Promise<readonly ContentId[]> {
  const left: ContentId[] = []
  for (const cid of values) if (!(await rebuild(store, cid))) left.push(cid)
  return left
}

async function rebuild(store: Store, cid: ContentId): Promise<boolean> {
  for (const hid of await store.listHistories(cid)) {
    const creator = await store.findCreator(hid)
    const kind = KINDS.find((each) => STRUCTURE_OPS[each].make === creator?.op)
    if (!creator || !kind) continue
    const elements = elementsOf(kind, creator)
    if (deriveStructureId(kind, Array.from(elements, ([key, element]) => ({ key, cid: element.cid }))) !== cid) continue
    await store.putBatch({ calls: [], values: [encodeStructure({ cid, kind }, elements)] })
    return true
  }
  return false
}

/** The inputs of a call are sorted by name; the elements of a list stand in the order of their positions. */
function elementsOf(kind: CollectionKind, { inputs }: StoredCall): ReadonlyMap<string, StoredSlot> {
  if (kind === 'dict') return new Map(inputs.map((input) => [input.name, input]))
  const byName = new Map(inputs.map((input) => [input.name, input]))
  return new Map(inputs.map((_, i) => [String(i), byName.get(makeInputName(kind, String(i))) as StoredSlot]))
}
