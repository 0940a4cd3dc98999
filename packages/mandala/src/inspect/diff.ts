import type { CallHistoryId, ContentId, HistoryId, VersionId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { withoutBare } from '../code/bare.ts'
import type { Memo } from '../memo/memo.ts'
import type { ComponentChange, SlotChange } from '../render/changes.ts'
import { renderDiff } from '../render/diff.ts'
import { renderStoredDiff, type Diffed, type StoredDiff } from '../render/stored-diff.ts'
import type { Store, StoredCall, StoredDependency, StoredSlot } from '../store/store.ts'
import { toFacts } from './explain.ts'
import { compareKnown, readStoredValue } from './known-value.ts'

type Found =
  | { readonly kind: 'version'; readonly dependencies: readonly StoredDependency[] }
  | { readonly kind: 'content'; readonly source: string }
  | { readonly kind: 'call'; readonly call: StoredCall }
  | { readonly kind: 'value'; readonly slot: Pick<StoredSlot, 'cid' | 'kind'> }

/** What differs between two calls, two values, two versions of an op or two contents of code, by their ids. */
export async function diffStored({ store }: Memo, a: string, b: string): Promise<StoredDiff> {
  const [before, after] = [await find(store, a), await find(store, b)]
  const diffed = await diffFound(store, before, after)
  if (!diffed) {
    throw new MandalaError('INPUT_INVALID', `${a} is a ${before.kind} and ${b} is a ${after.kind}`, {
      hint: 'compare two of a kind: calls, values, versions, contents of code',
    })
  }
  return Object.defineProperty({ ...diffed, isSame: isSame(diffed) }, 'toString', { value: () => renderStoredDiff(diffed) })
}

async function diffFound(store: Store, before: Found, after: Found): Promise<Diffed | undefined> {
  if (before.kind === 'call' && after.kind === 'call') return diffCalls(store, before.call, after.call)
  if (before.kind === 'value' && after.kind === 'value') return { kind: 'values', change: await diffSlots(store, 'value', before.slot, after.slot) }
  if (before.kind === 'version' && after.kind === 'version') return { kind: 'versions', code: await diffVersions(store, before.dependencies, after.dependencies) }
  if (before.kind === 'content' && after.kind === 'content') return { kind: 'contents', lines: renderDiff(before.source, after.source) }
  return undefined
}

function isSame(diffed: Diffed): boolean {
  switch (diffed.kind) {
    case 'values': return diffed.change.diff?.changes.length === 0
    case 'calls': return [diffed.inputs, diffed.outputs, diffed.code].every((each) => each.length === 0) && diffed.calls[0].version === diffed.calls[1].version
    case 'versions': return diffed.code.length === 0
    case 'contents': return diffed.lines === ''
  }
}

async function find(store: Store, id: string): Promise<Found> {
  const version = (await store.readVersions()).find((each) => each.id === id)
  if (version) return { kind: 'version', dependencies: version.dependencies }
  const content = (await store.readCommits()).find(({ hash }) => hash === id)
  if (content) return { kind: 'content', source: content.source }
  const call = await store.findCall(id as CallHistoryId)
  if (call) return { kind: 'call', call }
  const ref = await store.findRef(id as HistoryId)
  if (ref) return { kind: 'value', slot: ref }
  const value = await store.loadValue(id as ContentId)
  if (value) return { kind: 'value', slot: value }
  throw new MandalaError('NOT_FOUND', `Nothing in this storage has the id ${id}`, {
    hint: 'ids are those of calls and Refs (.hid), of values (.cid), of versions (storage.versions) and contents of code (storage.sources)',
  })
}

async function diffCalls(store: Store, before: StoredCall, after: StoredCall): Promise<Diffed> {
  if (before.op !== after.op) {
    throw new MandalaError('INPUT_INVALID', `One is a call of ${before.op}, the other one of ${after.op}`, {
      hint: 'compare calls of one op, or the values that they gave',
    })
  }
  const dependencies = new Map((await store.readVersions()).map((version) => [version.id, version.dependencies]))
  const of = ({ code }: StoredCall): readonly StoredDependency[] => dependencies.get(code?.version as VersionId) ?? []
  return {
    kind: 'calls', calls: [toFacts(before), toFacts(after)],
    inputs: await diffSides(store, before.inputs, after.inputs), outputs: await diffSides(store, before.outputs, after.outputs),
    code: await diffVersions(store, of(before), of(after)),
  }
}

async function diffSides(store: Store, before: readonly StoredSlot[], after: readonly StoredSlot[]): Promise<SlotChange[]> {
  const [olds, news] = [before, after].map((slots) => new Map(slots.map((slot) => [slot.name, slot]))) as [Map<string, StoredSlot>, Map<string, StoredSlot>]
  const names = [...new Set([...olds.keys(), ...news.keys()])].filter((name) => olds.get(name)?.cid !== news.get(name)?.cid)
  return Promise.all(names.map((name) => diffSlots(store, name, olds.get(name), news.get(name))))
}

type Side = Pick<StoredSlot, 'cid' | 'kind'> | undefined

async function diffSlots(store: Store, name: string, before: Side, after: Side): Promise<SlotChange> {
  return compareKnown(name, before && (await readStoredValue(store, before)), after && (await readStoredValue(store, after)))
}

async function diffVersions(store: Store, before: readonly StoredDependency[], after: readonly StoredDependency[]): Promise<ComponentChange[]> {
  const sources = new Map((await store.readCommits()).map(({ component, hash, source }) => [`${component} ${hash}`, source]))
  const byName = (all: readonly StoredDependency[]): Map<string, string> => new Map(withoutBare(all).map(({ component, hash }) => [component, hash]))
  const [olds, news] = [byName(before), byName(after)]
  const names = [...new Set([...olds.keys(), ...news.keys()])].filter((name) => olds.get(name) !== news.get(name)).sort()
  const textOf = (component: string, hash: string | undefined): string | undefined => (hash === undefined ? undefined : (sources.get(`${component} ${hash}`) ?? ''))
  return names.map((component) => ({ component, before: textOf(component, olds.get(component)), after: textOf(component, news.get(component)) }))
}
