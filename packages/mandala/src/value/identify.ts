import type { ContentId } from '../base/ids.ts'
import { CanonicalText } from './canonical-text.ts'
import { digest } from './digest.ts'
import { writePrimitive } from './primitive-text.ts'
import { isStackOverflow, makeDepthRefusal } from './refusal.ts'

/** What {@link identify} found: the id, and whether the codec's short way will do. */
export interface Identity {
  readonly cid: ContentId
  readonly isPlain: boolean
}

/**
 * Derives the content id of a value: equal ids exactly for equal values.
 * @param digits identify numbers by so many significant digits only (output kind `approx`)
 * @throws Refusal naming the place of what can't be identified
 */
export function identify(value: unknown, digits?: number): Identity {
  return digits === undefined && isShort(value) ? identifyShort(value) : identifyWhole(value, digits, false)
}

/** Whether a value that was read is what its id says. Its bits are trusted first, which saves a look at each number: seldom they are others. */
export function hasId(value: unknown, cid: ContentId, digits?: number): boolean {
  return identifyWhole(value, digits, true).cid === cid || identify(value, digits).cid === cid
}

function identifyWhole(value: unknown, digits: number | undefined, trustsBits: boolean): Identity {
  const text = new CanonicalText(digits === undefined ? 'value' : 'approx', digits, trustsBits)
  try {
    if (digits !== undefined) text.write(digits)
    text.write(value)
  } catch (error) {
    throw isStackOverflow(error) ? makeDepthRefusal() : error
  }
  return { cid: text.end() as ContentId, isPlain: text.isPlain }
}

/** The same few parameters occur in call after call: their ids are remembered. */
const known = new Map<unknown, ContentId>()
const KNOWN_MAX = 8_000
const LENGTH_MAX = 64

/** A Map can't tell -0 from 0. */
function isShort(value: unknown): value is string | number | boolean {
  switch (typeof value) {
    case 'number': return !Object.is(value, -0)
    case 'string': return value.length <= LENGTH_MAX
    case 'boolean': return true
    default: return false
  }
}

function identifyShort(value: string | number | boolean): Identity {
  let cid = known.get(value)
  if (cid === undefined) {
    cid = digest('value', writePrimitive(value)) as ContentId
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(value, cid)
  }
  return { cid, isPlain: true }
}
