import { types } from 'node:util'
import { CONTENT_ID } from '../value/content-id.ts'
import { findTypeOf } from '../value/type-registry.ts'

/** Says whether a value is as it was: a cheaper way than hashing it. */
export type Glance = () => boolean

/** Undefined where something may change unseen, or where there is too much to look at. */
export function glanceAt(value: object, partsMax: number): Glance | undefined {
  const glances: Glance[] = []
  const met = new Set([value])
  let count = 0
  for (const object of met) {
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

/** So many of the objects in a large value are kept an eye on, of so many keys at most. */
const WATCHED_MAX = 32
const KEYS_MAX = 100

/** Says of a large value whether it is as large as it was: what is added or taken away is seen, what takes another's place isn't. */
export function glanceAtSize(value: object): Glance {
  const sizes = new Map([[value, sizeOf(value)]])
  for (const [each] of sizes) {
    for (const part of partsOf(each)) {
      if (sizes.size >= WATCHED_MAX) break
      if (typeof part === 'object' && part !== null) sizes.set(part, sizeOf(part))
    }
  }
  return () => {
    for (const [each, size] of sizes) if (sizeOf(each) !== size) return false
    return true
  }
}

function sizeOf(value: object): number {
  if (types.isProxy(value)) return 0
  if (Array.isArray(value)) return value.length
  if (value instanceof Map || value instanceof Set) return value.size
  let keys = 0
  for (const _ in value) if ((keys += 1) > KEYS_MAX) break
  return keys
}

/** No getter is called. */
function partsOf(value: object): Iterable<unknown> {
  if (types.isProxy(value)) return []
  if (Array.isArray(value) || value instanceof Set) return value
  return value instanceof Map ? value.values() : Object.values(Object.getOwnPropertyDescriptors(value)).map((each): unknown => each.value)
}

interface Look {
  readonly parts: readonly unknown[]
  readonly glance: Glance
}

function lookAt(value: object): Look | undefined {
  if (types.isProxy(value)) return undefined
  if ((value instanceof Map || value instanceof Set) && Object.keys(value).length > 0) return undefined
  if (Array.isArray(value)) return lookAtArray(value)
  if (value instanceof Map) return lookAtMap(value)
  if (value instanceof Set) {
    const parts = [...value]
    return { parts, glance: () => value.size === parts.length && isSame(value, parts) }
  }
  if (types.isDate(value)) {
    const time = value.getTime()
    return { parts: [], glance: () => Object.is(value.getTime(), time) }
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
  if (hasAccessor) return undefined
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
