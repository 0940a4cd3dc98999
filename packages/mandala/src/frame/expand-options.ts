import { MandalaError } from '../base/mandala-error.ts'
import { isStructureOp } from '../model/structure.ts'
import type { Expansion } from './expand.ts'
import type { FrameData } from './frame-data.ts'
import { getVariable } from './nodes.ts'
import { expectOptions } from './options.ts'
import type { Direction } from './reach.ts'

/** An op, or its name. */
export type OpChoice = string | { readonly opName: string }

/** How far an expansion goes: one call deep, unless told otherwise. */
export interface ExpandOptions {
  /** Variables to start from; all if left out. */
  readonly vars?: string | readonly string[]
  /** Go on from the refs that come in, to the end. */
  readonly recursive?: boolean
  /** Go on so many calls deep; putting collections together and taking them apart counts as calls too. */
  readonly depth?: number
  /** Add calls of these ops only, and of those that tie collections to their elements. */
  readonly ops?: readonly OpChoice[]
  /** Add no calls of these ops. */
  readonly skip?: readonly OpChoice[]
}

const OPTIONS: readonly string[] = ['vars', 'recursive', 'depth', 'ops', 'skip']

export function resolveExpansion(data: FrameData, directions: readonly Direction[], options: ExpandOptions): Expansion {
  const { vars, recursive, depth, ops, skip } = options
  expectOptions('expand', options, OPTIONS)
  if (depth !== undefined && !(Number.isInteger(depth) && depth >= 0)) throw invalid(`depth is ${String(depth)}`, 'it is a whole number of calls, 0 or more')
  const names = typeof vars === 'string' ? [vars] : vars
  for (const name of names ?? []) getVariable(data, name)
  const [only, without] = [ops, skip].map((choices) => choices && new Set(choices.map((choice) => (typeof choice === 'string' ? choice : choice.opName))))
  return {
    directions,
    vars: names && new Set(names),
    depth: depth ?? (recursive ? Infinity : 1),
    follows: (op) => !without?.has(op) && (!only || only.has(op) || isStructureOp(op)),
  }
}

function invalid(what: string, hint: string): MandalaError {
  return new MandalaError('OPTION_INVALID', `expand: ${what}`, { hint })
}
