import { MandalaError } from '../base/mandala-error.ts'
import type { Ref } from '../model/ref.ts'
import { STRUCTURE_OPS } from '../model/structure.ts'
import type { StoredCall } from '../store/store.ts'
import type { OpDefinition } from './definition.ts'
import { executeAgain } from './execute.ts'
import type { Memo } from './memo.ts'

/**
 * Brings back a value whose bytes are missing or damaged, by executing the call that made it once more.
 * @param reason what is wrong with the bytes; undefined for a transient output, which never had any
 */
export async function recover(memo: Memo, ref: Ref<unknown>, reason: string | undefined): Promise<void> {
  await memo.queue.flush()
  const call = (await findMaker(memo, ref)) ?? (await findTransientMaker(memo, ref))
  const op = call && memo.findOp(call.op, call.version)
  const isTransient = reason === undefined && (op?.transient.size ?? 0) > 0
  if (!isTransient) memo.events.emit({ kind: 'value-damaged', cid: ref.cid, reason: reason ?? 'its bytes are missing', op: call?.op })
  if (!isTransient) await memo.store.forgetValue(ref.cid)
  if (!call || !op) throw cannotRecover(ref, call)
  await expectSameCode(memo, call)
  expectReplayable(call, op)
  const unknown = findUnknownInput(call, op)
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

/** The call of a user's op behind a Ref: elements come from the call that made their collection. */
async function findMaker(memo: Memo, ref: { readonly hid: Ref<unknown>['hid'] }): Promise<StoredCall | undefined> {
  const creator = await memo.store.findCreator(ref.hid)
  for (const ops of Object.values(STRUCTURE_OPS)) {
    if (creator?.op !== ops.get) continue
    const whole = creator.inputs.find((input) => input.name === ops.collection)
    return whole && findMaker(memo, whole)
  }
  return creator
}

/** A transient value that was passed on as a plain one has no history, but what made it is known by its content. */
async function findTransientMaker(memo: Memo, ref: Ref<unknown>): Promise<StoredCall | undefined> {
  for (const hid of await memo.store.listHistories(ref.cid)) {
    const call = await findMaker(memo, { hid })
    const isTransient = call !== undefined && (memo.findOp(call.op, call.version)?.transient.size ?? 0) > 0
    // A call that needs the value itself can't bring it back.
    if (isTransient && !call.inputs.some((input) => input.cid === ref.cid)) return call
  }
  return undefined
}

function cannotRecover(ref: Ref<unknown>, call: StoredCall | undefined): MandalaError {
  return call
    ? new MandalaError('VALUE_DAMAGED', `The value of ${ref} is not in the store, and ${call.op}, which made it, was not called in this process`, {
      hint: `call ${call.op} in the run before the value is needed`,
    })
    : new MandalaError('VALUE_DAMAGED', `The value of ${ref} is not in the store, and no call made it`, { hint: 'pass the value again' })
}

/** Other code would give another result. */
async function expectSameCode(memo: Memo, call: StoredCall): Promise<void> {
  if (!call.code) return
  await memo.followCode()
  if (await memo.code?.versions.isCurrent(call.code.version)) return
  throw new MandalaError('VALUE_DAMAGED', `A value made by ${call.op} is not in the store, and the code that made it has changed`, {
    hint: 'go back to that code to have it again, or run again with the new one',
  })
}

/** Ignored inputs aren't stored, so a call that needs them can't be executed from the store alone. */
function expectReplayable(call: StoredCall, op: OpDefinition): void {
  const needed = op.parameters.parameters.find(({ name, default: fallback }) => op.ignored.has(name) && fallback.kind === 'none')
  if (needed) throw ignoredInput(call, needed.name)
}

/** An input that isn't stored and has no default: it was left out, or given with `ignore(…)`. */
function findUnknownInput(call: StoredCall, op: OpDefinition): string | undefined {
  return op.parameters.parameters.find(({ name, default: fallback }) => fallback.kind === 'none' && !call.inputs.some((input) => input.name === name))?.name
}

function ignoredInput(call: StoredCall, name: string, cause?: unknown): MandalaError {
  return new MandalaError('VALUE_DAMAGED', `A value made by ${call.op} is not in the store, and its ignored input "${name}" isn't known any more`, {
    hint: `give "${name}" a default, or drop the call and run again`, cause,
  })
}
