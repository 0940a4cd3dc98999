import { attachmentsOf, listNodes, refsOf, type FrameData, type Operation } from './frame-data.ts'
import { joinTraces } from './join-traces.ts'
import { copyParts, keepParts } from './parts.ts'
import type { Cell } from '../web/cell-table.ts'
import { findTraces } from './traces.ts'

/**
 * Keeps the computations in which a variable has refs that are kept, and no others: what is in such rows of the table, whether it leads to
 * the variable, rests on it or stands beside it.
 */
export function keepRefs(data: FrameData, variable: string, kept: ReadonlySet<number>): FrameData {
  const nodes = listNodes(data)
  const place = nodes.findIndex(({ kind, name }) => kind === 'variable' && name === variable)
  const found = nodes.map(() => new Set<number>())
  for (const cells of joinTraces(findTraces(data, nodes))) {
    const cell = cells[place]
    if (cell === undefined || !toList(cell).every((ref) => kept.has(ref))) continue
    for (const [node, numbers] of cells.entries()) for (const number of toList(numbers)) found[node]?.add(number)
  }
  const { variables, operations } = copyParts(data)
  for (const [i, { kind, name }] of nodes.entries()) {
    const numbers = (kind === 'variable' ? variables : operations).get(name)
    for (const number of numbers ?? []) if (!found[i]?.has(number)) numbers?.delete(number)
  }
  return keepParts(data, { variables, operations })
}

const toList = (cell: Cell | undefined): readonly number[] => (typeof cell === 'number' ? [cell] : cell ?? [])

/** Keeps some calls of an operation; what was computed from the others goes. */
export function keepCalls(data: FrameData, operation: string, kept: ReadonlySet<number>): FrameData {
  const others = [...(data.operations.get(operation)?.calls ?? [])].filter((call) => !kept.has(call))
  return withoutDependents(data, { variables: new Map(), operations: new Map([[operation, others]]) })
}

/** Takes refs and calls out, with the calls that have such a ref and the refs that such a call made, and so on. */
function withoutDependents(
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

