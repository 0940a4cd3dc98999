import { refineColours } from '../graph/refine-colours.ts'
import { invalid } from '../model/variable.ts'
import { replaceVariables, type History, type HistoryFact } from './history.ts'

/**
 * A history in which all that plays the same role is one: by colour refinement over variables and facts, where a collection counts which
 * roles its elements have and not how many there are of each. So a list stands for lists of any length.
 * @param isSelectionRole whether what is selected plays a role of its own for that, so that it comes from just those calls that it came from
 */
export function collapse({ variables, facts, selected }: History, isSelectionRole: boolean): History {
  const roles = findRoles({ variables, facts, selected: isSelectionRole ? selected : new Map() })
  const names = new Map<number, string>()
  for (const [name, variable] of selected) {
    const role = roles[variable] as number
    const other = names.get(role)
    if (other !== undefined) {
      const hint = 'select one of them, or write the pattern with Q to ask for pairs'
      throw invalid('storage.similar', `"${other}" and "${name}" play the same role in the computation`, hint)
    }
    names.set(role, name)
  }
  const numbers = new Map<number, number>()
  const kept: History['variables'][number][] = []
  const used = new Set([...selected.values(), ...facts.flatMap((fact) => endsOf(fact).map(([, variable]) => variable))])
  for (const [i, variable] of variables.entries()) {
    const role = roles[i] as number
    if (numbers.has(role) || !used.has(i)) continue
    numbers.set(role, kept.push(variable) - 1)
  }
  const of = (variable: number): number => numbers.get(roles[variable] as number) as number
  const seen = new Set<number>()
  const distinct = facts.filter((_, i) => {
    const role = roles[variables.length + i] as number
    return !seen.has(role) && seen.add(role)
  })
  return {
    variables: kept,
    facts: distinct.map((fact) => replaceVariables(fact, of)),
    selected: new Map(Array.from(selected, ([name, variable]) => [name, of(variable)])),
  }
}

/** A colour for each variable, then for each fact. */
function findRoles({ variables, facts, selected }: History): readonly number[] {
  const labels = new Map<string, number>()
  const number = (text: string): number => labels.get(text) ?? (labels.set(text, labels.size), labels.size - 1)
  const around: { label: number; node: number }[][] = Array.from({ length: variables.length + facts.length }, () => [])
  for (const [i, fact] of facts.entries()) {
    const node = variables.length + i
    for (const [label, variable] of endsOf(fact)) {
      around[node]?.push({ label: number(label), node: variable })
      around[variable]?.push({ label: number(label), node })
    }
  }
  const kindOf = (fact: HistoryFact): string => (fact.kind === 'call' ? `call ${fact.version} ${fact.op}` : `${fact.kind} ${fact.of}`)
  const nameOf = new Map(Array.from(selected, ([name, variable]) => [variable, name]))
  const initial = [...variables.map((_, i) => number(`variable ${nameOf.get(i) ?? ''}`)), ...facts.map((fact) => number(kindOf(fact)))]
  return refineColours({
    size: around.length,
    neighbours: (node) => around[node] as { label: number; node: number }[],
    isSet: (node) => ['list', 'dict', 'set'].includes(variables[node]?.kind ?? 'value'),
  }, initial)
}

function endsOf(fact: HistoryFact): readonly (readonly [label: string, variable: number])[] {
  if (fact.kind !== 'call') return [['collection', fact.collection], ['element', fact.element], ['key', fact.key]]
  return (['inputs', 'outputs'] as const).flatMap((side) => fact[side].map(({ label, variable }) => [`${side} ${label}`, variable] as const))
}
