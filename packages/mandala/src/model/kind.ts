import { expectInput, type Rule } from '../base/expect.ts'

/** How an input or output is seen: as one opaque value, or as a collection whose elements are Refs of their own. */
export type Kind<T = any> =
  | ValueKind
  | ListKind<T>
  | DictKind<T>
  | SetKind<T>

export interface ValueKind {
  readonly kind: 'value'
  /** Significant digits that identify numbers; all of them if left out. */
  readonly digits?: number
}
export interface ListKind<T = any> { readonly kind: 'list'; readonly element: Kind<T> }
export interface DictKind<T = any> { readonly kind: 'dict'; readonly element: Kind<T> }
export interface SetKind<T = any> { readonly kind: 'set'; readonly element: Kind<T> }

const opaque: ValueKind = { kind: 'value' }
const aKind: Rule = [isKind, 'use value(), list(), dict(), set() or approx(digits)']
const digitCount: Rule = [(given) => Number.isInteger(given) && (given as number) >= 1 && (given as number) <= 17, 'the number of digits is 1 to 17']

/** Whether something is a kind through and through. */
export function isKind(given: unknown): given is Kind {
  if (typeof given !== 'object' || given === null) return false
  const { kind, element } = given as { readonly kind?: unknown; readonly element?: unknown }
  return kind === 'value' || (kind === 'list' || kind === 'dict' || kind === 'set') && isKind(element)
}

function elementsOf<E extends Kind>(place: string, element: E): E {
  expectInput(place, element, aKind, 'OP_INVALID')
  return element
}

/** One opaque value: what an input or output is unless told otherwise. */
export function value(): ValueKind {
  return opaque
}

/** An array of which every element is a Ref of its own, stored once. */
export function list<const E extends Kind = ValueKind>(element: E = opaque as E): { readonly kind: 'list'; readonly element: E } {
  return { kind: 'list', element: elementsOf('list', element) }
}

/** A plain object of which every value is a Ref of its own. */
export function dict<const E extends Kind = ValueKind>(element: E = opaque as E): { readonly kind: 'dict'; readonly element: E } {
  return { kind: 'dict', element: elementsOf('dict', element) }
}

/** A Set of which every element is a Ref of its own. */
export function set<const E extends Kind = ValueKind>(element: E = opaque as E): { readonly kind: 'set'; readonly element: E } {
  return { kind: 'set', element: elementsOf('set', element) }
}

/** A value identified by so many significant digits of its numbers; it is stored as it is. */
export function approx(digits: number): ValueKind {
  expectInput('approx', digits, digitCount, 'OP_INVALID')
  return { kind: 'value', digits }
}
