import { types } from 'node:util'
import { UNNAMED } from './canonical-source.ts'
import { isCompound } from './compound.ts'
import type { LoadingUse } from './uses.ts'

/** Methods by which collections lose what they held. */
const TAKING = ['pop', 'shift', 'splice', 'delete', 'clear']
/** How a function in a collection is called, or handed to one that calls it. */
const CALLING = [UNNAMED, 'call', 'apply', 'bind', 'get', 'at', 'values', 'entries']

/** What a value may give to others that are made from it, beside what shows of it. */
export interface Giving {
  readonly isEmpty: boolean
  /** How a function in it may be called. */
  readonly functions: readonly string[]
}

/** @param hasCode whether functions or instances are in it */
export function givingOf(value: unknown, hasCode: boolean): Giving {
  if (!isCompound(value) || types.isProxy(value)) return { isEmpty: value === undefined || value === null, functions: [] }
  const size = types.isMap(value) || types.isSet(value) ? value.size : Array.isArray(value) ? value.length : undefined
  return { isEmpty: size === 0, functions: hasCode ? [...CALLING, ...Object.keys(value)] : [] }
}

/** Whether others were made from more than shows of it: from parts that were taken out since, or by functions in it that were called. */
export function mayHaveGiven({ isEmpty, functions }: Giving, { mentioned, isChangedAfterUse }: LoadingUse): boolean {
  if (mentioned.length === 0) return false
  return isEmpty || isChangedAfterUse || [...TAKING, ...functions].some((member) => mentioned.some((members) => members.has(member)))
}
