import { MandalaError } from '../base/mandala-error.ts'
import type { Edges, FrameData, Node, Operation } from './frame-data.ts'
import { close, keepShown } from './parts.ts'

/** Makes one node of two: the second takes over what the first has, and its edges. */
export function mergeInto(data: FrameData, node: Node, target: Node): FrameData {
  if (node.kind !== target.kind) {
    throw new MandalaError('FRAME_INVALID', `${node.name} and ${target.name} are a variable and an operation`, { hint: 'merge nodes of one kind' })
  }
  if (node.name === target.name) return data
  return node.kind === 'variable' ? mergeVariables(data, node.name, target.name) : mergeOperations(data, node.name, target.name)
}

function mergeVariables(data: FrameData, name: string, target: string): FrameData {
  const variables = new Map(data.variables)
  variables.set(target, new Set([...(variables.get(target) ?? []), ...(variables.get(name) ?? [])]))
  variables.delete(name)
  const redirect = (edges: Edges): Edges => new Map(Array.from(edges, ([label, names]) => [label, [...new Set(names.map((each) => (each === name ? target : each)))]]))
  const operations = new Map(Array.from(data.operations, ([key, each]) => [key, { ...each, inputs: redirect(each.inputs), outputs: redirect(each.outputs) }]))
  return close({ ...data, variables, operations, shown: keepShown(data, { variables, operations }) })
}

function mergeOperations(data: FrameData, name: string, target: string): FrameData {
  const [from, to] = [data.operations.get(name), data.operations.get(target)] as [Operation, Operation]
  if (from.op !== to.op) throw new MandalaError('FRAME_INVALID', `${name} has calls of ${from.op}, ${target} of ${to.op}`, { hint: 'merge operations of one op' })
  const unite = (a: Edges, b: Edges): Edges => {
    const edges = new Map(a)
    for (const [label, names] of b) edges.set(label, [...new Set([...(edges.get(label) ?? []), ...names])])
    return edges
  }
  const operations = new Map(data.operations)
  operations.set(target, { op: to.op, calls: new Set([...to.calls, ...from.calls]), inputs: unite(to.inputs, from.inputs), outputs: unite(to.outputs, from.outputs) })
  operations.delete(name)
  return close({ ...data, operations, shown: keepShown(data, { variables: data.variables, operations }) })
}

/** Makes one node of several, called like the first. */
export function mergeAll(data: FrameData, [target, ...others]: readonly Node[]): FrameData {
  return others.reduce((merged, node) => mergeInto(merged, node, target as Node), data)
}

/** Merges every variable into the first other one that has all its refs, as often as there is one. Values that were given don't count. */
export function mergeContained(data: FrameData): FrameData {
  const computed = (name: string): Set<number> => new Set([...(data.variables.get(name) ?? [])].filter((ref) => !data.web.isGiven(ref)))
  const sets = new Map(Array.from(data.variables.keys(), (name) => [name, computed(name)]))
  for (const [name, refs] of sets) {
    if (refs.size === 0) continue
    const target = Array.from(sets).find(([other, theirs]) => other !== name && refs.size <= theirs.size && refs.isSubsetOf(theirs))
    if (target) return mergeContained(mergeVariables(data, name, target[0]))
  }
  return data
}
