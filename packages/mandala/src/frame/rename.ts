import { MandalaError } from '../base/mandala-error.ts'
import type { Edges, FrameData, Node } from './frame-data.ts'

/** Gives nodes other names. */
export function rename(data: FrameData, names: readonly (readonly [node: Node, to: string])[]): FrameData {
  const renamed = (kind: Node['kind']) => {
    const to = new Map(names.filter(([node]) => node.kind === kind).map(([{ name }, next]) => [name, next]))
    return (name: string): string => to.get(name) ?? name
  }
  const [variable, operation] = [renamed('variable'), renamed('operation')]
  expectDistinct(Array.from(data.variables.keys(), variable))
  expectDistinct(Array.from(data.operations.keys(), operation))
  const edges = (given: Edges): Edges => new Map(Array.from(given, ([label, attached]) => [label, attached.map(variable)]))
  return {
    ...data,
    variables: new Map(Array.from(data.variables, ([name, refs]) => [variable(name), refs])),
    operations: new Map(Array.from(data.operations, ([name, each]) => [operation(name), { ...each, inputs: edges(each.inputs), outputs: edges(each.outputs) }])),
    shown: data.shown?.map(({ kind, name }) => ({ kind, name: kind === 'variable' ? variable(name) : operation(name) })),
  }
}

function expectDistinct(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new MandalaError('FRAME_INVALID', `Two nodes would be called "${twice}"`, { hint: 'merge them, or choose another name' })
}
