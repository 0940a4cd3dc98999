import { renderColumns } from './columns.ts'

/** A step of a query's solution: what was expected, and what came of it. */
export interface PlanStep {
  readonly what: string
  /** How many rows it should have at most, as far as that was known before. */
  readonly estimate: number | undefined
  readonly rows: number
  readonly durationMs: number
}

/**
 * How a query was solved, step by step, with estimated and real counts of rows.
 * @param kept the ops of which only some calls were looked at, with their versions
 */
export function renderPlan(steps: readonly PlanStep[], kept: readonly string[]): string {
  const count = (n: number | undefined): string => (n === undefined ? '' : Math.ceil(n).toLocaleString('en-US'))
  const lines = steps.map(({ what, estimate, rows, durationMs }) => [what, count(estimate), count(rows), durationMs.toFixed(1)])
  const table = renderColumns(['step', 'expected', 'rows', 'ms'], lines)
  return kept.length === 0 ? table : `${table}\nonly calls of: ${kept.join(', ')}`
}
