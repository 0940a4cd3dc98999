import { inspect } from 'node:util'
import { getViewName } from './shape.ts'
import { makeView } from './node-table.ts'

/** Whether a key of an array or view is a position. */
export function isIndex(key: string): boolean {
  return /^(0|[1-9]\d*)$/.test(key) && Number(key) < 2 ** 32 - 1
}

export function isAccessor(value: object, key: string): boolean {
  return !('value' in (Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor))
}

export function hasHoles(value: unknown[]): boolean {
  // A sparse array of a billion must not be walked: its holes come early or its keys are few.
  for (let i = 0; i < value.length; i += 1) if (value[i] === undefined && !Object.hasOwn(value, i)) return true
  return false
}

/**
 * Whether an array without holes, or a view, has properties besides its elements, hidden ones included. The keys of a long one would be a million strings;
 * `inspect` asks the engine for the others alone.
 */
export function hasNamedProperties(value: unknown[] | ArrayBufferView, length: number): boolean {
  if (length <= 64) return Reflect.ownKeys(value).length !== (Array.isArray(value) ? length + 1 : length)
  const shown = inspectProperties(value)
  if (Array.isArray(value)) return !onlyElements.test(shown)
  const { buffer, byteOffset: offset, byteLength } = value
  return shown !== inspectProperties(makeView(getViewName(value), buffer as ArrayBuffer, { offset, byteLength }))
}

function inspectProperties(value: object): string {
  return inspect(value, { maxArrayLength: 0, depth: 0, customInspect: false, breakLength: Infinity, showHidden: true })
}

const onlyElements = /^\[ \.\.\. \d+ more items?, \[length\]: \d+ \]$/
