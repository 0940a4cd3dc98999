import { renderColumns } from './columns.ts'

interface Info {
  readonly variables: readonly { readonly name: string; readonly refs: number; readonly madeBy: readonly string[]; readonly usedBy: readonly string[] }[]
  readonly operations: readonly { readonly name: string; readonly op: string; readonly calls: number; readonly durationMs: number }[]
}

/** A frame's nodes as two tables. */
export function renderFrameInfo({ variables, operations }: Info): string {
  const ofVariables = variables.map(({ name, refs, madeBy, usedBy }) => [name, String(refs), madeBy.join(', '), usedBy.join(', ')])
  const ofOperations = operations.map(({ name, op, calls, durationMs }) => [name, op, String(calls), (durationMs / 1000).toFixed(3)])
  return `${renderColumns(['variable', 'refs', 'made by', 'used by'], ofVariables)}\n\n${renderColumns(['operation', 'op', 'calls', 'seconds'], ofOperations)}`
}
