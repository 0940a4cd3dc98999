import { types } from 'node:util'

/** The shapes of objects that have a canonical form of their own. */
export type Shape =
  | 'object' | 'null-object' | 'array' | 'map' | 'set' | 'date' | 'regexp' | 'view' | 'buffer' | 'error' | 'boxed' | 'url'

const errorPrototypes = new Map<object, string>(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError].map((type) => [type.prototype, type.name]),
)
const viewNames = new Map<object, string>(
  [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array,
    Float32Array, Float64Array, DataView, Buffer].map((type) => [type.prototype, type.name]),
)
const Float16 = (globalThis as { Float16Array?: { prototype: object } }).Float16Array
if (Float16) viewNames.set(Float16.prototype, 'Float16Array')

const fixedShapes = new Map<object, readonly [Shape, (value: unknown) => boolean]>([
  [Map.prototype, ['map', types.isMap]],
  [Set.prototype, ['set', types.isSet]],
  [Date.prototype, ['date', types.isDate]],
  [RegExp.prototype, ['regexp', types.isRegExp]],
  [ArrayBuffer.prototype, ['buffer', types.isArrayBuffer]],
  [URL.prototype, ['url', isURL]],
  [Number.prototype, ['boxed', types.isNumberObject]],
  [String.prototype, ['boxed', types.isStringObject]],
  [Boolean.prototype, ['boxed', types.isBooleanObject]],
  [BigInt.prototype, ['boxed', types.isBigIntObject]],
])

function isURL(value: unknown): boolean {
  // Only one with the slots of a URL has an address; an object that merely has its prototype throws.
  try {
    return typeof (value as URL).href === 'string'
  } catch {
    return false
  }
}

/** The shape of an object, told by its prototype and its internal slots together; undefined for instances of other classes. */
export function findShape(value: object): Shape | undefined {
  if (Array.isArray(value)) return Object.getPrototypeOf(value) === Array.prototype ? 'array' : undefined
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === Object.prototype) return hasSlots(value) ? undefined : 'object'
  if (prototype === null) return hasSlots(value) ? undefined : 'null-object'
  const fixed = fixedShapes.get(prototype)
  if (fixed) return fixed[1](value) ? fixed[0] : undefined
  if (viewNames.has(prototype)) return ArrayBuffer.isView(value) ? 'view' : undefined
  if (errorPrototypes.has(prototype)) return types.isNativeError(value) ? 'error' : undefined
  return undefined
}

/** Objects that only pose as plain ones: a Map whose prototype was replaced, `arguments`, a module namespace. */
function hasSlots(value: object): boolean {
  return ArrayBuffer.isView(value) || types.isMap(value) || types.isSet(value) || types.isDate(value) || types.isRegExp(value) || types.isAnyArrayBuffer(value) ||
    types.isNativeError(value) || types.isBoxedPrimitive(value) || types.isPromise(value) || types.isArgumentsObject(value) || types.isExternal(value) ||
    types.isWeakMap(value) || types.isWeakSet(value) || types.isGeneratorObject(value) || types.isModuleNamespaceObject(value)
}

/** `Float64Array`, `Buffer`, … of a view. */
export function getViewName(view: ArrayBufferView): string {
  return viewNames.get(Object.getPrototypeOf(view)) ?? ''
}

/** `TypeError`, … of an error. */
export function getErrorName(error: object): string {
  return errorPrototypes.get(Object.getPrototypeOf(error)) ?? ''
}

/** The class of an object, for messages. */
export function describeClass(value: object): string {
  const constructor = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor
  return constructor?.name ? `an instance of ${constructor.name}` : 'an object of an unknown class'
}
