import { findStrongComponents, type Digraph } from './strong-components.ts'

/**
 * All nodes, each after those that lead to it; nodes on a cycle stand together. Of nodes that may come next the one with the lowest number
 * does, so the order is the same everywhere.
 *
 * A. Kahn, "Topological sorting of large networks", 1962, over the strong components.
 */
export function orderTopologically(graph: Digraph): number[] {
  const components = findStrongComponents(graph)
  const componentOf = new Int32Array(graph.size)
  for (const [i, component] of components.entries()) for (const node of component) componentOf[node] = i
  const waitsFor = new Int32Array(components.length)
  const next = components.map((component, i) => {
    const targets = new Set(component.flatMap((node) => graph.successors(node).map((successor) => componentOf[successor] as number)))
    targets.delete(i)
    for (const target of targets) waitsFor[target] = (waitsFor[target] as number) + 1
    return targets
  })
  const ready = components.map((_, i) => i).filter((i) => waitsFor[i] === 0)
  const order: number[] = []
  while (ready.length > 0) {
    const first = takeLowest(ready, components)
    order.push(...(components[first] as number[]))
    for (const target of next[first] as Set<number>) {
      waitsFor[target] = (waitsFor[target] as number) - 1
      if (waitsFor[target] === 0) ready.push(target)
    }
  }
  return order
}

function takeLowest(ready: number[], components: readonly (readonly number[])[]): number {
  const first = (i: number): number => components[i]?.[0] as number
  let lowest = 0
  for (let i = 1; i < ready.length; i += 1) if (first(ready[i] as number) < first(ready[lowest] as number)) lowest = i
  return ready.splice(lowest, 1)[0] as number
}
