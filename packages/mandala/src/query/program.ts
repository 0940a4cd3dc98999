import { orderTopologically } from '../graph/topological-order.ts'
import type { Ref } from '../model/ref.ts'
import type { Line, Program } from '../render/pattern-text.ts'
import type { History, HistoryFact } from './history.ts'
import { nameVariables } from './name-variables.ts'

export interface ProgramOptions {
  readonly selection: ReadonlyMap<string, Ref<unknown>>
  /** Whether every variable is a column, also positions and keys. */
  readonly context: boolean
  /** Whether a call's version has to be said. */
  readonly saysVersion: (op: string, version: number) => boolean
  /** Options of the query, as code. */
  readonly options: string
}

/** A collapsed history as a pattern's program. */
export function writeProgram(history: History, { selection, context, saysVersion, options }: ProgramOptions): Program {
  const { variables, facts, selected } = history
  const order = orderLines(history)
  const isSpoken = findSpoken(history, context)
  const all = order.filter((node) => node < variables.length)
  const names = nameVariables(history, all)
  const columnOf = new Map(Array.from(selected, ([name, variable]) => [variable, name]))
  const nameOf = (variable: number): string => names[variable] as string
  const keyOf = (key: number): string | undefined => (isSpoken(key) ? nameOf(key) : undefined)
  const makers = findMakers(facts)
  const lineOfVariable = (variable: number): Line | undefined => {
    if (!makers.has(variable)) {
      return isSpoken(variable) ? { kind: 'free', name: nameOf(variable), type: typeOf(selection.get(columnOf.get(variable) ?? '')) } : undefined
    }
    const made = (makers.get(variable) as HistoryFact[]).flatMap((fact) => (fact.kind === 'made' ? [fact] : []))
    if (made[0] === undefined) return undefined
    return { kind: 'collection', of: made[0].of, name: nameOf(variable), elements: made.map(({ element, key }) => ({ name: nameOf(element), key: keyOf(key) })) }
  }
  const lineOfFact = (fact: HistoryFact): Line | undefined => {
    if (fact.kind === 'made') return undefined
    if (fact.kind === 'taken') return { kind: 'element', name: nameOf(fact.element), collection: nameOf(fact.collection), key: keyOf(fact.key) }
    const { op, version, form, isTuple, inputs, outputs } = fact
    return {
      kind: 'call', op, version: saysVersion(op, version) ? version : undefined, form, isTuple,
      inputs: inputs.map(({ label, variable }) => ({ label, name: nameOf(variable) })),
      outputs: outputs.map(({ label, variable }) => ({ label, name: isSpoken(variable) ? nameOf(variable) : undefined })),
    }
  }
  const lines = order.flatMap((node) => (node < variables.length ? lineOfVariable(node) : lineOfFact(facts[node - variables.length] as HistoryFact)) ?? [])
  const columns = context ? all.filter(isSpoken).map((variable) => [columnOf.get(variable) ?? nameOf(variable), variable] as const) : [...selected]
  return { lines, columns: columns.map(([name, variable]) => ({ name, variable: nameOf(variable) })), options }
}

/** Variables that have a part: outputs that nothing takes, and positions and keys that nothing else speaks of, have none. */
function findSpoken({ facts, selected }: History, context: boolean): (variable: number) => boolean {
  // The elements of a set have no places.
  const placeless = new Set(facts.flatMap((fact) => (fact.kind !== 'call' && fact.of === 'set' ? [fact.key] : [])))
  if (context) return (variable) => !placeless.has(variable)
  const keys = facts.flatMap((fact) => (fact.kind === 'call' ? [] : [fact.key]))
  const spoken = new Set([...selected.values(), ...keys.filter((key, i) => keys.indexOf(key) !== i)])
  for (const fact of facts) {
    if (fact.kind === 'call') for (const { variable } of fact.inputs) spoken.add(variable)
    else spoken.add(fact.collection).add(fact.element)
  }
  return (variable) => spoken.has(variable)
}

const given = (fact: HistoryFact): readonly number[] => (
  fact.kind === 'call' ? fact.outputs.map(({ variable }) => variable) : [fact.kind === 'made' ? fact.collection : fact.element])
const taken = (fact: HistoryFact): readonly number[] => (
  fact.kind === 'call' ? fact.inputs.map(({ variable }) => variable) : [fact.kind === 'made' ? fact.element : fact.collection, fact.key])

function findMakers(facts: readonly HistoryFact[]): ReadonlyMap<number, readonly HistoryFact[]> {
  const by = new Map<number, HistoryFact[]>()
  for (const fact of facts) {
    for (const variable of given(fact)) {
      const known = by.get(variable)
      if (known) known.push(fact)
      else by.set(variable, [fact])
    }
  }
  return by
}

/** Variables and facts, each after what it rests on; of what may come next, selected variables do in their order, then others that were given. */
function orderLines({ variables, facts, selected }: History): readonly number[] {
  const made = new Set(facts.flatMap(given))
  const size = variables.length + facts.length
  const free = [...selected.values(), ...variables.keys()].filter((variable) => !made.has(variable))
  const rank = [...new Set([...free, ...Array.from({ length: size }, (_, i) => i)])]
  const placeOf = new Int32Array(size)
  for (const [place, node] of rank.entries()) placeOf[node] = place
  const successors: number[][] = Array.from({ length: size }, () => [])
  const link = (from: number, to: number): void => { successors[placeOf[from] as number]?.push(placeOf[to] as number) }
  for (const [i, fact] of facts.entries()) {
    for (const variable of taken(fact)) link(variable, variables.length + i)
    for (const variable of given(fact)) link(variables.length + i, variable)
  }
  return orderTopologically({ size, successors: (place) => successors[place] as number[] }).map((place) => rank[place] as number)
}

function typeOf(ref: Ref<unknown> | undefined): string | undefined {
  const type = ref?.immediate && typeof ref.immediate.value
  return type !== undefined && ['number', 'string', 'boolean', 'bigint'].includes(type) ? type : undefined
}
