import { isDeepStrictEqual } from 'node:util'
import { MandalaError } from '../base/mandala-error.ts'

const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const
export type Comparison = (typeof COMPARISONS)[number]

/** What a column must be like. */
export interface Condition {
  readonly column: string
  readonly comparison: Comparison
  readonly value: unknown
}

/**
 * Reads `name<op>value`, such as `depth > 3`: the value is JSON, or else a text as it stands.
 * @throws MandalaError `QUERY_INVALID`
 */
export function parseCondition(text: string): Condition {
  const [, column, comparison, value] = /^\s*([^=!<>]+?)\s*(!=|<=|>=|=|<|>)=?\s*(.*?)\s*$/s.exec(text) ?? []
  if (column === undefined || comparison === undefined || value === undefined || value === '') {
    throw new MandalaError('QUERY_INVALID', `${JSON.stringify(text)} is no condition`, {
      hint: `write a column, one of ${COMPARISONS.join(' ')}, and a value in JSON: depth>3, kind="tree", strict=true`,
    })
  }
  return { column, comparison: comparison as Comparison, value: parseValue(value) }
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** Whether a value is as a condition says. What differs in type is neither less nor more; a moment is compared with a date as a text. */
export function fulfils(value: unknown, { comparison, value: given }: Condition): boolean {
  const known = value instanceof Date && typeof given === 'string' ? Date.parse(given) : given
  const found = value instanceof Date && typeof given === 'string' ? value.getTime() : value
  switch (comparison) {
    case '=': return isSame(found, known)
    case '!=': return !isSame(found, known)
    default: return typeof found === typeof known && (typeof found === 'number' || typeof found === 'string') && isOrdered(comparison, compare(found, known))
  }
}

function isOrdered(comparison: Comparison, order: number): boolean {
  switch (comparison) {
    case '<': return order < 0
    case '<=': return order <= 0
    case '>': return order > 0
    default: return order >= 0
  }
}

/** An order of any values: by type, numbers first; what has no order among its like is equal to all of them. */
export function compare(a: unknown, b: unknown): number {
  const [left, right] = [toOrdered(a), toOrdered(b)]
  if (typeof left !== typeof right) return rank(left) - rank(right)
  if (left === right || (typeof left !== 'number' && typeof left !== 'string' && typeof left !== 'bigint' && typeof left !== 'boolean')) return 0
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
  return left < (right as typeof left) ? -1 : 1
}

const toOrdered = (value: unknown): unknown => (value instanceof Date ? value.getTime() : value)
const RANKS = ['number', 'bigint', 'string', 'boolean', 'object']
const rank = (value: unknown): number => (RANKS.includes(typeof value) ? RANKS.indexOf(typeof value) : RANKS.length)

/** JSON has no -0 of its own. */
const isSame = (a: unknown, b: unknown): boolean => a === b || isDeepStrictEqual(a, b)
