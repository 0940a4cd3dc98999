import { isStructureOp } from '../model/structure.ts'
import { listNodes, type FrameData, type Node } from './frame-data.ts'
import { joinTraces, keyOfCells, type Cells } from './join-traces.ts'
import { findTraces, type Cell } from './traces.ts'

/** The table of a frame before its values are loaded. */
export interface Rows {
  readonly columns: readonly Node[]
  /** A row has a cell for each column. */
  readonly rows: readonly (readonly (Cell | undefined)[])[]
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
  const rows = dropParts(found.map((cells) => pick(cells, places)))
  return { columns, rows: isInner ? rows.filter((row) => row.every((cell) => cell !== undefined)) : rows }
}

function pick(cells: Cells, places: readonly number[]): (Cell | undefined)[] {
  return places.map((place) => cells.get(place))
}

/** Leaves out rows that say nothing, that were there already, or that another row says with more. */
function dropParts(rows: readonly (readonly (Cell | undefined)[])[]): (readonly (Cell | undefined)[])[] {
  const byShape = Map.groupBy(rows, (row) => row.map((cell) => (cell === undefined ? '.' : 'x')).join(''))
  const shapes = [...byShape.keys()]
  const seen = new Set<string>()
  const larger = new Map<string, ReadonlySet<string>[]>()
  for (const shape of shapes) {
    const places = [...shape].flatMap((mark, i) => (mark === 'x' ? [i] : []))
    const wider = shapes.filter((other) => other !== shape && places.every((place) => other[place] === 'x'))
    larger.set(shape, wider.map((other) => new Set((byShape.get(other) ?? []).map((row) => keyOfCells(places.map((place) => row[place]))))))
  }
  return rows.filter((row) => {
    const filled = row.filter((cell) => cell !== undefined)
    const shape = row.map((cell) => (cell === undefined ? '.' : 'x')).join('')
    const key = keyOfCells(filled)
    const isNew = !seen.has(`${shape} ${key}`)
    seen.add(`${shape} ${key}`)
    return filled.length > 0 && isNew && !larger.get(shape)?.some((keys) => keys.has(key))
  })
}
