import { types } from 'node:util'

/**
 * Whether two values are one in shape: equal leaves, prototypes and keys, and the same references in the same places. It knows nothing of
 * ids. Slow, since it tries all orders of Sets and Maps: for small values.
 * @param isOrdered whether the order of Sets and Maps counts
 */
export function isIsomorphic(a: unknown, b: unknown, isOrdered: boolean): boolean {
  return solve([[a, b]], new Map(), new Map(), isOrdered)
}

type Pairs = readonly (readonly [unknown, unknown])[]

function solve(todo: Pairs, forth: ReadonlyMap<object, object>, back: ReadonlyMap<object, object>, isOrdered: boolean): boolean {
  const [first, ...rest] = todo
  if (!first) return true
  const [x, y] = first
  if (!isObject(x) || !isObject(y)) return Object.is(x, y) && solve(rest, forth, back, isOrdered)
  if (forth.has(x) || back.has(y)) return forth.get(x) === y && back.get(y) === x && solve(rest, forth, back, isOrdered)
  const [nextForth, nextBack] = [new Map(forth).set(x, y), new Map(back).set(y, x)]
  return waysToPair(x, y, isOrdered).some((pairs) => solve([...pairs, ...rest], nextForth, nextBack, isOrdered))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** The parts of two objects that must be one, in each way in which they can be put side by side; none if the objects themselves differ. */
function waysToPair(x: object, y: object, isOrdered: boolean): readonly Pairs[] {
  if (Object.getPrototypeOf(x) !== Object.getPrototypeOf(y) || leafOf(x) !== leafOf(y)) return []
  const [keys, others] = [keysOf(x), keysOf(y)]
  if (keys.length !== others.length || !keys.every((key) => others.includes(key))) return []
  const named = keys.map((key) => [Reflect.get(x, key), Reflect.get(y, key)] as const)
  if (types.isSet(x) && types.isSet(y)) return waysToPairMembers([...x].map((e) => [e]), [...y].map((e) => [e]), isOrdered)
  if (types.isMap(x) && types.isMap(y)) return waysToPairMembers([...x], [...y], isOrdered)
  return [named]
}

function waysToPairMembers(xs: readonly (readonly unknown[])[], ys: readonly (readonly unknown[])[], isOrdered: boolean): readonly Pairs[] {
  if (xs.length !== ys.length) return []
  const orders = isOrdered ? [ys] : permute(ys)
  return orders.map((order) => xs.flatMap((x, i) => x.map((part, j) => [part, order[i]?.[j]] as const)))
}

function permute<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, i) => permute(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))
}

const keysOf = (value: object): readonly PropertyKey[] => (ArrayBuffer.isView(value) ? [] : Reflect.ownKeys(value).filter((key) => key !== 'stack'))

/** What an object is beside its properties and members. */
function leafOf(value: object): string {
  if (types.isDate(value)) return `date ${value.getTime()}`
  if (types.isRegExp(value)) return `regexp ${value}`
  if (ArrayBuffer.isView(value)) return `view ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  if (types.isBoxedPrimitive(value)) return `boxed ${typeof value.valueOf()} ${Object.is(value.valueOf(), -0) ? '-0' : String(value.valueOf())}`
  return Object.prototype.toString.call(value)
}
