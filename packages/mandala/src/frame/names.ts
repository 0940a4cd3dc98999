import { isStructureOp, STRUCTURE_OPS } from '../model/structure.ts'
import type { DraftOperation, DraftVariable } from './draft.ts'

/** What an output is stored as whose op doesn't name it. */
const UNDECLARED = 'output'

interface Edge {
  readonly op: string
  readonly label: string
  readonly operation: DraftOperation
}

function edgesAt(variable: DraftVariable, operations: readonly DraftOperation[], side: 'inputs' | 'outputs'): Edge[] {
  return operations.flatMap((operation) => Array.from(operation[side]).flatMap(([label, attached]) =>
    attached.includes(variable) ? [{ op: operation.op, label, operation }] : []))
}

/** The declared name of the output that fills it; else the parameter that takes it; else `<op>_out`. Elements are `<collection>_item`. */
export function nameVariable(variable: DraftVariable, operations: readonly DraftOperation[]): string {
  const [creators, consumers] = [edgesAt(variable, operations, 'outputs'), edgesAt(variable, operations, 'inputs')]
  const isOrdinary = ({ op }: Edge): boolean => !isStructureOp(op)
  const declared = creators.find((edge) => isOrdinary(edge) && edge.label !== UNDECLARED)
  const parameter = consumers.find(isOrdinary)
  const maker = creators.find(isOrdinary)
  if (declared) return declared.label
  if (parameter) return parameter.label.replace(/\[\d+\]$/, '')
  if (maker) return `${maker.op}_out`
  return nameElement([...creators, ...consumers], operations) ?? creators[0]?.label ?? consumers[0]?.label ?? 'v'
}

/** An element, a position or a key is known by the collection at the other end of the built-in op. */
function nameElement(edges: readonly Edge[], operations: readonly DraftOperation[]): string | undefined {
  for (const { label, operation } of edges) {
    const ops = Object.values(STRUCTURE_OPS).find(({ make, get }) => make === operation.op || get === operation.op)
    if (!ops || label === ops.collection && operation.op === ops.get) continue
    const [whole] = (operation.op === ops.make ? operation.outputs : operation.inputs).get(ops.collection) ?? []
    if (whole?.name === undefined) continue
    if (label === ops.key && operation.op === ops.get) return `${whole.name}_${ops.key}`
    return ops.collection === 'dict' && operation.op === ops.make ? label : `${whole.name}_item`
  }
  return operations.length > 0 ? edges[0]?.label : undefined
}
