import type { ColumnTable } from 'arquero'
import { isThenable } from '../base/awaitable.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { FrameData, Node } from './frame-data.ts'
import { expectOptions, expectWord } from './options.ts'
import { findRows, type Rows } from './rows.ts'
import type { Cell } from './traces.ts'
import { makeColumnTable } from './column-table.ts'
import { readValue, readValues } from './read-values.ts'
import type { Web } from './web.ts'

/** What stands in the cells of variables: values, Refs, or values that are read when they are looked at. */
export type CellValues = 'objects' | 'refs' | 'lazy'

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
  expectOptions('df', options, OPTIONS)
  const { values = 'objects', join = 'outer', calls = true } = options
  expectWord('df: values', values, ['objects', 'refs', 'lazy'])
  expectWord('df: join', join, ['outer', 'inner'])
  const { web } = data
  const found = findRows(data, { isInner: join === 'inner', calls })
  const show = values === 'refs' ? (ref: number) => web.ref(ref) : values === 'lazy' ? readNow(web) : await readAll(web, found)
  const columns = found.columns.map(({ kind }, i) => new CellColumn(found.rows, i, kind === 'operation' ? (call) => web.toCall(call) : show))
  const names = nameColumns(found.columns)
  return makeColumnTable(Object.fromEntries(names.map((name, i) => [name, columns[i] as CellColumn])), names)
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

/** A column whose cells are made when they are looked at, each once for what it shows. */
class CellColumn {
  readonly #rows: Rows['rows']
  readonly #place: number
  readonly #show: (number: number) => unknown
  readonly #shown = new Map<number, unknown>()

  constructor(rows: Rows['rows'], place: number, show: (number: number) => unknown) {
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
    throw new MandalaError('VALUE_DAMAGED', `The value of ${ref} can't be had at once`, { hint: "it has to be computed again or fetched: use df({ values: 'objects' })" })
  }
}

async function readAll(web: Web, { columns, rows }: Rows): Promise<(ref: number) => unknown> {
  const refs = new Set<number>()
  for (const [i, { kind }] of columns.entries()) {
    if (kind === 'operation') continue
    for (const row of rows) {
      const cell = row[i]
      if (typeof cell === 'number') refs.add(cell)
      else for (const ref of cell ?? []) refs.add(ref)
    }
  }
  const values = await readValues(web, refs)
  return (ref) => values.get(ref)
}
