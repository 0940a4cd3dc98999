import { ID_LENGTH, type CallHistoryId, type HistoryId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { Store } from '../store/store.ts'

/** What an id stands for. */
export type Found = { readonly kind: 'call'; readonly hid: CallHistoryId } | { readonly kind: 'ref'; readonly hid: HistoryId }

const DIGITS_MIN = 4
/** Ids that are named to who gave too few digits. */
const NAMED_MAX = 8

/** Whether a text can be an id, or how one begins. */
export function isIdStart(text: string): boolean {
  return /^[0-9a-f]*$/.test(text) && text.length >= DIGITS_MIN && text.length <= ID_LENGTH
}

/**
 * The call or the ref whose id begins with some digits. Where there is neither, the id of a value stands for the first ref that has it.
 * @throws MandalaError `INPUT_INVALID` for what can't begin an id, `NOT_FOUND` where none or several begin so
 */
export async function findId(store: Store, given: string): Promise<Found> {
  const prefix = given.toLowerCase()
  if (!isIdStart(prefix)) {
    throw new MandalaError('INPUT_INVALID', `${JSON.stringify(given)} is no id of a call or a ref`, {
      hint: `an id is ${ID_LENGTH} hex digits, of which the first ones will do, ${DIGITS_MIN} at least: mandala ls <op> shows those of calls`,
    })
  }
  const ids = await store.findIds(prefix, NAMED_MAX + 1)
  const found: Found[] = [...ids.calls.map((hid) => ({ kind: 'call', hid }) as const), ...ids.refs.map((hid) => ({ kind: 'ref', hid }) as const)]
  const [only] = found
  if (found.length === 1 && only) return only
  if (found.length > 1) throw ambiguous(given, found.map(({ kind, hid }) => `${kind} ${hid}`))
  const [cid] = ids.values
  if (ids.values.length > 1) throw ambiguous(given, ids.values.map((each) => `value ${each}`))
  const [hid] = cid === undefined ? [] : await store.listHistories(cid)
  if (hid !== undefined) return { kind: 'ref', hid }
  throw new MandalaError('NOT_FOUND', `No call and no ref has an id that begins with ${given}`, { hint: 'mandala ls <op> shows the ids of its calls, latest first' })
}

function ambiguous(given: string, ids: readonly string[]): MandalaError {
  const named = ids.slice(0, NAMED_MAX).map((id) => `\n    ${id}`).join('')
  const more = ids.length > NAMED_MAX ? '\n    …' : ''
  return new MandalaError('NOT_FOUND', `Several ids begin with ${given}:${named}${more}`, { hint: 'give more digits' })
}
