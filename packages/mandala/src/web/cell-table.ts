import type { ColumnTable } from 'arquero'
import { isThenable } from '../base/awaitable.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { makeColumnTable } from './column-table.ts'
import { readValue, readValues } from './read-values.ts'
import type { Web } from './web.ts'

/** What stands in the cells of variables: values, Refs, or values that are read when they are looked at. */
export type CellValues = 'objects' | 'refs' | 'lazy'

/** The number of what a cell shows, or several in their order. */
export type Cell = number | readonly number[]

export type Rows = readonly (readonly (Cell | undefined)[])[]

/** A column of a table before it is one: its name, where its cells stand in a row, and how the number in a cell is shown. */
export interface CellColumn {
  readonly name: string
  readonly place: number
  readonly show: (number: number) => unknown
}

/** How the refs in some columns of rows are shown. */
export async function showRefs(web: Web, how: CellValues, { rows, places }: { readonly rows: Rows; readonly places: readonly number[] }): Promise<CellColumn['show']> {
  switch (how) {
    case 'refs': return (ref) => web.ref(ref)
    case 'lazy': return readNow(web)
    case 'objects': return readAll(web, rows, places)
  }
}

/** An Arquero table of cells that are made when they are looked at. */
export async function makeCellTable(columns: readonly CellColumn[], rows: Rows): Promise<ColumnTable> {
  return makeColumnTable(Object.fromEntries(columns.map(({ name, place, show }) => [name, new LazyColumn(rows, place, show)])), columns.map(({ name }) => name))
}

/** Each cell is made once for what it shows. */
class LazyColumn {
  readonly #rows: Rows
  readonly #place: number
  readonly #show: (number: number) => unknown
  readonly #shown = new Map<number, unknown>()

  constructor(rows: Rows, place: number, show: (number: number) => unknown) {
    this.#rows = rows
    this.#place = place
    this.#show = show
  }

  get length(): number {
    return this.#rows.length
  }

  at(row: number): unknown {
    const cell: Cell | undefined = this.#rows[row]?.[this.#place]
    if (cell === undefined) return null
    return typeof cell === 'number' ? this.#get(cell) : cell.map((each) => this.#get(each))
  }

  *[Symbol.iterator](): Generator<unknown> {
    for (let row = 0; row < this.length; row += 1) yield this.at(row)
  }

  #get(number: number): unknown {
    if (!this.#shown.has(number)) this.#shown.set(number, this.#show(number))
    return this.#shown.get(number)
  }
}

/** At once, or not at all. */
function readNow(web: Web): (ref: number) => unknown {
  return (number) => {
    const ref = web.ref(number)
    const value = readValue(ref)
    if (!isThenable(value)) return value
    value.then(undefined, () => {})
    throw new MandalaError('VALUE_DAMAGED', `The value of ${ref.toString()} can't be had at once`, {
      hint: "it has to be computed again or fetched: use df({ values: 'objects' })",
    })
  }
}

async function readAll(web: Web, rows: Rows, places: readonly number[]): Promise<(ref: number) => unknown> {
  const refs = new Set<number>()
  for (const place of places) {
    for (const row of rows) {
      const cell = row[place]
      if (typeof cell === 'number') refs.add(cell)
      else for (const ref of cell ?? []) refs.add(ref)
    }
  }
  const values = await readValues(web, refs)
  return (ref) => values.get(ref)
}
