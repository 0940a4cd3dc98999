import type { ColumnTable } from 'arquero'
import { aBoolean, expectOptions, oneOf, type Rule } from '../base/expect.ts'
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

const OPTIONS: Readonly<Record<keyof TableOptions, Rule>> = { values: oneOf('objects', 'refs', 'lazy'), join: oneOf('outer', 'inner'), calls: aBoolean }

/** An Arquero table: a column for each variable, and for each operation with its calls. */
export async function makeTable(data: FrameData, options: TableOptions): Promise<ColumnTable> {
  expectOptions('df', options, OPTIONS)
  const { values = 'objects', join = 'outer', calls = true } = options
  const { web } = data
  const { columns, rows } = findRows(data, { isInner: join === 'inner', calls })
  const places = columns.flatMap(({ kind }, i) => (kind === 'variable' ? [i] : []))
  const show = await showRefs(web, values, { rows, places })
  const names = nameColumns(columns)
  return makeCellTable(columns.map(({ kind }, i) => ({ name: names[i] as string, show: kind === 'operation' ? (call) => web.toCall(call) : show })), rows)
}

/** An operation that is called like another column has `()` behind its name; so has what no property of an object can be called. */
function nameColumns(columns: readonly Node[]): string[] {
  const isVariable = ({ kind, name }: Node): boolean => kind === 'variable' && name !== '__proto__'
  const taken = new Set(['__proto__', ...columns.filter(isVariable).map(({ name }) => name)])
  return columns.map((node) => {
    let free = node.name
    if (isVariable(node)) return free
    while (taken.has(free)) free += '()'
    taken.add(free)
    return free
  })
}
