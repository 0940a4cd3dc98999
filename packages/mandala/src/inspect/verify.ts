import { expectOptions, type Rule } from '../base/expect.ts'
import type { CallHistoryId } from '../base/ids.ts'
import type { OpDefinition } from '../memo/definition.ts'
import { placeArguments } from '../memo/execute.ts'
import type { Memo } from '../memo/memo.ts'
import { listDefinitions } from '../memo/op.ts'
import { isStructureOp } from '../model/structure.ts'
import { renderVerification } from '../render/verification.ts'
import type { LinkedCall, StoredCall, StoredSlot } from '../store/store.ts'
import { chooseCalls, share, type Chosen } from './choose-calls.ts'
import { executeApart, type GivenInput, type Outcome, type Output } from './execute-apart.ts'
import { findDifference, show } from './first-difference.ts'
import { readStored } from './read-stored.ts'
import { OpCounts, type Differing, type Finding, type SkipReason, type Verification } from './verification.ts'

/** Which stored calls are executed again. */
export interface VerifyOptions {
  /** How many, spread evenly over the ops: 100, or `Infinity` for all. */
  readonly sample?: number
  /** Another number chooses others; the same number the same ones. */
  readonly seed?: number
}

const SAMPLE = 100

const OPTIONS: Readonly<Record<keyof VerifyOptions, Rule>> = {
  sample: [(given) => given === Infinity || Number.isInteger(given) && (given as number) > 0, 'it is a number of calls, 1 or more, or Infinity for all'],
  seed: [Number.isInteger, 'it is a whole number'],
}

/** @throws MandalaError `OPTION_INVALID` */
export function expectVerifyOptions(options: VerifyOptions): void {
  expectOptions('storage.verify', options, OPTIONS)
}

/** Executes stored calls again, one after the other, and compares; stores nothing. */
export class Verifier {
  readonly #memo: Memo
  readonly #makeMemo: () => Memo
  readonly #counts = new Map<string, OpCounts>()
  readonly #definitions = new Map<string, OpDefinition | SkipReason>()
  readonly #findings: Finding[] = []

  /** @param makeMemo one in which nothing is stored, for each execution */
  constructor(memo: Memo, makeMemo: () => Memo) {
    this.#memo = memo
    this.#makeMemo = makeMemo
  }

