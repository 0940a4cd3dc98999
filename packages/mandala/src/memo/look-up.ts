import { MandalaError } from '../base/mandala-error.ts'
import { isThenable, type Awaitable } from '../base/awaitable.ts'
import type { CallContentId, CallHistoryId } from '../base/ids.ts'
import { deriveOutputId, withCode } from '../model/derive-ids.ts'
import { dayOf, type StoredResult, type StoredSlot, type VersionedResult } from '../store/store.ts'
import { outputKey, type OpDefinition, type OutputSpec } from './definition.ts'
import type { CodeTracking, Memo, Result } from './memo.ts'
import { toStoredCall } from './record.ts'
import type { Request } from './request.ts'
import { withHistory } from './with-history.ts'

/** Finds a call by its history, and remembers it. */
export function findByHistory(memo: Memo, request: Request): Awaitable<Result | undefined> {
  const known = memo.results.get(request.key)
  if (known && holds(memo, known)) return expectAnswers(known, request.op)
  request.isNew = false
  if (known) return whenCommitted(memo, () => findStored(memo, request))
  if (!memo.executed.has(request.op) || memo.code) return findStored(memo, request)
  const has = memo.store.hasContent(request.cid)
  return isThenable(has) ? has.then((yes) => findUnlessNew(memo, request, yes)) : findUnlessNew(memo, request, has)
}

/** One call in memory hides those that were executed before it, under other values of the program: they may wait for their commit. */
function whenCommitted<T>({ queue }: Memo, find: () => Awaitable<T>): Awaitable<T> {
  const flushed = queue.count > 0 ? queue.flush() : undefined
  return isThenable(flushed) ? flushed.then(find) : find()
}

/** New calls of an op come in rows: one look for any call on equal inputs, whatever its history, is enough for each. */
function findUnlessNew(memo: Memo, request: Request, hasContent: boolean): Awaitable<Result | undefined> {
  request.isNew = !hasContent
  if (request.isNew) return undefined
  memo.executed.delete(request.op)
  return findStored(memo, request)
}

function findStored(memo: Memo, request: Request): Awaitable<Result | undefined> {
  const stored = memo.code ? findCurrent(memo, memo.code, { hid: request.hid }) : memo.store.findResult(request.hid)
  return isThenable(stored) ? stored.then((result) => remember(memo, request, result)) : remember(memo, request, stored)
}

/** What is in memory may be the result of values that the program has changed since. */
function holds({ code }: Memo, { version }: Result): boolean {
  return version === undefined || (code?.versions.isKnownCurrent(version) ?? false)
}

/** Of the calls with an id without the code the latest that holds for the code of now; at once where nothing has to be read for that. */
function findCurrent(memo: Memo, { versions }: CodeTracking, id: Parameters<Memo['store']['findVersioned']>[0]): Awaitable<VersionedResult | undefined> {
  const results = memo.store.findVersioned(id)
  if (isThenable(results) || !results.every(({ version }) => versions.isKnown(version))) return searchCurrent(versions, results)
  return results.find(({ version }) => versions.isKnownCurrent(version))
}

async function searchCurrent(versions: CodeTracking['versions'], results: Awaitable<readonly VersionedResult[]>): Promise<VersionedResult | undefined> {
  for (const result of await results) if (await versions.isCurrent(result.version)) return result
  return undefined
}

function remember(memo: Memo, request: Request, stored: StoredResult | VersionedResult | undefined): Result | undefined {
  if (!stored || !request.isAnsweredBy(stored)) return undefined
  const result = toResult(memo, request, stored)
  memo.results.set(request.key, result)
  return result
}

/** A stored call's outputs as Refs, without their values. */
export function toResult(memo: Memo, { op, hid, lightInputs }: Request, stored: StoredResult | VersionedResult): Result {
  const { startedAtMs, durationMs, isTuple, outputs, notes } = stored
  expectOutputs(op, outputs)
  const [ownHid, version] = 'version' in stored ? [stored.hid, stored.version] : [hid, undefined]
  const usedDay = Math.max(dayOf(startedAtMs), stored.usedDay ?? 0)
  return { op, hid: ownHid, outputs: outputs.map((slot) => memo.refOf(slot)), startedAtMs, durationMs, isTuple, notes, usedDay, inputs: lightInputs, version }
}

/** What is in memory may be the result of another op over the same function. */
function expectAnswers(known: Result, op: OpDefinition): Result {
  if (known.op !== op) expectOutputs(op, known.outputs.map(({ kind }, i) => ({ name: (known.op.outputs[i] as OutputSpec).name, kind })))
  return known
}

