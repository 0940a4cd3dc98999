import type { OpDefinition } from '../memo/definition.ts'
import type { Kind } from '../model/kind.ts'
import type { Store, StoredCall, StoredSlot } from '../store/store.ts'

/** An op of which only calls are known: as its latest one shows it. It can be asked about, and not be called. */
export async function findStoredOp(store: Store, name: string): Promise<OpDefinition | undefined> {
  const [latest] = (await store.readNear({ op: name, inputs: [], limit: 1 })).calls
  const call = latest && (await store.findCall(latest.hid))
  return call && toDefinition(store, call)
}

export async function toDefinition(store: Store, { op, version, inputs, outputs }: StoredCall): Promise<OpDefinition> {
  const kinds = await Promise.all(inputs.map(async (slot) => [slot.name, await kindOf(store, slot)] as const))
  return {
    name: op, version, place: 'the store', inputKinds: new Map(kinds), ignored: new Set(), transient: new Set(), isComposed: false,
    fn: () => undefined, removed: [],
    parameters: { kind: 'named', parameters: [], hasRest: true, whole: { kind: 'none' } },
    outputs: outputs.map(({ name, kind }) => ({ name, kind: { kind: kind === 'external' ? 'value' : kind } as Kind })),
    form: outputs.length === 1 ? 'single' : 'several',
  }
}

/** How the value of an input was identified. */
async function kindOf(store: Store, { kind, cid }: StoredSlot): Promise<Kind> {
  const digits = kind === 'value' ? (await store.loadValue(cid))?.digits : undefined
  if (kind === 'value' || kind === 'external') return { kind: 'value', ...(digits === undefined ? {} : { digits }) }
  return { kind, element: { kind: 'value' } }
}