  /** Calls of an op, or of all ops. */
  async verifyOps(name: string | undefined, options: VerifyOptions): Promise<Verification> {
    const { store } = this.#memo
    const names = name === undefined ? (await store.readTotals()).filter(({ calls }) => calls > 0).map((op) => op.name) : [name]
    const sample = { count: options.sample ?? SAMPLE, seed: options.seed ?? 0 }
    const chosen: (readonly Chosen[])[] = []
    for (const op of new Set(names.filter((each) => !isStructureOp(each)))) {
      chosen.push(await chooseCalls(store, op, { sample, isFit: (call) => this.#isFit(call) }))
    }
    const shares = share(sample.count, chosen.map((calls) => calls.length))
    const calls = chosen.flatMap((each, i) => each.slice(0, shares[i])).sort((a, b) => a.order - b.order)
    return this.#verify(calls.map(({ hid }) => hid))
  }

  /** These calls. */
  async verifyCalls(hids: readonly CallHistoryId[]): Promise<Verification> {
    const { store } = this.#memo
    const fit: CallHistoryId[] = []
    for (const call of await store.readCallsById(hids)) if (!isStructureOp(call.op) && await this.#isFit(call, true)) fit.push(call.hid)
    return this.#verify(fit)
  }

  async #verify(hids: readonly CallHistoryId[]): Promise<Verification> {
    for (const hid of hids) {
      const call = await this.#memo.store.findCall(hid)
      // Another process may have deleted it.
      if (call) await this.#verifyCall(call)
    }
    const ops = [...this.#counts.values()].map((counts) => counts.toData()).sort((a, b) => (a.name === b.name ? a.version - b.version : a.name < b.name ? -1 : 1))
    const report = { isTrue: this.#findings.length === 0, ops, findings: this.#findings }
    return Object.defineProperty(report, 'toString', { value: () => renderVerification(report) })
  }

  /** Whether a call can be executed, as far as can be told without its values; counts it. */
  async #isFit(call: LinkedCall, isAsked = false): Promise<boolean> {
    // The function of an adopted call ran for an equal one, unless that is gone.
    if (!isAsked && call.isAdopted && !(await this.#isFirst(call.hid))) return false
    const counts = this.#countsOf(call)
    counts.calls += 1
    const reason = await this.#findObstacle(call)
    if (reason !== undefined) counts.skip(reason)
    return reason === undefined
  }

  /** Whether no call on equal inputs was stored before. */
  async #isFirst(hid: CallHistoryId): Promise<boolean> {
    const { store } = this.#memo
    const call = await store.findCall(hid)
    return call !== undefined && (await store.listByContent(call.cid))[0] === hid
  }

  async #findObstacle({ hid, op, version, inputs }: Pick<LinkedCall, 'hid' | 'op' | 'version' | 'inputs'>): Promise<SkipReason | undefined> {
    const definition = this.#find(op, version)
    if (typeof definition === 'string') return definition
    const { code, store } = this.#memo
    const used = code && (await store.findCall(hid))?.code
    if (used && !(await code.versions.isOfNow(used.version))) return 'other code'
    const isNeeded = definition.parameters.parameters.some(({ name, default: fallback }) => definition.ignored.has(name) && fallback.kind === 'none')
    if (isNeeded) return 'ignored input'
    return inputs.some(({ kind }) => kind === 'external') ? 'external input' : undefined
  }

  #find(name: string, version: number): OpDefinition | SkipReason {
    const key = `${version} ${name}`
    let found = this.#definitions.get(key)
    if (found === undefined) {
      const { names } = this.#memo
      const all = names.namesOf(names.storedOp(name)).flatMap(listDefinitions).filter((op) => op.version === version)
      const one = this.#memo.findOp(name, version) ?? all.at(-1)
      found = one === undefined ? 'not defined here' : all.some(({ fn }) => fn !== one.fn) && !this.#memo.findOp(name, version) ? 'defined twice' : one
      this.#definitions.set(key, found)
    }
    return found
  }

  async #verifyCall(call: StoredCall): Promise<void> {
    const counts = this.#countsOf(call)
    const op = this.#find(call.op, call.version) as OpDefinition
    const outcome = await this.#execute(op, call, (first) => this.#compare(op, call, first))
    if (typeof outcome === 'string') {
      counts.skip(outcome)
      return
    }
    counts.executed += 1
    if (outcome.length === 0) counts.same += 1
    for (const { kind } of outcome) counts[kind === 'differs' ? 'differing' : kind] += 1
    this.#findings.push(...outcome)
  }

  /** Executes a call in a memo of its own, which lasts as long as its outcome is looked at. */
  async #execute<T>(op: OpDefinition, call: StoredCall, look: (outcome: Outcome) => Promise<T>): Promise<T | SkipReason> {
    const inputs: GivenInput[] = []
    const stored = this.#memo.names.storedOp(call.op)
    for (const slot of call.inputs) {
      const content = (await readStored(this.#memo.store, slot)) ?? (await this.#compute(slot))
      if (!content) return 'input not stored'
      inputs.push({ name: this.#memo.names.storedInput(stored, slot.name), kind: slot.kind, value: content.value })
    }
    const memo = this.#makeMemo()
    try {
      const identity = this.#memo.identityOf(op)
      const place = (given: ReadonlyMap<string, unknown>): unknown[] => placeArguments(this.#memo, { op, identity }, given)
      return await look(await executeApart(op, inputs, { memo, tracer: this.#memo.code?.tracer, place }))
    } finally {
      memo.queue.abandon()
      memo.store.close()
    }
  }

  /** A value whose bytes aren't stored, as that of a transient output, if its call still gives it. */
  async #compute({ hid, cid }: StoredSlot): Promise<{ readonly value: unknown } | undefined> {
    const creator = await this.#memo.store.findCreator(hid)
    if (!creator || await this.#findObstacle(creator) !== undefined) return undefined
    const computed = await this.#execute(this.#find(creator.op, creator.version) as OpDefinition, creator, async ({ outputs }) => {
      const output = outputs?.find((each) => each.cid === cid)
      return output && { value: await output.load() }
    })
    return typeof computed === 'string' ? undefined : computed
  }

  async #compare(op: OpDefinition, call: StoredCall, outcome: Outcome): Promise<readonly Finding[] | SkipReason> {
    const of = { op: op.name, version: call.version, call: call.hid }
    const { outputs, mutated } = outcome
    const findings: Finding[] = mutated.length > 0 ? [{ ...of, kind: 'mutated', inputs: mutated }] : []
    const place = outputs?.findIndex(({ cid }, i) => cid !== call.outputs[i]?.cid) ?? -1
    if (outputs?.length === call.outputs.length && place < 0) return findings
    if (this.#hasUnknownInput(op, call)) return 'ignored input'
    const output = outputs?.[place]
    const slot = call.outputs[place]
    if (output && slot) return [...findings, { ...of, ...(await this.#describe(op, call, { outcome, output, slot })) }]
    return [...findings, { ...of, kind: 'threw', error: outputs ? `it has ${outputs.length} outputs, and had ${call.outputs.length}` : textOf(outcome.error) }]
  }

  async #describe(op: OpDefinition, call: StoredCall, { outcome, output, slot }: { outcome: Outcome; output: Output; slot: StoredSlot }): Promise<Differing> {
    const { outputs, hidden } = outcome
    const [stored, value] = [await readStored(this.#memo.store, slot), await output.load()]
    const whole = { path: '', before: stored ? show(stored.value) : 'a value that is not stored', after: show(value) }
    const { path, before, after } = (stored && findDifference(stored.value, value, stored.digits)) ?? whole
    const isRepeated = await this.#execute(op, call, async (again) => again.outputs?.every(({ cid }, i) => cid === outputs?.[i]?.cid) ?? false)
    const likely = isRepeated === true ? 'hidden input or other code' : 'not deterministic'
    return { kind: 'differs', output: slot.name, path, stored: before, now: after, likely, hidden }
  }

  /** An input that was left out, or given with `ignore(…)`: nobody can tell which any more. */
  #hasUnknownInput(op: OpDefinition, call: StoredCall): boolean {
    const { names } = this.#memo
    const { inputName = (name) => name } = this.#memo.identityOf(op)
    const given = new Set(call.inputs.map(({ name }) => names.storedInput(names.storedOp(call.op), name)))
    return op.parameters.parameters.some(({ name, default: fallback }) => fallback.kind === 'none' && !given.has(inputName(name)))
  }

  #countsOf({ op, version }: { readonly op: string; readonly version: number }): OpCounts {
    const key = `${version} ${op}`
    let counts = this.#counts.get(key)
    if (!counts) this.#counts.set(key, (counts = new OpCounts(op, version)))
    return counts
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : show(error))
