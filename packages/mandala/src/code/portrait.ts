import { types } from 'node:util'
import { CONTENT_ID } from '../value/content-id.ts'
import { identify } from '../value/identify.ts'
import { DepthRefusal, Refusal } from '../value/refusal.ts'
import { hasHiddenContent, listKeys } from './glance.ts'
import { exportsOf, isModuleNamespace } from './module-namespace.ts'
import { isSelfReporting } from './self-reporting.ts'

/** What a value of the module level is, as far as it can be told from outside. */
export interface Portrait {
  readonly hash: string
  /** Parts are known by their names alone: functions that close over something, instances of classes. */
  readonly isPartial: boolean
  /** It is an instance that is what is in its fields, the private ones included, and in these is plain data. */
  readonly isTold: boolean
  /** All of it is in the hash: the order of what is in collections, and which parts are one object, aren't. */
  readonly isPlain: boolean
  /** Some of these have a state that nobody can see. */
  readonly isHidden: boolean
  /** There is something in it that a package made, and keeps things in. */
  readonly isForeign: boolean
  /** Functions or instances are in it. */
  readonly hasCode: boolean
  /** Fields were seen that a glance doesn't come by: private ones, those under symbols. */
  readonly isPeeked: boolean
  /** There is more to it than can be looked at: it is another in each process. */
  readonly isUnknown: boolean
  /** What is in it of a kind that nobody can look into, whatever becomes of it. */
  readonly closed?: string | undefined
  /** Components in it of which what made them counts too. */
  readonly origins: ReadonlySet<string>
  /** Whether the classes in it are as they were then; undefined where there are none. */
  readonly isUnpatched?: () => boolean
  /** How many parts were looked at; of texts and binary data, how many would take as long. */
  readonly size: number
}

/** To look at more would take too long, and too much memory. */
const PARTS_MAX = 20_000_000

/** What a function or an instance is known as. */
export interface Naming {
  readonly name: string
  /** Whether nothing else about it counts, of an instance but its fields. */
  readonly isWhole: boolean
  /** Whether an instance is what is in its fields, the private ones included. */
  readonly isTold?: boolean
  /** Whether it has a state that nobody can see. */
  readonly isHidden?: boolean
  /** Whether a package, or the platform, made it. */
  readonly isForeign?: boolean
  /** A component that it is, or is of, of which what made it counts too. */
  readonly origin?: string | undefined
}

export interface Namer {
  /** @param holder what has it as a property */
  nameFunction(fn: object, holder: object): Naming
  nameInstance(instance: object): Naming
  /** What gives or takes a property. */
  nameAccessor?(fn: object, holder: object): Naming
  /** The private fields of an instance, or of a class. */
  peek?(owner: object): readonly object[]
}

/** For what has no functions and no instances in it, or doesn't count. */
export const NAMELESS: Namer = { nameFunction: () => ({ name: '', isWhole: false }), nameInstance: () => ({ name: '', isWhole: false }) }

/** Of what nobody can look at. */
export const UNSEEN: Portrait = {
  hash: '', isPartial: true, isTold: false, isPlain: false, isHidden: true, isForeign: false,
  hasCode: true, isPeeked: false, isUnknown: false, origins: new Set(), size: 0,
}

/** Whether its hash is that of all of it. */
export function hasContent({ hash, isUnknown }: Portrait): boolean {
  return !isUnknown && hash !== UNSEEN.hash
}

const UNKNOWN: Portrait = { ...UNSEEN, hash: crypto.randomUUID(), isUnknown: true }

export interface PortrayOptions {
  /** What has the value as a property. */
  readonly holder?: object | undefined
  readonly partsMax?: number
  /** What would take longer than so many parts counts as unknown. */
  readonly sizeMax?: number
  /** What packages keep in what they made doesn't count. */
  readonly skipsForeign?: boolean
}

/** The content of a value; of functions and instances in it, what shows. */
export function portray(value: unknown, namer: Namer, { holder, partsMax = PARTS_MAX, sizeMax = Infinity, skipsForeign = false }: PortrayOptions = {}): Portrait {
  const copier = new Copier(namer, { partsMax, sizeMax, skipsForeign })
  try {
    const hash = identify(copier.copy(value, holder)).cid
    const { isPartial, isTold, isPlain, isHidden, isForeign, hasCode, isPeeked, closed, origins, size } = copier
    return { hash, isPartial, isTold: isTold && isPlain, isPlain: isPlain && !hasCode, isHidden, isForeign, hasCode, isPeeked, isUnknown: false, closed, origins, size }
  } catch (error) {
    // Of a kind that has no content: then its code must tell.
    const isKind = error instanceof Refusal && !(error instanceof DepthRefusal)
    // Otherwise it is too large, or something in it refuses to be looked at.
    return { ...(isKind ? UNSEEN : UNKNOWN), size: copier.size }
  }
}

type Limits = Required<Pick<PortrayOptions, 'partsMax' | 'sizeMax' | 'skipsForeign'>>

