import { attachmentsOf, refsOf, type FrameData, type Operation, type Side } from './frame-data.ts'
import { freeName } from '../web/free-name.ts'
import { close } from './parts.ts'

/** How a variable's refs are told apart: by what made them, by what uses them, or by a key for each. */
export type SplitBy = 'creator' | 'consumer' | ((ref: number) => string)

/** An edge that leads to the variable. */
interface End {
  readonly side: Side
  readonly label: string
}

/**
 * Splits a variable by the role of its refs, and the operations at it with it. The first part keeps the name. Where calls have refs of
 * several parts under one name, as those that put a list together, the edge leads to a further variable, which has all.
 */
export function split(data: FrameData, variable: string, by: SplitBy): FrameData {
  const keyOf = typeof by === 'function' ? by : keyByRole(data, variable, by === 'creator' ? 'outputs' : 'inputs')
  const parts: Map<string, Iterable<number>> = Map.groupBy(data.variables.get(variable) ?? [], keyOf)
  if (parts.size < 2) return data
  const keyByRef = new Map(Array.from(parts, ([key, refs]) => Array.from(refs, (ref) => [ref, key] as const)).flat())
  const names = nameParts(data, variable, parts.keys())
  const operations = new Map<string, Operation>()
  for (const [name, operation] of data.operations) {
    for (const part of splitOperation(data, operation, { variable, keyByRef, names })) {
      operations.set(operations.has(name) ? freeName(name, new Set([...data.operations.keys(), ...operations.keys()])) : name, part)
    }
  }
  const variables = new Map<string, ReadonlySet<number>>()
  for (const [name, refs] of data.variables) {
    if (name !== variable) variables.set(name, refs)
    else for (const [key, some] of parts) variables.set(names(key), new Set(some))
  }
  const whole = names(undefined)
  if (Array.from(operations.values()).some((each) => endsAt(each, whole).length > 0)) variables.set(whole, new Set(data.variables.get(variable)))
  return close({ ...data, variables, operations, shown: undefined })
}

function nameParts({ variables }: FrameData, variable: string, keys: Iterable<string>): (key: string | undefined) => string {
  const taken = new Set(variables.keys())
  const names = new Map<string, string>()
  for (const key of keys) {
    const name = names.size === 0 ? variable : freeName(variable, taken)
    taken.add(name)
    names.set(key, name)
  }
  const whole = freeName(`${variable}_all`, taken)
  return (key) => (key === undefined ? whole : (names.get(key) as string))
}

function keyByRole(data: FrameData, variable: string, side: Side): (ref: number) => string {
  const roles = (attachmentsOf(data, side).get(variable) ?? []).map(({ operation, label }) => {
    const calls = data.operations.get(operation)?.calls ?? new Set()
    return { name: `${operation}.${label}`, refs: new Set([...calls].flatMap((number) => refsOf(data.web.call(number), label, side))) }
  })
  return (ref) => roles.filter(({ refs }) => refs.has(ref)).map(({ name }) => name).join(', ')
}

function endsAt(operation: Operation, variable: string): End[] {
  return (['inputs', 'outputs'] as const).flatMap((side) =>
    Array.from(operation[side]).flatMap(([label, names]) => (names.includes(variable) ? [{ side, label }] : [])))
}

interface Splitting {
  readonly variable: string
  readonly keyByRef: ReadonlyMap<number, string>
  /** The name of a part's variable; of the one that has all for undefined. */
  readonly names: (key: string | undefined) => string
}

/** An operation's calls by the parts that their refs at each edge belong to, each with its own edges. */
function splitOperation({ web }: FrameData, operation: Operation, { variable, keyByRef, names }: Splitting): Operation[] {
  const ends = endsAt(operation, variable)
  if (ends.length === 0) return [operation]
  const targetOf = (number: number, { side, label }: End): string => {
    const keys = new Set(refsOf(web.call(number), label, side).map((ref) => keyByRef.get(ref)))
    return names(keys.size === 1 ? [...keys][0] : undefined)
  }
  const groups = Map.groupBy(operation.calls, (number) => JSON.stringify(ends.map((end) => targetOf(number, end))))
  return Array.from(groups, ([key, calls]) => {
    const targets = JSON.parse(key) as string[]
    const edges = { inputs: new Map(operation.inputs), outputs: new Map(operation.outputs) }
    for (const [i, { side, label }] of ends.entries()) {
      edges[side].set(label, (edges[side].get(label) as string[]).map((name) => (name === variable ? (targets[i] as string) : name)))
    }
    return { op: operation.op, calls: new Set(calls), ...edges }
  })
}
