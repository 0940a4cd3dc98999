import { MandalaError } from '../base/mandala-error.ts'
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

type Check = readonly [isRight: (given: unknown) => boolean, hint: string]

const isBoolean = (given: unknown): boolean => typeof given === 'boolean'
const CHECKS: Readonly<Record<keyof SimilarOptions, Check>> = {
  distinct: [(given) => given === 'refs' || given === 'values' || given === false, "it is 'refs', 'values' or false"],
  limit: [(given) => Number.isSafeInteger(given) && (given as number) >= 0, 'it is a number of rows'],
  allowProduct: [isBoolean, 'it is true or false'],
  version: [(given) => given === 'current' || given === 'any', "it is 'current' or 'any'; a certain one is said where the call is: op.match({ … }, { version })"],
  values: [(given) => given === 'objects' || given === 'refs' || given === 'lazy', "it is 'objects', 'refs' or 'lazy'"],
  explain: [isBoolean, 'it is true or false'],
  context: [isBoolean, 'it is true or false'],
  print: [isBoolean, 'it is true or false'],
}

/** A misspelt option would silently do nothing. */
export function checkOptions(place: string, given: object, known: readonly (keyof SimilarOptions)[]): void {
  for (const [name, value] of Object.entries(given)) {
    const check = known.includes(name as keyof SimilarOptions) ? CHECKS[name as keyof SimilarOptions] : undefined
    if (!check) throw new MandalaError('OPTION_INVALID', `${place}: there is no option "${name}"`, { hint: `the options are ${known.join(', ')}` })
    if (value !== undefined && !check[0](value)) throw new MandalaError('OPTION_INVALID', `${place}: ${name} is ${String(value)}`, { hint: check[1] })
  }
}
