import { renderFrameInfo } from '../render/frame-info.ts'
import type { FrameGraph } from '../render/frame-graph.ts'

/** What is in a frame, node by node; as text, two small tables. */
export interface FrameInfo {
  readonly variables: readonly VariableInfo[]
  readonly operations: readonly OperationInfo[]
  toString(): string
}

export interface VariableInfo {
  readonly name: string
  readonly refs: number
  /** How many of its refs nothing in the frame made, and how many nothing in it uses. */
  readonly sources: number
  readonly sinks: number
  /** Operations by name, with the name that the refs have in their calls. */
  readonly madeBy: readonly string[]
  readonly usedBy: readonly string[]
}

export interface OperationInfo {
  readonly name: string
  readonly op: string
  readonly calls: number
  /** What its calls took in all, in milliseconds. */
  readonly durationMs: number
}

export function describeFrame({ variables, operations, edges }: FrameGraph): FrameInfo {
  const ends = (variable: string, side: 'input' | 'output'): string[] =>
    edges.filter((edge) => edge.variable === variable && edge.side === side).map(({ operation, label }) => `${operation}.${label}`)
  const info = { variables: variables.map((node) => ({ ...node, madeBy: ends(node.name, 'output'), usedBy: ends(node.name, 'input') })), operations }
  return Object.defineProperty(info, 'toString', { value: () => renderFrameInfo(info) })
}
