import type { ContentId } from '../base/ids.ts'
import { decode, encode } from '../value/codec.ts'
import { identify } from '../value/identify.ts'
import { Refusal } from '../value/refusal.ts'
import { makeRef, type Ref, type RefOwner } from './ref.ts'

/**
 * Makes a Ref of a value, so that it can be selected in queries. It has no history: equal values wrapped twice are the same Ref. The value
 * is copied.
 * @throws MandalaError `VALUE_REFUSED` naming the path of what can't be stored.
 */
export function wrap<T>(value: T): Ref<T> {
  try {
    const { cid, isPlain } = identify(value)
    return hold(cid, { value, isPlain }) as Ref<T>
  } catch (error) {
    throw error instanceof Refusal ? error.toError('value') : error
  }
}

/** The same for what is known by an id that its value alone doesn't tell: of a collection, or rounded. */
export function wrapAs(cid: ContentId, value: unknown): Ref<unknown> {
  return hold(cid, { value, isPlain: identify(value).isPlain })
}

function hold(cid: ContentId, { value, isPlain }: { readonly value: unknown; readonly isPlain: boolean }): Ref<unknown> {
  if (typeof value !== 'object' || value === null) return makeRef('value', { cid, owner: new Holder(undefined), immediate: { value } })
  return makeRef('value', { cid, owner: new Holder(encode(value, isPlain)) })
}

/** The value of a Ref that is at hand without a storage: a wrapped one, or a primitive. */
export function findGiven(ref: Ref<unknown>): { readonly value: unknown } | undefined {
  return ref.immediate ?? (ref.owner instanceof Holder ? { value: ref.owner.load() } : undefined)
}

/** A Ref of a value that came out of another storage, for one call: the value is not copied. */
export function carry(ref: Ref<unknown>, value: unknown): Ref<unknown> {
  return makeRef('value', { cid: ref.cid, owner: new Holder(undefined), immediate: { value } })
}

/** Owns one value that is in no storage yet. */
class Holder implements RefOwner {
  readonly #bytes: Uint8Array | undefined

  constructor(bytes: Uint8Array | undefined) {
    this.#bytes = bytes
  }

  load(): unknown {
    return this.#bytes && decode(this.#bytes)
  }

  elementsOf(): ReadonlyMap<string, Ref<unknown>> {
    return new Map()
  }
}
