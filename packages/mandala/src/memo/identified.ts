import type { IdentifiedInput } from '../model/derive-ids.ts'
import type { Ref } from '../model/ref.ts'
import type { StoredCall, StoredValue } from '../store/store.ts'

/** An input with its identity, and what must be stored for it if the call turns out to be new. */
export interface MemoInput extends IdentifiedInput {
  readonly ref: Ref<unknown>
  /** A value given as such, which may not be in the store yet. */
  readonly raw: { readonly value: unknown; readonly isPlain: boolean; readonly digits: number | undefined } | undefined
}

/** Calls and values gathered for one commit. */
export class Parts {
  readonly calls: StoredCall[] = []
  readonly values: StoredValue[] = []
}
