/** A computation frame as plain data, for pictures: nodes in the order in which they are shown, and edges. */
export interface FrameGraph {
  readonly variables: readonly VariableNode[]
  readonly operations: readonly OperationNode[]
  readonly edges: readonly FrameEdge[]
}

export interface VariableNode {
  readonly name: string
  readonly refs: number
  /** How many of its refs nothing in the frame made, and how many nothing in it uses. */
  readonly sources: number
  readonly sinks: number
}

export interface OperationNode {
  readonly name: string
  readonly op: string
  readonly calls: number
  /** What its calls took, in milliseconds. */
  readonly durationMs: number
}

export interface FrameEdge {
  readonly operation: string
  readonly variable: string
  /** The name of the refs in the calls. */
  readonly label: string
  readonly side: 'input' | 'output'
  readonly refs: number
}
