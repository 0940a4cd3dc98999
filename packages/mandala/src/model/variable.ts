import { aFunction, anIterable, describe, expectInput, type Rule } from '../base/expect.ts'
import type { ContentId, HistoryId, VersionId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { deriveDictId, deriveExternalId, deriveListId, deriveSetId } from './derive-ids.ts'
import { External, Ignored } from './marks.ts'
import { Ref } from './ref.ts'
import type { CollectionKind } from './structure.ts'
import { identify } from '../value/identify.ts'

/** Which refs a variable may stand for: one, by what it is and how it came about, or all of some contents. */
export type Pin =
  | { readonly kind: 'ref'; readonly hid: HistoryId }
  | { readonly kind: 'content'; readonly cids: readonly ContentId[] }

/** The name under which a call has a ref: one, any member of a rest parameter, or that of an op's only output, which may have been renamed. */
export type Label =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'member'; readonly of: string }
  | { readonly kind: 'only' }

/** What an input is in calls that are stored without it: it was added later, and these have it at its default. */
export interface Fallback {
  readonly hid: HistoryId
  readonly cid: ContentId
  readonly value: unknown
}

export interface StatedEdge {
  readonly label: Label
  readonly variable: Variable<any>
  readonly fallback?: Fallback | undefined
}

/** Which calls of an op are meant: of its own version number and today's code; of a number; of a code; or all. */
export type CallVersion =
  | { readonly kind: 'current'; readonly version: number; readonly isStated: boolean }
  | { readonly kind: 'number'; readonly version: number }
  | { readonly kind: 'code'; readonly id: VersionId }
  | { readonly kind: 'any' }

/** Something that a pattern says of its variables. */
export type Statement =
  | {
    readonly kind: 'call'; readonly op: string; readonly version: CallVersion
    readonly inputs: readonly StatedEdge[]; readonly outputs: readonly StatedEdge[]
  }
  | {
    readonly kind: 'element'; readonly kinds: readonly CollectionKind[]
    readonly collection: Variable<any>; readonly element: Variable<any>; readonly key: Variable<any> | undefined
  }
  | { readonly kind: 'one-of' | 'none-of'; readonly variable: Variable<any>; readonly pins: readonly Pin[] }
  | { readonly kind: 'same' | 'not-same' | 'equal' | 'not-equal'; readonly a: Variable<any>; readonly b: Variable<any> }
  | { readonly kind: 'where'; readonly variable: Variable<any>; readonly predicate: (value: any) => boolean | Promise<boolean> }

/** What a collection's elements are. */
export type ElementOf<T> =
  0 extends 1 & T ? any
    : T extends readonly (infer E)[] ? E
      : T extends ReadonlySet<infer E> ? E
        : T extends object ? T[keyof T] : unknown

const statements = new WeakMap<Variable<any>, Statement[]>()

/** All that is said of a variable, by anyone who holds it. */
export function statementsOf(variable: Variable<any>): readonly Statement[] {
  return statements.get(variable) ?? []
}

/** The variables that a statement is about. */
export function variablesOf(statement: Statement): readonly Variable<any>[] {
  switch (statement.kind) {
    case 'call': return [...statement.inputs, ...statement.outputs].map(({ variable }) => variable)
    case 'element': return [statement.collection, statement.element, ...(statement.key ? [statement.key] : [])]
    case 'one-of': case 'none-of': case 'where': return [statement.variable]
    default: return [statement.a, statement.b]
  }
}

export function state(statement: Statement): void {
  for (const variable of new Set(variablesOf(statement))) {
    const known = statements.get(variable)
    if (known) known.push(statement)
    else statements.set(variable, [statement])
  }
}

const aTest = aFunction('for example acc.where((acc) => acc > 0.9)')
const manyValues = anIterable('for example n.isIn([5, 10])')
const isPosition = (given: unknown): boolean => Number.isSafeInteger(given) && (given as number) >= 0
const aKey: Rule = [
  (given) => given instanceof Variable || typeof given === 'string' || isPosition(given), 'it is a position in a list, from 0 up, a key of a dict, or a Q',
]

/**
 * A variable of a pattern: it stands for any Ref that fits all that is said of it. `op.match(...)` and the methods here say something;
 * nothing is read before `storage.df(...)`.
 */
export class Variable<T> {
  declare readonly '~value': T

  /** An element of the collection that this stands for: at a position of a list, under a key of a dict, or any. */
  at(key?: Variable<number> | Variable<string> | number | string): Variable<ElementOf<T>> {
    if (key !== undefined) expectInput('at', key, aKey, 'QUERY_INVALID')
    const element = new Variable<ElementOf<T>>()
    const kinds: readonly CollectionKind[] = key === undefined || key instanceof Variable ? ['list', 'dict', 'set'] : typeof key === 'number' ? ['list', 'set'] : ['dict']
    state({ kind: 'element', kinds, collection: this, element, key: key === undefined ? undefined : toVariable(key, 'at') })
    return element
  }

