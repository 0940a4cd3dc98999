/** A graph with labels at the ends of its edges. */
export interface LabelledGraph {
  readonly size: number
  readonly neighbours: (node: number) => readonly { readonly label: number; readonly node: number }[]
  /** Whether it counts only which neighbours a node has, and not how many of a colour. */
  readonly isSet: (node: number) => boolean
}

/**
 * The coarsest colouring, finer than the given one, in which nodes of a colour have the same colours around them: nodes of one role.
 *
 * Colour refinement by splitting off the smaller parts (A. Cardon, M. Crochemore, "Partitioning a graph in O(|A| log |V|)", 1982): a node
 * is looked at again only when one of its neighbours got a new colour.
 */
export function refineColours(graph: LabelledGraph, initial: readonly number[]): readonly number[] {
  const { size, neighbours } = graph
  const colours = [...initial]
  const start = Map.groupBy(colours.keys(), (node) => colours[node] as number)
  const members = new Map(Array.from(start, ([colour, nodes]) => [colour, new Set(nodes)]))
  let free = Math.max(-1, ...members.keys()) + 1
  for (let fresh = new Set(Array.from({ length: size }, (_, node) => node)); fresh.size > 0;) {
    const touched = new Set<number>()
    for (const node of fresh) for (const each of neighbours(node)) touched.add(each.node)
    const describe = describer(graph, colours, fresh)
    const groups = Map.groupBy(touched, (node) => colours[node] as number)
    const parts = Array.from(groups, ([colour, nodes]) => splitOff(members.get(colour) as Set<number>, nodes, describe)).flat()
    fresh = new Set()
    for (const part of parts) {
      const old = members.get(colours[part[0] as number] as number) as Set<number>
      for (const node of part) {
        old.delete(node)
        colours[node] = free
        fresh.add(node)
      }
      members.set(free, new Set(part))
      free += 1
    }
  }
  return colours
}

/** What is around a node, as far as it is new; what isn't is the same for all of the node's colour. */
function describer({ neighbours, isSet }: LabelledGraph, colours: readonly number[], fresh: ReadonlySet<number>): (node: number) => string {
  return (node) => {
    const around = neighbours(node).filter((each) => isSet(node) || fresh.has(each.node)).map((each) => `${each.label}:${colours[each.node]}`)
    return (isSet(node) ? [...new Set(around)] : around).sort().join(' ')
  }
}

/** The parts of a colour that get new ones: all but the largest. Nodes with nothing new around them stay together. */
function splitOff(whole: ReadonlySet<number>, touched: readonly number[], describe: (node: number) => string): readonly (readonly number[])[] {
  const parts: (readonly number[])[] = [...Map.groupBy(touched, describe).values()]
  const rest = whole.size - touched.length
  const largest = parts.reduce((best, part) => (part.length > best.length ? part : best))
  if (rest >= largest.length) return parts
  const others = parts.filter((part) => part !== largest)
  return rest > 0 ? [...others, [...whole.difference(new Set(touched))]] : others
}
