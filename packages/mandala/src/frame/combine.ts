import { MandalaError } from '../base/mandala-error.ts'
import { refsOf, type Edges, type FrameData, type Operation } from './frame-data.ts'
import { close, copyParts, filterEdges, keepParts } from './parts.ts'

/** What is in either frame; nodes of one name become one. */
export function unite(a: FrameData, b: FrameData): FrameData {
  expectOneWeb(a, b)
  const variables = new Map(a.variables)
  for (const [name, refs] of b.variables) variables.set(name, new Set([...(variables.get(name) ?? []), ...refs]))
  const operations = new Map(a.operations)
  for (const [name, theirs] of b.operations) {
    const ours = operations.get(name)
    if (ours) expectOneOp(name, ours, theirs)
    operations.set(name, ours ? {
      op: ours.op, calls: new Set([...ours.calls, ...theirs.calls]), inputs: uniteEdges(ours.inputs, theirs.inputs), outputs: uniteEdges(ours.outputs, theirs.outputs),
    } : theirs)
  }
  return close({ web: a.web, variables, operations, shown: undefined })
}

/** What is in both frames: nodes, edges, refs and calls. */
export function intersect(a: FrameData, b: FrameData): FrameData {
  expectOneWeb(a, b)
  const common = [...a.variables].filter(([name]) => b.variables.has(name))
  const variables = new Map(common.map(([name, refs]) => [name, refs.intersection(b.variables.get(name) as Set<number>)]))
  const operations = new Map<string, Operation>()
  for (const [name, ours] of a.operations) {
    const theirs = b.operations.get(name)
    if (!theirs) continue
    expectOneOp(name, ours, theirs)
    const calls = ours.calls.intersection(theirs.calls)
    operations.set(name, { op: ours.op, calls, inputs: intersectEdges(ours.inputs, theirs.inputs), outputs: intersectEdges(ours.outputs, theirs.outputs) })
  }
  return { web: a.web, variables, operations, shown: undefined }
}

/** The first frame without the refs and calls of the second; a call goes with any of its refs. Nodes stay, empty ones too. */
export function subtract(a: FrameData, b: FrameData): FrameData {
  expectOneWeb(a, b)
  const { variables, operations } = copyParts(a)
  for (const [name, refs] of variables) for (const ref of b.variables.get(name) ?? []) refs.delete(ref)
  for (const [name, calls] of operations) {
    const { inputs, outputs } = a.operations.get(name) as Operation
    for (const number of calls) {
      const call = a.web.call(number)
      const isWhole = ([['inputs', inputs], ['outputs', outputs]] as const).every(([side, edges]) => [...edges].every(([label, attached]) =>
        refsOf(call, label, side).every((ref) => attached.every((variable) => variables.get(variable)?.has(ref)))))
      if (!isWhole || b.operations.get(name)?.calls.has(number)) calls.delete(number)
    }
  }
  return { ...keepParts(a, { variables, operations }), shown: undefined }
}

/** The first frame without the nodes of the second. */
export function subtractNodes(a: FrameData, b: FrameData): FrameData {
  expectOneWeb(a, b)
  const variables = new Map([...a.variables].filter(([name]) => !b.variables.has(name)))
  const operations = new Map([...a.operations].filter(([name]) => !b.operations.has(name)).map(([name, { calls }]) => [name, calls]))
  return { ...keepParts(a, { variables, operations }), shown: undefined }
}

function uniteEdges(a: Edges, b: Edges): Edges {
  const edges = new Map(a)
  for (const [label, names] of b) edges.set(label, [...new Set([...(edges.get(label) ?? []), ...names])])
  return edges
}

function intersectEdges(a: Edges, b: Edges): Edges {
  const edges = new Map(Array.from(a, ([label, names]) => [label, names.filter((name) => b.get(label)?.includes(name))] as const))
  return filterEdges(edges, () => true)
}

function expectOneWeb(a: FrameData, b: FrameData): void {
  if (a.web === b.web) return
  throw new MandalaError('FRAME_INVALID', 'The frames are of different storages, or calls were deleted or renamed between the two', {
    hint: 'make both from one storage, as it is now',
  })
}

function expectOneOp(name: string, a: Operation, b: Operation): void {
  if (a.op === b.op) return
  throw new MandalaError('FRAME_INVALID', `"${name}" is an operation of ${a.op} in one frame and of ${b.op} in the other`, { hint: 'rename one of them first' })
}
