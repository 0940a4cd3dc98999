import { types } from 'node:util'
import { CONTENT_ID } from '../value/content-id.ts'
import { findTypeOf } from '../value/type-registry.ts'

/** Says whether a value is as it was: a cheaper way than hashing it. */
export type Glance = () => boolean

/**
 * Undefined where something may change unseen, or where there is too much to look at.
 * @param isPassedOver what doesn't count
 */
export function glanceAt(value: object, partsMax: number, isPassedOver?: (part: object) => boolean): Glance | undefined {
  const glances: Glance[] = []
  const met = new Set([value])
  let count = 0
  for (const object of met) {
    if (isPassedOver?.(object)) continue
    const look = lookAt(object)
    count += look?.parts.length ?? Infinity
    if (!look || count > partsMax) return undefined
    glances.push(look.glance)
    for (const part of look.parts) if (typeof part === 'object' && part !== null || typeof part === 'function') met.add(part)
  }
  if (glances.length === 1) return glances[0]
  return () => {
    for (let i = 0; i < glances.length; i += 1) if (!(glances[i] as Glance)()) return false
    return true
  }
}

/** So many of the objects in a large value are kept an eye on, of so many keys, elements and bytes at most; of longer arrays so many elements. */
const WATCHED_MAX = 32
const KEYS_MAX = 100
const ELEMENTS_MAX = 5_000
const SAMPLES = 64
const BYTES_MAX = 2 ** 18

/** Says of a large value whether its size is what it was, and a sample of it: what takes the place of a single part among many isn't seen. */
export function glanceAtSample(value: object): Glance {
  const met = new Set([value])
  const glances: Glance[] = []
  for (const each of met) {
    glances.push(sampleOf(each))
    for (const part of partsOf(each)) {
      if (met.size >= WATCHED_MAX) break
      if (typeof part === 'object' && part !== null) met.add(part)
    }
  }
  return () => glances.every((isSame) => isSame())
}

function sampleOf(value: object): Glance {
  if (types.isProxy(value)) return () => true
  if (ArrayBuffer.isView(value)) return sampleOfBytes(value)
  if (Array.isArray(value)) return sampleOfArray(value)
  if (types.isMap(value) || types.isSet(value)) {
    const { size } = value
    const entries = firstOf(value)
    return () => value.size === size && isSame(firstOf(value), entries)
  }
  const keys = Object.keys(value).length
  const shown = keys <= KEYS_MAX ? lookAtProperties(value as Record<string, unknown>)?.glance : undefined
  return shown ?? (() => Object.keys(value).length === keys)
}

function firstOf(value: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>): unknown[] {
  const found: unknown[] = []
  const entries = types.isMap(value) ? Map.prototype.entries.call(value) : Set.prototype.entries.call(value)
  for (const [key, each] of entries) if (found.push(key, each) >= SAMPLES) break
  return found
}

function sampleOfArray(value: readonly unknown[]): Glance {
  const { length } = value
  if (length <= ELEMENTS_MAX) return lookAtArray(value).glance
  const at = (i: number): unknown => value[Math.floor(i * length / SAMPLES)]
  const samples = Array.from({ length: SAMPLES }, (_, i) => at(i))
  return () => value.length === length && samples.every((sample, i) => Object.is(at(i), sample))
}

/** All of them, or those at the beginning and at the end. */
function sampleOfBytes(value: ArrayBufferView): Glance {
  // A view of memory that was handed on to a worker.
  if (value.byteLength === 0) return () => value.byteLength === 0
  const bytesOf = (): Buffer => Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  const half = BYTES_MAX / 2
  const sample = (): readonly Buffer[] => [bytesOf().subarray(0, half), bytesOf().subarray(half).subarray(-half)]
  const then = sample().map((part) => Buffer.from(part))
  const { byteLength } = value
  return () => value.byteLength === byteLength && sample().every((part, i) => part.equals(then[i] as Buffer))
}

/** What lies in a collection, or what a loop over keys comes by; no code of the program's is called. */
export function partsOf(value: object): Iterable<unknown> {
  if (types.isProxy(value) || ArrayBuffer.isView(value)) return []
  if (Array.isArray(value)) return value
  if (types.isSet(value)) return Set.prototype.values.call(value)
  if (types.isMap(value)) return [...Map.prototype.entries.call(value)].flat()
  return Object.keys(value).map((key): unknown => Object.getOwnPropertyDescriptor(value, key)?.value)
}

interface Look {
  readonly parts: readonly unknown[]
  readonly glance: Glance
}

