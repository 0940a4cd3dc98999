import { isStructureOp } from '../model/structure.ts'
import { listNodes, type FrameData, type Node } from './frame-data.ts'
import { joinTraces, keyOfCells } from './join-traces.ts'
import { findTraces, type Cells } from './traces.ts'

/** The table of a frame before its values are loaded. */
export interface Rows {
  readonly columns: readonly Node[]
  /** A row has a cell for each column. */
  readonly rows: readonly Cells[]
}

/**
 * Rows are maximal, possibly partial, computations; none is a part of another, and everything at an end of the frame is in one.
 * @param isInner leaves out rows that lack something in any column
 */
export function findRows(data: FrameData, { isInner, calls }: { readonly isInner: boolean; readonly calls: boolean }): Rows {
  const nodes = listNodes(data)
  const found = joinTraces(findTraces(data, nodes))
  const columns = data.shown ?? nodes.filter(({ kind, name }) => kind === 'variable' || (calls && !isStructureOp(data.operations.get(name)?.op as string)))
  const places = columns.map(({ kind, name }) => nodes.findIndex((node) => node.kind === kind && node.name === name))
  // Rows differ in some node: where all nodes are shown, no row is repeated.
  const isWhole = data.shown === undefined && columns.length === nodes.length
  const rows = isWhole ? found : dropRepeated(found.map((cells) => places.map((place) => cells[place])))
  return { columns, rows: isInner ? rows.filter((row) => row.every((cell) => cell !== undefined)) : rows }
}

/** Rows that differ only in nodes that aren't shown are one; a row that has nothing to show is none. */
function dropRepeated(rows: readonly Cells[]): readonly Cells[] {
  const seen = new Set<string>()
  return rows.filter((row) => {
    const key = keyOfCells(row)
    if (seen.has(key) || row.every((cell) => cell === undefined)) return false
    seen.add(key)
    return true
  })
}
