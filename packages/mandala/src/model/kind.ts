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

/** One opaque value: what an input or output is unless told otherwise. */
export function value(): ValueKind {
  return opaque
}

/** An array of which every element is a Ref of its own, stored once. */
export function list<const E extends Kind = ValueKind>(element: E = opaque as E): { readonly kind: 'list'; readonly element: E } {
  return { kind: 'list', element }
}

/** A plain object of which every value is a Ref of its own. */
export function dict<const E extends Kind = ValueKind>(element: E = opaque as E): { readonly kind: 'dict'; readonly element: E } {
  return { kind: 'dict', element }
}

/** A Set of which every element is a Ref of its own. */
export function set<const E extends Kind = ValueKind>(element: E = opaque as E): { readonly kind: 'set'; readonly element: E } {
  return { kind: 'set', element }
}

/** A value identified by so many significant digits of its numbers; it is stored as it is. */
export function approx(digits: number): ValueKind {
  if (!Number.isInteger(digits) || digits < 1 || digits > 17) throw new RangeError(`approx(${digits}): the number of digits must be 1 to 17`)
  return { kind: 'value', digits }
}
