import { MandalaError } from '../base/mandala-error.ts'
import { isThenable, type Awaitable } from '../base/awaitable.ts'
import type { CallContentId } from '../base/ids.ts'
import { deriveOutputId } from '../model/derive-ids.ts'
import type { StoredResult, StoredSlot } from '../store/store.ts'
import { outputKey, type OpDefinition, type OutputSpec } from './definition.ts'
import type { Memo, Result } from './memo.ts'
import { toStoredCall } from './record.ts'
import type { Request } from './request.ts'
import { withHistory } from './with-history.ts'

/** Finds a call by its history, and remembers it. */
export function findByHistory(memo: Memo, request: Request): Awaitable<Result | undefined> {
  const known = memo.results.get(request.key)
  if (known) return expectAnswers(known, request.op)
  const stored = memo.store.findResult(request.hid)
  return isThenable(stored) ? stored.then((result) => remember(memo, request, result)) : remember(memo, request, stored)
}

function remember(memo: Memo, request: Request, stored: StoredResult | undefined): Result | undefined {
  if (!stored || !request.isAnsweredBy(stored)) return undefined
  const result = toResult(memo, request, stored)
  memo.results.set(request.key, result)
  return result
}

/** A stored call's outputs as Refs, without their values. */
export function toResult(memo: Memo, { op, hid, lightInputs }: Request, stored: StoredResult): Result {
  const { startedAtMs, durationMs, isTuple, outputs } = stored
  expectOutputs(op, outputs)
  return { op, hid, outputs: outputs.map((slot) => memo.refOf(slot)), startedAtMs, durationMs, isTuple, inputs: lightInputs }
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
export async function adoptByContent(memo: Memo, request: Request, cid: CallContentId): Promise<Result | undefined> {
  const known = memo.recent.get(cid)
  const stored = known ? undefined : await memo.store.findResultByContent(cid)
  const found = known ? expectAnswers(known, request.op) : (stored && toResult(memo, request, stored))
  if (!found) return undefined
  const outputs = found.outputs.map((output, i) => withHistory(memo, output, deriveOutputId(request.hid, outputKey(request.op, i)), request.parts))
  const result: Result = { ...found, op: request.op, hid: request.hid, outputs, inputs: request.lightInputs }
  memo.results.set(request.key, result)
  request.parts.calls.unshift(toStoredCall(memo, request, { cid, result, inner: [] }))
  await memo.queue.add(request.parts, 0)
  return result
}