class Copier {
  isPartial = false
  isTold = false
  isPlain = true
  isHidden = false
  isForeign = false
  hasCode = false
  isPeeked = false
  closed: string | undefined
  readonly origins = new Set<string>()
  size = 0
  #parts = 0
  /** What packages made is theirs. */
  #isInForeign = false
  readonly #copies = new Map<object, unknown>()
  readonly #namer: Namer
  readonly #limits: Limits

  constructor(namer: Namer, limits: Limits) {
    this.#namer = namer
    this.#limits = limits
  }

  copy(value: unknown, holder: object = Object.prototype): unknown {
    this.#grow(1)
    this.#parts += 1
    if (this.#parts > this.#limits.partsMax) throw new RangeError(`There are more than ${this.#limits.partsMax} parts`)
    switch (typeof value) {
      case 'function': return this.#function(value, holder)
      case 'string': this.#grow(value.length >> 4); return value
      case 'symbol': return this.#part('symbol', value.description)
      case 'object': return value === null ? null : this.#object(value)
      default: return value
    }
  }

  #grow(size: number): void {
    this.size += size
    if (this.size > this.#limits.sizeMax) throw new RangeError(`It would take longer than ${this.#limits.sizeMax} parts`)
  }

  #part(kind: string, name: unknown, { isWhole, isTold = false, isHidden = false, origin }: Omit<Naming, 'name'> = { isWhole: false }): Map<unknown, unknown> {
    this.isPartial ||= !isWhole
    // Nothing else was looked at yet.
    this.isTold = isTold && this.#parts === 1
    if (!this.isTold) this.isPlain = false
    this.isHidden ||= isHidden
    this.hasCode = true
    if (origin !== undefined) this.origins.add(origin)
    return new Map<unknown, unknown>([['mandala part', kind], ['name', typeof name === 'string' ? name : '']])
  }

  /** Its name, and what it carries. */
  #function(value: object, holder: object): unknown {
    const known = this.#copies.get(value)
    if (known !== undefined) return known
    const { name, ...naming } = this.#namer.nameFunction(value, holder)
    const part = this.#part('function', name, naming)
    this.#copies.set(value, part)
    if (types.isProxy(value) || isSelfReporting(value) || this.#isPassedOver(naming, Object.keys(value).length > 0)) return part
    if (Object.keys(value).length > 0) part.set('properties', this.#properties(value, {}))
    this.#private(value, part)
    return part
  }

  #isPassedOver({ isForeign = false }: Pick<Naming, 'isForeign'>, keepsSomething: boolean): boolean {
    this.isForeign ||= isForeign && keepsSomething
    return isForeign && this.#limits.skipsForeign
  }

  #object(value: object): unknown {
    if (!this.#isInForeign) this.closed ??= closedKindOf(value)
    if (types.isProxy(value)) return this.#part('proxy', '')
    const known = this.#copies.get(value)
    if (known !== undefined) {
      this.isPlain = false
      return known
    }
    const cid = contentIdOf(value)
    if (cid !== undefined) return this.#part('ref', cid, { isWhole: true })
    if (hasHiddenContent(value)) return this.#data(value)
    if (types.isArgumentsObject(value)) return this.#array(Array.from(value as ArrayLike<unknown>))
    const prototype = Object.getPrototypeOf(value) as object | null
    const content = this.#content(value)
    if (content) return isPlainCollection(value, prototype) ? content() : this.#instance(value, prototype, content)
    if (!isPlain(prototype)) return this.#instance(value, prototype)
    if (isModuleNamespace(value)) return this.#namespace(value)
    const copy = Object.create(prototype) as object
    this.#copies.set(value, copy)
    return this.#properties(value, copy)
  }

