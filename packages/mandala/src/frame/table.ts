import type { ColumnTable } from 'arquero'
import { MandalaError } from '../base/mandala-error.ts'
import { makeCellTable, showRefs, type CellValues } from '../web/cell-table.ts'
import type { FrameData, Node } from './frame-data.ts'
import { findRows } from './rows.ts'

export interface TableOptions {
  readonly values?: CellValues
  /** `inner` leaves out rows that lack something in any column; `outer` if left out. */
  readonly join?: 'outer' | 'inner'
  /** Whether operations have columns; true if left out. */
  readonly calls?: boolean
}

const OPTIONS: readonly string[] = ['values', 'join', 'calls']

/** An Arquero table: a column for each variable, and for each operation with its calls. */
export async function makeTable(data: FrameData, options: TableOptions): Promise<ColumnTable> {
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option))
  if (unknown !== undefined) throw new MandalaError('OPTION_INVALID', `df: there is no option "${unknown}"`, { hint: `the options are ${OPTIONS.join(', ')}` })
  const { values = 'objects', join = 'outer', calls = true } = options
  const { web } = data
  const { columns, rows } = findRows(data, { isInner: join === 'inner', calls })
  const places = columns.flatMap(({ kind }, i) => (kind === 'variable' ? [i] : []))
  const show = await showRefs(web, values, { rows, places })
  const names = nameColumns(columns)
  return makeCellTable(columns.map(({ kind }, i) => ({ name: names[i] as string, show: kind === 'operation' ? (call) => web.toCall(call) : show })), rows)
}

/** An operation that is called like a variable has `()` behind its name. */
function nameColumns(columns: readonly Node[]): string[] {
  const variables = new Set(columns.filter(({ kind }) => kind === 'variable').map(({ name }) => name))
  return columns.map(({ kind, name }) => (kind === 'operation' && variables.has(name) ? `${name}()` : name))
}
