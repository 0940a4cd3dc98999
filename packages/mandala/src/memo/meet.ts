import { MandalaError } from '../base/mandala-error.ts'
import type { RunSettings } from './context.ts'
import { describeInputs } from './failure.ts'
import { Parts } from './identified.ts'
import { findByHistory, listByContent, toResult, underHistory } from './look-up.ts'
import type { Memo, Result } from './memo.ts'
import type { Request } from './request.ts'

/**
 * Finds a call as a retrace does, and notes what answered it, for the run to delete at its end. Nothing is written or remembered: a call that
 * was found by its contents isn't there under this history.
 */
export async function meet(memo: Memo, request: Request, { met }: RunSettings): Promise<Result> {
  const known = await findByHistory(memo, request)
  if (known) {
    met.add(known.hid)
    return known
  }
  const equal = await listByContent(memo, request.cid)
  if (!equal) throw refused(request)
  for (const hid of equal.hids) met.add(hid)
  return underHistory(memo, request, { found: toResult(memo, request, equal.result), parts: new Parts() })
}

function refused({ op, args }: Request): MandalaError {
  const inputs = Object.entries(describeInputs(op, args)).map(([name, text]) => `${name}: ${text}`).join(', ')
  return new MandalaError('NEW_CALL_REFUSED', `${op.name}(${inputs}) is not stored, and a run that drops can only retrace; nothing was dropped`, {
    hint: 'leave it and what follows out of the block, or choose the calls in another way: storage.drop(calls)',
  })
}