  /** What a collection holds. */
  #content(value: object): (() => unknown) | undefined {
    if (Array.isArray(value)) return () => this.#array(value)
    if (types.isMap(value)) return () => this.#map(value)
    return types.isSet(value) ? () => this.#set(value) : undefined
  }

  #array(value: readonly unknown[]): unknown {
    // That of a template has a property that isn't listed, and is frozen.
    this.isPlain &&= listKeys(value).length === 0 && Object.isExtensible(value)
    const copy: unknown[] = []
    this.#copies.set(value, copy)
    copy.length = value.length
    // A hole stays one.
    for (const i of value.keys()) if (i in value) copy[i] = this.copy(value[i])
    return copy
  }

  #map(value: ReadonlyMap<unknown, unknown>): unknown {
    this.isPlain = false
    const copy = new Map<unknown, unknown>()
    this.#copies.set(value, copy)
    for (const [key, each] of value) copy.set(this.copy(key), this.copy(each))
    return copy
  }

  #set(value: ReadonlySet<unknown>): unknown {
    this.isPlain = false
    const copy = new Set<unknown>()
    this.#copies.set(value, copy)
    for (const each of value) copy.add(this.copy(each))
    return copy
  }

  /** The same under every bundler. */
  #namespace(value: object): unknown {
    const copy = Object.create(null) as Record<string, unknown>
    this.#copies.set(value, copy)
    for (const [name, each] of exportsOf(value)) copy[name] = this.copy(each, value)
    return copy
  }

  #properties(value: object, copy: object, keys = listKeys(value)): unknown {
    for (const key of keys) {
      const property = Object.getOwnPropertyDescriptor(value, key)
      const each = property && 'value' in property ? this.copy(property.value, value) : this.#accessor(property, value)
      Object.defineProperty(copy, String(key), { value: each, enumerable: true, writable: true, configurable: true })
    }
    return copy
  }

  /** It isn't called. */
  #accessor(property: PropertyDescriptor | undefined, holder: object): unknown {
    const accessor = property?.get ?? property?.set
    const naming = accessor && this.#namer.nameAccessor?.(accessor, holder)
    return this.#part('getter', naming?.name, { isWhole: false, isHidden: naming?.isHidden ?? false })
  }

  /** Dates, typed arrays and registered classes are identified as they are. */
  #data(value: object): unknown {
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return this.#bytes(value)
    this.isPlain &&= types.isDate(value)
    // Where it stands in the text of its last match is nothing that it is.
    return types.isRegExp(value) && Object.getPrototypeOf(value) === RegExp.prototype ? new RegExp(value.source, value.flags) : value
  }

  /** Others may write to memory that is shared, or make it larger: what it is now counts. */
  #bytes(value: ArrayBufferView | ArrayBufferLike): unknown {
    this.#grow(value.byteLength >> 3)
    const memory = ArrayBuffer.isView(value) ? value.buffer : value
    if (memory instanceof ArrayBuffer && !memory.resizable) return value
    const bytes = ArrayBuffer.isView(value) ? new Uint8Array(memory, value.byteOffset, value.byteLength) : new Uint8Array(memory)
    return new Map<string, unknown>([['mandala part', Object.prototype.toString.call(value)], ['content', bytes.slice()]])
  }

  /** Its class and its fields, and what it holds as a collection. */
  #instance(value: object, prototype: object | null, content?: () => unknown): unknown {
    const { name, ...naming } = this.#namer.nameInstance(value)
    const part = this.#part('instance', name, naming)
    this.#copies.set(value, part)
    if (this.#isPassedOver(naming, true)) return part
    const outer = this.#isInForeign
    this.#isInForeign ||= naming.isForeign === true
    if (content) part.set('content', content())
    // Made by `Object.create`.
    if (prototype && !Object.hasOwn(prototype, 'constructor')) part.set('prototype', this.copy(prototype))
    this.#private(value, part)
    const keys = naming.isWhole ? Reflect.ownKeys(value) : listKeys(value)
    this.isPeeked ||= keys.length > listKeys(value).length
    part.set('fields', this.#properties(value, {}, keys))
    this.#isInForeign = outer
    return part
  }

  #private(owner: object, part: Map<unknown, unknown>): void {
    const fields = (this.#namer.peek?.(owner) ?? []).filter((each) => Object.keys(each).length > 0)
    if (fields.length === 0) return
    this.isPeeked = true
    part.set('private', this.copy(fields))
  }
}

/** Of what can't be looked into, what kind of thing it is. */
export function closedKindOf(value: object): string | undefined {
  if (types.isProxy(value)) return 'a proxy'
  return types.isGeneratorObject(value) || Object.prototype.isPrototypeOf.call(Iterator.prototype, value) ? 'an iterator' : undefined
}

/** What a function or a class is called, for want of anything better; of a bound one, what it is bound to may be called otherwise in a bundle. */
export function ownNameOf(made: unknown): string {
  const name: unknown = typeof made === 'function' ? made.name : undefined
  return typeof name === 'string' ? name.replace(/^bound .*$/s, 'bound') : ''
}

/** Whether a value is what its class and its fields are. */
export function isOfClass(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || Array.isArray(value) || value instanceof Map || value instanceof Set) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  return !isPlain(prototype) && Object.hasOwn(prototype as object, 'constructor') && contentIdOf(value) === undefined && !hasHiddenContent(value)
}

function isPlain(prototype: object | null): boolean {
  return prototype === Object.prototype || prototype === null
}

function contentIdOf(value: object): unknown {
  return (value as { readonly [CONTENT_ID]?: unknown })[CONTENT_ID]
}

const COLLECTIONS = new Set(['Array', 'Map', 'Set'])

/** One of no class of its own, which may come from another realm, and without properties; an array's are too many to ask for. */
function isPlainCollection(value: object, prototype: object | null): boolean {
  if (prototype === Array.prototype || prototype === null) return true
  const { constructor } = prototype as { constructor?: { readonly name?: unknown } }
  return Object.hasOwn(prototype, 'constructor') && COLLECTIONS.has(String(constructor?.name)) && (Array.isArray(value) || Object.keys(value).length === 0)
}
