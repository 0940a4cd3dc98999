import type { ColumnTable } from 'arquero'
import { inspect } from 'node:util'
import { renderColumns } from '../render/columns.ts'

/** Rows that are printed of a table; the rest is told by its number. */
const ROWS_SHOWN = 20
const CELL_LENGTH_MAX = 60

type ColumnData = ConstructorParameters<typeof ColumnTable>[0]

/** An Arquero table that shows itself, at a prompt and in a notebook; so do the tables that its verbs make. The library is loaded when first needed. */
export async function makeColumnTable(columns: ColumnData, names: readonly string[]): Promise<ColumnTable> {
  // The class alone: the library's front door loads an HTTP client too, which takes as long as all the rest.
  // @ts-expect-error its types are at the front door
  const { ColumnTable } = (await import('arquero/src/table/ColumnTable.js')) as typeof import('arquero')
  class ShownTable extends ColumnTable {}
  Object.defineProperty(ShownTable.prototype, inspect.custom, { value: renderTable, configurable: true })
  Object.defineProperty(ShownTable.prototype, Symbol.for('Jupyter.display'), {
    value(this: ColumnTable) {
      const format = Object.fromEntries(this.columnNames().map((name) => [name, showCell]))
      return { 'text/plain': renderTable.call(this), 'text/html': this.toHTML({ limit: ROWS_SHOWN, format }) }
    },
  })
  return new ShownTable(columns, [...names])
}

function renderTable(this: ColumnTable): string {
  const names = this.columnNames()
  const rows = this.objects({ limit: ROWS_SHOWN }).map((row) => names.map((name) => showCell((row as Record<string, unknown>)[name])))
  const left = this.numRows() - rows.length
  return renderColumns(names, rows) + (left > 0 ? `\n… and ${left} more rows` : '')
}

function showCell(cell: unknown): string {
  const text = typeof cell === 'string' ? cell : inspect(cell, { compact: true, breakLength: Infinity, depth: 1 })
  const line = text.replace(/\s+/g, ' ')
  return line.length > CELL_LENGTH_MAX ? `${line.slice(0, CELL_LENGTH_MAX - 1)}…` : line
}
