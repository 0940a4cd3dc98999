import type { ColumnTable } from 'arquero'
import { renderPlan } from '../render/plan-text.ts'
import { makeCellTable, showRefs } from '../web/cell-table.ts'
import { readValue } from '../web/read-values.ts'
import { Web } from '../web/web.ts'
import { describePlan, describeVersions } from './describe-plan.ts'
import type { Pattern } from './pattern.ts'
import type { QueryOptions, RowOptions } from './query-options.ts'
import { readRows, readSome, solve, type QueryHost, type Solved } from './solve.ts'

/** An Arquero table of the answers: a column for each selected variable. */
export async function makeTable(pattern: Pattern, host: QueryHost, { values = 'objects', ...options }: QueryOptions): Promise<ColumnTable> {
  const { plan, matches } = await solveAndTell(pattern, host, options)
  const web = new Web(host.owner)
  const rows = readRows(matches, web)
  const places = pattern.columns.map(({ variable }) => plan.select.indexOf(variable))
  const show = await showRefs(web, values, { rows, places })
  return makeCellTable(pattern.columns.map(({ name }, i) => ({ name, place: places[i] as number, show })), rows)
}

const ROWS_AT_ONCE = 1_000

/** The answers one after the other, without holding them all. */
export async function* streamRows(pattern: Pattern, host: QueryHost, { values = 'objects', ...options }: RowOptions): AsyncGenerator<Record<string, unknown>> {
  const { plan, matches } = await solveAndTell(pattern, host, options)
  const columns = pattern.columns.map(({ name, variable }) => ({ name, place: plan.select.indexOf(variable) }))
  try {
    for (let from = 0; from < matches.count; from += ROWS_AT_ONCE) {
      const web = new Web(host.owner)
      for (const row of readSome(matches, web, { from, limit: ROWS_AT_ONCE })) {
        const cells: Record<string, unknown> = {}
        for (const { name, place } of columns) {
          const ref = web.ref(row[place] as number)
          cells[name] = values === 'objects' ? await readValue(ref) : ref
        }
        yield cells
      }
    }
  } finally {
    matches.close()
  }
}

async function solveAndTell(pattern: Pattern, host: QueryHost, { explain = false, ...options }: QueryOptions): Promise<Solved> {
  const solved = await solve(pattern, host, options)
  if (explain) host.show(renderPlan(describePlan(pattern, solved), describeVersions(pattern, host, options)))
  return solved
}
