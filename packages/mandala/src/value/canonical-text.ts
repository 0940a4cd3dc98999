import { inspect, types } from 'node:util'
import { digestBytes, StreamingDigest, digest, type RecordKind } from './digest.ts'
import { Refusal } from './refusal.ts'
import { findTypeOf, type RegisteredType } from './type-registry.ts'
import { describeClass, findShape, getErrorName, getViewName } from './shape.ts'

/** Longer strings and views stand in the text by their digest. */
const INLINE_LENGTH_MAX = 1024
/** When the text grows past this it is hashed piece by piece. */
const FLUSH_LENGTH = 1 << 20

const isEnumerable = Object.prototype.propertyIsEnumerable
const getGetter = (Object.prototype as unknown as { __lookupGetter__(key: PropertyKey): unknown }).__lookupGetter__
const getSetter = (Object.prototype as unknown as { __lookupSetter__(key: PropertyKey): unknown }).__lookupSetter__

/** A range of a buffer that a view in the value covers. */
interface Range {
  readonly index: number
  readonly start: number
  readonly end: number
}

/**
 * Writes a value as canonical text: self-delimiting and type-tagged, so that two values have one text exactly if they are equal.
 *
 * Objects are numbered in the order of the walk, and a second meeting writes the number: shared references and cycles are part of
 * the text. Keys of objects are sorted; elements of Sets and Maps by their own text (`#orderOf`).
 */
export class CanonicalText {
  /** Whether `v8.serialize` alone keeps this value, nothing flattened. */
  isPlain = true
  #text = ''
  #stream: StreamingDigest | undefined
  #seen = new Map<object, number>()
  #path: (string | number)[] = []
  #ranges: Map<ArrayBufferLike, Range[]> | undefined
  #openTypes: Set<object> | undefined
  readonly #kind: RecordKind
  readonly #digits: number | undefined

  constructor(kind: RecordKind, digits?: number) {
    this.#kind = kind
    this.#digits = digits
  }

  /** The digest of all that was written. */
  end(): string {
    if (!this.#stream) return digest(this.#kind, this.#text)
    this.#stream.add(this.#text)
    return this.#stream.end()
  }

  write(value: unknown): void {
    switch (typeof value) {
      case 'string': return this.#writeString(value)
      case 'number': return this.#writeNumber(value)
      case 'boolean': return this.#add(value ? 't' : 'f')
      case 'undefined': return this.#add('u')
      case 'bigint': return this.#add(`i${value};`)
      case 'object': return value === null ? this.#add('z') : this.#writeObject(value)
      case 'function': return this.#refuse('is a function', 'pass what the function depends on as data, or wrap it: external(name, fn)')
      case 'symbol': return this.#refuse('is a symbol', 'use a string instead')
    }
  }

  #add(text: string): void {
    this.#text += text
  }

  #refuse(reason: string, hint: string): never {
    throw new Refusal([...this.#path], reason, hint)
  }

  #writeNumber(value: number): void {
    const shown = this.#digits === undefined || !Number.isFinite(value) ? value : Number(value.toPrecision(this.#digits))
    this.#text += shown === 0 && Object.is(value, -0) ? 'n-0;' : `n${shown};`
  }

