import { STRUCTURE_OPS } from '../model/structure.ts'
import { identifierOf } from '../render/pattern-text.ts'
import { freeName } from '../web/free-name.ts'
import type { History, HistoryFact } from './history.ts'

/** What an output is stored as whose op doesn't name it. */
const UNDECLARED = 'output'
const RESERVED = `Q storage await break case catch class const continue debugger default delete do else enum export extends false finally for function if
implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while
with yield undefined arguments eval NaN Infinity`.split(/\s+/)

type Call = HistoryFact & { readonly kind: 'call' }
type Tie = Exclude<HistoryFact, Call>

/**
 * Names for variables that are identifiers: that under which one is selected; else the declared name of the output that gives it; else the
 * parameter that takes it; else `<op>_out`. Elements are `<collection>_item`, their places `<collection>_i` or `<collection>_key`.
 * @param order the variables in the order in which names are given
 */
export function nameVariables({ variables, facts, selected }: History, order: readonly number[]): readonly string[] {
  const calls = facts.filter((fact) => fact.kind === 'call')
  const taken = new Set([...RESERVED, ...calls.map(({ op }) => identifierOf(op))])
  const names: (string | undefined)[] = variables.map(() => undefined)
  const give = (variable: number, wished: string): string => {
    const name = freeName(identifierOf(wished), taken)
    taken.add(name)
    names[variable] = name
    return name
  }
  for (const [name, variable] of selected) give(variable, name)
  const byRole = nameByCalls(calls)
  for (const variable of order) {
    const wished = names[variable] === undefined ? byRole.get(variable) : undefined
    if (wished !== undefined) give(variable, wished)
  }
  const ties = facts.filter((fact): fact is Tie => fact.kind !== 'call')
  const nameTied = (variable: number): string => {
    const known = names[variable]
    if (known !== undefined) return known
    // For the time of looking at what it is tied to, which may be tied to it.
    names[variable] = 'v'
    const tie = ties.find(({ element, key }) => element === variable || key === variable)
    if (!tie) return give(variable, ties.find(({ collection }) => collection === variable)?.of ?? 'v')
    return give(variable, `${nameTied(tie.collection)}_${tie.key === variable ? STRUCTURE_OPS[tie.of].key : 'item'}`)
  }
  for (const variable of order) nameTied(variable)
  return names as string[]
}

function nameByCalls(calls: readonly Call[]): ReadonlyMap<number, string> {
  const names = new Map<number, string>()
  const put = (variable: number, name: string): void => { if (!names.has(variable)) names.set(variable, name) }
  for (const { outputs } of calls) for (const { label, variable } of outputs) if (label !== UNDECLARED) put(variable, label)
  for (const { inputs } of calls) for (const { label, variable } of inputs) put(variable, label.replace(/\[\d+\]$/, ''))
  for (const { op, outputs } of calls) for (const { variable } of outputs) put(variable, `${op}_out`)
  return names
}
