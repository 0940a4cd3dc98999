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

function collect(kind: CollectionKind, elements: readonly unknown[], at: readonly unknown[] = []): Variable<any> {
  const place = `Q.${kind}`
  if (!Array.isArray(elements)) throw invalid(place, 'was given no array of elements', `for example ${place}([q])`)
  if (!Array.isArray(at) || at.length > elements.length) throw invalid(place, '`at` has more entries than there are elements', 'give one for each element, in order')
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
export const Q: QMaker = Object.assign(<T>(): Variable<T> => new Variable<T>(), {
  list: (elements: readonly unknown[], options: ElementOptions<number> = {}) => collect('list', elements, options.at),
  dict: (elements: readonly unknown[] | Readonly<Record<string, unknown>>, options: ElementOptions<string> = {}) =>
    (Array.isArray(elements) ? collect('dict', elements, options.at) : collect('dict', Object.values(elements), Object.keys(elements))),
  set: (elements: readonly unknown[]) => collect('set', elements),
})
