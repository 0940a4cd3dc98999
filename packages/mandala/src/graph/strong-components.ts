/** A directed graph over the nodes 0 … size-1. */
export interface Digraph {
  readonly size: number
  readonly successors: (node: number) => readonly number[]
}

interface Visit {
  readonly node: number
  readonly successors: readonly number[]
  next: number
}

/**
 * Sets of nodes that reach each other, each sorted; a set comes before those that it leads to.
 *
 * R. Tarjan, "Depth-first search and linear graph algorithms", 1972; with a stack of its own, so that depth is no limit.
 */
export function findStrongComponents({ size, successors }: Digraph): number[][] {
  const index = new Int32Array(size).fill(-1)
  const low = new Int32Array(size)
  const isOpen = new Uint8Array(size)
  const open: number[] = []
  const components: number[][] = []
  let count = 0
  const enter = (node: number): Visit => {
    index[node] = low[node] = count
    count += 1
    open.push(node)
    isOpen[node] = 1
    return { node, successors: successors(node), next: 0 }
  }
  const close = (root: number): void => {
    const component = open.splice(open.lastIndexOf(root))
    for (const node of component) isOpen[node] = 0
    components.push(component.sort((a, b) => a - b))
  }
  for (let root = 0; root < size; root += 1) {
    const path = index[root] === -1 ? [enter(root)] : []
    for (let visit = path.at(-1); visit; visit = path.at(-1)) {
      const { node } = visit
      const successor = visit.successors[visit.next]
      visit.next += 1
      if (successor === undefined) {
        path.pop()
        const parent = path.at(-1)?.node
        if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[node] as number)
        if (low[node] === index[node]) close(node)
      } else if (index[successor] === -1) path.push(enter(successor))
      else if (isOpen[successor]) low[node] = Math.min(low[node] as number, index[successor] as number)
    }
  }
  return components.reverse()
}
