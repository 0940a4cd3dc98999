import { inspect } from 'node:util'

/** A short text of a value, for people. */
export function describeValue(value: unknown, lengthMax: number): string {
  try {
    return inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 6, maxStringLength: lengthMax, customInspect: false }).slice(0, lengthMax)
  } catch {
    // The name of a class may be given by a getter of the user's.
    return `[${typeof value}]`
  }
}
