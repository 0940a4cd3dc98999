import { types } from 'node:util'
import { deriveColours } from './colours.ts'
import { digestBytes, StreamingDigest, digest, type RecordKind } from './digest.ts'
import { writeNumber, writePrimitive, writeString } from './primitive-text.ts'
import { makeDepthRefusal, Refusal } from './refusal.ts'
import { findTypeOf, type RegisteredType } from './type-registry.ts'
import { hasHoles, hasNamedProperties, isAccessor, isIndex } from './properties.ts'
import { describeClass, findShape, getErrorName, getViewName } from './shape.ts'
import { getBytes, round } from './view-bytes.ts'

/** Deeper values might be identified with much stack left and not be read with little. */
export const DEPTH_MAX = 2000
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
  /** Set in the text of a part alone, which may not put collections in order by yet further texts. */
  #isAlone = false
  #colours: ReadonlyMap<object, string> | undefined
  /** Set in a glance: what stands for each object within the first. */
  #short: ((part: object) => string) | undefined
  /** What registered types gave, which may be another object each time they are asked. */
  #encoded: Map<object, unknown> | undefined
  #scratch: CanonicalText | undefined
  readonly #kind: RecordKind
  readonly #digits: number | undefined
  readonly #trustsBits: boolean

  /** @param trustsBits take the bits of floats as they are, of whose NaNs the engine may have stored others than the one that counts */
  constructor(kind: RecordKind, digits?: number, trustsBits = false) {
    this.#kind = kind
    this.#digits = digits
    this.#trustsBits = trustsBits
  }

  /** The digest of all that was written. */
  end(): string {
    if (!this.#stream) return digest(this.#kind, this.#text)
    this.#stream.add(this.#text)
    return this.#stream.end()
  }

  write(value: unknown): void {
    switch (typeof value) {
      case 'string': case 'number': case 'boolean': return this.#add(writePrimitive(value, this.#digits))
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

  #writeObject(value: object): void {
    if (this.#short && this.#seen.size > 0) return this.#add(`c${this.#short(value)};`)
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
        return this.#add(writeString((value as URL).href))
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
    this.#add(writeString(type.name))
    this.write(this.#encodeRegistered(type, value))
    this.#openTypes.delete(value)
  }

  #encodeRegistered(type: RegisteredType, value: object): unknown {
    this.#encoded ??= new Map()
    if (this.#encoded.has(value)) return this.#encoded.get(value)
    try {
      const data: unknown = type.hash ? type.hash(value) : type.encode(value)
      this.#encoded.set(value, data)
      return data
    } catch (error) {
      return this.#refuse(`could not be encoded by its registered type "${type.name}": ${String(error)}`, 'mend the type\'s `encode` or `hash`')
    }
  }

  #writeKeyed(key: string | number, value: unknown): void {
    if (this.#path.length >= DEPTH_MAX) throw makeDepthRefusal()
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
    this.#add(writeString(key))
    this.#writeKeyed(key, value[key])
  }

  #writeArray(value: unknown[]): void {
    if (hasHoles(value) || hasNamedProperties(value, value.length)) return this.#writeSparseArray(value)
    this.#text += `a${value.length};`
    for (let i = 0; i < value.length; i += 1) {
      if (getGetter.call(value, i) !== undefined) this.#refuse(`has an accessor at ${i}`, 'pass a plain copy: [...value]')
      const element = value[i]
      if (element === undefined && getSetter.call(value, i) !== undefined) this.#refuse(`has an accessor at ${i}`, 'pass a plain copy: [...value]')
      if (typeof element === 'number') this.#text += writeNumber(element, this.#digits)
      else this.#writeKeyed(i, element)
    }
    if (Object.values(value).length !== value.length) this.#refuse('has hidden (non-enumerable) elements', 'pass a plain copy: [...value]')
  }

  /** An array with holes, or with named properties: only the keys that are there. */
  #writeSparseArray(value: unknown[]): void {
    const keys = Reflect.ownKeys(value).filter((key) => key !== 'length')
    // Positions come first, and in order, whatever was set when.
    const named = keys.findIndex((key) => typeof key === 'symbol' || !isIndex(key))
    if (named >= 0) keys.push(...keys.splice(named).sort(compareKeys))
    this.#text += `A${value.length};${keys.length};`
    for (const key of keys) this.#writeProperty(value as unknown as Record<string, unknown>, key)
  }

  #writeRegExp(value: RegExp): void {
    if (Reflect.ownKeys(value).length !== 1) this.#refuseExtra()
    if (typeof value.lastIndex !== 'number' || Object.is(value.lastIndex, -0)) this.#refuse('has a lastIndex that is no position', 'set it to a number')
    if (value.lastIndex !== 0) this.isPlain = false
    this.#text += `x${value.lastIndex};`
    this.#add(writeString(value.source))
    this.#add(writeString(value.flags))
  }

  /** Name, message, cause and further properties count; where it was thrown (the stack) does not. */
  #writeError(value: Error): void {
    this.isPlain = false
    const keys = Reflect.ownKeys(value).filter((key) => key !== 'stack').sort(compareKeys)
    this.#text += `e${keys.length};`
    this.#add(writeString(getErrorName(value)))
    for (const key of keys) {
      if (typeof key === 'symbol') this.#refuse(`has the symbol key ${String(key)}`, 'use a string key')
      if (isAccessor(value, key)) this.#refuse(`has an accessor "${key}"`, 'pass plain data')
      this.#add(writeString(key))
      this.#writeKeyed(key, (value as unknown as Record<string, unknown>)[key])
    }
  }

  #writeView(view: ArrayBufferView): void {
    if (view.buffer instanceof SharedArrayBuffer) this.#refuse('stands on a SharedArrayBuffer', 'pass a copy: .slice()')
    if ((view.buffer as ArrayBuffer).resizable) this.#refuse('stands on a resizable buffer', 'pass a copy: .slice()')
    if ((view.buffer as ArrayBuffer).detached) this.#refuse('stands on a detached buffer', 'pass it before it is transferred')
    if (hasNamedProperties(view, view instanceof DataView ? 0 : (view as Uint8Array).length)) this.#refuseExtra()
    this.#text += `v${getViewName(view)};`
    this.#writeBytes(getBytes(this.#digits === undefined ? view : round(view, this.#digits), this.#trustsBits))
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

  #writeBytes(bytes: Uint8Array): void {
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
    const entries = [...Map.prototype.entries.call(value)]
    this.#text += `m${entries.length};`
    for (const [key, element] of this.#orderOf(value, entries)) {
      this.#writeKeyed('<key>', key)
      this.#writeKeyed(typeof key === 'string' || typeof key === 'number' ? key : '<value>', element)
    }
  }

  #writeSet(value: Set<unknown>): void {
    this.#refuseProperties(value)
    const entries = Array.from(Set.prototype.values.call(value), (element) => [element])
    this.#text += `q${entries.length};`
    for (const [element] of this.#orderOf(value, entries)) this.#writeKeyed('<element>', element)
  }

  /**
   * The entries of a Map (key and element) or a Set (element alone) in an order that insertion has no part in. Entries that tell apart
   * by nothing but what they share with the rest stay as they were: a needless difference at worst, never a false equality.
   */
  #orderOf<E extends readonly unknown[]>(owner: object, entries: E[]): E[] {
    if (entries.length < 2) return entries
    const marker = entries[0]?.length === 1 ? '<element>' : '<key>'
    const byText: Criterion[] = [([key]) => this.#textAlone(owner, key, marker), ([, element]) => this.#textAlone(owner, element, '<value>')]
    if (this.#short || entries.every(([key]) => typeof key !== 'object' || key === null)) return sortBy(entries, byText)
    if (this.#isAlone && !this.#colours) throw new NeedsColours()
    if (!this.#colours?.has(owner)) {
      try {
        return sortBy(entries, byText)
      } catch (error) {
        if (!(error instanceof NeedsColours)) throw error
        this.#colours = deriveColours(owner, (value, short) => this.#glance(value, short))
      }
    }
    const byColour: Criterion[] = [([key]) => this.#colourOf(key), ([, element]) => this.#colourOf(element)]
    return sortBy(entries, this.#isAlone ? byColour : [...byColour, ...byText])
  }

  #colourOf(part: unknown): string {
    if (typeof part === 'object' && part !== null) return this.#colours?.get(part) ?? ''
    return typeof part === 'function' || typeof part === 'symbol' ? '' : this.#primitiveText(part)
  }

  #primitiveText(part: unknown): string {
    const scratch = (this.#scratch ??= this.#start())
    scratch.#text = ''
    scratch.write(part)
    return scratch.#text
  }

  #textAlone(owner: object, part: unknown, marker: string): string {
    if (part === null || (typeof part !== 'object' && typeof part !== 'function' && typeof part !== 'symbol')) return this.#primitiveText(part)
    const alone = this.#start()
    alone.#isAlone = true
    alone.#colours = this.#colours
    alone.#short = this.#short
    alone.#path = [...this.#path, marker]
    // Owners up the way are known to it, so a cycle through them ends.
    alone.#owners = [...this.#owners, owner]
    for (const up of alone.#owners) alone.#seen.set(up, alone.#seen.size)
    return alone.#textOf(part)
  }

  #textOf(part: unknown): string {
    this.write(part)
    return typeof part === 'object' && part !== null ? this.end() : this.#text
  }

  #glance(value: object, short: (part: object) => string): string {
    const glance = this.#start()
    glance.#short = short
    try {
      return glance.#textOf(value)
    } catch (error) {
      // The walk to come meets it again, and knows its place.
      if (error instanceof Refusal) return ''
      throw error
    }
  }

  #start(): CanonicalText {
    const text = new CanonicalText(this.#kind, this.#digits, this.#trustsBits)
    text.#encoded = this.#encoded ??= new Map()
    return text
  }

  #owners: readonly object[] = []
}

/** Keys in an order of their own, the same on every machine; symbols (refused later) last. */
function compareKeys(a: string | symbol, b: string | symbol): number {
  if (typeof a === 'symbol') return typeof b === 'symbol' ? 0 : 1
  if (typeof b === 'symbol') return -1
  return a < b ? -1 : a > b ? 1 : 0
}

type Criterion = (entry: readonly unknown[]) => string

/** Thrown where the text of a part alone would need the texts of other parts alone. */
class NeedsColours extends Error {}

/** Sorts by the first criterion that tells two entries apart; the later ones are asked only in a tie. */
function sortBy<E extends readonly unknown[]>(entries: readonly E[], criteria: readonly Criterion[]): E[] {
  const keyed = entries.map((entry) => ({ entry, texts: [(criteria[0] as Criterion)(entry)] }))
  const compare = (a: (typeof keyed)[number], b: (typeof keyed)[number]): number => {
    for (const [i, criterion] of criteria.entries()) {
      const [left, right] = [(a.texts[i] ??= criterion(a.entry)), (b.texts[i] ??= criterion(b.entry))]
      if (left !== right) return left < right ? -1 : 1
    }
    return 0
  }
  return keyed.sort(compare).map(({ entry }) => entry)
}
