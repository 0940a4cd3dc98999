import type { CallVersion, Fallback, Label, Pin } from '../model/variable.ts'
import type { CollectionKind } from '../model/structure.ts'

/** A name under which a call has what a variable stands for. */
export interface PatternEdge {
  readonly label: Label
  readonly variable: number
  readonly fallback: Fallback | undefined
}

/** What a pattern says there must be. Variables are numbers. */
export type PatternAtom =
  | {
    readonly kind: 'call'; readonly op: string; readonly version: CallVersion
    readonly inputs: readonly PatternEdge[]; readonly outputs: readonly PatternEdge[]
  }
  | {
    readonly kind: 'element'; readonly kinds: readonly CollectionKind[]
    readonly collection: number; readonly element: number; readonly key: number | undefined
  }
  /** `content` is what `ref` is, whatever its history. */
  | { readonly kind: 'content'; readonly ref: number; readonly content: number }

/**
 * A conjunctive query: an answer is a choice of a stored fact for every atom such that equal variables stand for equal refs.
 * Different variables may stand for the same ref, and one fact may serve several atoms.
 */
export interface Pattern {
  readonly variableCount: number
  readonly atoms: readonly PatternAtom[]
  readonly pins: readonly { readonly variable: number; readonly oneOf: readonly Pin[] }[]
  readonly excluded: readonly { readonly variable: number; readonly noneOf: readonly Pin[] }[]
  readonly unequal: readonly (readonly [number, number])[]
  readonly predicates: readonly { readonly variable: number; readonly predicate: (value: any) => boolean | Promise<boolean> }[]
  readonly columns: readonly { readonly name: string; readonly variable: number }[]
}

export function variablesOfAtom(atom: PatternAtom): readonly number[] {
  switch (atom.kind) {
    case 'call': return [...new Set([...atom.inputs, ...atom.outputs].map(({ variable }) => variable))]
    case 'element': return [...new Set([atom.collection, atom.element, ...(atom.key === undefined ? [] : [atom.key])])]
    case 'content': return [atom.ref, atom.content]
  }
}

/** Atoms by the variables that they hold. */
export function indexAtoms({ variableCount, atoms }: Pick<Pattern, 'variableCount' | 'atoms'>): readonly (readonly number[])[] {
  const at: number[][] = Array.from({ length: variableCount }, () => [])
  for (const [i, atom] of atoms.entries()) for (const variable of variablesOfAtom(atom)) at[variable]?.push(i)
  return at
}

/** How people see an atom in messages and plans. */
export function nameAtom(atom: PatternAtom): string {
  switch (atom.kind) {
    case 'call': return `${atom.op}.match`
    case 'element': return 'an element'
    case 'content': return 'equals'
  }
}
