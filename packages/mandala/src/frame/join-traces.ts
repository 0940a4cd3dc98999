import type { Cell } from '../web/cell-table.ts'
import type { Cells, Trace } from './traces.ts'

/** The traces that end at one node. */
interface EndTable {
  readonly traces: readonly Trace[]
  /** The columns in which any of them has something. */
  readonly scope: ReadonlySet<number>
  /** Traces by what they have in some columns, for each set of columns that was asked for. */
  readonly indexes: Map<string, ReadonlyMap<string, readonly Trace[]>>
}

/**
 * Joins traces that belong to one computation but end at different nodes, such as two scores of one model. Traces fit together when they
 * have the same, in whatever order, in all columns that both kinds of trace can have; they are joined when they share something. Rows are
 * the largest such sets of traces: what databases call the full disjunction of the ends' tables.
 *
 * Found as maximal connected cliques: C. Bron and J. Kerbosch, "Algorithm 457", 1973, connected as by I. Koch, "Enumerating all connected
 * maximal common subgraphs in two graphs", 2001.
 */
export function joinTraces(traces: readonly Trace[]): Cells[] {
  if (traces.every(({ end }) => end === traces[0]?.end)) return traces.map(({ cells }) => cells)
  const tables = makeTables(traces)
  const rows: { readonly cells: Cells; readonly order: number }[] = []
  const done = new Set<Trace>()
  const report = (members: readonly Member[]): void => {
    const [first, ...others] = members.map(({ trace }) => trace.cells) as [Cells, ...Cells[]]
    const cells = first.map((cell, node) => cell ?? others.find((other) => other[node] !== undefined)?.[node])
    rows.push({ cells, order: Math.min(...members.map(({ trace }) => trace.order)) })
  }
  for (const table of tables) {
    for (const trace of table.traces) {
      grow(tables, [{ table, trace }], { isExcluded: (each) => done.has(each), report })
      done.add(trace)
    }
  }
  return rows.sort((a, b) => a.order - b.order).map(({ cells }) => cells)
}

interface Member {
  readonly table: EndTable
  readonly trace: Trace
}

/** Those with the widest scope first: the others' traces are parts of many rows, and all of these are found by then. */
function makeTables(traces: readonly Trace[]): EndTable[] {
  return Array.from(Map.groupBy(traces, ({ end }) => end).values(), (ofEnd) => {
    const scope = new Set<number>()
    for (const { cells } of ofEnd) for (let node = 0; node < cells.length; node += 1) if (cells[node] !== undefined) scope.add(node)
    return { traces: ofEnd, scope, indexes: new Map() }
  }).sort((a, b) => b.scope.size - a.scope.size)
}

interface Growth {
  /** Traces whose rows are all found. */
  readonly isExcluded: (trace: Trace) => boolean
  readonly report: (members: readonly Member[]) => void
}

function grow(tables: readonly EndTable[], members: readonly Member[], growth: Growth): void {
  const candidates = tables.filter((table) => !members.some((member) => member.table === table)).flatMap((table) => findFitting(table, members, true))
  if (candidates.length === 0) return growth.report(members)
  const open = candidates.filter(({ trace }) => !growth.isExcluded(trace))
  const free = open.find((candidate) => isFree(tables, members, candidate))
  if (free) return grow(tables, [...members, free], growth)
  const tried = new Set<Trace>()
  for (const candidate of open) {
    grow(tables, [...members, candidate], { ...growth, isExcluded: withTried(growth.isExcluded, new Set(tried)) })
    tried.add(candidate.trace)
  }
}

function withTried(isExcluded: (trace: Trace) => boolean, tried: ReadonlySet<Trace>): (trace: Trace) => boolean {
  return (trace) => tried.has(trace) || isExcluded(trace)
}

/** The columns that some members and a table may both have. */
function sharedScope(members: readonly Member[], { scope }: EndTable): number[] {
  return [...scope].filter((column) => members.some(({ table }) => table.scope.has(column))).sort((a, b) => a - b)
}

/** Traces of a table that fit all members; with `isLinked`, only if they share something. */
function findFitting(table: EndTable, members: readonly Member[], isLinked: boolean): Member[] {
  const columns = sharedScope(members, table)
  const cellAt = (column: number): Cell | undefined => members.find(({ trace }) => trace.cells[column] !== undefined)?.trace.cells[column]
  const cells = columns.map(cellAt)
  if (columns.length === 0 || (isLinked && cells.every((cell) => cell === undefined))) return []
  return (indexBy(table, columns).get(keyOfContents(cells)) ?? []).map((trace) => ({ table, trace }))
}

function indexBy(table: EndTable, columns: readonly number[]): ReadonlyMap<string, readonly Trace[]> {
  const name = columns.join()
  let index = table.indexes.get(name)
  if (!index) table.indexes.set(name, (index = Map.groupBy(table.traces, ({ cells }) => keyOfContents(columns.map((column) => cells[column])))))
  return index
}

/** In which order things were used may differ where calls used the same. */
function keyOfContents(cells: readonly (Cell | undefined)[]): string {
  return keyOfCells(cells.map((cell) => (typeof cell === 'object' ? cell.toSorted((a, b) => a - b) : cell)))
}

export function keyOfCells(cells: readonly (Cell | undefined)[]): string {
  return cells.map((cell) => (typeof cell === 'object' ? `[${cell.join()}]` : String(cell))).join(' ')
}

/** Whether a candidate is in every row that the members are in: it excludes nothing that they don't. */
function isFree(tables: readonly EndTable[], members: readonly Member[], candidate: Member): boolean {
  return tables.every((table) => {
    if (table === candidate.table) return findFitting(table, members, false).length === 1
    if (members.some((member) => member.table === table)) return true
    const known = new Set(sharedScope(members, table))
    if (sharedScope([candidate], table).every((column) => known.has(column))) return true
    return known.size > 0 && findFitting(table, members, false).length === findFitting(table, [...members, candidate], false).length
  })
}
