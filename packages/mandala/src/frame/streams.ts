import { attachmentsOf, keyOf, type FrameData, type Node, type Side } from './frame-data.ts'
import { keepParts, type Parts } from './parts.ts'
import { findEnds, Reachability, type Direction, type Reach } from './reach.ts'

/** What the given nodes rest on: all that leads to any of their refs and calls. */
export function upstream(data: FrameData, nodes: readonly Node[], how: Reach): FrameData {
  return keepReached(data, nodes, { direction: 'back', how })
}

/** What rests on the given nodes: all that their refs and calls lead to. */
export function downstream(data: FrameData, nodes: readonly Node[], how: Reach): FrameData {
  return keepReached(data, nodes, { direction: 'forward', how })
}

function keepReached(data: FrameData, nodes: readonly Node[], { direction, how }: { direction: Direction; how: Reach }): FrameData {
  const near = keepNodes(data, findNodes(data, nodes, direction))
  return keepParts(near, new Reachability(near, direction, how).from(elementsOf(near, nodes)))
}

/**
 * What lies between the given nodes: on a way from one of them to another, themselves included. Of that, what is reached from those of
 * their refs and calls that nothing between them made.
 */
export function midstream(data: FrameData, nodes: readonly Node[], how: Reach): FrameData {
  const [after, before] = (['forward', 'back'] as const).map((direction) => nodes.map((node) => findNodes(data, [node], direction)))
  const isBetween = (key: string): boolean =>
    nodes.some((_, from) => after?.[from]?.has(key) && nodes.some((_, to) => to !== from && before?.[to]?.has(key)))
  const keys = new Set([...(after ?? []).flatMap((reached) => [...reached])].filter(isBetween))
  const between = keepNodes(data, keys)
  const ends = findEnds(between, 'outputs')
  const given = new Set(nodes.map(keyOf))
  const isGiven = (kind: Node['kind']) => ([name]: readonly [string, unknown]): boolean => given.has(keyOf({ kind, name }))
  const start = { variables: new Map([...ends.variables].filter(isGiven('variable'))), operations: new Map([...ends.operations].filter(isGiven('operation'))) }
  return keepParts(between, new Reachability(between, 'forward', how).from(start))
}

/** What is left when everything goes that can't be reached from the refs at the ends: those that nothing made, or nothing uses. */
export function dropUnreachable(data: FrameData, direction: Direction, how: Reach): FrameData {
  return keepParts(data, new Reachability(data, direction, how).from(findEnds(data, direction === 'forward' ? 'outputs' : 'inputs')))
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

/** The frame with these nodes alone, whole. */
export function keepNodes(data: FrameData, keys: ReadonlySet<string>): FrameData {
  const variables = new Map([...data.variables].filter(([name]) => keys.has(keyOf({ kind: 'variable', name }))))
  const operations = new Map([...data.operations].filter(([name]) => keys.has(keyOf({ kind: 'operation', name }))).map(([name, { calls }]) => [name, calls]))
  return keepParts(data, { variables, operations })
}
