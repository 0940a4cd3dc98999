import { aFunction, aRecord, aText, expectInput } from '../base/expect.ts'

/** How a class of the user's is identified and stored. */
export interface RegisteredType<T = any, Data = any> {
  /** The name under which values are stored; never change it. */
  readonly name: string
  /** Whether a value is of this type. */
  is(value: unknown): value is T
  /** The value as data that can itself be stored. */
  encode(value: T): Data
  /** The value again; `decode(encode(x))` must equal `x`. */
  decode(data: Data): T
  /** What identifies the value, if that is less than `encode` gives. */
  hash?(value: T): unknown
}

const types = new Map<string, RegisteredType>()

/**
 * Teaches the library a class, so that its instances can be inputs and outputs.
 * Registering the same name again replaces the earlier entry.
 * @throws MandalaError `TYPE_INVALID` if a part is missing.
 */
export function registerType<T, Data>(type: RegisteredType<T, Data>): void {
  const hint = 'pass { name, is, encode, decode }, and `hash` if less than the encoded data identifies a value'
  expectInput('registerType', type, aRecord(hint), 'TYPE_INVALID')
  expectInput('registerType: name', type.name, aText(hint), 'TYPE_INVALID')
  for (const part of ['is', 'encode', 'decode'] as const) expectInput(`registerType: ${part}`, type[part], aFunction(hint), 'TYPE_INVALID')
  if (type.hash !== undefined) expectInput('registerType: hash', type.hash, aFunction(hint), 'TYPE_INVALID')
  types.set(type.name, type)
}

export function findTypeOf(value: object): RegisteredType | undefined {
  for (const type of types.values()) if (type.is(value)) return type
  return undefined
}

export function findType(name: string): RegisteredType | undefined {
  return types.get(name)
}
