import { aBoolean, oneOf, type Rule } from '../base/expect.ts'
import type { CellValues } from '../web/cell-table.ts'

/** Which answers count as one, how many are given, and whether parts may be combined freely. */
export interface SolveOptions {
  /** `'refs'` (default): of answers with the same Refs one is given; `'values'`: of those with equal values, whatever their histories; `false`: all. */
  readonly distinct?: 'refs' | 'values' | false
  /** So many answers at most, the first in their order. */
  readonly limit?: number
  /** Combine every answer of one part of the pattern with every answer of the others, where they share no variable. */
  readonly allowProduct?: boolean
  /** Of which calls a statement without a version speaks: those that hold for the code of today (default), or all that are stored. */
  readonly version?: 'current' | 'any'
}

export interface QueryOptions extends SolveOptions {
  /** What stands in the cells: values (default), Refs, or values that are read when they are looked at. */
  readonly values?: CellValues
  /** Print how the query was solved, with expected and real counts of rows. */
  readonly explain?: boolean
}

/** How answers are given row by row. */
export interface RowOptions extends Omit<QueryOptions, 'values'> {
  /** Values (default) or Refs. */
  readonly values?: 'objects' | 'refs'
}

export interface SimilarOptions extends QueryOptions {
  /** Also a column for every variable between. */
  readonly context?: boolean
  /** Print the pattern; true if left out. */
  readonly print?: boolean
}

const SOLVE: Readonly<Record<keyof SolveOptions, Rule>> = {
  distinct: oneOf('refs', 'values', false),
  limit: [(given) => Number.isSafeInteger(given) && (given as number) >= 0, 'it is a number of rows'],
  allowProduct: aBoolean,
  version: [(given) => given === 'current' || given === 'any', "it is 'current' or 'any'; a certain one is said where the call is: op.match({ … }, { version })"],
}

export const ROW_OPTIONS: Readonly<Record<keyof RowOptions, Rule>> = { ...SOLVE, values: oneOf('objects', 'refs'), explain: aBoolean }
export const QUERY_OPTIONS: Readonly<Record<keyof QueryOptions, Rule>> = { ...ROW_OPTIONS, values: oneOf('objects', 'refs', 'lazy') }
export const SIMILAR_OPTIONS: Readonly<Record<keyof SimilarOptions, Rule>> = { ...QUERY_OPTIONS, context: aBoolean, print: aBoolean }