  #writeString(value: string): void {
    // A lone surrogate has no UTF-8, in which the text is hashed: such strings go by their UTF-16 units.
    if (!value.isWellFormed()) this.#text += `S${value.length}:${Buffer.from(value, 'utf16le').toString('hex')}`
    else if (value.length <= INLINE_LENGTH_MAX) this.#text += `s${value.length}:${value}`
    else this.#text += `h${value.length}:${digestBytes(Buffer.from(value))}`
  }

  #writeObject(value: object): void {
    if (types.isProxy(value)) this.#refuse('is a Proxy', 'pass a plain copy: what a Proxy holds can change behind its back')
    const index = this.#seen.get(value)
    if (index !== undefined) {
      if (this.#openTypes?.has(value)) this.#refuse('is a cycle through a registered class', 'leave the back reference out in its `encode`')
      this.#text += `r${index};`
      return
    }
    this.#seen.set(value, this.#seen.size)
    if (this.#text.length > FLUSH_LENGTH) this.#flush()
    const shape = findShape(value)
    switch (shape) {
      case 'object': return this.#writeRecord('o', value as Record<string, unknown>)
      case 'array': return this.#writeArray(value as unknown[])
      case undefined: return this.#writeRegistered(value)
      default:
        // A registered class may extend what the library knows itself (a branded null-prototype object, a tagged Error).
        return this.#writeSpecial(shape, value)
    }
  }

  #flush(): void {
    this.#stream ??= new StreamingDigest(this.#kind)
    this.#stream.add(this.#text)
    this.#text = ''
  }

  #writeSpecial(shape: string, value: any): void {
    switch (shape) {
      case 'null-object': {
        this.isPlain = false
        return this.#writeRecord('O', value)
      }
      case 'map': return this.#writeMap(value)
      case 'set': return this.#writeSet(value)
      case 'date': {
        this.#refuseProperties(value)
        return this.#add(`d${Date.prototype.getTime.call(value)};`)
      }
      case 'regexp': return this.#writeRegExp(value)
      case 'view': return this.#writeView(value)
      case 'buffer': return this.#writeBuffer(value)
      case 'error': return this.#writeError(value)
      case 'boxed': {
        if (Reflect.ownKeys(value).length !== (typeof value.valueOf() === 'string' ? value.length + 1 : 0)) this.#refuseExtra()
        this.#add('b')
        return this.write(value.valueOf())
      }
      case 'url': {
        this.isPlain = false
        this.#refuseProperties(value)
        this.#add('l')
        return this.#writeString((value as URL).href)
      }
    }
  }

  #refuseProperties(value: object): void {
    if (Reflect.ownKeys(value).length > 0) this.#refuseExtra()
  }

  #refuseExtra(): never {
    return this.#refuse('has properties of its own beside its content', 'pass them beside the value, or register a class for it')
  }

  #writeRegistered(value: object): void {
    const type = findTypeOf(value)
    if (!type) return this.#refuse(`is ${describeClass(value)}`, 'registerType({ name, is, encode, decode }), or pass plain data')
    this.isPlain = false
    this.#openTypes ??= new Set()
    this.#openTypes.add(value)
    this.#text += 'T'
    this.#writeString(type.name)
    this.write(this.#encodeRegistered(type, value))
    this.#openTypes.delete(value)
  }

  #encodeRegistered(type: RegisteredType, value: object): unknown {
    try {
      return type.hash ? type.hash(value) : type.encode(value)
    } catch (error) {
      return this.#refuse(`could not be encoded by its registered type "${type.name}": ${String(error)}`, 'mend the type\'s `encode` or `hash`')
    }
  }

  #writeKeyed(key: string | number, value: unknown): void {
    this.#path.push(key)
    this.write(value)
    this.#path.pop()
  }

  #writeRecord(tag: 'o' | 'O' | '', value: Record<string, unknown>): void {
    const keys = Reflect.ownKeys(value)
    this.#text += `${tag}${keys.length};`
    if (keys.length > 1) keys.sort(compareKeys)
    for (const key of keys) this.#writeProperty(value, key)
  }

  #writeProperty(value: Record<string, unknown>, key: string | symbol): void {
    if (typeof key === 'symbol') return this.#refuse(`has the symbol key ${String(key)}`, 'use a string key')
    if (!isEnumerable.call(value, key)) return this.#refuse(`has the hidden (non-enumerable) property "${key}"`, 'make it enumerable, or leave it out')
    if (getGetter.call(value, key) !== undefined || getSetter.call(value, key) !== undefined) {
      if (isAccessor(value, key)) return this.#refuse(`has an accessor "${key}"`, 'pass a plain copy: { ...value }')
    }
    this.#writeString(key)
    this.#writeKeyed(key, value[key])
  }

  #writeArray(value: unknown[]): void {
    if (hasHoles(value) || hasNamedProperties(value, value.length)) return this.#writeSparseArray(value)
    this.#text += `a${value.length};`
    for (let i = 0; i < value.length; i += 1) {
      if (getGetter.call(value, i) !== undefined) this.#refuse(`has an accessor at ${i}`, 'pass a plain copy: [...value]')
      const element = value[i]
      if (typeof element === 'number') this.#writeNumber(element)
      else this.#writeKeyed(i, element)
    }
  }

  /** An array with holes, or with named properties: only the keys that are there. */
  #writeSparseArray(value: unknown[]): void {
    const keys = Reflect.ownKeys(value).filter((key) => key !== 'length')
    this.#text += `A${value.length};${keys.length};`
    for (const key of keys) this.#writeProperty(value as unknown as Record<string, unknown>, key)
  }

  #writeRegExp(value: RegExp): void {
    if (Reflect.ownKeys(value).length !== 1) this.#refuseExtra()
    if (value.lastIndex !== 0) this.isPlain = false
    this.#text += `x${value.lastIndex};`
    this.#writeString(value.source)
    this.#writeString(value.flags)
  }

  /** Name, message, cause and further properties count; where it was thrown (the stack) does not. */
  #writeError(value: Error): void {
    this.isPlain = false
    const keys = Reflect.ownKeys(value).filter((key) => key !== 'stack').sort(compareKeys)
    this.#text += `e${keys.length};`
    this.#writeString(getErrorName(value))
    for (const key of keys) {
      if (typeof key === 'symbol') this.#refuse(`has the symbol key ${String(key)}`, 'use a string key')
      if (isAccessor(value, key)) this.#refuse(`has an accessor "${key}"`, 'pass plain data')
      this.#writeString(key)
      this.#writeKeyed(key, (value as unknown as Record<string, unknown>)[key])
    }
  }

  #writeView(view: ArrayBufferView): void {
    if (view.buffer instanceof SharedArrayBuffer) this.#refuse('stands on a SharedArrayBuffer', 'pass a copy: .slice()')
    if ((view.buffer as ArrayBuffer).resizable) this.#refuse('stands on a resizable buffer', 'pass a copy: .slice()')
    if ((view.buffer as ArrayBuffer).detached) this.#refuse('stands on a detached buffer', 'pass it before it is transferred')
    if (hasNamedProperties(view, view instanceof DataView ? 0 : (view as Uint8Array).length)) this.#refuseExtra()
    this.#text += `v${getViewName(view)};`
    this.#writeBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), view)
    this.#writeOverlaps(view.buffer, view.byteOffset, view.byteOffset + view.byteLength)
  }

  #writeBuffer(buffer: ArrayBuffer): void {
    if (buffer.resizable) this.#refuse('is a resizable buffer', 'pass a copy: .slice()')
    if (buffer.detached) this.#refuse('is a detached buffer', 'pass it before it is transferred')
    this.#refuseProperties(buffer)
    this.#text += 'B'
    this.#writeBytes(new Uint8Array(buffer))
    this.#writeOverlaps(buffer, 0, buffer.byteLength)
  }

  #writeBytes(bytes: Uint8Array, view?: ArrayBufferView): void {
    if (this.#digits !== undefined && (view instanceof Float64Array || view instanceof Float32Array)) {
      const digits = this.#digits
      const rounded = view.map((x) => (Number.isFinite(x) ? Number(x.toPrecision(digits)) : x))
      return this.#writeBytes(new Uint8Array(rounded.buffer))
    }
    const shown = bytes.length <= 32 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex') : digestBytes(bytes)
    this.#text += `${bytes.length}:${shown}`
  }

  /** Views that share memory within one value: each later one says where it lies over each earlier one. */
  #writeOverlaps(buffer: ArrayBufferLike, start: number, end: number): void {
    this.#ranges ??= new Map()
    const ranges = this.#ranges.get(buffer) ?? []
    this.#ranges.set(buffer, ranges)
    for (const earlier of ranges) {
      if (start < earlier.end && earlier.start < end) {
        this.isPlain = false
        this.#text += `@${earlier.index},${start - earlier.start};`
      }
    }
    ranges.push({ index: this.#seen.size - 1, start, end })
    this.#text += '.'
  }

  #writeMap(value: Map<unknown, unknown>): void {
    this.#refuseProperties(value)
    const keys = [...Map.prototype.keys.call(value)]
    this.#text += `m${keys.length};`
    for (const key of this.#orderOf(value, keys)) {
      this.#writeKeyed('<key>', key)
      this.#writeKeyed(typeof key === 'string' || typeof key === 'number' ? key : '<value>', Map.prototype.get.call(value, key))
    }
  }

  #writeSet(value: Set<unknown>): void {
    this.#refuseProperties(value)
    const elements = [...Set.prototype.values.call(value)]
    this.#text += `q${elements.length};`
    for (const element of this.#orderOf(value, elements)) this.#writeKeyed('<element>', element)
  }

  /**
   * Elements in the order of their own texts, each written as if it stood alone. Elements that are alone alike but tell apart by what
   * they share with the rest stay in insertion order: a needless difference at worst, never a false equality.
   */
  #orderOf(owner: object, elements: unknown[]): unknown[] {
    if (elements.length < 2) return elements
    return elements
      .map((element) => ({ element, text: this.#textAlone(owner, element) }))
      .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
      .map(({ element }) => element)
  }

  #textAlone(owner: object, element: unknown): string {
    const alone = new CanonicalText(this.#kind, this.#digits)
    alone.#path = [...this.#path, '<element>']
    // Owners up the way are known to it, so a cycle through them ends.
    alone.#owners = [...this.#owners, owner]
    for (const up of alone.#owners) alone.#seen.set(up, alone.#seen.size)
    alone.write(element)
    return typeof element === 'object' && element !== null ? alone.end() : alone.#text
  }

  #owners: readonly object[] = []
}

/** Keys in an order of their own, the same on every machine; symbols (refused later) last. */
function compareKeys(a: string | symbol, b: string | symbol): number {
  if (typeof a === 'symbol') return typeof b === 'symbol' ? 0 : 1
  if (typeof b === 'symbol') return -1
  return a < b ? -1 : a > b ? 1 : 0
}

function isAccessor(value: object, key: string): boolean {
  return !('value' in (Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor))
}

function hasHoles(value: unknown[]): boolean {
  // A sparse array of a billion must not be walked: its holes come early or its keys are few.
  for (let i = 0; i < value.length; i += 1) if (value[i] === undefined && !Object.hasOwn(value, i)) return true
  return false
}

/**
 * Whether an array or view has properties besides its elements. The keys of a long one would be a million strings; `inspect` asks the
 * engine for the others alone.
 */
function hasNamedProperties(value: object, length: number): boolean {
  if (length <= 64) return Reflect.ownKeys(value).some((key) => typeof key === 'symbol' || (key !== 'length' && !isIndex(key)))
  return !onlyElements.test(inspect(value, { maxArrayLength: 0, depth: 0, customInspect: false, breakLength: Infinity }))
}

const isIndex = (key: string): boolean => /^(0|[1-9]\d*)$/.test(key)
const onlyElements = /^(\w+\(\d+\) (\[Uint8Array\] )?)?\[ \.\.\. \d+ more items? \]$/
