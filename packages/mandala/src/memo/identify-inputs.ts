import { types } from 'node:util'
import { isThenable } from '../base/awaitable.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { External } from '../model/marks.ts'
import type { Kind } from '../model/kind.ts'
import { deriveExternalId } from '../model/derive-ids.ts'
import { Ref } from '../model/ref.ts'
import { identify } from '../value/identify.ts'
import { Refusal } from '../value/refusal.ts'
import type { BoundInput } from './bind.ts'
import type { OpDefinition } from './definition.ts'
import { Parts, type MemoInput } from './identified.ts'
import { findElements, isPlainObject, makeCollection, sortByContent } from './structures.ts'
import type { Memo } from './memo.ts'
import { noteUse, roleOf } from '../model/uses.ts'
import { findGiven } from '../model/wrap.ts'

const opaque: Kind = { kind: 'value' }

/**
 * Derives the identity of a call's inputs, under the names by which they are stored, and sorted by these.
 * @param parts takes the calls that put collections together
 */
export function identifyInputs(memo: Memo, op: OpDefinition, bound: readonly BoundInput[], parts: Parts): MemoInput[] {
  const inputs: MemoInput[] = []
  const { inputName } = memo.identityOf(op)
  for (const { name, value, default: fallback } of bound) {
    const kind = op.inputKinds.size === 0 ? opaque : (op.inputKinds.get(name) ?? op.inputKinds.get(kindName(name)) ?? opaque)
    const input = identifyInput(memo, op, { name, value, kind }, parts)
    if (fallback.kind === 'new-arg' && identifyInput(memo, op, { name, value: fallback.value, kind }, new Parts()).cid === input.cid) continue
    inputs.push(inputName ? { ...input, name: inputName(name) } : input)
  }
  if (!inputs.every((input, i) => i === 0 || (inputs[i - 1] as MemoInput).name < input.name)) inputs.sort((a, b) => (a.name < b.name ? -1 : 1))
  return inputs
}

/** Members of a rest list share the kind of the whole. */
function kindName(name: string): string {
  const bracket = name.indexOf('[')
  return bracket < 0 ? name : name.slice(0, bracket)
}

interface Named {
  readonly name: string
  readonly value: unknown
  readonly kind: Kind
}

function identifyInput(memo: Memo, op: OpDefinition, { name, value, kind }: Named, parts: Parts): MemoInput {
  if (value instanceof Ref && memo.owns(value)) return ofRef(name, value)
  const given = value instanceof Ref ? findGiven(value) : undefined
  if (given) {
    if (!parts.isTrial) noteUse(value as Ref<unknown>, roleOf(op.name, name))
    return identifyInput(memo, op, { name, value: given.value, kind }, parts)
  }
  if (value instanceof External) {
    const cid = deriveExternalId(value.name)
    parts.values.push({ cid, kind: 'external', bytes: undefined, digits: undefined, name: value.name, madeBy: undefined })
    return ofRef(name, memo.makeRef({ kind: 'external', cid, hid: undefined, immediate: { value: value.value } }))
  }
  if (kind.kind !== 'value') return ofRef(name, collect(memo, op, { name, value, kind }, parts))
  try {
    const { cid, isPlain } = identify(value, kind.digits)
    return { name, cid, knownHid: undefined, raw: { value, isPlain, digits: kind.digits } }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const found = implicitKind(value)
    if (!found) throw error.toError(`${op.name}: input ${name}`)
    return ofRef(name, collect(memo, op, { name, value, kind: found }, parts))
  }
}

function ofRef(name: string, ref: Ref<unknown>): MemoInput {
  return { name, cid: ref.cid, knownHid: ref.isHistoryless ? undefined : ref.hid, ref }
}

/** An array or plain object that holds Refs is a collection without being told. */
export function implicitKind(value: unknown): Kind | undefined {
  if (!holds(value, (part) => part instanceof Ref || part instanceof External)) return undefined
  return { kind: Array.isArray(value) ? 'list' : 'dict', element: opaque }
}

/** Looks for something among what arrays and plain objects hold, however deep. */
export function holds(value: unknown, isSought: (part: unknown) => boolean): boolean {
  const seen = new Set<unknown>()
  const left = [value]
  while (left.length > 0) {
    const next = left.pop()
    if (typeof next !== 'object' || next === null || seen.has(next)) continue
    seen.add(next)
    for (const part of partsOf(next)) {
      if (isSought(part)) return true
      if (typeof part === 'object') left.push(part)
    }
  }
  return false
}

/** What is asked here was refused, perhaps because asking would run code: getters, the traps of a Proxy. */
function partsOf(value: object): readonly unknown[] {
  if (types.isProxy(value)) return []
  if (Array.isArray(value)) return Object.getPrototypeOf(value) === Array.prototype ? value : []
  return isPlainObject(value) ? Object.values(Object.getOwnPropertyDescriptors(value)).map((property) => property.value as unknown) : []
}

/** Whether something has to be waited for: promises, Refs of another storage. Asked only of what identification refused. */
export function holdsUnsettled(memo: Memo, value: unknown): boolean {
  return holds(value, (part) => isThenable(part) || (part instanceof Ref && !memo.owns(part)))
}

function collect(memo: Memo, op: OpDefinition, { name, value, kind }: Named, parts: Parts): Ref<unknown> {
  if (kind.kind === 'value') throw new TypeError('a value is no collection')
  const elements = findElements(kind.kind, value)
  if (!elements) {
    throw new MandalaError('INPUT_INVALID', `${op.name}: input ${name} is declared as a ${kind.kind} and got ${describe(value)}`, {
      hint: `pass ${{ list: 'a plain array without holes', dict: 'a plain object', set: 'a Set' }[kind.kind]}, or change the kind of the input`,
    })
  }
  if (parts.open.has(value)) throw new Refusal([], 'holds itself', 'a collection of Refs is a tree').toError(`${op.name}: input ${name}`)
  parts.open.add(value)
  const refs = new Map<string, Ref<unknown>>()
  for (const [key, element] of elements) {
    const place = kind.kind === 'dict' ? `${name}.${key}` : `${name}[${key}]`
    const input = identifyInput(memo, op, { name: place, value: element, kind: kind.element }, parts)
    if (input.raw) parts.values.push(memo.encodeRaw(input))
    refs.set(key, memo.refOfInput(input))
  }
  parts.open.delete(value)
  return makeCollection(kind.kind, kind.kind === 'set' ? sortByContent(refs) : refs, memo, parts)
}

export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? `an object (${value.constructor?.name ?? 'no class'})` : `${typeof value} ${String(value)}`
}