  /** Keeps those whose value passes a test. The candidates' values are loaded before anything is joined. */
  where(predicate: (value: T) => boolean | Promise<boolean>): this {
    expectInput('where', predicate, aTest, 'QUERY_INVALID')
    state({ kind: 'where', variable: this, predicate })
    return this
  }

  /** It is this very Ref, with its history; or the same as another variable. */
  is(other: Variable<any> | Ref<any>): this {
    return this.#compare(other, { kind: 'same', pins: 'one-of', place: 'is' })
  }

  /** It is any Ref but this; or another one than another variable. */
  isNot(other: Variable<any> | Ref<any>): this {
    return this.#compare(other, { kind: 'not-same', pins: 'none-of', place: 'isNot' })
  }

  /** Its value equals a value, that of a Ref, or that of another variable, whatever their histories. */
  equals(other: unknown): this {
    if (other instanceof Variable) state({ kind: 'equal', a: this, b: other })
    else state({ kind: 'one-of', variable: this, pins: [pinContent(other, 'equals')] })
    return this
  }

  /** Its value is another one. */
  differs(other: unknown): this {
    if (other instanceof Variable) state({ kind: 'not-equal', a: this, b: other })
    else state({ kind: 'none-of', variable: this, pins: [pinContent(other, 'differs')] })
    return this
  }

  /** It is one of these Refs, or equals one of these values. */
  isIn(choices: Iterable<unknown>): this {
    expectInput('isIn', choices, manyValues, 'QUERY_INVALID')
    state({ kind: 'one-of', variable: this, pins: Array.from(choices, (choice) => toPin(choice, 'isIn')) })
    return this
  }

  #compare(other: unknown, how: { readonly kind: 'same' | 'not-same'; readonly pins: 'one-of' | 'none-of'; readonly place: string }): this {
    if (other instanceof Variable) state({ kind: how.kind, a: this, b: other })
    else if (other instanceof Ref) state({ kind: how.pins, variable: this, pins: [{ kind: 'ref', hid: other.hid }] })
    else throw invalid(how.place, `was given ${describe(other)}`, `it compares with a Ref or a Q; for values there are equals(…) and differs(…)`)
    return this
  }
}

/** A variable as it is; anything else as one that stands for it alone. */
export function toVariable(given: unknown, place: string): Variable<any> {
  if (given instanceof Variable) return given
  const variable = new Variable<any>()
  state({ kind: 'one-of', variable, pins: [toPin(given, place)] })
  return variable
}

function toPin(given: unknown, place: string): Pin {
  return given instanceof Ref ? { kind: 'ref', hid: given.hid } : pinContent(given, place)
}

function pinContent(given: unknown, place: string): Pin {
  if (given instanceof Ref) return { kind: 'content', cids: [given.cid] }
  if (given instanceof External) return { kind: 'content', cids: [deriveExternalId(given.name)] }
  if (given instanceof Ignored) throw invalid(place, 'was given ignore(…)', 'what is ignored is no part of a call; leave it out')
  try {
    return { kind: 'content', cids: listContentIds(given) }
  } catch (cause) {
    const hint = 'pass a Q, a Ref or a plain value; collections of Qs are Q.list([q]), Q.dict and Q.set'
    throw invalid(place, `was given ${describe(given)}, which is no storable value`, hint, cause)
  }
}

/** A value may be stored as one opaque value or, deeper and deeper, as a collection of elements. */
function listContentIds(value: unknown): ContentId[] {
  return [identify(value).cid, ...listStructureIds(value)]
}

function listStructureIds(value: unknown): ContentId[] {
  if (typeof value !== 'object' || value === null) return []
  const isList = Array.isArray(value)
  if (!isList && !(value instanceof Set) && Object.getPrototypeOf(value) !== Object.prototype) return []
  const [keys, elements] = value instanceof Set ? [[], [...value]] : [Object.keys(value), Object.values(value) as unknown[]]
  const ids = elements.map(listContentIds)
  const depths = Math.max(1, ...ids.map((each) => each.length))
  return Array.from({ length: depths }, (_, depth) => ids.map((each) => each[Math.min(depth, each.length - 1)] as ContentId)).map((cids) => {
    if (isList) return deriveListId(cids)
    return value instanceof Set ? deriveSetId(cids) : deriveDictId(keys.map((key, i) => [key, cids[i] as ContentId]))
  })
}

export function invalid(place: string, what: string, hint: string, cause?: unknown): MandalaError {
  return new MandalaError('QUERY_INVALID', `${place}: ${what}`, { hint, cause })
}
