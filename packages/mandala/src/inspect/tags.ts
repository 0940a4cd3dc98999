import { expectInput, isRecord } from '../base/expect.ts'
import type { CallHistoryId, HistoryId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { Tags, TagValue } from '../model/notes.ts'
import { Call } from '../model/call.ts'
import { Ref } from '../model/ref.ts'
import type { Tracked } from '../model/tracked.ts'
import type { Store } from '../store/store.ts'

/** What can have tags: a call, a Ref that a call has or gave, or the id of either. What an op's call resolves to is a Ref inside a run. */
export type TagTarget = Call | Tracked<unknown> | CallHistoryId | HistoryId

type Id = CallHistoryId | HistoryId

const WORDS = "pass texts, finite numbers or booleans by name: { keep: true, stage: 'final' }"

export async function tag(store: Store, target: TagTarget, tags: Readonly<Record<string, TagValue | null>>): Promise<void> {
  expectInput('storage.tag', tags, [(given) => isRecord(given) && Object.values(given).every((each) => each === null || isTagValue(each)), WORDS])
  const id = idOf('storage.tag', target)
  if (!(await store.findCall(id as CallHistoryId)) && !(await store.findRef(id as HistoryId))) {
    throw new MandalaError('NOT_FOUND', `storage.tag: no stored call has ${id}`, { hint: 'tag a call, or a Ref that a call has taken or given' })
  }
  await store.putTags(id, tags)
}

export async function readTags(store: Store, target: TagTarget): Promise<Tags> {
  return store.readTags(idOf('storage.tags', target))
}

export async function findTagged(store: Store, tags: Tags): Promise<{ readonly calls: readonly CallHistoryId[]; readonly refs: readonly HistoryId[] }> {
  const holds = (given: unknown): boolean => isRecord(given) && Object.keys(given).length > 0 && Object.values(given).every(isTagValue)
  expectInput('storage.tagged', tags, [holds, WORDS])
  return store.findTagged(tags)
}

function isTagValue(given: unknown): given is TagValue {
  return typeof given === 'string' || typeof given === 'boolean' || Number.isFinite(given)
}

function idOf(place: string, target: TagTarget): Id {
  if (target instanceof Call || target instanceof Ref) return target.hid
  expectInput(place, target, [(given) => typeof given === 'string' && given !== '', 'pass a Call, a Ref, or the id of one (.hid)'])
  return target as Id
}
