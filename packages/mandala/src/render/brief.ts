import { inspect } from 'node:util'
import { printable } from './printable.ts'

const LENGTH_MAX = 100

/** A value on one line, shortened. Runs none of the user's code. */
export function renderBrief(value: unknown): string {
  const text = printable(inspect(value, {
    depth: 2, breakLength: Infinity, compact: true, maxArrayLength: 8, maxStringLength: LENGTH_MAX, customInspect: false,
  }))
  return text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX - 1)}…` : text
}
