import { types } from 'node:util'
import { findTypeOf } from '../value/type-registry.ts'

/**
 * What is met on a walk through a value, in order: a cheaper way than hashing to see that it is as it was.
 * Undefined where something may change unseen, or where the walk is too long.
 */
export function trailOf(value: object, lengthMax: number): readonly unknown[] | undefined {
  const trail: unknown[] = []
  const isWhole = walk(value, (each) => trail.push(each) <= lengthMax, new Set())
  return isWhole ? trail : undefined
}

/** Whether a walk meets what it met then. */
export function isOnTrail(value: object, trail: readonly unknown[]): boolean {
  let i = 0
  return walk(value, (each) => Object.is(each, trail[i++]), new Set()) && i === trail.length
}

function walk(value: unknown, meet: (part: unknown) => boolean, seen: Set<object>): boolean {
  if (!meet(value)) return false
  if (typeof value !== 'object' || value === null || seen.has(value)) return true
  seen.add(value)
  if (types.isProxy(value)) return false
  if (Array.isArray(value)) return meet(value.length) && value.every((each) => walk(each, meet, seen))
  if (value instanceof Map) return meet(value.size) && [...value].every(([key, each]) => walk(key, meet, seen) && walk(each, meet, seen))
  if (value instanceof Set) return meet(value.size) && [...value].every((each) => walk(each, meet, seen))
  if (types.isDate(value)) return meet(value.getTime())
  if (types.isRegExp(value)) return meet(value.source)
  return !hasHiddenContent(value) && walkProperties(value, meet, seen)
}

function walkProperties(value: object, meet: (part: unknown) => boolean, seen: Set<object>): boolean {
  const keys = Object.keys(value)
  if (!meet(keys.length)) return false
  for (const key of keys) {
    const property = Object.getOwnPropertyDescriptor(value, key)
    if (!property || !('value' in property) || !meet(key) || !walk(property.value, meet, seen)) return false
  }
  return true
}

/** Whether there is more to a value than its properties, and the value room knows it. */
export function hasHiddenContent(value: object): boolean {
  if (types.isDate(value) || types.isRegExp(value) || types.isNativeError(value) || types.isBoxedPrimitive(value) || value instanceof URL) return true
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) || findTypeOf(value) !== undefined
}
