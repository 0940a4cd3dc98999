import type { CallHistoryId, ContentId, HistoryId } from '../base/ids.ts'
import { invariant } from '../base/invariant.ts'
import type { ProcessInfo } from '../base/this-process.ts'
import { Call } from '../model/call.ts'
import { deriveCallContentId, isHistoryless } from '../model/derive-ids.ts'
import { Names } from '../model/names.ts'
import type { Notes } from '../model/notes.ts'
import { makeRef, type Ref, type RefKind, type RefOwner } from '../model/ref.ts'
import { groupName } from '../model/structure.ts'
import { wrapAs } from '../model/wrap.ts'
import type { KnownCall, LinkedCall, StoredSlot } from '../store/store.ts'

/** What calls of one op and shape share: the names of their inputs and outputs, by position. */
export interface Signature {
  readonly op: string
  readonly version: number
  readonly inputNames: readonly string[]
  /** The inputs' names as edges of a frame carry them: elements put into a list share one. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** Calls that have one signature as they are stored: inputs by name, `elt_10` before `elt_2`. */
interface Shape {
  readonly signature: Signature
  readonly storedInputs: readonly string[]
  /** Places of the signature's inputs among the stored ones. */
  readonly places: readonly number[]
}

/** A call whose refs are numbers of a {@link Web}. */
export interface WebCall {
  readonly hid: CallHistoryId
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
  readonly #names: Names
  readonly calls: WebCall[] = []
  readonly #callNumbers = new Map<CallHistoryId, number>()
  readonly #refNumbers = new Map<HistoryId, number>()
  readonly #hids: HistoryId[] = []
  readonly #cids: ContentId[] = []
  readonly #kinds: RefKind[] = []
  /** For each ref the call that it is an output of, if it was met; else, if that was asked, whether it was given or made by some other call. */
  readonly #origins: (number | 'given' | 'made' | undefined)[] = []
  readonly #refs: (Ref<unknown> | undefined)[] = []
  readonly #shapes = new Map<string, Shape[]>()

  /** @param names that the calls of the store go by */
  constructor(owner: RefOwner, names: Names = new Names([])) {
    this.owner = owner
    this.#names = names
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
    const origin = this.#origins[ref]
    return typeof origin === 'number' ? origin : undefined
  }

  /** Whether a value was given rather than computed: it says nothing about the role that it plays. */
  isGiven(ref: number): boolean {
    const origin = (this.#origins[ref] ??= isHistoryless(this.hid(ref), this.cid(ref)) ? 'given' : 'made')
    return origin === 'given'
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
      this.#origins.push(undefined)
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

  hasCall(hid: CallHistoryId): boolean {
    return this.#callNumbers.has(hid)
  }

  addCall(call: LinkedCall | KnownCall): number {
    const known = this.#callNumbers.get(call.hid)
    if (known !== undefined) return known
    invariant('op' in call, 'a call was read as a known one')
    const { hid, order, startedAtMs, durationMs, notes, process, isAdopted } = call
    const { signature, places } = this.#shapeOf(call)
    const number = this.calls.length
    const outputs = call.outputs.map((slot) => this.addRef(slot))
    outputs.forEach((output) => { this.#origins[output] = number })
    const inputs = places.map((place) => this.addRef(call.inputs[place] as StoredSlot))
    this.calls.push({ hid, order, signature, inputs, outputs, startedAtMs, durationMs, notes, process, isAdopted })
    this.#callNumbers.set(hid, number)
    return number
  }

  #shapeOf(call: LinkedCall): Shape {
    let shapes = this.#shapes.get(call.op)
    if (!shapes) this.#shapes.set(call.op, (shapes = []))
    for (let i = 0; i < shapes.length; i += 1) if (isOfShape(call, shapes[i] as Shape)) return shapes[i] as Shape
    const shape = makeShape(call)
    shapes.push(shape)
    return shape
  }

  /** A call as people hold it. */
  toCall(number: number): Call {
    const { hid, signature, inputs, outputs, startedAtMs, durationMs, notes, process, isAdopted } = this.call(number)
    const { op, version, inputNames } = signature
    const name = (refs: readonly number[], names: readonly string[]): Record<string, Ref<unknown>> =>
      Object.fromEntries(refs.map((ref, i) => [names[i], this.ref(ref)]))
    // Ids go by the names under which things are stored.
    const stored = this.#names.storedOp(op)
    const identified = inputs.map((ref, i) => ({ name: this.#names.storedInput(stored, inputNames[i] as string), cid: this.cid(ref), knownHid: undefined }))
    const cid = deriveCallContentId({ name: stored, version }, identified.sort((a, b) => (a.name < b.name ? -1 : 1)))
    return new Call({
      hid, cid, op, version, inputs: name(inputs, inputNames), outputs: name(outputs, signature.outputs), startedAt: new Date(startedAtMs), durationMs,
      notes, process, isAdopted,
    })
  }
}

function isOfShape({ version, inputs, outputs }: LinkedCall, { signature, storedInputs }: Shape): boolean {
  return signature.version === version && isNamed(inputs, storedInputs) && isNamed(outputs, signature.outputs)
}

function isNamed(slots: readonly StoredSlot[], names: readonly string[]): boolean {
  if (slots.length !== names.length) return false
  for (let i = 0; i < slots.length; i += 1) if (slots[i]?.name !== names[i]) return false
  return true
}

function makeShape({ op, version, inputs, outputs }: LinkedCall): Shape {
  const storedInputs = inputs.map(({ name }) => name)
  const places = sortElements(op, storedInputs)
  const inputNames = places.map((place) => storedInputs[place] as string)
  const signature = { op, version, inputNames, inputs: inputNames.map((name) => groupName(op, name)), outputs: outputs.map(({ name }) => name) }
  return { signature, storedInputs, places }
}

/** The places of names, those that share one as elements do in the order of their numbers. */
function sortElements(op: string, names: readonly string[]): readonly number[] {
  const groups = names.map((name) => groupName(op, name))
  const numbers = names.map((name) => Number(/(\d+)\]?$/.exec(name)?.[1] ?? 0))
  return Array.from(names.keys()).sort((a, b) => (groups[a] === groups[b] ? (numbers[a] as number) - (numbers[b] as number) : 0))
}
