import { inspect } from 'node:util'
import type { Awaitable } from '../base/awaitable.ts'
import type { ContentId, HistoryId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { CONTENT_ID } from '../value/content-id.ts'
import { deriveHistoryId } from './derive-ids.ts'

/** Where a Ref's value comes from: the storage that made it. */
export interface RefOwner {
  load(ref: Ref<unknown>): Awaitable<unknown>
  /** Elements of a collection, by key where it is a dict. */
  elementsOf(ref: Ref<unknown>): ReadonlyMap<string, Ref<unknown>>
}

/** What makes a Ref; `hid` is left out for a value without history. */
export interface RefFields {
  readonly cid: ContentId
  readonly hid?: HistoryId | undefined
  readonly owner: RefOwner
  /** A value that is at hand: a primitive, or that of an external for the one call that it was given to. */
  readonly immediate?: { readonly value: unknown } | undefined
  readonly elements?: ReadonlyMap<string, Ref<unknown>> | undefined
}

/**
 * A value as the storage knows it, mostly without the value itself: `cid` says what it is, `hid` how it came about.
 * `await unwrap(ref)` gives the value.
 */
export class Ref<out T> {
  declare readonly '~value': T
  readonly cid: ContentId
  readonly kind: 'value' | 'list' | 'dict' | 'set' | 'external' = 'value'
  /** Whether the value was given rather than computed; its content says it all. */
  readonly isHistoryless: boolean
  #hid: HistoryId | undefined
  readonly owner: RefOwner
  readonly immediate: { readonly value: unknown } | undefined

  constructor(fields: RefFields) {
    this.cid = fields.cid
    this.isHistoryless = fields.hid === undefined
    this.#hid = fields.hid
    this.owner = fields.owner
    this.immediate = fields.immediate
  }

  get hid(): HistoryId {
    return (this.#hid ??= deriveHistoryId(this.cid))
  }

  /** A Ref in JSON would stand where its value was meant. */
  toJSON(): unknown {
    throw asValue(this, 'put into JSON')
  }

  toString(): string {
    const isShort = this.immediate && (typeof this.immediate.value !== 'object' || this.immediate.value === null)
    const shown = isShort ? `${inspect(this.immediate?.value)}, ` : ''
    return `${this.constructor.name}(${shown}hid=${this.hid.slice(0, 6)}…)`
  }
}

function asValue(ref: Ref<unknown>, how: string): MandalaError {
  return new MandalaError('REF_AS_VALUE', `${ref.toString()} was ${how} without its value`, {
    hint: 'write `await unwrap(ref)` for the value; console.log, inspect and ref.toString() show the Ref itself',
  })
}

// Outside the class body: a computed name there can't be declared in isolation.
Object.defineProperty(Ref.prototype, Symbol.toPrimitive, {
  value(this: Ref<unknown>) { throw asValue(this, 'used as a text or a number') },
})
Object.defineProperty(Ref.prototype, CONTENT_ID, { get(this: Ref<unknown>) { return this.cid } })
Object.defineProperty(Ref.prototype, inspect.custom, { value: Ref.prototype.toString })
Object.defineProperty(Ref.prototype, Symbol.for('Jupyter.display'), {
  value(this: Ref<unknown>) { return { 'text/plain': this.toString() } },
})

/** A collection of which every element is a Ref. */
export abstract class CollectionRef<T> extends Ref<T> {
  abstract override readonly kind: 'list' | 'dict' | 'set'
  #elements: ReadonlyMap<string, Ref<unknown>> | undefined

  constructor(fields: RefFields) {
    super(fields)
    this.#elements = fields.elements
  }

  /** The same, if they are at hand. */
  get knownElements(): ReadonlyMap<string, Ref<unknown>> | undefined {
    return this.#elements
  }

  /** The elements' Refs under their keys: positions, or the names of a dict. */
  get elements(): ReadonlyMap<string, Ref<unknown>> {
    return (this.#elements ??= this.owner.elementsOf(this))
  }
}

/** A list of which every element is a Ref. */
export class ListRef<E, Item = Ref<E>> extends CollectionRef<E[]> {
  override readonly kind = 'list'

  get length(): number {
    return this.elements.size
  }

  at(index: number): Item | undefined {
    return this.elements.get(String(index < 0 ? this.length + index : index)) as Item | undefined
  }

  [Symbol.iterator](): MapIterator<Item> {
    return (this.elements as ReadonlyMap<string, Item>).values() as MapIterator<Item>
  }
}

/** The Refs of a dict's values, under its keys. */
export type DictItems<T> = { readonly [K in keyof T]: Ref<Required<T>[K]> }

/** A dict of which every value is a Ref; `T` is the plain one, whose keys it has. */
export class DictRef<T extends object, Items = DictItems<T>> extends CollectionRef<T> {
  override readonly kind = 'dict'

  get size(): number {
    return this.elements.size
  }

  /** The Ref under a key: of the fixed keys of `T` always there, of any others perhaps. */
  get<K extends keyof Items & string>(key: K): string extends keyof Items ? Items[K] | undefined : Items[K] {
    return this.elements.get(key) as Items[K]
  }

  keys(): MapIterator<keyof Items & string> {
    return this.elements.keys() as MapIterator<keyof Items & string>
  }

  [Symbol.iterator](): MapIterator<[keyof Items & string, Exclude<Items[keyof Items], undefined>]> {
    return this.elements.entries() as MapIterator<[keyof Items & string, Exclude<Items[keyof Items], undefined>]>
  }
}

/** A set of which every element is a Ref. */
export class SetRef<E, Item = Ref<E>> extends CollectionRef<Set<E>> {
  override readonly kind = 'set'

  get size(): number {
    return this.elements.size
  }

  [Symbol.iterator](): MapIterator<Item> {
    return (this.elements as ReadonlyMap<string, Item>).values() as MapIterator<Item>
  }
}

/** A value known by its name alone. */
export class ExternalRef<T> extends Ref<T> {
  override readonly kind = 'external'

  /** There is no value to be meant. */
  override toJSON(): string {
    return this.toString()
  }
}

export type RefKind = Ref<unknown>['kind']

/** The Ref of a kind. */
export function makeRef(kind: RefKind, fields: RefFields): Ref<unknown> {
  switch (kind) {
    case 'value': return new Ref(fields)
    case 'list': return new ListRef(fields)
    case 'dict': return new DictRef(fields)
    case 'set': return new SetRef(fields)
    case 'external': return new ExternalRef(fields)
  }
}