function lookAt(value: object): Look | undefined {
  if (types.isProxy(value)) return undefined
  if ((types.isMap(value) || types.isSet(value)) && Object.keys(value).length > 0) return undefined
  if (Array.isArray(value)) return lookAtArray(value)
  if (types.isMap(value)) return lookAtMap(value)
  if (types.isSet(value)) {
    const parts = [...value]
    return { parts, glance: () => value.size === parts.length && isSame(value, parts) }
  }
  if (types.isDate(value)) {
    const time = value.getTime()
    return { parts: [], glance: () => Object.is(value.getTime(), time) }
  }
  if (ArrayBuffer.isView(value) && value.byteLength <= BYTES_MAX && value.buffer instanceof ArrayBuffer && findTypeOf(value) === undefined) {
    return { parts: [], glance: sampleOfBytes(value) }
  }
  const href = value instanceof URL ? hrefOf(value) : undefined
  if (href !== undefined) {
    return { parts: [], glance: () => hrefOf(value as URL) === href }
  }
  // Neither changes: where a pattern stands in the text of its last match is nothing that it is.
  if (types.isRegExp(value) || CONTENT_ID in value) return { parts: [], glance: () => true }
  return hasHiddenContent(value) ? undefined : lookAtProperties(value as Record<string, unknown>)
}

function lookAtArray(value: readonly unknown[]): Look {
  const parts = [...value]
  const holes = parts.map((_, i) => !(i in value))
  return {
    parts,
    glance: () => {
      if (value.length !== parts.length) return false
      for (let i = 0; i < parts.length; i += 1) if (!Object.is(value[i], parts[i]) || parts[i] === undefined && i in value === holes[i]) return false
      return true
    },
  }
}

function lookAtMap(value: ReadonlyMap<unknown, unknown>): Look {
  const [keys, values] = [[...value.keys()], [...value.values()]]
  return { parts: [...keys, ...values], glance: () => value.size === keys.length && isSame(value.keys(), keys) && isSame(value.values(), values) }
}

function isSame(now: Iterable<unknown>, then: readonly unknown[]): boolean {
  let i = 0
  for (const each of now) if (!Object.is(each, then[i++])) return false
  return true
}

/** The properties that count: those of plain objects, and of others those that a loop over keys comes by; without an array's elements. */
export function listKeys(value: object): readonly PropertyKey[] {
  if (Array.isArray(value)) return Object.keys(value).filter((key) => !/^\d+$/.test(key))
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = (prototype === Object.prototype || prototype === null) && !types.isModuleNamespaceObject(value)
  return isPlain ? Reflect.ownKeys(value) : Object.keys(value)
}

function lookAtProperties(value: Record<string, unknown>): Look | undefined {
  const keys = Object.keys(value)
  if (listKeys(value).length !== keys.length) return undefined
  const hasAccessor = keys.some((key) => !Object.hasOwn(Object.getOwnPropertyDescriptor(value, key) ?? {}, 'value'))
  if (hasAccessor) return lookAtDescriptors(value, keys)
  const parts = keys.map((key) => value[key])
  if (hasInheritedKeys(value)) {
    return { parts, glance: () => {
      const now = Object.keys(value)
      return now.length === keys.length && now.every((key, i) => key === keys[i] && Object.is(value[key], parts[i]))
    } }
  }
  return {
    parts,
    glance: () => {
      let i = 0
      // Makes no list, as `Object.keys` would.
      for (const key in value) if (key !== keys[i] || !Object.is(value[key], parts[i++])) return false
      return i === keys.length
    },
  }
}

/** Undefined of what only looks like an address. */
function hrefOf(value: URL): string | undefined {
  try {
    return value.href
  } catch {
    return undefined
  }
}

/** No accessor is called. */
function lookAtDescriptors(value: object, keys: readonly string[]): Look {
  const describe = (key: string): unknown => {
    const { get, set, value: part } = Object.getOwnPropertyDescriptor(value, key) ?? {}
    return get ?? set ?? part
  }
  const parts = keys.map(describe)
  return { parts, glance: () => Object.keys(value).length === keys.length && keys.every((key, i) => Object.is(describe(key), parts[i])) }
}

/** As where methods were assigned to a prototype: a loop over keys comes by them too. */
function hasInheritedKeys(value: object): boolean {
  for (const key in value) if (!Object.hasOwn(value, key)) return true
  return false
}

/** Whether there is more to a value than its properties, and the value room knows it. */
export function hasHiddenContent(value: object): boolean {
  if (types.isDate(value) || types.isRegExp(value) || types.isNativeError(value) || types.isBoxedPrimitive(value) || value instanceof URL) return true
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) || findTypeOf(value) !== undefined
}

/** Both of them, as far as there are two. */
export function both(one: Glance | undefined, other: Glance | undefined): Glance | undefined {
  return one && other ? () => one() && other() : one ?? other
}
