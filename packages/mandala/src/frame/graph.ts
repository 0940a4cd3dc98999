import type { FrameEdge, FrameGraph } from '../render/frame-graph.ts'
import { listNodes, refsOf, type FrameData, type Operation } from './frame-data.ts'
import { isShown } from './parts.ts'
import { findEnds } from './reach.ts'

/** The shown part of a frame as plain data. */
export function toGraph(data: FrameData): FrameGraph {
  const nodes = listNodes(data).filter(isShown(data))
  const [sources, sinks] = (['outputs', 'inputs'] as const).map((side) => findEnds(data, side).variables)
  const named = (kind: 'variable' | 'operation'): string[] => nodes.filter((node) => node.kind === kind).map(({ name }) => name)
  const variables = new Set(named('variable'))
  return {
    variables: [...variables].map((name) => ({
      name, refs: data.variables.get(name)?.size ?? 0, sources: sources?.get(name)?.size ?? 0, sinks: sinks?.get(name)?.size ?? 0,
    })),
    operations: named('operation').map((name) => {
      const { op, calls } = data.operations.get(name) as Operation
      return { name, op, calls: calls.size, durationMs: [...calls].reduce((sum, call) => sum + data.web.call(call).durationMs, 0) }
    }),
    edges: named('operation').flatMap((name) => edgesOf(data, name)).filter(({ variable }) => variables.has(variable)),
  }
}

function edgesOf({ web, operations }: FrameData, operation: string): FrameEdge[] {
  const { calls, inputs, outputs } = operations.get(operation) as Operation
  return ([['input', 'inputs', inputs], ['output', 'outputs', outputs]] as const).flatMap(([side, plural, edges]) => Array.from(edges).flatMap(([label, names]) => {
    const refs = new Set([...calls].flatMap((call) => refsOf(web.call(call), label, plural))).size
    return names.map((variable) => ({ operation, variable, label, side, refs }))
  }))
}
