import type { CallContentId, CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import type { ProcessInfo } from '../base/this-process.ts'
import { Call } from '../model/call.ts'
import { deriveHistoryId } from '../model/derive-ids.ts'
import type { Notes } from '../model/notes.ts'
import { makeRef, type Ref, type RefKind, type RefOwner } from '../model/ref.ts'
import { groupName } from '../model/structure.ts'
import { wrapAs } from '../model/wrap.ts'
import type { LinkedCall, StoredSlot } from '../store/store.ts'

/** What calls of one op and shape share: the names of their inputs and outputs, by position. */
export interface Signature {
  readonly op: string
  readonly version: number
  readonly inputNames: readonly string[]
  /** The inputs' names as edges of a frame carry them: elements put into a list share one. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** A call whose refs are numbers of a {@link Web}. */
export interface WebCall {
  readonly hid: CallHistoryId
  readonly cid: CallContentId
  readonly order: number
  readonly signature: Signature
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly startedAtMs: number
  readonly durationMs: number
  readonly notes: Notes | undefined
  readonly process: ProcessInfo | undefined
  readonly isAdopted: boolean
}

/**
 * The calls and refs of a store that frames have met so far, numbered in the order of meeting. It is only added to, as stored calls never
 * change, so frames can share it: to them a set of refs or calls is a set of numbers.
 */
export class Web {
  readonly owner: RefOwner
  readonly calls: WebCall[] = []
  readonly #callNumbers = new Map<CallHistoryId, number>()
  readonly #refNumbers = new Map<HistoryId, number>()
  readonly #hids: HistoryId[] = []
  readonly #cids: ContentId[] = []
  readonly #kinds: RefKind[] = []
  readonly #creators: (number | undefined)[] = []
  readonly #refs: (Ref<unknown> | undefined)[] = []
  readonly #signatures = new Map<string, Signature[]>()
  readonly #given: (boolean | undefined)[] = []

  constructor(owner: RefOwner) {
    this.owner = owner
  }

  get refCount(): number {
    return this.#hids.length
  }

  hid(ref: number): HistoryId {
    return this.#hids[ref] as HistoryId
  }

  cid(ref: number): ContentId {
    return this.#cids[ref] as ContentId
  }

  call(call: number): WebCall {
    return this.calls[call] as WebCall
  }

  /** The call that a ref is an output of, if it was met. */
  creator(ref: number): number | undefined {
    return this.#creators[ref]
  }

  /** Whether a value was given rather than computed: it says nothing about the role that it plays. */
  isGiven(ref: number): boolean {
    return this.#creators[ref] === undefined && (this.#given[ref] ??= deriveHistoryId(this.cid(ref)) === this.hid(ref))
  }

  /** The Ref behind a number. */
  ref(ref: number): Ref<unknown> {
    return (this.#refs[ref] ??= makeRef(this.#kinds[ref] as RefKind, { cid: this.cid(ref), hid: this.isGiven(ref) ? undefined : this.hid(ref), owner: this.owner }))
  }

  addRef({ hid, cid, kind }: Omit<StoredSlot, 'name'>): number {
    let ref = this.#refNumbers.get(hid)
    if (ref === undefined) {
      ref = this.#hids.push(hid) - 1
      this.#cids.push(cid)
      this.#kinds.push(kind)
      this.#refNumbers.set(hid, ref)
    }
    return ref
  }

  /** Adds a Ref that a user holds; one that was wrapped has its value with it, which no store may have. */
  addGivenRef(given: Ref<unknown>): number {
    const ref = this.addRef(given)
    if (given.isHistoryless) this.#refs[ref] ??= given
    return ref
  }

  /** A ref without history whose value may be in no store. */
  addImmediate(slot: Omit<StoredSlot, 'name'>, value: unknown): number {
    const ref = this.addRef(slot)
    this.#refs[ref] ??= wrapAs(slot.cid, value)
    return ref
  }

  addCall(call: LinkedCall): number {
    const known = this.#callNumbers.get(call.hid)
    if (known !== undefined) return known
    const { hid, cid, order, startedAtMs, durationMs, notes, process, isAdopted } = call
    const inputs = sortElements(call)
    const signature = this.#sign(call, inputs)
    const number = this.calls.length
    const outputs = call.outputs.map((slot) => this.addRef(slot))
    for (const output of outputs) this.#creators[output] = number
    const ran = { startedAtMs, durationMs, notes, process, isAdopted }
    this.calls.push({ hid, cid, order, signature, inputs: inputs.map((slot) => this.addRef(slot)), outputs, ...ran })
    this.#callNumbers.set(hid, number)
    return number
  }

  #sign({ op, version, outputs }: LinkedCall, inputs: readonly StoredSlot[]): Signature {
    const key = `${version} ${inputs.length} ${outputs.length} ${op}`
    let signatures = this.#signatures.get(key)
    if (!signatures) this.#signatures.set(key, (signatures = []))
    const isNamed = (names: readonly string[], slots: readonly StoredSlot[]): boolean => slots.every(({ name }, i) => names[i] === name)
    let signature = signatures.find((known) => isNamed(known.inputNames, inputs) && isNamed(known.outputs, outputs))
    if (!signature) {
      const inputNames = inputs.map(({ name }) => name)
      signature = { op, version, inputNames, inputs: inputNames.map((name) => groupName(op, name)), outputs: outputs.map(({ name }) => name) }
      signatures.push(signature)
    }
    return signature
  }

  /** A call as people hold it. */
  toCall(number: number): Call {
    const { hid, cid, signature, inputs, outputs, startedAtMs, durationMs, notes, process, isAdopted } = this.call(number)
    const { op, version, inputNames } = signature
    const name = (refs: readonly number[], names: readonly string[]): Record<string, Ref<unknown>> =>
      Object.fromEntries(refs.map((ref, i) => [names[i], this.ref(ref)]))
    return new Call({
      hid, cid, op, version, inputs: name(inputs, inputNames), outputs: name(outputs, signature.outputs), startedAt: new Date(startedAtMs), durationMs,
      notes, process, isAdopted,
    })
  }
}

/** Inputs come sorted by name, `elt_10` before `elt_2`: those that share a name are put in the order of their numbers. */
function sortElements({ op, inputs }: LinkedCall): readonly StoredSlot[] {
  if (!inputs.some(({ name }) => groupName(op, name) !== name)) return inputs
  const position = ({ name }: StoredSlot): number => Number(/(\d+)\]?$/.exec(name)?.[1] ?? 0)
  return inputs.toSorted((a, b) => (groupName(op, a.name) === groupName(op, b.name) ? position(a) - position(b) : 0))
}
