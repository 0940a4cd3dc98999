import { inspect } from 'node:util'
import { identify } from '../value/identify.ts'

/** Where two values part, and what is there in each; `absent` where there is nothing. */
export interface Difference {
  /** As in source text, seen from the whole: `[3].text`; empty for the whole. */
  readonly path: string
  readonly before: string
  readonly after: string
}

const TEXT_LENGTH_MAX = 200
const absent = Symbol('absent')

/**
 * The first place at which two values differ, in the order of the first one's parts.
 * @param digits how many significant digits of numbers count; all if undefined
 */
export function findDifference(before: unknown, after: unknown, digits: number | undefined): Difference | undefined {
  const met = new Set<object>()
  const find = (a: unknown, b: unknown, path: string): Difference | undefined => {
    if (Object.is(a, b)) return undefined
    const [parts, others] = [partsOf(a), partsOf(b)]
    if (!parts || !others || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return isSame(a, b, digits) ? undefined : toDifference(path, a, b)
    // One that holds itself was looked at already, or is just being.
    if (met.has(a as object)) return undefined
    met.add(a as object)
    for (const name of new Set([...parts.keys(), ...others.keys()])) {
      const found = find(parts.has(name) ? parts.get(name) : absent, others.has(name) ? others.get(name) : absent, path + name)
      if (found) return found
    }
    return undefined
  }
  return find(before, after, '')
}

/** What lies in a value, by the way to it; undefined for what has no parts that can be told apart by names. */
function partsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) return new Map([...Object.entries(value), ['length', value.length] as const].map(([key, part]) => [nameOf(key), part]))
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const numbers = value as unknown as ArrayLike<unknown>
    return new Map([...Array.from(numbers, (part, i) => [`[${i}]`, part] as const), ['.length', numbers.length]])
  }
  if (value instanceof Map) return new Map(Array.from(value, ([key, part]) => [`.get(${show(key)})`, part]))
  if (typeof value !== 'object' || value === null) return undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? new Map(Object.entries(value).map(([key, part]) => [nameOf(key), part])) : undefined
}

function nameOf(key: string): string {
  if (/^\d+$/.test(key)) return `[${key}]`
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function isSame(a: unknown, b: unknown, digits: number | undefined): boolean {
  return a !== absent && b !== absent && identify(a, digits).cid === identify(b, digits).cid
}

const toDifference = (path: string, before: unknown, after: unknown): Difference => ({ path, before: show(before), after: show(after) })

/** Runs none of the user's code. */
export function show(value: unknown): string {
  if (value === absent) return 'nothing'
  const text = inspect(value, { depth: 2, breakLength: Infinity, maxArrayLength: 10, maxStringLength: TEXT_LENGTH_MAX, customInspect: false })
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX - 1)}…` : text
}
