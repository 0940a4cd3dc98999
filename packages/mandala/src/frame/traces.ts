import { remember } from '../base/remember.ts'
import { attachmentsOf, keyOf, type FrameData, type Node, type Side } from './frame-data.ts'
import type { Cell } from '../web/cell-table.ts'
import type { Signature, Web } from '../web/web.ts'

/** What a computation has, by node; undefined for nodes that have no part in it. */
export type Cells = readonly (Cell | undefined)[]

/** One computation: something that nothing further was made of, with all that it came from. */
export interface Trace {
  /** The node at which it ends. */
  readonly end: number
  readonly cells: Cells
  /** The place of its last call among all calls; refs alone come after those. */
  readonly order: number
}

/** A frame's nodes by number, with their edges. */
interface Wiring {
  readonly web: Web
  /** For variables: the operations that make their refs. */
  readonly makers: readonly (readonly { readonly operation: number; readonly label: string }[])[]
  /** For operations: their calls, and the variables at their edges. */
  readonly operations: readonly (OperationWiring | undefined)[]
}

interface OperationWiring {
  readonly calls: ReadonlySet<number>
  readonly inputs: Links
  readonly outputs: Links
}

/** Which refs of a call stand in which variables, on one side. */
type Links = (signature: Signature) => readonly Link[]

interface Link {
  readonly place: number
  readonly variable: number
}

const REFS_ALONE = Number.MAX_SAFE_INTEGER / 2

/**
 * The traces of a frame in the order of their last calls. Each is found by a walk back from its end, so the cost is linear in what the
 * traces hold.
 * @param nodes all nodes of the frame; cells are known by their place in this list
 */
export function findTraces(data: FrameData, nodes: readonly Node[]): Trace[] {
  const wiring = wire(data, nodes)
  const used = findUsed(wiring, nodes)
  const ends = wiring.operations.map((operation) => operation && findUnused(wiring, operation, used))
  const traces: Trace[] = []
  ends.forEach((calls, node) => calls?.forEach((call) => traces.push(traceBack(wiring, node, call))))
  addUncovered(wiring, { data, nodes, used, ends, traces })
  return traces.sort((a, b) => a.order - b.order)
}

interface Found {
  readonly data: FrameData
  readonly nodes: readonly Node[]
  /** For variables: the refs that calls use. */
  readonly used: readonly ReadonlySet<number>[]
  /** For operations: the calls of which nothing is used. A trace ends at each, with all that it gave. */
  readonly ends: readonly (ReadonlySet<number> | undefined)[]
  readonly traces: Trace[]
}

/** Traces that end at refs which nothing uses and no trace has yet. Later ones first: they may have earlier ones in them. */
function addUncovered(wiring: Wiring, found: Found): void {
  const left = listLeft(wiring, found)
  const covered = findCovered(found, left)
  const orderOf = ({ maker: [, call] }: Left): number => (call === undefined ? REFS_ALONE : wiring.web.call(call).order)
  for (const { node, ref, maker: [operation = node, call = ref] } of left.sort((a, b) => orderOf(b) - orderOf(a))) {
    if (covered[node]?.has(ref)) continue
    const trace = traceBack(wiring, operation, call)
    addCovered(covered, trace)
    found.traces.push(trace)
  }
}

/** A ref that nothing uses and that no call gave at which a trace ends. */
interface Left {
  readonly node: number
  readonly ref: number
  readonly maker: readonly number[]
}

function listLeft(wiring: Wiring, { data, nodes, used, ends }: Found): Left[] {
  const left: Left[] = []
  for (const [node, { kind, name }] of nodes.entries()) {
    if (kind === 'operation') continue
    data.variables.get(name)?.forEach((ref) => {
      if (used[node]?.has(ref)) return
      const maker = makersOf(wiring, node, ref)
      let isGivenAtEnd = false
      for (let i = 0; i < maker.length && !isGivenAtEnd; i += 2) isGivenAtEnd = ends[maker[i] as number]?.has(maker[i + 1] as number) ?? false
      if (!isGivenAtEnd) left.push({ node, ref, maker })
    })
  }
  return left
}

function wire(data: FrameData, nodes: readonly Node[]): Wiring {
  const numbers = new Map(nodes.map((node, i) => [keyOf(node), i]))
  const numberOf = (kind: Node['kind'], name: string): number => numbers.get(keyOf({ kind, name })) as number
  const attachments = attachmentsOf(data, 'outputs')
  const links = (operation: string, side: Side): Links => {
    const edges = data.operations.get(operation)?.[side]
    return remember((signature: Signature) => signature[side].flatMap((label, place) => (
      (edges?.get(label) ?? []).map((name) => ({ place, variable: numberOf('variable', name) })))))
  }
  return {
    web: data.web,
    makers: nodes.map(({ kind, name }) => (kind === 'operation' ? [] : (attachments.get(name) ?? []).map(({ operation, label }) => (
      { operation: numberOf('operation', operation), label })))),
    operations: nodes.map(({ kind, name }) => (kind === 'variable' ? undefined : {
      calls: data.operations.get(name)?.calls ?? new Set(), inputs: links(name, 'inputs'), outputs: links(name, 'outputs'),
    })),
  }
}

/** For each variable the refs that calls of the frame use. */
function findUsed({ web, operations }: Wiring, nodes: readonly Node[]): readonly ReadonlySet<number>[] {
  const used = nodes.map(() => new Set<number>())
  for (const operation of operations) {
    operation?.calls.forEach((number) => {
      const { inputs, signature } = web.call(number)
      const links = operation.inputs(signature)
      for (let i = 0; i < links.length; i += 1) {
        const { place, variable } = links[i] as Link
        used[variable]?.add(inputs[place] as number)
      }
    })
  }
  return used
}

