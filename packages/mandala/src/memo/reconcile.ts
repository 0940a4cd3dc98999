import type { Ref } from '../model/ref.ts'
import type { Memo, Result } from './memo.ts'
import type { Request } from './request.ts'
import { toResult } from './look-up.ts'

/**
 * Settles a new result whose history the store already knows with another content, which only a function with hidden inputs brings about.
 * Either another process recorded this call meanwhile: then its result holds. Or the call was dropped, and what was computed from its old
 * result is still there: then that goes, or it would be found again for the new one.
 */
export async function reconcile(memo: Memo, request: Request, result: Result): Promise<Result> {
  const changed: Ref<unknown>['hid'][] = []
  for (const output of result.outputs) {
    const stored = await memo.store.findRef(output.hid)
    if (stored && stored.cid !== output.cid) changed.push(output.hid)
  }
  if (changed.length === 0) return result
  await memo.queue.flush()
  const theirs = await memo.store.findResult(request.hid)
  if (theirs) return toResult(memo, request, theirs)
  for (const hid of changed) {
    const consumers = await memo.store.listConsumers(hid)
    await memo.drop(consumers.map((call) => call.hid), { dependents: true, dryRun: false })
  }
  return result
}
