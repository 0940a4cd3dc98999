import type { MatchAtom, MatchCalls, MatchEdge, MatchOp } from '../store/match.ts'
import type { Label } from '../model/variable.ts'
import { STRUCTURE_OPS, type CollectionKind } from '../model/structure.ts'
import { indexAtoms, variablesOfAtom, type Pattern, type PatternAtom, type PatternEdge } from './pattern.ts'

export type CallAtom = PatternAtom & { readonly kind: 'call' }

/** An atom as the planner sees it. */
export interface PlannedAtom {
  readonly form: MatchAtom
  readonly variables: readonly number[]
  /** Variables of which each value leads to one fact at most: a ref has one creator, and one content. */
  readonly keys: ReadonlySet<number>
  /** Variables through which its facts can be looked up; others can only be compared. */
  readonly entries: ReadonlySet<number>
  /** How many tables it joins. */
  readonly tables: number
}

/**
 * Atoms without what makes no difference: outputs, positions and keys that nothing else speaks of.
 * @param choose the calls that a statement means
 * @param sharedMin so many atoms that ask for the same are gathered once; fewer are found as fast through the store's own indexes
 */
export function planAtoms(
  pattern: Pattern, { choose, sharedMin }: { readonly choose: (atom: CallAtom) => MatchOp; readonly sharedMin: number },
): readonly PlannedAtom[] {
  const isUsed = findUsed(pattern)
  const atoms = pattern.atoms.map((atom) => planAtom(trim(atom, isUsed), choose))
  // From a pinned variable on, few facts of each are looked at.
  if (pattern.pins.length > 0) return atoms
  const alike = Map.groupBy(atoms, shapeOf)
  return atoms.map((atom) => ((alike.get(shapeOf(atom))?.length ?? 0) < sharedMin ? atom : share(atom)))
}

/** What an atom asks for, whatever its variables. */
function shapeOf({ form }: PlannedAtom): string {
  return JSON.stringify(form.map((each) => (each.kind === 'calls' ? [each.ops, each.edges.map(({ side, labels, fallback }) => [side, labels, fallback?.hid])] : each)))
}

function share(atom: PlannedAtom): PlannedAtom {
  const [form, ...others] = atom.form
  if (form?.kind !== 'calls' || others.length > 0) return atom
  return { ...atom, form: [{ ...form, isShared: true }], entries: new Set(atom.variables), tables: 1 }
}

function findUsed(pattern: Pattern): (variable: number) => boolean {
  const used = new Set([
    ...pattern.columns.map(({ variable }) => variable), ...pattern.pins.map(({ variable }) => variable),
    ...pattern.excluded.map(({ variable }) => variable), ...pattern.unequal.flat(),
  ])
  for (const [variable, atoms] of indexAtoms(pattern).entries()) if (atoms.length > 1) used.add(variable)
  for (const atom of pattern.atoms) {
    const all = atom.kind === 'call' ? [...atom.inputs, ...atom.outputs].map(({ variable }) => variable)
      : atom.kind === 'element' ? [atom.collection, atom.element, atom.key ?? -1] : []
    for (const [i, variable] of all.entries()) if (all.indexOf(variable) !== i) used.add(variable)
  }
  return (variable) => used.has(variable)
}

function trim(atom: PatternAtom, isUsed: (variable: number) => boolean): PatternAtom {
  switch (atom.kind) {
    case 'call': return { ...atom, outputs: atom.outputs.filter(({ variable }) => isUsed(variable)) }
    case 'element': return { ...atom, key: atom.key !== undefined && isUsed(atom.key) ? atom.key : undefined }
    case 'content': return atom
  }
}

function planAtom(atom: PatternAtom, choose: (atom: CallAtom) => MatchOp): PlannedAtom {
  const variables = variablesOfAtom(atom)
  switch (atom.kind) {
    case 'call': {
      const edges = [...atom.outputs.map((edge) => edgeOf(edge, 'output')), ...atom.inputs.map((edge) => edgeOf(edge, 'input'))]
      const isOne = atom.inputs.every(({ label }) => label.kind !== 'member')
      const keys = new Set(isOne ? atom.outputs.map(({ variable }) => variable) : [])
      const entries = new Set(edges.filter(({ fallback }) => !fallback).map(({ variable }) => variable))
      return { form: [{ kind: 'calls', ops: [choose(atom)], edges, isShared: false }], variables, keys, entries, tables: 1 + edges.length }
    }
    case 'element': {
      const entries = new Set([atom.collection, atom.element])
      return { form: elementForms(atom), variables, keys: new Set(), entries, tables: atom.key === undefined ? 3 : 5 }
    }
    case 'content': {
      const keys = new Set([atom.ref])
      return { form: [{ kind: 'content', ref: atom.ref, content: atom.content }], variables, keys, entries: keys, tables: 1 }
    }
  }
}

function edgeOf({ label, variable, fallback }: PatternEdge, side: MatchEdge['side']): MatchEdge {
  return { side, labels: [label], variable, key: undefined, fallback }
}

/** They do the same whatever the code. */
const structureCalls = (name: string): MatchOp => ({ name, version: 0, code: undefined })

/** A collection that was put together has its elements as inputs; one that an op returned was taken apart, element by element. */
function elementForms({ kinds, collection, element, key }: PatternAtom & { readonly kind: 'element' }): readonly MatchCalls[] {
  const made = (of: 'position' | 'name', among: readonly CollectionKind[]): MatchCalls => ({
    kind: 'calls', isShared: false, ops: among.map((kind) => structureCalls(STRUCTURE_OPS[kind].make)),
    edges: [
      { side: 'output', labels: [{ kind: 'only' }], variable: collection, key: undefined, fallback: undefined },
      { side: 'input', labels: [], variable: element, key: key === undefined ? undefined : { variable: key, of }, fallback: undefined },
    ],
  })
  const named = (name: (ops: (typeof STRUCTURE_OPS)[CollectionKind]) => string): Label[] => (
    [...new Set(kinds.map((kind) => name(STRUCTURE_OPS[kind])))].map((each) => ({ kind: 'named', name: each })))
  const taken: MatchCalls = {
    kind: 'calls', isShared: false, ops: kinds.map((kind) => structureCalls(STRUCTURE_OPS[kind].get)),
    edges: [
      { side: 'output', labels: [{ kind: 'only' }], variable: element, key: undefined, fallback: undefined },
      { side: 'input', labels: named(({ collection: label }) => label), variable: collection, key: undefined, fallback: undefined },
      ...(key === undefined ? [] : [{ side: 'input' as const, labels: named(({ key: label }) => label), variable: key, key: undefined, fallback: undefined }]),
    ],
  }
  const positioned = kinds.filter((kind) => kind !== 'dict')
  const isMixed = key !== undefined && positioned.length > 0 && kinds.includes('dict')
  if (isMixed) return [made('position', positioned), made('name', ['dict']), taken]
  return [made(positioned.length > 0 ? 'position' : 'name', kinds), taken]
}
