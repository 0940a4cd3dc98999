import type { ColumnTable } from 'arquero'
import { aBoolean, expectOptions, oneOf, type Rule } from '../base/expect.ts'
import { makeCellTable, showRefs, type CellColumn, type CellValues, type Rows } from '../web/cell-table.ts'
import type { Web } from '../web/web.ts'
import type { FrameData, Node } from './frame-data.ts'
import { findRows } from './rows.ts'

export interface TableOptions {
  readonly values?: CellValues
  /** `inner` leaves out rows that lack something in any column; `outer` if left out. */
  readonly join?: 'outer' | 'inner'
  /** Whether operations have columns; true if left out. */
  readonly calls?: boolean
  /** Whether what functions noted of their calls has columns: `train.usd`, beside those of the operation; false if left out. */
  readonly notes?: boolean
}

const OPTIONS: Readonly<Record<keyof TableOptions, Rule>> = { values: oneOf('objects', 'refs', 'lazy'), join: oneOf('outer', 'inner'), calls: aBoolean, notes: aBoolean }

/** An Arquero table: a column for each variable, and for each operation with its calls. */
export async function makeTable(data: FrameData, options: TableOptions): Promise<ColumnTable> {
  expectOptions('df', options, OPTIONS)
  const { values = 'objects', join = 'outer', calls = true, notes = false } = options
  const { web } = data
  const { columns, rows } = findRows(data, { isInner: join === 'inner', calls: calls || notes })
  const places = columns.flatMap(({ kind }, i) => (kind === 'variable' ? [i] : []))
  const show = await showRefs(web, values, { rows, places })
  const names = nameColumns(columns)
  const cells = columns.flatMap(({ kind }, place): CellColumn[] => {
    const name = names[place] as string
    if (kind === 'variable') return [{ name, place, show }]
    const own = calls ? [{ name, place, show: (call: number) => web.toCall(call) }] : []
    return notes ? [...own, ...noteColumns(web, { name, place, rows })] : own
  })
  return makeCellTable(cells, rows)
}

/** A column for each thing that was noted of the calls in a column. */
function noteColumns(web: Web, { name, place, rows }: { readonly name: string; readonly place: number; readonly rows: Rows }): CellColumn[] {
  const noted = rows.flatMap((row) => row[place] ?? []).flatMap((call) => Object.keys(web.call(call).notes ?? {}))
  return [...new Set(noted)].sort().map((note) => ({ name: `${name}.${note}`, place, show: (call) => web.call(call).notes?.[note] ?? null }))
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
