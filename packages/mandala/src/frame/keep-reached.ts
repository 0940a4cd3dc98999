import { attachmentsOf, keyOf, type FrameData, type Node, type Side } from './frame-data.ts'
import { keepNodesIf } from './drop.ts'
import { keepParts, type Parts } from './parts.ts'
import { Reachability, type Direction, type Reach } from './reach.ts'

/** Keeps what one gets to from the given nodes, themselves included. */
export function keepReached(data: FrameData, nodes: readonly Node[], { direction, how }: { direction: Direction; how: Reach }): FrameData {
  const keys = findNodes(data, nodes, direction)
  const near = keepNodesIf(data, (node) => keys.has(keyOf(node)))
  return keepParts(near, new Reachability(near, direction, how).from(elementsOf(near, nodes)))
}

function elementsOf({ variables, operations }: FrameData, nodes: readonly Node[]): Parts {
  const named = (kind: Node['kind']): string[] => nodes.filter((node) => node.kind === kind).map(({ name }) => name)
  return {
    variables: new Map(named('variable').map((name) => [name, variables.get(name) ?? new Set()])),
    operations: new Map(named('operation').map((name) => [name, operations.get(name)?.calls ?? new Set()])),
  }
}

/** Keys of the nodes that one gets to along the edges, the start included. */
export function findNodes(data: FrameData, start: readonly Node[], direction: Direction): Set<string> {
  const [near, far]: [Side, Side] = direction === 'forward' ? ['inputs', 'outputs'] : ['outputs', 'inputs']
  const attachments = attachmentsOf(data, near)
  const found = new Set(start.map(keyOf))
  const open = [...start]
  for (let node = open.pop(); node; node = open.pop()) {
    const next: Node[] = node.kind === 'variable'
      ? (attachments.get(node.name) ?? []).map(({ operation }) => ({ kind: 'operation', name: operation }))
      : [...(data.operations.get(node.name)?.[far].values() ?? [])].flat().map((name) => ({ kind: 'variable', name }))
    for (const each of next) {
      if (found.has(keyOf(each))) continue
      found.add(keyOf(each))
      open.push(each)
    }
  }
  return found
}