/** A call's id doesn't know what its outputs are called, nor whether they are collections, so a change of these shows only here. */
function expectOutputs(op: OpDefinition, stored: readonly Pick<StoredSlot, 'name' | 'kind'>[]): void {
  const isDeclared = ({ name, kind }: OutputSpec, slot: Pick<StoredSlot, 'name' | 'kind'> | undefined): boolean =>
    slot !== undefined && (op.form === 'single' || name === slot.name) && (kind.kind === 'value' || kind.kind === slot.kind || slot.kind === 'external')
  if (stored.length === op.outputs.length && op.outputs.every((output, i) => isDeclared(output, stored[i]))) return
  const was = stored.map(({ name, kind }) => `${name} (${kind})`).join(', ')
  const declared = op.outputs.map(({ name, kind }) => `${name} (${kind.kind})`).join(', ')
  throw new MandalaError('OUTPUT_INVALID', `${op.name} is stored with the outputs ${was}, and now declares ${declared}`, {
    hint: 'take the old ones back, or give the op another version: { version: 1 }',
  })
}

/** Finds a call on equal inputs that came about otherwise, and records this one beside it: new histories, the same contents. */
export function adoptByContent(memo: Memo, request: Request, cid: CallContentId): Awaitable<Result | undefined> {
  const adoptFound = (found: Result | undefined): Awaitable<Result | undefined> => found && adopt(memo, request, cid, found)
  const found = findByContent(memo, request, cid)
  return isThenable(found) ? found.then(adoptFound) : adoptFound(found)
}

/** Finds a call on equal inputs, whatever its history. */
export function findByContent(memo: Memo, request: Request, cid: CallContentId): Awaitable<Result | undefined> {
  const recent = memo.recent.get(cid)
  if (recent && holds(memo, recent)) return expectAnswers(recent, request.op)
  if (request.isNew) return undefined
  const toFound = (stored: StoredResult | VersionedResult | undefined): Result | undefined => stored && toResult(memo, request, stored)
  const find = (): Awaitable<Result | undefined> => {
    const stored = memo.code ? findCurrent(memo, memo.code, { cid }) : memo.store.findResultByContent(cid)
    return isThenable(stored) ? stored.then(toFound) : toFound(stored)
  }
  return recent ? whenCommitted(memo, find) : find()
}

async function adopt(memo: Memo, request: Request, cid: CallContentId, found: Result): Promise<Result> {
  const result = underHistory(memo, request, { found, parts: request.parts })
  const semantic = semanticOf(memo, request, found)
  memo.results.set(request.key, result)
  request.parts.calls.unshift(toStoredCall(memo, request, { cid, result, inner: [], semantic, isAdopted: true }))
  await memo.queue.add(request.parts, 0)
  return result
}

const semanticOf = ({ code }: Memo, { identity }: Request, { version }: Result): string | undefined => version && code?.versions.semanticOf(identity, version)

/** The result of an equal call as that of a request: under its history, with the calls for that in `parts`. */
export function underHistory(memo: Memo, request: Request, { found, parts }: { readonly found: Result; readonly parts: Request['parts'] }): Result {
  const semantic = semanticOf(memo, request, found)
  const hid = semantic === undefined ? request.hid : withCode(request.hid, semantic)
  const outputs = found.outputs.map((output, i) => withHistory(memo, output, deriveOutputId(hid, outputKey(request.op, i)), parts))
  return { ...found, op: request.op, hid, outputs, inputs: request.lightInputs, usedDay: dayOf(Date.now()) }
}

interface EqualCalls {
  readonly hids: readonly CallHistoryId[]
  /** What the one of them gave that a look-up finds. */
  readonly result: StoredResult | VersionedResult
}

/** The calls on equal inputs that hold for the code of now, and what they gave; undefined if there are none. */
export async function listByContent(memo: Memo, cid: CallContentId): Promise<EqualCalls | undefined> {
  if (!memo.code) {
    const stored = await memo.store.findResultByContent(cid)
    return stored && { hids: await memo.store.listByContent(cid), result: stored }
  }
  const { versions } = memo.code
  const all = await memo.store.findVersioned({ cid })
  const isCurrent = await Promise.all(all.map(({ version }) => versions.isCurrent(version)))
  const [first, ...others] = all.filter((_, i) => isCurrent[i])
  return first && { hids: [first, ...others].map(({ hid }) => hid), result: first }
}
