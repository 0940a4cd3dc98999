import { renderDiff } from './diff.ts'
import { renderValueDiff, type ValueDiff } from './value-diff.ts'

/** An input or output that differs between two calls; a side is undefined where that call has none of the name. */
export interface SlotChange {
  readonly name: string
  /** The values, shortened. */
  readonly before: string | undefined
  readonly after: string | undefined
  /** Undefined where a side has no value to look at. */
  readonly diff: ValueDiff | undefined
}

/** A function, class or module-level value that is another one than it was. */
export interface ComponentChange {
  /** `file#qualified.name` */
  readonly component: string
  /** Texts of a function or class, the print of a value; undefined where it isn't there. */
  readonly before: string | undefined
  readonly after: string | undefined
}

const LINE_MAX = 120

export function renderSlotChange({ name, before, after, diff }: SlotChange): string {
  if (before === undefined) return `${name}  added: ${after}`
  if (after === undefined) return `${name}  removed: ${before}`
  return diff && diff.changes.length > 0 ? renderValueDiff(name, diff) : `${name}  ${before} → ${after}`
}

export function renderComponentChange({ component, before, after }: ComponentChange): string {
  if (before === undefined) return `${component}  not used before`
  if (after === undefined) return `${component}  not there, or not loaded`
  if (before === after) return `${component}  another value, which prints alike`
  const isLine = !before.includes('\n') && !after.includes('\n') && before.length + after.length < LINE_MAX
  return isLine ? `${component}  ${before} → ${after}` : `${component}\n${renderDiff(before, after).split('\n').map((line) => `  ${line}`).join('\n')}`
}
