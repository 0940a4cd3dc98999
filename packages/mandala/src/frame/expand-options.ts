import { aBoolean, expectOptions, type Rule } from '../base/expect.ts'
import { isStructureOp } from '../model/structure.ts'
import type { Expansion } from './expand.ts'
import type { FrameData } from './frame-data.ts'
import type { FrameHost } from './frame-host.ts'
import { getVariable } from './nodes.ts'
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

const isOpChoice = (given: unknown): boolean => typeof given === 'string' || typeof (given as { opName?: unknown } | null)?.opName === 'string'
const opChoices: Rule = [(given) => Array.isArray(given) && given.every(isOpChoice), 'list ops, or their names']

const OPTIONS: Readonly<Record<keyof ExpandOptions, Rule>> = {
  vars: [(given) => typeof given === 'string' || Array.isArray(given), 'it is the name of a variable, or several in an array'],
  recursive: aBoolean,
  depth: [(given) => Number.isInteger(given) && (given as number) >= 0, 'it is a whole number of calls, 0 or more'],
  ops: opChoices,
  skip: opChoices,
}

export async function resolveExpansion(data: FrameData, host: FrameHost, directions: readonly Direction[], options: ExpandOptions): Promise<Expansion> {
  expectOptions('expand', options, OPTIONS)
  const { vars, recursive, depth, ops, skip } = options
  const names = typeof vars === 'string' ? [vars] : vars
  for (const name of names ?? []) getVariable(data, name)
  const read = async (choices: readonly OpChoice[] | undefined): Promise<ReadonlySet<string> | undefined> => (
    choices && new Set(await Promise.all(choices.map((choice) => host.nameOfOp(choice, 'expand')))))
  const [only, without] = [await read(ops), await read(skip)]
  return {
    directions,
    vars: names && new Set(names),
    depth: depth ?? (recursive ? Infinity : 1),
    follows: (op) => !without?.has(op) && (!only || only.has(op) || isStructureOp(op)),
  }
}
