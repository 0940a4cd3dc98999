import type { Awaitable } from '../base/awaitable.ts'
import { CollectionRef, type Ref } from '../model/ref.ts'
import type { Memo, Result } from './memo.ts'
import type { Request } from './request.ts'
import { toResult } from './look-up.ts'

/** A shorter call was looked up a moment ago: only where calls were deleted, or took on another meaning, may its history be known all the same. */
const LOOKED_AT_MS_MIN = 1

/**
 * Settles a new result whose history the store already knows with another content, which only a function with hidden inputs brings about.
 * Either another process recorded this call meanwhile: then its result holds. Or the call was dropped, and what was computed from its old
 * result is still there: then that goes, or it would be found again for the new one. So does a call that was stored while a change counted
 * for nothing, which was said to be wrong since.
 */
export function reconcile(memo: Memo, request: Request, result: Result): Awaitable<Result> {
  return result.durationMs < LOOKED_AT_MS_MIN && !memo.knowsDeletions && !memo.code ? result : settleByHistory(memo, request, result)
}

async function settleByHistory(memo: Memo, request: Request, result: Result): Promise<Result> {
  const changed: Ref<unknown>['hid'][] = []
  for (const output of listAll(result.outputs)) {
    const stored = await memo.store.findRef(output.hid)
    if (stored && stored.cid !== output.cid) changed.push(output.hid)
  }
  if (changed.length === 0) return result
  await memo.queue.flush()
  const versioned = memo.code && (await memo.store.findVersioned({ hid: request.hid })).find(({ hid }) => hid === result.hid)
  const theirs = memo.code ? versioned : await memo.store.findResult(request.hid)
  // An input's history stands for another content by now: this result is right for the one that it was given, and can't be stored.
  if (theirs && theirs.cid !== request.cid) return result
  if (versioned && !(await memo.code?.versions.isCurrent(versioned.version))) {
    await memo.drop([versioned.hid], { dependents: true, dryRun: false })
    return result
  }
  if (theirs) return toResult(memo, request, theirs)
  for (const hid of changed) {
    const consumers = await memo.store.listConsumers(hid)
    await memo.drop(consumers.map((call) => call.hid), { dependents: true, dryRun: false })
  }
  return result
}

/** Outputs, and the elements of those that are collections: their histories are known to consumers of their own. */
function* listAll(refs: Iterable<Ref<unknown>>): Generator<Ref<unknown>> {
  for (const ref of refs) {
    yield ref
    if (ref instanceof CollectionRef) yield* listAll(ref.elements.values())
  }
}
