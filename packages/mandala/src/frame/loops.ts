import type { Draft, DraftOperation, DraftVariable } from './draft.ts'
import type { Side } from './frame-data.ts'
import type { Group } from './place-calls.ts'

/**
 * Whether calls close a feedback loop over an operation: a value updated step by step, which is one variable on a cycle and not one for
 * every step. They do where the operation itself uses what they make (seen from its end: makes what they use), or where the way between
 * them leads through an operation that takes both under the same name.
 * @returns pairs of variables that are one then
 */
export function findLoop(draft: Draft, operation: DraftOperation, { ends }: Group, side: Side): [DraftVariable, DraftVariable][] | undefined {
  const pairs: [DraftVariable, DraftVariable][] = []
  for (const { label, variable } of ends) {
    const [known, ...others] = operation[side].get(label) ?? []
    if (!known || known === variable || others.includes(variable)) continue
    if (!isStep(draft, operation, { variable, known, side })) return undefined
    pairs.push([known, variable])
  }
  return pairs.length > 0 ? pairs : undefined
}

const other = (side: Side): Side => (side === 'inputs' ? 'outputs' : 'inputs')

function isStep(draft: Draft, operation: DraftOperation, { variable, known, side }: { variable: DraftVariable; known: DraftVariable; side: Side }): boolean {
  const isDirect = [...operation[other(side)].values()].some((attached) => attached.includes(variable))
  if (isDirect) return true
  const roles = rolesOf(draft, variable, other(side))
  return roles.size > 0 && roles.symmetricDifference(rolesOf(draft, known, other(side))).size === 0 && leadsTo(draft, operation, variable, side)
}

/** What takes a variable (or makes it), and under which name. */
function rolesOf({ operations }: Draft, variable: DraftVariable, side: Side): Set<string> {
  return new Set(operations.flatMap(({ op, [side]: edges }) => Array.from(edges).flatMap(([label, attached]) => (attached.includes(variable) ? [`${op}.${label}`] : []))))
}

/** Whether one gets from a variable to an operation along the edges; against them where it was found among inputs. */
function leadsTo({ operations }: Draft, target: DraftOperation, start: DraftVariable, side: Side): boolean {
  const seen = new Set<DraftVariable>([start])
  const open = [start]
  for (let variable = open.pop(); variable; variable = open.pop()) {
    for (const operation of operations) {
      if (![...operation[other(side)].values()].some((attached) => attached.includes(variable as DraftVariable))) continue
      if (operation === target) return true
      for (const next of [...operation[side].values()].flat()) {
        if (seen.has(next)) continue
        seen.add(next)
        open.push(next)
      }
    }
  }
  return false
}
