import type { CallContentId, CallHistoryId, ContentId, HistoryId, VersionId } from '../base/ids.ts'
import { digest } from '../value/digest.ts'

const sized = (text: string): string => `${text.length}:${text}`

/** The same few parameters are inputs of call after call: their ids are remembered. */
const known = new Map<ContentId, HistoryId>()
const KNOWN_MAX = 4_000

/** A value without history is known by its content. */
export function deriveHistoryId(cid: ContentId): HistoryId {
  let hid = known.get(cid)
  if (hid === undefined) {
    hid = digest('history', cid) as HistoryId
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(cid, hid)
  }
  return hid
}

/** Whether an id is that of a value without history. Not remembered: it is asked once of many. */
export function isHistoryless(hid: HistoryId, cid: ContentId): boolean {
  return digest('history', cid) === hid
}

/** Output `name` of a call. */
export function deriveOutputId(call: CallHistoryId, name: string): HistoryId {
  return digest('output', call + sized(name)) as HistoryId
}

/** An op as its calls' ids know it. */
export interface OpIdentity {
  readonly name: string
  readonly version: number
}

/** An input as a call's ids know it: `hid` is undefined for a value without history, whose content says it all. */
export interface IdentifiedInput {
  readonly name: string
  readonly cid: ContentId
  readonly knownHid: HistoryId | undefined
}

/**
 * What a call's history id is the hash of.
 * @param inputs sorted by name
 */
export function writeCallHistory(op: OpIdentity, inputs: readonly IdentifiedInput[]): string {
  let text = `${sized(op.name)}${op.version};`
  for (const input of inputs) text += input.knownHid === undefined ? `${sized(input.name)}c${input.cid}` : `${sized(input.name)}h${input.knownHid}`
  return text
}

/** @param history as {@link writeCallHistory} gives it */
export function deriveCallHistoryId(history: string): CallHistoryId {
  return digest('call-history', history) as CallHistoryId
}

/** The id of a call that used code, given what it is without it. */
export function withCode<Id extends CallHistoryId | CallContentId>(id: Id, semantic: string): Id {
  return digest('versioned', id + semantic) as Id
}

/** All that an execution of an op used. */
export function deriveVersionId(op: OpIdentity, dependencies: readonly { readonly component: string; readonly hash: string }[]): VersionId {
  return digest('version', writeParts(op, dependencies.map(({ component, hash }) => [component, hash]))) as VersionId
}

/** What code means: the same for two versions that differ only in contents that mean the same. */
export function deriveSemanticId(op: OpIdentity, meanings: readonly (readonly [component: string, semantic: string])[]): string {
  return digest('semantic', writeParts(op, meanings))
}

function writeParts(op: OpIdentity, parts: readonly (readonly [string, string])[]): string {
  const sorted = parts.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `${sized(op.name)}${op.version};${sorted.map((part) => part.map(sized).join('')).join('')}`
}

/** @param inputs sorted by name */
export function deriveCallContentId(op: OpIdentity, inputs: readonly IdentifiedInput[]): CallContentId {
  let text = `${sized(op.name)}${op.version};`
  for (const input of inputs) text += sized(input.name) + input.cid
  return digest('call', text) as CallContentId
}

export function deriveExternalId(name: string): ContentId {
  return digest('external', name) as ContentId
}

export function deriveListId(elements: readonly ContentId[]): ContentId {
  return digest('list', elements.join('')) as ContentId
}

export function deriveSetId(elements: readonly ContentId[]): ContentId {
  return digest('set', elements.toSorted().join('')) as ContentId
}

export function deriveDictId(entries: readonly (readonly [key: string, cid: ContentId])[]): ContentId {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return digest('dict', JSON.stringify(sorted)) as ContentId
}
