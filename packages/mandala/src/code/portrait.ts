import { types } from 'node:util'
import { identify } from '../value/identify.ts'
import { Refusal } from '../value/refusal.ts'
import { hasHiddenContent } from './glance.ts'

/** What a value of the module level is, as far as it can be told from outside. */
export interface Portrait {
  readonly hash: string
  /** Parts are known by their names alone: functions that close over something, instances of classes. */
  readonly isPartial: boolean
  /** Functions or instances are in it. */
  readonly hasCode: boolean
  /** How many parts were looked at. */
  readonly size: number
}

const SIZE_MAX = 200_000

/** What a function, or the class of an instance, is known as, and whether nothing else about it counts. */
export interface Naming {
  readonly name: string
  readonly isWhole: boolean
}

/** The content of a value; of functions and instances in it, what shows. */
export function portray(value: unknown, nameOf: (fn: object) => Naming): Portrait {
  const copier = new Copier(nameOf)
  try {
    const hash = identify(copier.copy(value)).cid
    return { hash, isPartial: copier.isPartial, hasCode: copier.hasCode, size: copier.size }
  } catch (error) {
    // Nested too deeply, or of a kind that has no content: then its code must tell.
    if (error instanceof Refusal || error instanceof RangeError) return { hash: '', isPartial: true, hasCode: true, size: copier.size }
    throw error
  }
}

class Copier {
  isPartial = false
  hasCode = false
  size = 0
  readonly #copies = new Map<object, unknown>()
  readonly #nameOf: (fn: object) => Naming

  constructor(nameOf: (fn: object) => Naming) {
    this.#nameOf = nameOf
  }

  copy(value: unknown): unknown {
    this.size += 1
    if (this.size > SIZE_MAX) {
      this.isPartial = true
      return 'more'
    }
    switch (typeof value) {
      case 'function': return this.#function(value)
      case 'string': this.size += value.length >> 4; return value
      case 'symbol': return this.#part('symbol', value.description)
      case 'object': return value === null ? null : this.#object(value)
      default: return value
    }
  }

  #part(kind: string, name: unknown, isWhole = false): Map<unknown, unknown> {
    this.isPartial ||= !isWhole
    this.hasCode = true
    return new Map<unknown, unknown>([['mandala part', kind], ['name', typeof name === 'string' ? name : '']])
  }

  /** Its name, and what it carries. */
  #function(value: object): unknown {
    const known = this.#copies.get(value)
    if (known !== undefined) return known
    const { name, isWhole } = this.#nameOf(value)
    const part = this.#part('function', name, isWhole)
    this.#copies.set(value, part)
    if (!types.isProxy(value) && Object.keys(value).length > 0) part.set('properties', this.#properties(value, {}))
    return part
  }

  #object(value: object): unknown {
    if (types.isProxy(value)) return this.#part('proxy', '')
    const known = this.#copies.get(value)
    if (known !== undefined) return known
    if (Array.isArray(value)) return this.#array(value)
    if (value instanceof Map) return this.#map(value)
    if (value instanceof Set) return this.#set(value)
    const prototype = Object.getPrototypeOf(value) as object | null
    if (prototype === Object.prototype || prototype === null) {
      const copy = Object.create(prototype) as object
      this.#copies.set(value, copy)
      return this.#properties(value, copy)
    }
    return this.#other(value, prototype)
  }

  #array(value: readonly unknown[]): unknown {
    const copy: unknown[] = []
    this.#copies.set(value, copy)
    copy.length = value.length
    // A hole stays one.
    for (const i of value.keys()) if (i in value) copy[i] = this.copy(value[i])
    return copy
  }

  #map(value: ReadonlyMap<unknown, unknown>): unknown {
    const copy = new Map<unknown, unknown>()
    this.#copies.set(value, copy)
    for (const [key, each] of value) copy.set(this.copy(key), this.copy(each))
    return copy
  }

  #set(value: ReadonlySet<unknown>): unknown {
    const copy = new Set<unknown>()
    this.#copies.set(value, copy)
    for (const each of value) copy.add(this.copy(each))
    return copy
  }

  #properties(value: object, copy: object): unknown {
    for (const key of Object.keys(value)) {
      const property = Object.getOwnPropertyDescriptor(value, key)
      const each = property && 'value' in property ? this.copy(property.value) : this.#part('getter', key)
      Object.defineProperty(copy, key, { value: each, enumerable: true, writable: true, configurable: true })
    }
    return copy
  }

  /** Dates, typed arrays and registered classes are identified as they are; of others their class and their fields count. */
  #other(value: object, prototype: object): unknown {
    if (hasHiddenContent(value)) {
      if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) this.size += value.byteLength >> 3
      // Where it stands in the text of its last match is nothing that it is.
      return types.isRegExp(value) ? new RegExp(value.source, value.flags) : value
    }
    const { constructor } = prototype as { constructor?: unknown }
    const part = this.#part('instance', typeof constructor === 'function' ? this.#nameOf(constructor).name : '')
    this.#copies.set(value, part)
    return part.set('fields', this.#properties(value, {}))
  }
}
