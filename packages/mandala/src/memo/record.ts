import type { CallContentId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { describeProcess } from '../base/this-process.ts'
import { External } from '../model/marks.ts'
import type { Kind } from '../model/kind.ts'
import { deriveExternalId, deriveOutputId, withCode, type OpIdentity } from '../model/derive-ids.ts'
import { CollectionRef, makeRef, Ref } from '../model/ref.ts'
import { deriveElementId } from '../model/structure.ts'
import type { CodeOrigin, StoredCall, StoredSlot } from '../store/store.ts'
import { encode } from '../value/codec.ts'
import { identify } from '../value/identify.ts'
import { Refusal } from '../value/refusal.ts'
import { outputKey, type OpDefinition, type OutputSpec } from './definition.ts'
import { describe, implicitKind } from './identify-inputs.ts'
import type { Parts } from './identified.ts'
import type { Memo, Result } from './memo.ts'
import type { Request } from './request.ts'
import { deriveCollectionId, encodeStructure, findElements, isPlainObject, sortByContent, takeApart } from './structures.ts'
import { moveHistory, withHistory } from './with-history.ts'
import { findGiven } from '../model/wrap.ts'

/** Identifies and encodes what a function returned, at once, so that a later change of it changes nothing stored. */
export function identifyOutputs(memo: Memo, { op, identity, hid }: Pick<Request, 'op' | 'identity' | 'hid'>, returned: unknown, parts: Parts): Ref<unknown>[] {
  const values = op.form === 'single' ? [returned] : pickOutputs(op, returned)
  return op.outputs.map((output, i) => {
    const value = values[i]
    const place = { path: `${op.name}: output ${output.name}`, isTransient: op.transient.has(output.name) }
    const ref = identifyOutput(memo, { value, madeBy: identity, kind: output.kind, hid: deriveOutputId(hid, outputKey(op, i)), ...place }, parts)
    if (ref instanceof CollectionRef) takeApart(ref, parts)
    return ref
  })
}

/** The several outputs of a function, in the order of the op's outputs. */
function pickOutputs(op: OpDefinition, returned: unknown): readonly unknown[] {
  const names = op.outputs.map((output) => output.name)
  if (Array.isArray(returned) && returned.length === names.length) return returned
  if (typeof returned === 'object' && returned !== null && isPlainObject(returned)) {
    const keys = Object.keys(returned)
    if (keys.length === names.length && names.every((name) => Object.hasOwn(returned, name))) return names.map((name) => (returned as Record<string, unknown>)[name])
  }
  const got = typeof returned === 'object' && returned !== null && isPlainObject(returned) ? `{ ${Object.keys(returned).join(', ')} }` : describe(returned)
  throw new MandalaError('OUTPUT_INVALID', `${op.name} has the outputs ${names.join(', ')} and returned ${got}`, {
    hint: `return { ${names.join(', ')} }, or change \`outputs\``,
  })
}

interface Output {
  readonly value: unknown
  readonly madeBy: OpIdentity
  readonly kind: Kind
  readonly hid: Ref<unknown>['hid']
  readonly path: string
  readonly isTransient: boolean
}

function identifyOutput(memo: Memo, output: Output, parts: Parts): Ref<unknown> {
  const { value, kind, hid } = output
  if (value instanceof Ref && memo.owns(value)) return withHistory(memo, value, hid, parts)
  const given = value instanceof Ref ? findGiven(value) : undefined
  if (given) return identifyOutput(memo, { ...output, value: given.value }, parts)
  if (value instanceof External) {
    const cid = deriveExternalId(value.name)
    parts.values.push({ cid, kind: 'external', bytes: undefined, digits: undefined, name: value.name, madeBy: undefined })
    return makeRef('external', { cid, hid, owner: memo })
  }
  if (kind.kind !== 'value') return identifyCollection(memo, output, parts)
  try {
    const { cid, isPlain } = identify(value, kind.digits)
    const bytes = encode(value, isPlain)
    // Of values that are as good as equal the store keeps the first.
    const isExact = kind.digits === undefined
    const immediate = isExact && (typeof value !== 'object' || value === null) ? { value } : undefined
    if (output.isTransient || (isExact && !immediate)) memo.values.keep(cid, bytes)
    else if (isExact) memo.values.offer(cid, bytes)
    if (output.isTransient) memo.transients.set(cid, true)
    parts.values.push({ cid, kind: 'value', bytes: output.isTransient ? undefined : bytes, digits: kind.digits, name: undefined, madeBy: output.madeBy })
    return makeRef('value', { cid, hid, owner: memo, immediate })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const found = implicitKind(value)
    if (!found) throw error.toError(output.path)
    return identifyCollection(memo, { ...output, kind: found }, parts)
  }
}

function identifyCollection(memo: Memo, output: Output, parts: Parts): Ref<unknown> {
  const { kind, hid, value, path } = output
  if (kind.kind === 'value') throw new TypeError('a value is no collection')
  const plain = findElements(kind.kind, value)
  if (!plain) {
    throw new MandalaError('OUTPUT_INVALID', `${path} is declared as a ${kind.kind} and is ${describe(value)}`, {
      hint: 'return a plain one, or change the kind of the output',
    })
  }
  if (parts.open.has(value)) throw new Refusal([], 'holds itself', 'a collection of Refs is a tree').toError(path)
  parts.open.add(value)
  const elements = new Map<string, Ref<unknown>>()
  for (const [key, element] of plain) {
    // The content of the whole is known last; the histories of its elements rest on its history alone.
    const elementHid = deriveElementId(kind.kind, { cid: '' as Ref<unknown>['cid'], hid }, key)
    const place = kind.kind === 'dict' ? `${path}.${key}` : `${path}[${key}]`
    elements.set(key, identifyOutput(memo, { ...output, value: element, kind: kind.element, hid: elementHid, path: place }, parts))
  }
  parts.open.delete(value)
  const cid = deriveCollectionId(kind.kind, elements)
  const ordered = kind.kind === 'set' ? sortByContent(elements) : elements
  parts.values.push({ ...encodeStructure({ cid, kind: kind.kind }, ordered), madeBy: output.madeBy })
  const whole = makeRef(kind.kind, { cid, hid, owner: memo, elements: ordered })
  // The histories of a set's elements follow their new places.
  return kind.kind === 'set' ? moveHistory(memo, whole, hid) : whole
}

interface DoneCall {
  /** Without the code. */
  readonly cid: CallContentId
  readonly result: Result
  readonly inner: StoredCall['inner']
  /** What the code means that it used, where the storage tracks that. */
  readonly semantic: string | undefined
  /** Whether it was found by its contents, and nothing ran. */
  readonly isAdopted: boolean
}

/** A call as the store takes it. */
export function toStoredCall(memo: Memo, request: Request, done: DoneCall): StoredCall {
  const { op, identity, inputs } = request
  const { cid, result, inner, semantic, isAdopted } = done
  const isVersioned = semantic !== undefined && result.version !== undefined
  return {
    hid: result.hid, cid: isVersioned ? withCode(cid, semantic) : cid, op: identity.name, version: identity.version,
    startedAtMs: result.startedAtMs, durationMs: result.durationMs, isTuple: result.isTuple, inner,
    // Its function ran long ago, perhaps, and it is used now.
    notes: result.notes, usedDay: isAdopted ? result.usedDay : undefined, isAdopted, process: isAdopted ? undefined : describeProcess(),
    inputs: inputs.map((input) => toSlot(input.name, memo.refOfInput(input))),
    outputs: result.outputs.map((ref, i) => toSlot((op.outputs[i] as OutputSpec).name, ref)),
    ...(isVersioned ? { code: { hid: request.hid, cid, version: result.version, origin: memo.code?.versions.originOf(result.version) as CodeOrigin } } : {}),
  }
}

function toSlot(name: string, ref: Ref<unknown>): StoredSlot {
  return { name, hid: ref.hid, cid: ref.cid, kind: ref.kind }
}
