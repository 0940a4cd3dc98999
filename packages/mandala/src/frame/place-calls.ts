import { resolve, type Draft, type DraftOperation, type DraftVariable } from './draft.ts'
import { refsOf, type Side } from './frame-data.ts'
import { Glue, type GlueEnd } from './glue.ts'
import { findLoop } from './loops.ts'
import type { Found } from './neighbours.ts'

export interface Placing {
  /** The side of the calls on which the variables are through which they were found. */
  readonly side: Side
  /** Whether all outputs come in with a call, also those that nobody asked for. */
  readonly isWhole: boolean
  readonly follows: (op: string) => boolean
}

/** Calls of one op that were found through the same variables under the same names: they play one role. */
export interface Group {
  readonly op: string
  readonly ends: readonly GlueEnd[]
  readonly calls: number[]
}

/** Adds calls to the operations of their role, with variables for what they take and give. */
export function placeCalls(draft: Draft, found: Found, { side, isWhole, follows }: Placing): void {
  if (side === 'inputs') joinKnown(draft, found)
  for (const { op, calls, ends } of groupCalls(draft, found)) {
    if (!follows(op)) continue
    const group = { op, calls, ends: ends.map(({ label, variable }) => ({ label, variable: resolve(variable) })) }
    const operation = chooseOperation(draft, group, side)
    for (const { label, variable } of group.ends) draft.attach(operation, side, label, resolve(variable))
    const sides: Side[] = isWhole || side === 'inputs' ? ['inputs', 'outputs'] : ['inputs']
    for (const each of sides) attachOpen(draft, operation, each, calls)
    draft.addCalls(operation, calls)
  }
}

/**
 * A call that is in the frame already may take a ref under its name from another variable. Where nothing uses the refs of this one, both
 * play one role and become one; else the ref has its use in either.
 */
function joinKnown(draft: Draft, found: Found): void {
  const byOp = Map.groupBy(draft.operations, ({ op }) => op)
  const none = new Glue()
  found.forEach((glue, call) => {
    const known = byOp.get(draft.web.call(call).signature.op)?.filter(({ calls }) => calls.has(call)) ?? []
    if (known.length === 0) return
    let left = none
    glue.ends.forEach(({ label, variable }) => {
      const taking = known.find(({ inputs }) => inputs.has(label))?.inputs.get(label)
      if (!taking) left = left.with(label, variable)
      else if (!taking.includes(resolve(variable)) && !isUsed(draft, resolve(variable))) draft.unite(taking[0] as DraftVariable, resolve(variable))
    })
    if (left === none) found.delete(call)
    else found.set(call, left)
  })
}

function isUsed({ operations }: Draft, variable: DraftVariable): boolean {
  return operations.some(({ inputs }) => [...inputs.values()].some((attached) => attached.includes(variable)))
}

/** Groups in the order of their oldest calls. */
function groupCalls({ web }: Draft, found: Found): Group[] {
  const byOp = Map.groupBy(found.keys(), (number) => web.call(number).signature.op)
  const oldest = ({ calls }: Group): number => calls.reduce((order, number) => Math.min(order, web.call(number).order), Infinity)
  const groups = Array.from(byOp, ([op, ofOp]) => Array.from(
    Map.groupBy(ofOp, (number) => (found.get(number) as Glue).key).values(),
    (calls): Group => ({ op, calls, ends: (found.get(calls[0] as number) as Glue).ends }),
  )).flat()
  return groups.map((group) => [oldest(group), group] as const).sort(([a], [b]) => a - b).map(([, group]) => group)
}

/** The operation of the same role if there is one: attached to the same variables, or with some of the calls already. */
function chooseOperation(draft: Draft, group: Group, side: Side): DraftOperation {
  const candidates = draft.operations.filter(({ op }) => op === group.op)
  const known = candidates.find((operation) => fits(operation, group, side))
  if (known) return known
  for (const operation of candidates) {
    const pairs = findLoop(draft, operation, group, side)
    if (!pairs) continue
    for (const [a, b] of pairs) draft.unite(resolve(a), resolve(b))
    return operation
  }
  return draft.addOperation(group.op)
}

function fits(operation: DraftOperation, { ends, calls }: Group, side: Side): boolean {
  const attached = ends.filter(({ label }) => operation[side].has(label))
  if (!attached.every(({ label, variable }) => operation[side].get(label)?.includes(variable))) return false
  return attached.length > 0 || calls.some((call) => operation.calls.has(call))
}

/** Finds or makes a variable for every name of the calls that has no edge yet. */
export function attachOpen(draft: Draft, operation: DraftOperation, side: Side, calls: readonly number[]): void {
  const signatures = new Set(calls.map((call) => draft.web.call(call).signature))
  const labels = new Set(Array.from(signatures, (signature) => signature[side]).flat())
  for (const label of labels) {
    if (operation[side].has(label)) continue
    draft.attach(operation, side, label, findVariable(draft, label, side, [...operation.calls, ...calls]) ?? draft.addVariable())
  }
}

/**
 * The variable that plays the role of refs: it has all of them, or they are all that it has. Values that were given tell nothing about a
 * role, so they are left out of it.
 */
function findVariable({ web, variables }: Draft, label: string, side: Side, calls: readonly number[]): DraftVariable | undefined {
  const refs = new Set<number>()
  calls.forEach((call) => refsOf(web.call(call), label, side).forEach((ref) => {
    if (!web.isGiven(ref)) refs.add(ref)
  }))
  if (refs.size === 0) return undefined
  const isPart = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean => a.size > 0 && a.size <= b.size && a.isSubsetOf(b)
  return variables.find((variable) => isPart(refs, variable.refs)) ?? variables.find((variable) => isPart(variable.refs, refs))
}
