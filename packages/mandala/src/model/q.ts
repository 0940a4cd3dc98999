import { anArray, expectInput, expectOptions, type Rule } from '../base/expect.ts'
import type { CollectionKind } from './structure.ts'
import { invalid, state, toVariable, Variable } from './variable.ts'

/** A variable of a pattern. */
export type Q<T = any> = Variable<T>

/** Where the elements of a list stand: a position, a variable for it, or anywhere, each. */
export interface ElementOptions<Key> {
  readonly at?: readonly (Variable<Key> | Key | undefined)[]
}

/** Makes variables of patterns. */
export interface QMaker {
  <T = any>(): Variable<T>
  /** A list that has these elements (Qs, Refs or values) among its own, at any positions or where `at` says. */
  list<T = any>(elements: readonly (Variable<T> | T)[], options?: ElementOptions<number>): Variable<T[]>
  /** A dict that has these elements among its own: under the given keys, or, as an array, under any or where `at` says. */
  dict<T = any>(elements: readonly (Variable<T> | T)[], options?: ElementOptions<string>): Variable<Record<string, T>>
  dict<T = any>(elements: Readonly<Record<string, Variable<T> | T>>): Variable<Record<string, T>>
  /** A set that has these elements among its own. */
  set<T = any>(elements: readonly (Variable<T> | T)[]): Variable<Set<T>>
}

const ELEMENT_OPTIONS: Readonly<Record<'at', Rule>> = { at: anArray('list a position or key for each element, in order') }
const nothing: Rule = [(given) => given === undefined, 'a Q stands for any Ref; where a value or a Ref is meant, pass that itself']

function collect(kind: CollectionKind, elements: readonly unknown[], options: ElementOptions<any> = {}): Variable<any> {
  const place = `Q.${kind}`
  expectInput(place, elements, anArray(`for example ${place}([q])`), 'QUERY_INVALID')
  expectOptions(place, options, kind === 'set' ? {} : ELEMENT_OPTIONS)
  const { at = [] } = options
  if (at.length > elements.length) throw invalid(place, '`at` has more entries than there are elements', 'give one for each element, in order')
  const collection = new Variable<any>()
  for (const [i, element] of elements.entries()) {
    const key = at[i] === undefined ? undefined : toVariable(at[i], `${place}: at[${i}]`)
    state({ kind: 'element', kinds: [kind], collection, element: toVariable(element, `${place}: element ${i}`), key })
  }
  return collection
}

/**
 * A variable of a pattern: `Q<number>()`; or one for a collection by its elements: `Q.list([q])`.
 * @example
 * const nClass = Q<number>()
 * const { X, y } = loadDigits.match({ nClass })
 * await storage.df({ nClass, X })
 */
export const Q: QMaker = Object.assign(<T>(...given: unknown[]): Variable<T> => {
  expectInput('Q', given[0], nothing, 'QUERY_INVALID')
  return new Variable<T>()
}, {
  list: (elements: readonly unknown[], options?: ElementOptions<number>) => collect('list', elements, options),
  dict(elements: readonly unknown[] | Readonly<Record<string, unknown>>, options?: ElementOptions<string>) {
    if (typeof elements !== 'object' || elements === null || Array.isArray(elements)) return collect('dict', elements as readonly unknown[], options)
    return collect('dict', Object.values(elements), { at: Object.keys(elements) })
  },
  set: (elements: readonly unknown[]) => collect('set', elements),
})
