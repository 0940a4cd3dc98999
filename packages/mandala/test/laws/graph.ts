import fc from 'fast-check'

/** A node of a graph of objects, by number, with what it holds: primitives, or other nodes by number. */
export interface NodePlan {
  readonly kind: 'object' | 'null-object' | 'array' | 'map' | 'set' | 'error' | 'date' | 'view' | 'buffer' | 'regexp' | 'boxed'
  readonly slots: readonly SlotPlan[]
}
interface SlotPlan {
  readonly key: unknown
  readonly value: unknown
}
/** Stands for a node in a plan. */
export class NodeRef {
  readonly index: number
  constructor(index: number) { this.index = index }
}

const text = fc.oneof(fc.constantFrom('', 'a', 'b', '__proto__', '1', '01', '\ud800', '\udc00', 'é', 'e\u0301', 'x'.repeat(2000)), fc.string({ maxLength: 3 }))
const primitive = fc.oneof(text, fc.constantFrom(0, -0, 1, NaN, Infinity, 1n, 0n, true, false, null, undefined), fc.double())
const ref = fc.nat({ max: 4 }).map((index) => new NodeRef(index))
const slot = fc.record({ key: fc.oneof(primitive, ref), value: fc.oneof(primitive, { arbitrary: ref, weight: 2 }) })
const kind = fc.constantFrom<NodePlan['kind'][]>(
  'object', 'object', 'null-object', 'array', 'map', 'map', 'set', 'set', 'error', 'date', 'view', 'buffer', 'regexp', 'boxed',
)
export const graphPlan: fc.Arbitrary<readonly NodePlan[]> = fc.array(fc.record({ kind, slots: fc.array(slot, { maxLength: 3 }) }), { minLength: 1, maxLength: 5 })

function makeShell({ kind, slots }: NodePlan): object {
  switch (kind) {
    case 'object': return {}
    case 'null-object': return Object.create(null) as object
    case 'array': return []
    case 'map': return new Map()
    case 'set': return new Set()
    case 'error': return slots.length > 1 ? new TypeError('t') : new Error('e')
    case 'date': return new Date(slots.length === 3 ? NaN : slots.length)
    case 'view': return new Float64Array([slots.length, -0, NaN])
    case 'buffer': return Buffer.from([slots.length])
    case 'regexp': return new RegExp('a'.repeat(slots.length), 'g')
    case 'boxed': return Object(slots.length) as object
  }
}

function fill(shell: object, { kind, slots }: NodePlan, resolve: (part: unknown) => unknown): void {
  for (const [i, { key, value }] of slots.entries()) {
    if (kind === 'map') (shell as Map<unknown, unknown>).set(resolve(key), resolve(value))
    else if (kind === 'set') (shell as Set<unknown>).add(resolve(value))
    else if (kind === 'array') (shell as unknown[])[2 * i + (typeof key === 'number' ? 1 : 0)] = resolve(value)
    else if (kind === 'object' || kind === 'null-object' || kind === 'error') define(shell, keyOf(key, i), resolve(value))
  }
}

const keyOf = (key: unknown, i: number): string => (key instanceof NodeRef ? `k${i}` : `${typeof key === 'string' ? '' : 'p'}${String(key)}`)

export function define(target: object, key: PropertyKey, value: unknown): void {
  if (key === 'stack' || key === 'message') return
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
}

/**
 * The first node of a plan, with all that can be reached from it.
 * @param order `labelled`: every node bears its number, so that no two are alike; `turned`: keys and members are put in in reverse order
 */
export function buildGraph(plans: readonly NodePlan[], order: 'plain' | 'labelled' | 'labelled-turned' = 'plain'): unknown {
  const shells = plans.map(makeShell)
  const resolve = (part: unknown): unknown => (part instanceof NodeRef ? shells[part.index % shells.length] : part)
  for (const [i, plan] of plans.entries()) {
    const label = { key: 'label', value: `node ${i}` }
    const slots = order === 'plain' ? plan.slots : [label, ...uniqueKeys(plan)]
    const isTurned = order === 'labelled-turned' && plan.kind !== 'array'
    fill(shells[i] as object, { kind: plan.kind, slots: isTurned ? slots.toReversed() : slots }, resolve)
  }
  return shells[0]
}

/** Of slots with one key only the first: which one wins must not depend on the order. */
function uniqueKeys({ kind, slots }: NodePlan): readonly SlotPlan[] {
  const name = ({ key }: SlotPlan, i: number): string => (key instanceof NodeRef && kind === 'map' ? 'ref' : keyOf(key, i))
  const first = slots.filter((each, i) => slots.findIndex((other, j) => name(other, j) === name(each, i)) === i)
  return first.map((each, i) => (kind === 'map' ? each : { ...each, key: keyOf(each.key, i) }))
}

/** A copy that shares nothing with the value, made without the library. */
export function cloneDeep(value: unknown, made: Map<object, object> = new Map()): unknown {
  if (typeof value !== 'object' || value === null) return value
  const known = made.get(value)
  if (known) return known
  const copy = cloneShell(value)
  made.set(value, copy)
  if (copy instanceof Map) for (const [key, part] of value as Map<unknown, unknown>) copy.set(cloneDeep(key, made), cloneDeep(part, made))
  else if (copy instanceof Set) for (const part of value as Set<unknown>) copy.add(cloneDeep(part, made))
  else if (!ArrayBuffer.isView(copy) && !(copy instanceof RegExp)) {
    for (const key of Object.keys(value)) define(copy, key, cloneDeep((value as Record<string, unknown>)[key], made))
  }
  return copy
}

function cloneShell(value: object): object {
  if (Array.isArray(value)) return Array<unknown>(value.length)
  if (value instanceof Map) return new Map()
  if (value instanceof Set) return new Set()
  if (value instanceof Error) return new (value.constructor as ErrorConstructor)(value.message)
  if (value instanceof Date) return new Date(value)
  if (value instanceof RegExp) return new RegExp(value)
  if (value instanceof Buffer) return Buffer.from(value)
  if (value instanceof Float64Array) return value.slice()
  if (value instanceof Number) return Object(value.valueOf()) as object
  return Object.create(Object.getPrototypeOf(value) as object | null) as object
}

/** The objects that can be reached from a value, itself first. */
export function listObjects(value: unknown, found: Set<object> = new Set()): readonly object[] {
  if (typeof value === 'object' && value !== null && !found.has(value)) {
    found.add(value)
    const parts: unknown[] = ArrayBuffer.isView(value) ? [] : Object.values(value)
    if (value instanceof Map) parts.push(...value.keys(), ...value.values())
    if (value instanceof Set) parts.push(...value)
    for (const part of parts) listObjects(part, found)
  }
  return [...found]
}
