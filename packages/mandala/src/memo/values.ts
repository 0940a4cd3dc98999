import { isThenable, mapAll, type Awaitable } from '../base/awaitable.ts'
import type { ContentId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { CollectionRef, type Ref, type RefKind } from '../model/ref.ts'
import { makeInputName, type CollectionKind } from '../model/structure.ts'
import type { LoadedValue } from '../store/store.ts'
import { decode, findMemory } from '../value/codec.ts'
import { hasId } from '../value/identify.ts'
import { BoundedMap } from './bounded-map.ts'
import type { Memo } from './memo.ts'
import { decodeStructure, deriveStructureId } from './structures.ts'
import { recover } from './recover.ts'

const CACHE_BYTES_MAX = 32 << 20
const HANDED_OVER_MAX = 1_000

/** Values on their way from the store to the user. Bytes are cached, never objects: what is handed out may be changed by anyone. */
export class Values {
  readonly #memo: Memo
  readonly #cache = new BoundedMap<ContentId, Uint8Array>(CACHE_BYTES_MAX, (bytes) => bytes.length + 200)

  /** Values that fit in the cache and were handed over with the only bytes that were read: most are asked for once. */
  readonly #handedOver = new BoundedMap<ContentId, true>(HANDED_OVER_MAX)

  /** Values being computed again, which may be too large for the cache. */
  readonly #awaited = new Map<ContentId, Uint8Array | undefined>()

  constructor(memo: Memo) {
    this.#memo = memo
  }

  get cachedBytes(): number {
    return this.#cache.size
  }

  keep(cid: ContentId, bytes: Uint8Array): void {
    this.offer(cid, bytes)
    this.#cache.set(cid, bytes)
  }

  /** Hands over bytes that were computed, if anyone waits for them. */
  offer(cid: ContentId, bytes: Uint8Array): void {
    if (this.#awaited.has(cid)) this.#awaited.set(cid, bytes)
  }

  forget(): void {
    this.#cache.clear()
  }

  /** A fresh copy of a Ref's value, checked against its id. */
  load(ref: Ref<unknown>): Awaitable<unknown> {
    if (ref.immediate) return ref.immediate.value
    if (ref instanceof CollectionRef) return this.#loadCollection(ref)
    const cached = this.#cache.get(ref.cid)
    if (cached) return decode(cached)
    if (this.#memo.queue.count > 0) {
      const flushed = this.#memo.queue.flush()
      if (flushed) return flushed.then(() => this.load(ref))
    }
    const stored = this.#memo.store.loadValue(ref.cid, this.#handedOver.get(ref.cid) ? undefined : findMemory)
    return isThenable(stored) ? stored.then((value) => this.#open(ref, value)) : this.#open(ref, stored)
  }

  #open(ref: Ref<unknown>, stored: LoadedValue | undefined): Awaitable<unknown> {
    if (ref.kind === 'external') {
      throw new MandalaError('NOT_FOUND', `The value of external "${stored?.name ?? ref.cid}" is not stored, only its name`, {
        hint: 'pass it where it is needed: external(name, value)',
      })
    }
    const read = stored?.bytes && tryRead(stored, stored.bytes)
    if (!read) return this.#recover(ref, stored?.bytes ? 'its bytes are not what its id says' : undefined)
    this.#memo.tally.loaded += 1
    if (this.#memo.events.isHeard) this.#memo.events.emit({ kind: 'value-loaded', cid: ref.cid, bytes: read.length })
    if (!read.isApart) this.keep(ref.cid, read.bytes)
    else if (read.length <= CACHE_BYTES_MAX) this.#handedOver.set(ref.cid, true)
    return read.value
  }

  async #recover(ref: Ref<unknown>, reason: string | undefined): Promise<unknown> {
    this.#awaited.set(ref.cid, undefined)
    try {
      await recover(this.#memo, ref, reason)
    } catch (error) {
      this.#awaited.delete(ref.cid)
      throw error
    }
    const computed = this.#awaited.get(ref.cid)
    this.#awaited.delete(ref.cid)
    const bytes = computed ?? (await this.#memo.store.loadValue(ref.cid))?.bytes
    if (!bytes) {
      throw new MandalaError('VALUE_DAMAGED', `The value of ${ref.toString()} could not be had again`, { hint: 'drop the call that made it, then run again' })
    }
    return decode(bytes)
  }

  #loadCollection(ref: CollectionRef<unknown>): Awaitable<unknown> {
    const elements = this.#tryElements(ref)
    if (!elements) return recover(this.#memo, ref, 'its elements are missing, or not what its id says').then(() => this.#loadElements(ref, ref.elements))
    return this.#loadElements(ref, elements)
  }

  #tryElements(ref: CollectionRef<unknown>): ReadonlyMap<string, Ref<unknown>> | undefined {
    try {
      return ref.elements
    } catch (error) {
      if (error instanceof MandalaError && error.code === 'VALUE_DAMAGED') return undefined
      throw error
    }
  }

  #loadElements(ref: CollectionRef<unknown>, elements: ReadonlyMap<string, Ref<unknown>>): Awaitable<unknown> {
    const loaded = mapAll([...elements.values()], (element) => this.load(element))
    const make = (values: readonly unknown[]): unknown => {
      if (ref.kind === 'list') return [...values]
      if (ref.kind === 'set') return new Set(values)
      return Object.fromEntries([...elements.keys()].map((key, i) => [key, values[i]]))
    }
    return loaded.some(isThenable) ? Promise.all(loaded).then(make) : make(loaded)
  }

  /** The stored form of a collection, at once: one iterates over it without waiting. */
  loadStructure(ref: Ref<unknown>): Uint8Array {
    const bytes = this.#cache.get(ref.cid) ?? this.#memo.store.loadStructure(ref.cid)
    if (!bytes) {
      throw new MandalaError('VALUE_DAMAGED', `${ref.toString()} was deleted from the store, its elements with it`, {
        hint: 'run again, or unwrap the whole, which computes it again',
      })
    }
    if (!isStructure(ref, bytes)) {
      throw new MandalaError('VALUE_DAMAGED', `The elements of ${ref.toString()} are not what its id says`, {
        hint: 'unwrap it, which computes it again, or drop the call that made it',
      })
    }
    this.keep(ref.cid, bytes)
    return bytes
  }

  /** The elements of a collection that was put together from Refs keep the histories that they had. */
  findMadeElements(ref: Ref<unknown>): ReadonlyMap<string, Ref<unknown>> | undefined {
    const creator = this.#memo.store.loadMaker(ref.hid)
    if (!creator?.op.startsWith('__make_')) return undefined
    const byName = new Map(creator.inputs.map((slot) => [slot.name, this.#memo.refOfGiven(slot)]))
    // The inputs of a call are sorted; a dict keeps the order of its keys, a list that of its positions.
    const keys = ref.kind === 'dict' ? decodeStructure(this.loadStructure(ref)).map(({ key }) => key) : Array.from(byName.keys(), (_, i) => String(i))
    return new Map(keys.map((key) => [key, byName.get(makeInputName(ref.kind as CollectionKind, key)) as Ref<unknown>]))
  }
}

export function isStructure(ref: { readonly kind: RefKind; readonly cid: ContentId }, bytes: Uint8Array): boolean {
  try {
    return deriveStructureId(ref.kind as CollectionKind, decodeStructure(bytes)) === ref.cid
  } catch {
    return false
  }
}

interface ReadValue {
  readonly value: unknown
  readonly bytes: Uint8Array
  readonly length: number
  /** Whether its memory is not among the bytes. */
  readonly isApart: boolean
}

/** A stored value, if it still is what its id says. */
export function tryRead({ cid, digits, memory }: LoadedValue, bytes: Uint8Array): ReadValue | undefined {
  try {
    const value = decode(bytes, { memory })
    if (!hasId(value, cid, digits)) return undefined
    return { value, bytes, length: bytes.length + (memory?.byteLength ?? 0), isApart: memory !== undefined }
  } catch (error) {
    if (error instanceof MandalaError) throw error
    return undefined
  }
}

