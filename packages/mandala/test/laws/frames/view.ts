import type { Call, ComputationFrame, Storage } from '../../../src/index.ts'

/* Frames and stores as plain sets of ids, read through the public API: what the brute force works on. */

/** A ref under the name that its edge has. */
export type Slot = readonly [label: string, hid: string]

export interface PlainCall {
  readonly hid: string
  readonly op: string
  readonly inputs: readonly Slot[]
  readonly outputs: readonly Slot[]
}

export interface Edge {
  readonly operation: string
  readonly variable: string
  readonly label: string
  readonly side: 'inputs' | 'outputs'
}

/** A frame: sets of ids by node, edges, and what the calls are. */
export interface View {
  readonly variables: ReadonlyMap<string, ReadonlySet<string>>
  readonly operations: ReadonlyMap<string, ReadonlySet<string>>
  readonly edges: readonly Edge[]
  readonly calls: ReadonlyMap<string, PlainCall>
}

/** Elements put together share a name, as members of a rest parameter do. */
function labelOf(op: string, name: string): string {
  if (/^__make_(list|set)__$/.test(op)) return 'elts'
  return name.replace(/\[\d+\]$/, '')
}

export function toPlain({ hid, op, inputs, outputs }: Call): PlainCall {
  return {
    hid, op,
    inputs: Object.entries(inputs).map(([name, ref]) => [labelOf(op, name), ref.hid]),
    outputs: Object.entries(outputs).map(([name, ref]) => [name, ref.hid]),
  }
}

/** All calls of a store. */
export async function readCalls(storage: Storage): Promise<PlainCall[]> {
  const { ops } = await storage.stats()
  const names = new Set(ops.map(({ name }) => name))
  return (await Promise.all([...names].map((name) => storage.calls(name)))).flat().map(toPlain)
}

export function viewOf(frame: ComputationFrame): View {
  const ids = (each: Readonly<Record<string, readonly { readonly hid: string }[]>>): Map<string, Set<string>> =>
    new Map(Object.entries(each).map(([name, members]) => [name, new Set(members.map(({ hid }) => hid))]))
  const calls = frame.calls()
  return {
    variables: ids(frame.refs()),
    operations: ids(calls),
    edges: frame.graph().edges.map(({ operation, variable, label, side }) => ({ operation, variable, label, side: `${side}s` })),
    calls: new Map(Object.values(calls).flat().map((call) => [call.hid, toPlain(call)])),
  }
}

/** Variables at an edge of an operation. */
export function variablesAt({ edges }: View, operation: string, side: Edge['side'], label: string): string[] {
  return edges.filter((edge) => edge.operation === operation && edge.side === side && edge.label === label).map(({ variable }) => variable)
}

/** The refs of a call that are in the picture on a side: each with its variables. */
export function shownSlots(view: View, operation: string, call: PlainCall, side: Edge['side']): { readonly hid: string; readonly variables: readonly string[] }[] {
  return call[side].map(([label, hid]) => ({ hid, variables: variablesAt(view, operation, side, label) })).filter(({ variables }) => variables.length > 0)
}

/** A frame's calls, without the operations that have them. */
export function callsOf({ operations }: View): Set<string> {
  return new Set([...operations.values()].flatMap((calls) => [...calls]))
}

/** Node by node, for comparing. */
export function sizesOf({ variables, operations }: Pick<View, 'variables' | 'operations'>): Record<string, string[]> {
  return Object.fromEntries([
    ...Array.from(variables, ([name, refs]) => [`v ${name}`, [...refs].sort()]),
    ...Array.from(operations, ([name, calls]) => [`o ${name}`, [...calls].sort()]),
  ])
}
