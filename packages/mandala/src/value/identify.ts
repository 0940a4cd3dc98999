import type { ContentId } from '../base/ids.ts'
import { CanonicalText } from './canonical-text.ts'
import { Refusal } from './refusal.ts'

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
  const text = new CanonicalText(digits === undefined ? 'value' : 'approx', digits)
  try {
    if (digits !== undefined) text.write(digits)
    text.write(value)
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      throw new Refusal([], 'is nested too deeply', 'keep nested data under some thousand levels, for example as a list of nodes')
    }
    throw error
  }
  return { cid: text.end() as ContentId, isPlain: text.isPlain }
}
