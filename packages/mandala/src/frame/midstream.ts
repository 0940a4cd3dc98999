import { keepNodesIf } from './drop.ts'
import { keyOf, type FrameData, type Node } from './frame-data.ts'
import { findNodes } from './keep-reached.ts'
import { keepParts } from './parts.ts'
import { findEnds, Reachability, type Reach } from './reach.ts'

/**
 * What lies between the given nodes: on a way from one of them to another, themselves included. Of that, what is reached from those of
 * their refs and calls that nothing between them made.
 */
export function midstream(data: FrameData, nodes: readonly Node[], how: Reach): FrameData {
  const [after, before] = (['forward', 'back'] as const).map((direction) => nodes.map((node) => findNodes(data, [node], direction)))
  const isBetween = (key: string): boolean =>
    nodes.some((from, i) => after?.[i]?.has(key) && nodes.some((to, j) => keyOf(to) !== keyOf(from) && before?.[j]?.has(key)))
  const keys = new Set([...(after ?? []).flatMap((reached) => [...reached])].filter(isBetween))
  const between = keepNodesIf(data, (node) => keys.has(keyOf(node)))
  const ends = findEnds(between, 'outputs')
  const given = new Set(nodes.map(keyOf))
  const isGiven = (kind: Node['kind']) => ([name]: readonly [string, unknown]): boolean => given.has(keyOf({ kind, name }))
  const start = { variables: new Map([...ends.variables].filter(isGiven('variable'))), operations: new Map([...ends.operations].filter(isGiven('operation'))) }
  return keepParts(between, new Reachability(between, 'forward', how).from(start))
}