function findUnused(wiring: Wiring, operation: OperationWiring, used: Found['used']): ReadonlySet<number> {
  const unused = new Set<number>()
  operation.calls.forEach((call) => {
    if (!isUsed(wiring, operation, call, used)) unused.add(call)
  })
  return unused
}

function isUsed({ web }: Wiring, operation: OperationWiring, number: number, used: Found['used']): boolean {
  const { outputs, signature } = web.call(number)
  const links = operation.outputs(signature)
  for (let i = 0; i < links.length; i += 1) {
    const { place, variable } = links[i] as Link
    if (used[variable]?.has(outputs[place] as number)) return true
  }
  return false
}

/** What traces have of the variables in which refs are left. */
function findCovered({ nodes, traces }: Found, left: readonly Left[]): readonly (Set<number> | undefined)[] {
  const open = new Set(left.map(({ node }) => node))
  const covered = nodes.map((_, node) => (open.has(node) ? new Set<number>() : undefined))
  if (open.size > 0) for (const trace of traces) addCovered(covered, trace)
  return covered
}

function addCovered(covered: readonly (Set<number> | undefined)[], { cells }: Trace): void {
  for (let node = 0; node < covered.length; node += 1) {
    const cell = cells[node]
    if (typeof cell === 'number') covered[node]?.add(cell)
    else for (const each of cell ?? []) covered[node]?.add(each)
  }
}

interface Element {
  readonly node: number
  readonly number: number
}

const NOTHING: readonly number[] = []

function makersOf({ web, makers, operations }: Wiring, variable: number, ref: number): readonly number[] {
  const creator = web.creator(ref)
  if (creator === undefined) return NOTHING
  let before = NOTHING
  const { outputs, signature } = web.call(creator)
  const label = signature.outputs[outputs.indexOf(ref)]
  const candidates = makers[variable] as Wiring['makers'][number]
  for (let i = 0; i < candidates.length; i += 1) {
    const { operation, label: given } = candidates[i] as (typeof candidates)[number]
    if (given !== label || !operations[operation]?.calls.has(creator)) continue
    before = before.length === 0 ? [operation, creator] : [...before, operation, creator]
  }
  return before
}

function usesOf({ web, operations }: Wiring, operation: number, number: number): readonly number[] {
  const { inputs, signature } = web.call(number)
  const links = operations[operation]?.inputs(signature) ?? []
  const before = new Array<number>(links.length * 2)
  for (let i = 0; i < links.length; i += 1) {
    const { place, variable } = links[i] as Link
    before[2 * i] = variable
    before[2 * i + 1] = inputs[place] as number
  }
  return before
}

/** Cells of a trace that is being found: several numbers in the order of their coming. */
type OpenCells = (number | Set<number> | undefined)[]

/** Something on the way back, with what comes before it: nodes and numbers in turn. */
interface Step extends Element {
  readonly before: readonly number[]
  next: number
}

/** Walks back from a call or ref, and notes what it meets after what that came from: inputs in their order, oldest first. */
function traceBack(wiring: Wiring, end: number, endNumber: number): Trace {
  const cells: OpenCells = new Array(wiring.operations.length).fill(undefined)
  const calls: Element[] = []
  const open = [stepTo(wiring, end, endNumber)]
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const { node, number, before, next } = top
    if (next < before.length) {
      const earlier = before[next] as number
      const earlierNumber = before[next + 1] as number
      top.next += 2
      // Nothing comes from itself: what was met is noted by now.
      if (!isNoted(cells[earlier], earlierNumber)) open.push(stepTo(wiring, earlier, earlierNumber))
    } else {
      open.pop()
      note(cells, node, number)
      if (wiring.operations[node]) calls.push(top)
    }
  }
  noteOutputs(wiring, calls, cells)
  return { end, cells: cells.map((cell) => (typeof cell === 'object' ? [...cell] : cell)), order: wiring.operations[end] ? wiring.web.call(endNumber).order : REFS_ALONE }
}

function stepTo(wiring: Wiring, node: number, number: number): Step {
  return { node, number, before: wiring.operations[node] ? usesOf(wiring, node, number) : makersOf(wiring, node, number), next: 0 }
}

/**
 * What else the calls of a trace gave. What the last one gave always belongs to it; what others gave does where nothing of that variable
 * is part of the trace yet: else it came from another use of their op.
 */
function noteOutputs({ web, operations }: Wiring, calls: readonly Element[], cells: OpenCells): void {
  const met = cells.slice()
  for (let i = 0; i < calls.length; i += 1) {
    const { node, number } = calls[i] as Element
    const { outputs, signature } = web.call(number)
    const links = operations[node]?.outputs(signature) ?? []
    for (let k = 0; k < links.length; k += 1) {
      const { place, variable } = links[k] as Link
      if (met[variable] === undefined || i === calls.length - 1) note(cells, variable, outputs[place] as number)
    }
  }
}

function isNoted(cell: OpenCells[number], number: number): boolean {
  return typeof cell === 'object' ? cell.has(number) : cell === number
}

function note(cells: OpenCells, node: number, number: number): void {
  const cell = cells[node]
  if (cell === undefined) cells[node] = number
  else if (typeof cell === 'number') cells[node] = new Set([cell, number])
  else cell.add(number)
}
