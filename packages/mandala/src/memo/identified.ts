import type { IdentifiedInput } from '../model/derive-ids.ts'
import { CollectionRef, type Ref } from '../model/ref.ts'
import type { StoredCall, StoredValue } from '../store/store.ts'

/** An input with its identity, and what must be stored for it if the call turns out to be new. */
export type MemoInput = RefInput | RawInput

/** An input that was given as a Ref, or became one: a collection, an external. */
export interface RefInput extends IdentifiedInput {
  readonly ref: Ref<unknown>
  readonly raw?: undefined
}

/** A value given as such, which may not be in the store yet. Its Ref is made when someone needs it: most calls are hits. */
export interface RawInput extends IdentifiedInput {
  readonly ref?: undefined
  readonly raw: { readonly value: unknown; readonly isPlain: boolean; readonly digits: number | undefined }
}

const TEXT_LENGTH_MAX = 1_000
const ELEMENTS_MAX = 100

/** Whether an input takes no memory to speak of: a primitive, or a Ref without its value. */
export function isLight({ ref, raw }: MemoInput): boolean {
  if (ref) return ref instanceof CollectionRef ? (ref.knownElements?.size ?? 0) <= ELEMENTS_MAX : ref.kind === 'value'
  return typeof raw.value === 'string' ? raw.value.length <= TEXT_LENGTH_MAX : typeof raw.value !== 'object' || raw.value === null
}

/** Calls and values gathered for one commit. */
export class Parts {
  readonly calls: StoredCall[] = []
  readonly values: StoredValue[] = []
  /** Whether they are for a call that is only asked about. */
  readonly isTrial: boolean
  #open: Set<unknown> | undefined

  constructor({ isTrial = false }: { readonly isTrial?: boolean } = {}) {
    this.isTrial = isTrial
  }

  /** Collections that are being taken apart, so that one which holds itself is noticed. */
  get open(): Set<unknown> {
    return (this.#open ??= new Set())
  }
}
