import type { HistoryId } from '../base/ids.ts'
import { deriveHistoryId, deriveOutputId } from '../model/derive-ids.ts'
import type { Ref, RefKind } from '../model/ref.ts'
import { STRUCTURE_OPS, type CollectionKind } from '../model/structure.ts'
import { roleOf, rolesOf } from '../model/uses.ts'
import { invalid } from '../model/variable.ts'
import type { CallReader, LinkedCall, StoredSlot } from '../store/store.ts'

/** A variable of a history: a ref, or a value that was given, once for each place where it is used. */
export interface HistoryVariable {
  readonly kind: RefKind
}

export interface HistoryEdge {
  readonly label: string
  readonly variable: number
}

/** A call, or the tie of an element to its collection: one that was put together (`made`), or that an op returned (`taken` apart). */
export type HistoryFact =
  | {
    readonly kind: 'call'; readonly op: string; readonly version: number; readonly form: 'single' | 'several'; readonly isTuple: boolean
    readonly inputs: readonly HistoryEdge[]; readonly outputs: readonly HistoryEdge[]
  }
  | ElementFact & { readonly kind: 'made' }
  | ElementFact & { readonly kind: 'taken' }

interface ElementFact {
  readonly of: CollectionKind
  readonly collection: number
  readonly element: number
  readonly key: number
}

export interface History {
  readonly variables: readonly HistoryVariable[]
  readonly facts: readonly HistoryFact[]
  /** The selected variables by their names. */
  readonly selected: ReadonlyMap<string, number>
}

/** All that refs came from. */
export async function readHistory(selection: ReadonlyMap<string, Ref<unknown>>, reader: CallReader): Promise<History> {
  const draft = new HistoryDraft(selection)
  const seen = new Set<HistoryId>()
  let open = [...selection.values()].filter(({ isHistoryless }) => !isHistoryless).map(({ hid }) => hid)
  while (open.length > 0) {
    const hids = [...new Set(open)].filter((hid) => !seen.has(hid))
    for (const hid of hids) seen.add(hid)
    const calls = await reader.readCreators(hids)
    const creators = new Map(calls.flatMap((call) => call.outputs.map(({ hid }) => [hid, call] as const)))
    // In the order of asking: that of the store depends on how calls were timed.
    const met = new Set(hids.flatMap((hid) => creators.get(hid) ?? []))
    for (const call of met) draft.add(call)
    open = [...met].flatMap(({ inputs, outputs }) => [...outputs, ...inputs]).filter((slot) => !isGiven(slot)).map(({ hid }) => hid)
  }
  return draft.finish()
}

function isGiven({ hid, cid }: Omit<StoredSlot, 'name'>): boolean {
  return deriveHistoryId(cid) === hid
}

/** A place where a given value is used. */
interface Use {
  readonly variable: number
  readonly label: string
  readonly role: string
}

class HistoryDraft {
  readonly #selection: ReadonlyMap<string, Ref<unknown>>
  readonly #variables: HistoryVariable[] = []
  readonly #byRef = new Map<HistoryId, number>()
  readonly #uses = new Map<HistoryId, Use[]>()
  readonly #calls = new Set<string>()
  readonly #facts: HistoryFact[] = []

  constructor(selection: ReadonlyMap<string, Ref<unknown>>) {
    this.#selection = selection
  }

