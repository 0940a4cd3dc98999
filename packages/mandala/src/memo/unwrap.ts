import { isThenable, letGo } from '../base/awaitable.ts'
import { External, Ignored } from '../model/marks.ts'
import { Ref, type RefOwner } from '../model/ref.ts'
import type { Unwrapped } from '../model/tracked.ts'
import { isStackOverflow, makeDepthRefusal } from '../value/refusal.ts'
import { isPlainObject } from './structures.ts'
import { carry, findGiven } from '../model/wrap.ts'

/**
 * Replaces Refs and promises by values, through arrays, plain objects, Maps and Sets. The values are fresh copies: changing them changes
 * nothing stored. What holds no Ref is given back as it is.
 * @throws MandalaError `VALUE_REFUSED` for what is nested thousands of levels deep.
 */
export async function unwrap<T>(value: T): Promise<Unwrapped<T>> {
  return (await unwrapAny(value)) as Unwrapped<T>
}

/** The same at once where nothing has to be waited for. */
export function unwrapAny(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Ref) return value.immediate ? value.immediate.value : value.owner.load(value)
  if (value instanceof External || value instanceof Ignored) return unwrapAny(value.value)
  if (isThenable(value)) return Promise.resolve(value).then(unwrapAny)
  return replace(value, unwrapAny)
}

/** What stands in an argument once its promises came true and the Refs of other storages hold their values; at once where there are none. */
export function settle(owner: RefOwner, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Ref) return value.owner === owner || findGiven(value) ? value : carryOver(value)
  if (isThenable(value)) return Promise.resolve(value).then((settled) => settle(owner, settled))
  if (Array.isArray(value) || isPlainObject(value)) return replace(value, (part) => settle(owner, part))
  return value
}

/** It stays a Ref: an array that holds Refs is a list, whatever storage they are of. */
function carryOver(ref: Ref<unknown>): unknown {
  const loaded = unwrapAny(ref)
  return isThenable(loaded) ? loaded.then((value) => carry(ref, value)) : carry(ref, loaded)
}

/** A copy with every part replaced, or the same object if no part changed. */
function replace(value: object, change: (part: unknown) => unknown): unknown {
  if (Array.isArray(value)) return rebuild(value, value, change, (parts) => parts)
  if (value instanceof Map) {
    return rebuild(value, [...value.keys(), ...value.values()], change, (parts) =>
      new Map(parts.slice(0, value.size).map((key, i) => [key, parts[value.size + i]])))
  }
  if (value instanceof Set) return rebuild(value, [...value], change, (parts) => new Set(parts))
  if (!isPlainObject(value)) return value
  const keys = Object.keys(value)
  return rebuild(value, Object.values(value), change, (parts) => {
    const copy = Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>
    for (const [i, key] of keys.entries()) Object.defineProperty(copy, key, { value: parts[i], writable: true, enumerable: true, configurable: true })
    return copy
  })
}

const open = new Set<object>()

function rebuild(value: object, parts: readonly unknown[], change: (part: unknown) => unknown, make: (parts: unknown[]) => unknown): unknown {
  if (open.has(value)) return value
  const isOutermost = open.size === 0
  open.add(value)
  let changed: unknown[] | undefined
  let waits = false
  try {
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i]
      if (typeof part !== 'object' || part === null) continue
      const replaced = change(part)
      if (replaced === part) continue
      changed ??= [...parts]
      changed[i] = replaced
      waits ||= isThenable(replaced)
    }
  } catch (error) {
    letGo(changed ?? [])
    // Further in there may be no stack left to ask.
    throw isOutermost && isStackOverflow(error) ? makeDepthRefusal().toError('value') : error
  } finally {
    open.delete(value)
  }
  if (!changed) return value
  return waits ? Promise.all(changed).then(make) : make(changed)
}
