import { keyOf, type FrameData, type Node } from './frame-data.ts'
import { keepParts } from './parts.ts'

/** Takes nodes away, with their edges. */
export function drop(data: FrameData, nodes: readonly Node[]): FrameData {
  const gone = new Set(nodes.map(keyOf))
  return keepNodesIf(data, (node) => !gone.has(keyOf(node)))
}

/** Takes away variables without a ref and operations without a call. */
export function simplify(data: FrameData): FrameData {
  return keepNodesIf(data, ({ kind, name }) => (kind === 'variable' ? data.variables.get(name)?.size : data.operations.get(name)?.calls.size) !== 0)
}

/** The frame with some nodes alone, whole, and the edges between them. */
export function keepNodesIf(data: FrameData, isKept: (node: Node) => boolean): FrameData {
  const variables = new Map([...data.variables].filter(([name]) => isKept({ kind: 'variable', name })))
  const operations = new Map([...data.operations].filter(([name]) => isKept({ kind: 'operation', name })).map(([name, { calls }]) => [name, calls]))
  return keepParts(data, { variables, operations })
}
