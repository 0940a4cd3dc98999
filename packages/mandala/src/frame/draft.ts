import { remember } from '../base/remember.ts'
import { isStructureOp } from '../model/structure.ts'
import type { FrameData, Side } from './frame-data.ts'
import { refsOf } from './frame-data.ts'
import { freeName } from '../web/free-name.ts'
import { nameVariable } from './names.ts'
import type { Signature, Web } from '../web/web.ts'

/** A variable that is being filled; its name comes last, when it is known what makes and uses it. */
export interface DraftVariable {
  /** Lower for what came earlier. */
  readonly id: number
  name: string | undefined
  readonly refs: Set<number>
  /** The variable that took this one over. */
  unitedWith: DraftVariable | undefined
}

export interface DraftOperation {
  readonly name: string
  readonly op: string
  readonly calls: Set<number>
  readonly inputs: Map<string, DraftVariable[]>
  readonly outputs: Map<string, DraftVariable[]>
}

/** The variable that now has what this one had. */
export function resolve(variable: DraftVariable): DraftVariable {
  let found = variable
  while (found.unitedWith) found = found.unitedWith
  return found
}

/** A frame while a verb adds to it. */
export class Draft {
  readonly web: Web
  readonly operations: DraftOperation[] = []
  /** Refs that came into a variable and were not looked at yet. */
  pending: Map<DraftVariable, number[]> = new Map()
  #variables: DraftVariable[] = []
  /** Refs that wait until a call that comes in has them. */
  readonly #waiting = new Map<DraftVariable, Set<number>>()
  #nextId = 0

  constructor(web: Web) {
    this.web = web
  }

  static of(data: FrameData): Draft {
    const draft = new Draft(data.web)
    const byName = new Map<string, DraftVariable>()
    for (const [name, refs] of data.variables) byName.set(name, draft.#makeVariable(name, new Set(refs)))
    for (const [name, { op, calls, inputs, outputs }] of data.operations) {
      const [into, outOf] = [inputs, outputs].map((edges) => new Map(Array.from(edges, ([label, names]) => [
        label, names.map((variable) => byName.get(variable) as DraftVariable)])))
      draft.operations.push({ name, op, calls: new Set(calls), inputs: into as DraftOperation['inputs'], outputs: outOf as DraftOperation['outputs'] })
    }
    return draft
  }

  get variables(): readonly DraftVariable[] {
    return this.#variables
  }

  addVariable(name?: string): DraftVariable {
    return this.#makeVariable(name, new Set())
  }

  #makeVariable(name: string | undefined, refs: Set<number>): DraftVariable {
    const variable = { id: this.#nextId, name, refs, unitedWith: undefined }
    this.#nextId += 1
    this.#variables.push(variable)
    return variable
  }

  addOperation(op: string): DraftOperation {
    const taken = new Set(this.operations.map(({ name }) => name))
    const operation = { name: freeName(op, taken), op, calls: new Set<number>(), inputs: new Map(), outputs: new Map() }
    this.operations.push(operation)
    return operation
  }

  /** Leaves the refs of a variable alone until calls come in that have them. */
  setAside(variable: DraftVariable): void {
    this.#waiting.set(variable, new Set(variable.refs))
  }

  addRef(variable: DraftVariable, ref: number): void {
    if (variable.refs.has(ref) && !this.#waiting.get(variable)?.delete(ref)) return
    variable.refs.add(ref)
    const pending = this.pending.get(variable)
    if (pending) pending.push(ref)
    else this.pending.set(variable, [ref])
  }

  /** Adds an edge, and with it the refs of all calls of the operation. */
  attach(operation: DraftOperation, side: Side, label: string, variable: DraftVariable): void {
    const attached = operation[side].get(label) ?? []
    if (attached.includes(variable)) return
    operation[side].set(label, [...attached, variable])
    operation.calls.forEach((call) => refsOf(this.web.call(call), label, side).forEach((ref) => this.addRef(variable, ref)))
  }

  /** Adds calls, and their refs to the variables at the edges of their names. */
  addCalls(operation: DraftOperation, numbers: readonly number[]): void {
    const edgesOf = remember((signature: Signature) => (['inputs', 'outputs'] as const).flatMap((side) => signature[side].flatMap((label, place) => (
      (operation[side].get(label) ?? []).map((variable) => ({ side, place, variable }))))))
    numbers.forEach((number) => {
      if (operation.calls.has(number)) return
      operation.calls.add(number)
      const call = this.web.call(number)
      edgesOf(call.signature).forEach(({ side, place, variable }) => this.addRef(variable, call[side][place] as number))
    })
  }

  /** Makes two variables one: the older takes over all that the other has. */
  unite(a: DraftVariable, b: DraftVariable): void {
    if (a === b) return
    const [kept, other] = a.id < b.id ? [a, b] : [b, a]
    other.unitedWith = kept
    for (const operation of this.operations) {
      for (const edges of [operation.inputs, operation.outputs]) {
        for (const [label, attached] of edges) edges.set(label, [...new Set(attached.map((variable) => (variable === other ? kept : variable)))])
      }
    }
    this.#uniteRefs(kept, other)
    this.pending.delete(other)
    this.#variables = this.#variables.filter((variable) => variable !== other)
  }

  #uniteRefs(kept: DraftVariable, other: DraftVariable): void {
    const waiting: ReadonlySet<number> = this.#waiting.get(other) ?? new Set()
    const stillWait = waiting.difference(kept.refs)
    for (const ref of other.refs) if (!waiting.has(ref)) this.addRef(kept, ref)
    for (const ref of stillWait) kept.refs.add(ref)
    if (stillWait.size > 0) this.#waiting.set(kept, stillWait.union(this.#waiting.get(kept) ?? new Set()))
  }

  /** The frame as it now is; variables without a name get one. */
  finish(): FrameData {
    this.#nameVariables()
    const named = (edges: DraftOperation['inputs']): Map<string, string[]> =>
      new Map(Array.from(edges, ([label, attached]) => [label, attached.map(({ name }) => name as string)]))
    return {
      web: this.web,
      variables: new Map(this.#variables.map(({ name, refs }) => [name as string, refs])),
      operations: new Map(this.operations.map(({ name, op, calls, inputs, outputs }) => [name, { op, calls, inputs: named(inputs), outputs: named(outputs) }])),
      shown: undefined,
    }
  }

  /** Elements are called after their collection, so those come last. */
  #nameVariables(): void {
    const taken = new Set(this.#variables.flatMap(({ name }) => name ?? []))
    const unnamed = this.#variables.filter(({ name }) => name === undefined)
    const isPlain = (variable: DraftVariable): boolean =>
      this.operations.some(({ op, inputs, outputs }) => !isStructureOp(op) && [...inputs.values(), ...outputs.values()].some((at) => at.includes(variable)))
    for (const variable of [...unnamed.filter(isPlain), ...unnamed.filter((each) => !isPlain(each))]) {
      variable.name = freeName(nameVariable(variable, this.operations), taken)
      taken.add(variable.name)
    }
  }
}
