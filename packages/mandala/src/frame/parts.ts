import { keyOf, refsOf, type Edges, type FrameData, type Node, type Operation } from './frame-data.ts'

/** Some of a frame's refs and calls, by variable and operation; nodes that are left out go whole. */
export interface Parts {
  readonly variables: ReadonlyMap<string, ReadonlySet<number>>
  readonly operations: ReadonlyMap<string, ReadonlySet<number>>
}

/** The frame with these parts alone, the edges between them, and whatever refs its calls have at these edges. */
export function keepParts(data: FrameData, { variables, operations }: Parts): FrameData {
  const keep = (edges: Edges): Edges => filterEdges(edges, (name) => variables.has(name))
  const kept = new Map<string, Operation>()
  for (const [name, some] of operations) {
    const { op, calls, inputs, outputs } = data.operations.get(name) as Operation
    kept.set(name, { op, calls: filterSet(calls, some), inputs: keep(inputs), outputs: keep(outputs) })
  }
  const shown = keepShown(data, { variables, operations: kept })
  const refs = new Map(Array.from(variables, ([name, some]) => [name, filterSet(data.variables.get(name) as ReadonlySet<number>, some)]))
  return close({ ...data, variables: inOrder(data.variables, refs), operations: inOrder(data.operations, kept), shown })
}

/** Some members of a set, in its order. */
function filterSet(whole: ReadonlySet<number>, some: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...whole].filter((each) => some.has(each)))
}

export function filterEdges(edges: Edges, isKept: (variable: string) => boolean): Edges {
  return new Map(Array.from(edges, ([label, names]) => [label, names.filter(isKept)] as const).filter(([, names]) => names.length > 0))
}

/** Of what is shown, what is still there. */
export function keepShown(
  { shown }: FrameData, { variables, operations }: { readonly variables: ReadonlyMap<string, unknown>; readonly operations: ReadonlyMap<string, unknown> },
): readonly Node[] | undefined {
  return shown?.filter(({ kind, name }) => (kind === 'variable' ? variables : operations).has(name))
}

function inOrder<Value>(whole: ReadonlyMap<string, unknown>, some: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map(Array.from(whole.keys()).flatMap((name) => (some.has(name) ? [[name, some.get(name) as Value]] : [])))
}

/** Puts into the variables what the edges promise. */
export function close(data: FrameData): FrameData {
  const variables = new Map<string, ReadonlySet<number>>(data.variables)
  const changed = new Map<string, Set<number>>()
  for (const { calls, inputs, outputs } of data.operations.values()) {
    for (const [side, edges] of [['inputs', inputs], ['outputs', outputs]] as const) {
      for (const [label, names] of edges) {
        for (const number of calls) {
          for (const ref of refsOf(data.web.call(number), label, side)) {
            for (const name of names) {
              if (variables.get(name)?.has(ref)) continue
              let set = changed.get(name)
              if (!set) {
                changed.set(name, (set = new Set(variables.get(name))))
                variables.set(name, set)
              }
              set.add(ref)
            }
          }
        }
      }
    }
  }
  return changed.size === 0 ? data : { ...data, variables }
}

/** The parts of a frame as sets that may be changed. */
export function copyParts({ variables, operations }: FrameData): { variables: Map<string, Set<number>>; operations: Map<string, Set<number>> } {
  return {
    variables: new Map(Array.from(variables, ([name, refs]) => [name, new Set(refs)])),
    operations: new Map(Array.from(operations, ([name, { calls }]) => [name, new Set(calls)])),
  }
}

/** Which nodes are shown, in their order. */
export function isShown({ shown }: FrameData): (node: Node) => boolean {
  const keys = shown && new Set(shown.map(keyOf))
  return (node) => keys === undefined || keys.has(keyOf(node))
}
