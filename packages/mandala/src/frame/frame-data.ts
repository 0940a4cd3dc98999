import { orderTopologically } from '../graph/topological-order.ts'
import type { Web, WebCall } from '../web/web.ts'

// In this room, what is done for every call or ref is done by `forEach` or by index: where code runs for the first time, as in most programs
// that make one table, each turn of a `for…of` makes an object.

/** Variables by the name under which calls of an operation take or give their refs. */
export type Edges = ReadonlyMap<string, readonly string[]>

/** Calls of one op in one role. */
export interface Operation {
  readonly op: string
  /** Numbers of calls in the frame's web. */
  readonly calls: ReadonlySet<number>
  readonly inputs: Edges
  readonly outputs: Edges
}

/**
 * A computation frame as data: variables are sets of refs, operations sets of calls, and edges tell which variables hold the inputs and
 * outputs of an operation. What an edge names is there: every call's refs of that name are in every variable that the edge leads to.
 * Names without an edge are left out of the picture.
 */
export interface FrameData {
  readonly web: Web
  /** Numbers of refs in the web, by the variable's name. */
  readonly variables: ReadonlyMap<string, ReadonlySet<number>>
  readonly operations: ReadonlyMap<string, Operation>
  /** The columns of the table; undefined for all. */
  readonly shown: readonly Node[] | undefined
}

/** A variable or an operation; each kind has names of its own. */
export interface Node {
  readonly kind: 'variable' | 'operation'
  readonly name: string
}

/** The side of an operation on which a variable stands. */
export type Side = 'inputs' | 'outputs'

/** An edge as a variable sees it. */
export interface Attachment {
  readonly operation: string
  readonly label: string
}

const NOTHING: readonly number[] = []

export const keyOf = ({ kind, name }: Node): string => `${kind} ${name}`

/** The refs of a call under a name: all elements where it puts a list together. */
export function refsOf(call: WebCall, label: string, side: Side): readonly number[] {
  const labels = call.signature[side]
  const place = labels.indexOf(label)
  if (place === -1) return NOTHING
  return place === labels.lastIndexOf(label) ? [call[side][place] as number] : call[side].filter((_, i) => labels[i] === label)
}

/** For each variable the operations that have it on a side: `outputs` for those that its refs come from, `inputs` for those that they go to. */
export function attachmentsOf(data: Pick<FrameData, 'variables' | 'operations'>, side: Side): ReadonlyMap<string, readonly Attachment[]> {
  const found = new Map<string, Attachment[]>(Array.from(data.variables.keys(), (name) => [name, []]))
  for (const [operation, { [side]: edges }] of data.operations) {
    for (const [label, names] of edges) for (const name of names) found.get(name)?.push({ operation, label })
  }
  return found
}

/** All nodes in the order in which they are shown: topological, otherwise that of their coming. */
export function listNodes({ variables, operations }: FrameData): readonly Node[] {
  const nodes: Node[] = [
    ...Array.from(variables.keys(), (name) => ({ kind: 'variable', name }) as const),
    ...Array.from(operations.keys(), (name) => ({ kind: 'operation', name }) as const),
  ]
  const numbers = new Map(nodes.map((node, i) => [keyOf(node), i]))
  const numberOf = (node: Node): number => numbers.get(keyOf(node)) as number
  const successors: number[][] = nodes.map(() => [])
  for (const [name, { inputs, outputs }] of operations) {
    const operation = numberOf({ kind: 'operation', name })
    for (const variable of [...inputs.values()].flat()) successors[numberOf({ kind: 'variable', name: variable })]?.push(operation)
    for (const variable of [...outputs.values()].flat()) successors[operation]?.push(numberOf({ kind: 'variable', name: variable }))
  }
  return orderTopologically({ size: nodes.length, successors: (node) => successors[node] as number[] }).map((i) => nodes[i] as Node)
}
