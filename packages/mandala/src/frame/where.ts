import { attachmentsOf, refsOf, type FrameData, type Operation } from './frame-data.ts'
import { copyParts, keepParts } from './parts.ts'
import { Reachability } from './reach.ts'

/**
 * Keeps some refs of a variable and all that is connected with them: what they rest on, what rests on them and on no other ref of the
 * variable, and what that rests on in turn. The rows of the table are those in which the variable has a ref that was kept.
 */
export function keepRefs(data: FrameData, variable: string, kept: ReadonlySet<number>): FrameData {
  const others = [...(data.variables.get(variable) ?? [])].filter((ref) => !kept.has(ref))
  const rest = withoutDependents(data, { variables: new Map([[variable, others]]), operations: new Map() })
  const start = { variables: new Map([[variable, rest.variables.get(variable) ?? new Set<number>()]]), operations: new Map() }
  const after = new Reachability(rest, 'forward', 'weak').from(start)
  return keepParts(rest, new Reachability(rest, 'back', 'weak').from(after))
}

/** Keeps some calls of an operation; what was computed from the others goes. */
export function keepCalls(data: FrameData, operation: string, kept: ReadonlySet<number>): FrameData {
  const others = [...(data.operations.get(operation)?.calls ?? [])].filter((call) => !kept.has(call))
  return withoutDependents(data, { variables: new Map(), operations: new Map([[operation, others]]) })
}

/** Takes refs and calls out, with the calls that have such a ref and the refs that such a call made, and so on. */
export function withoutDependents(
  data: FrameData, gone: { readonly variables: ReadonlyMap<string, readonly number[]>; readonly operations: ReadonlyMap<string, readonly number[]> },
): FrameData {
  const parts = copyParts(data)
  const open = Array.from(gone.variables, ([name, refs]) => refs.map((ref) => [name, ref] as const)).flat()
  const removeCall = (name: string, number: number): void => {
    if (!parts.operations.get(name)?.delete(number)) return
    for (const [label, attached] of data.operations.get(name)?.outputs ?? []) {
      for (const ref of refsOf(data.web.call(number), label, 'outputs')) for (const variable of attached) open.push([variable, ref])
    }
  }
  for (const [name, calls] of gone.operations) for (const call of calls) removeCall(name, call)
  const holders = listHolders(data)
  for (let next = open.pop(); next; next = open.pop()) {
    const [variable, ref] = next
    if (!parts.variables.get(variable)?.delete(ref)) continue
    for (const { operation, calls } of holders.get(variable) ?? []) for (const number of calls.get(ref) ?? []) removeCall(operation, number)
  }
  return keepParts(data, parts)
}

/** For each variable the calls that have its refs at an edge, by ref. */
function listHolders(data: FrameData): ReadonlyMap<string, readonly { operation: string; calls: ReadonlyMap<number, readonly number[]> }[]> {
  const sides = (['inputs', 'outputs'] as const).map((side) => [side, attachmentsOf(data, side)] as const)
  return new Map(Array.from(data.variables.keys(), (name) => [name, sides.flatMap(([side, attachments]) =>
    (attachments.get(name) ?? []).map(({ operation, label }) => {
      const calls = new Map<number, number[]>()
      for (const number of (data.operations.get(operation) as Operation).calls) {
        for (const ref of refsOf(data.web.call(number), label, side)) {
          const known = calls.get(ref)
          if (known) known.push(number)
          else calls.set(ref, [number])
        }
      }
      return { operation, calls }
    }))]))
}

