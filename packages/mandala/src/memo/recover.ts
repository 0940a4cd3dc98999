import type { CallHistoryId, ContentId, VersionId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { CollectionRef, type Ref } from '../model/ref.ts'
import { STRUCTURE_OPS } from '../model/structure.ts'
import type { StoredCall, StoredSlot } from '../store/store.ts'
import type { OpDefinition } from './definition.ts'
import { executeAgain, type KnownCall } from './execute.ts'
import type { Memo } from './memo.ts'

/**
 * Brings back a value whose bytes are missing or damaged, by executing the call that made it once more.
 * @param reason what is wrong with the bytes; undefined for a transient output, which never had any
 */
export async function recover(memo: Memo, ref: Ref<unknown>, reason: string | undefined): Promise<void> {
  await memo.queue.flush()
  const call = await findMaker(memo, ref)
  const op = call && memo.findOp(call.op, call.version)
  const isTransient = reason === undefined && (op?.transient.size ?? 0) > 0
  if (!isTransient) memo.events.emit({ kind: 'value-damaged', cid: ref.cid, reason: reason ?? 'its bytes are missing', op: call?.op })
  if (!isTransient) await memo.store.forgetValue(ref.cid, reason === undefined ? 'missing' : 'damaged')
  if (!call || !op) throw cannotRecover(ref, call)
  await expectSameCode(memo, call)
  expectReplayable(call, op)
  const unknown = findUnknownInput(memo, call, op)
  const outputs = await executeAgain(memo, op, call).catch(async (error: unknown) => {
    // Its inputs are gone too: the next run is given them anew, and must execute the call.
    if (error instanceof MandalaError && error.code === 'VALUE_DAMAGED') await memo.drop([call.hid], { dependents: false, dryRun: false })
    throw unknown === undefined ? error : ignoredInput(call, unknown, error)
  })
  await memo.queue.flush()
  if (outputs.every((output, i) => output.cid === call.outputs[i]?.cid)) return
  if (unknown !== undefined) throw ignoredInput(call, unknown)
  await memo.drop([call.hid], { dependents: true, dryRun: false })
  throw new MandalaError('VALUE_DAMAGED', `${op.name} gave another result than the stored one, whose value is gone`, {
    hint: `run again: the call and what was computed from it are dropped now; ${op.name} depends on something that isn't among its inputs`,
  })
}

/** A call of a user's op that gives a value. */
interface Maker extends KnownCall {
  readonly hid: CallHistoryId
  /** The code that it used, where the storage that made it tracked that. */
  readonly usedCode: VersionId | undefined
  readonly op: string
  readonly version: number
  readonly outputs: readonly { readonly cid: ContentId }[]
}

async function findMaker(memo: Memo, ref: Ref<unknown>): Promise<Maker | undefined> {
  const remembered = findRemembered(memo, ref)
  const stored = (await findStoredMaker(memo, ref)) ?? (await findTransientMaker(memo, ref))
  if (!stored) return remembered
  const { names } = memo
  const op = names.storedOp(stored.op)
  const inputs = stored.inputs.map((slot) => {
    const name = names.storedInput(op, slot.name)
    // Another process may delete what the store has of it before it is loaded: what is in memory can't go.
    const known = remembered?.inputs.find((input) => input.name === name && input.cid === slot.cid)
    return { name, cid: slot.cid, knownHid: slot.hid, ref: known?.ref ?? memo.refOfGiven(slot) }
  })
  const { hid, version, outputs, code } = stored
  return { hid, op: stored.op, version, outputs, inputs, history: code?.hid ?? hid, usedCode: code?.version, isStored: true }
}

/** A call that this process was given the outputs of; another one may have deleted it since. */
function findRemembered(memo: Memo, { hid, cid }: Ref<unknown>): Maker | undefined {
  const isIn = (ref: Ref<unknown>): boolean =>
    (ref.hid === hid && ref.cid === cid) || (ref instanceof CollectionRef && [...(ref.knownElements?.values() ?? [])].some(isIn))
  for (const { inputs, outputs, op, ...result } of memo.results.values()) {
    if (!inputs || !outputs.some(isIn)) continue
    const refs = inputs.map((input) => ({ name: input.name, cid: input.cid, knownHid: input.knownHid, ref: memo.refOfInput(input) }))
    const { hid: callHid, version: usedCode } = result
    return { hid: callHid, op: op.name, version: op.version, inputs: refs, outputs, history: undefined, usedCode, isStored: false }
  }
  return undefined
}

/** The call behind a Ref, if it still gives this content: elements come from the call that made their collection. */
async function findStoredMaker(memo: Memo, { hid, cid }: Pick<StoredSlot, 'hid' | 'cid'>): Promise<StoredCall | undefined> {
  const creator = await memo.store.findCreator(hid)
  if (!creator?.outputs.some((output) => output.hid === hid && output.cid === cid)) return undefined
  for (const ops of Object.values(STRUCTURE_OPS)) {
    if (creator.op !== ops.get) continue
    const whole = creator.inputs.find((input) => input.name === ops.collection)
    return whole && findStoredMaker(memo, whole)
  }
  return creator
}

/** A transient value that was passed on as a plain one has no history, but what made it is known by its content. */
async function findTransientMaker(memo: Memo, ref: Ref<unknown>): Promise<StoredCall | undefined> {
  for (const hid of await memo.store.listHistories(ref.cid)) {
    const call = await findStoredMaker(memo, { hid, cid: ref.cid })
    const isTransient = call !== undefined && (memo.findOp(call.op, call.version)?.transient.size ?? 0) > 0
    // A call that needs the value itself can't bring it back.
    if (isTransient && !call.inputs.some((input) => input.cid === ref.cid)) return call
  }
  return undefined
}

function cannotRecover(ref: Ref<unknown>, call: Maker | undefined): MandalaError {
  return call
    ? new MandalaError('VALUE_DAMAGED', `The value of ${ref.toString()} is not in the store, and ${call.op}, which made it, was not called in this process`, {
      hint: `call ${call.op} in the run before the value is needed`,
    })
    : new MandalaError('VALUE_DAMAGED', `The value of ${ref.toString()} is not in the store, and no stored call gives it`, { hint: 'pass the value again' })
}

/** Other code would give another result. */
async function expectSameCode(memo: Memo, { op, usedCode }: Maker): Promise<void> {
  if (usedCode === undefined) return
  await memo.followCode()
  if (await memo.code?.versions.isCurrent(usedCode)) return
  throw new MandalaError('VALUE_DAMAGED', `A value made by ${op} is not in the store, and the code that made it has changed`, {
    hint: 'go back to that code to have it again, or run again with the new one',
  })
}

/** Ignored inputs aren't stored, so a call that needs them can't be executed from the store alone. */
function expectReplayable(call: Maker, op: OpDefinition): void {
  const needed = op.parameters.parameters.find(({ name, default: fallback }) => op.ignored.has(name) && fallback.kind === 'none')
  if (needed) throw ignoredInput(call, needed.name)
}

/** An input that isn't stored and has no default: it was left out, or given with `ignore(…)`. */
function findUnknownInput(memo: Memo, call: Maker, op: OpDefinition): string | undefined {
  const { inputName = (name) => name } = memo.identityOf(op)
  const isStored = (name: string): boolean => call.inputs.some((input) => input.name === inputName(name))
  return op.parameters.parameters.find(({ name, default: fallback }) => fallback.kind === 'none' && !isStored(name))?.name
}

function ignoredInput(call: Maker, name: string, cause?: unknown): MandalaError {
  return new MandalaError('VALUE_DAMAGED', `A value made by ${call.op} is not in the store, and its ignored input "${name}" isn't known any more`, {
    hint: `give "${name}" a default, or drop the call and run again`, cause,
  })
}
