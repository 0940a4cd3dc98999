import type { PlanStep } from '../render/plan-text.ts'
import { chooseCalls } from './choose-calls.ts'
import { nameAtom, type Pattern, type PatternAtom } from './pattern.ts'
import type { SolveOptions } from './query-options.ts'
import type { QueryHost, Solved } from './solve.ts'

/** What was done for a pattern: blocks of atoms are found, then joined, and their rows are the answers. */
export function describePlan(pattern: Pattern, { plan, matches }: Solved): readonly PlanStep[] {
  const found = plan.blocks.map((block, i) => {
    const { atoms, estimate } = plan.outline[i] as Solved['plan']['outline'][number]
    const names = atoms.map((atom) => nameAtom(pattern.atoms[atom] as PatternAtom).replace(/\.match$/, ''))
    const shown = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
    const place = block.parent === undefined ? '' : `, ${block.isDriven ? 'from' : 'within'} block ${block.parent + 1}`
    return { what: `block ${i + 1}: ${shown.join(' ⋈ ')}${place}`, estimate }
  })
  const joined = plan.blocks.flatMap(({ isTestOnly }, i) => (isTestOnly || i === 0 ? [] : [{ what: `join block ${i + 1}`, estimate: undefined }]))
  const all = found.length === 1 ? found : [...found, ...joined, { what: 'answers', estimate: undefined }]
  return all.map(({ what, estimate }, i) => ({ what, estimate, ...(matches.steps[i] as (typeof matches.steps)[number]) }))
}

/** To which versions the calls of ops were kept: those that hold for the code of today, or a certain one. */
export function describeVersions(pattern: Pattern, { current }: QueryHost, { version = 'current' }: SolveOptions): readonly string[] {
  const kept = pattern.atoms.flatMap((atom) => {
    const code = atom.kind === 'call' ? chooseCalls(atom.op, atom.version, { current, version }).code : undefined
    if (atom.kind !== 'call' || !code) return []
    return [`${atom.op} (${code.isLatest ? `${code.ids.length} of ${current?.get(atom.op)?.count ?? 0} versions are current` : `version ${code.ids.join()}`})`]
  })
  return [...new Set(kept)]
}