  add(call: LinkedCall): void {
    if (this.#calls.has(call.hid)) return
    this.#calls.add(call.hid)
    const { op, version, inputs, outputs, isTuple } = call
    const [first] = outputs as [StoredSlot]
    for (const [kind, ops] of Object.entries(STRUCTURE_OPS) as [CollectionKind, (typeof STRUCTURE_OPS)[CollectionKind]][]) {
      if (op === ops.make) return this.#addMade(kind, inputs, first)
      if (op === ops.get) return this.#addTaken(kind, inputs, first)
    }
    const edges = (slots: readonly StoredSlot[]): HistoryEdge[] => slots.map((slot) => ({ label: slot.name, variable: this.#variableOf(slot, op) }))
    const form = first.hid === deriveOutputId(call.hid, 'output') && outputs.length === 1 ? 'single' : 'several'
    this.#facts.push({ kind: 'call', op, version, form, isTuple, inputs: edges(inputs), outputs: edges(outputs) })
  }

  #addMade(of: CollectionKind, inputs: readonly StoredSlot[], output: StoredSlot): void {
    const collection = this.#variableOf(output)
    for (const input of inputs) this.#facts.push({ kind: 'made', of, collection, element: this.#variableOf(input), key: this.#variables.push({ kind: 'value' }) - 1 })
  }

  #addTaken(of: CollectionKind, inputs: readonly StoredSlot[], output: StoredSlot): void {
    const find = (label: string): number => this.#variableOf(inputs.find(({ name }) => name === label) as StoredSlot)
    const names = STRUCTURE_OPS[of]
    this.#facts.push({ kind: 'taken', of, collection: find(names.collection), element: this.#variableOf(output), key: find(names.key) })
  }

  /** Equal values that were given don't make variables merge: what has no history says nothing about its role. */
  #variableOf(slot: StoredSlot, op = ''): number {
    const known = this.#byRef.get(slot.hid)
    if (known !== undefined) return known
    const variable = this.#variables.push({ kind: slot.kind }) - 1
    if (!isGiven(slot)) this.#byRef.set(slot.hid, variable)
    else this.#uses.set(slot.hid, [...(this.#uses.get(slot.hid) ?? []), { variable, label: slot.name, role: roleOf(op, slot.name) }])
    return variable
  }

  finish(): History {
    const selected = new Map<string, number>()
    const same = new Map<number, number>()
    for (const [name, { hid, isHistoryless }] of this.#selection) {
      if (!isHistoryless) selected.set(name, this.#byRef.get(hid) ?? this.#unknown(name))
    }
    const given = [...this.#selection].filter(([, { isHistoryless }]) => isHistoryless)
    for (const [hid, group] of Map.groupBy(given, ([, ref]) => ref.hid)) {
      for (const [name, uses] of this.#shareUses(hid, group)) {
        const [first, ...others] = uses as [Use, ...Use[]]
        selected.set(name, first.variable)
        for (const { variable } of others) same.set(variable, first.variable)
      }
    }
    const of = (variable: number): number => same.get(variable) ?? variable
    const inOrder = new Map(Array.from(this.#selection.keys(), (name) => [name, selected.get(name) as number]))
    return { variables: this.#variables, facts: this.#facts.map((fact) => replaceVariables(fact, of)), selected: inOrder }
  }

  /**
   * A wrapped value is the inputs that this very object was passed as in this process. Of another one, that can't be known: under the name
   * of an input it is that input, and under any other name every use of the value that is left.
   */
  #shareUses(hid: HistoryId, group: readonly (readonly [name: string, ref: Ref<unknown>])[]): readonly (readonly [string, readonly Use[]])[] {
    const uses = this.#uses.get(hid) ?? []
    const found = new Map<string, readonly Use[]>()
    const find = (names: readonly string[], isOf: (use: Use, name: string) => boolean): void => {
      const left = uses.filter((use) => ![...found.values()].some((taken) => taken.includes(use)))
      for (const name of names) if (left.some((use) => isOf(use, name))) found.set(name, left.filter((use) => isOf(use, name)))
    }
    const names = group.map(([name]) => name)
    const roles = new Map(group.map(([name, ref]) => [name, rolesOf(ref)]))
    find(names, ({ role }, name) => roles.get(name)?.has(role) ?? false)
    find(names.filter((name) => !found.has(name)), ({ label }, name) => label === name)
    const others = names.filter((name) => !found.has(name))
    if (others.length > 1) {
      const hint = 'name each after the input that it is, or select one'
      throw invalid('storage.similar', `${others.map((name) => `"${name}"`).join(' and ')} are the same value without a history`, hint)
    }
    find(others, () => true)
    return names.map((name) => [name, found.get(name) ?? this.#unused(name)])
  }

  #unknown(name: string): never {
    throw invalid('storage.similar', `"${name}" was made by no call that is stored`, 'select the result of an op; what was dropped has no history')
  }

  #unused(name: string): never {
    throw invalid('storage.similar', `"${name}" has no history, and the others weren't computed from it`, 'select something that was computed, too')
  }
}

/** The same fact over other variables. */
export function replaceVariables(fact: HistoryFact, of: (variable: number) => number): HistoryFact {
  if (fact.kind !== 'call') return { ...fact, collection: of(fact.collection), element: of(fact.element), key: of(fact.key) }
  const replace = (edges: readonly HistoryEdge[]): HistoryEdge[] => edges.map(({ label, variable }) => ({ label, variable: of(variable) }))
  return { ...fact, inputs: replace(fact.inputs), outputs: replace(fact.outputs) }
}
