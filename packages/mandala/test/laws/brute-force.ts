import type { StoredCall } from '../../src/store/store.ts'
import { deriveKeyId, groupName, STRUCTURE_OPS, type CollectionKind } from '../../src/model/structure.ts'
import type { CallVersion, Label, Pin } from '../../src/model/variable.ts'
import type { Pattern, PatternAtom, PatternEdge } from '../../src/query/pattern.ts'

type Ids = ReadonlyMap<number, string>

/** What an atom says of its variables in one of its facts. */
type Fact = readonly (readonly [variable: number, id: string])[]

/** The answers to a pattern, by trying every fact for every atom: one list of ids for each, as often as it is found. */
export function solveByForce(pattern: Pattern, calls: readonly StoredCall[]): string[] {
  const contents = new Map(calls.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]).map(({ hid, cid }) => [hid as string, cid as string]))
  for (const { inputs } of pattern.atoms.filter((atom) => atom.kind === 'call')) for (const { fallback } of inputs) if (fallback) contents.set(fallback.hid, fallback.cid)
  for (const call of calls) for (const { key } of elementsOf(call)) contents.set(key.hid, key.cid)
  const facts = pattern.atoms.map((atom) => listFacts(atom, calls, contents))
  const answers: string[] = []
  const extend = (place: number, ids: Ids): void => {
    if (place === facts.length) {
      if (fits(pattern, ids, contents)) answers.push(pattern.columns.map(({ variable }) => ids.get(variable)).join(' '))
      return
    }
    for (const fact of facts[place] ?? []) {
      const extended = new Map(ids)
      if (fact.every(([variable, id]) => (extended.has(variable) ? extended.get(variable) === id : extended.set(variable, id)))) extend(place + 1, extended)
    }
  }
  extend(0, new Map())
  return answers.sort()
}

function listFacts(atom: PatternAtom, calls: readonly StoredCall[], contents: ReadonlyMap<string, string>): readonly Fact[] {
  switch (atom.kind) {
    case 'content': return Array.from(contents, ([hid, cid]) => [[atom.ref, hid], [atom.content, cid]])
    case 'element': return calls.flatMap(elementsOf).filter(({ kind }) => atom.kinds.includes(kind)).map(({ collection, element, key }) => (
      [[atom.collection, collection], [atom.element, element], ...(atom.key === undefined ? [] : [[atom.key, key.hid] as const])]))
    case 'call': return calls.filter(({ op, version }) => op === atom.op && isOf(version, atom.version)).flatMap((call) => {
      const sides = [...atom.inputs.map((edge) => choices(edge, call.op, call.inputs)), ...atom.outputs.map((edge) => choices(edge, call.op, call.outputs))]
      return sides.reduce<Fact[]>((found, side) => found.flatMap((fact) => side.map((each) => [...fact, each])), [[]])
    })
  }
}

/** In a store that follows no code every call holds. */
function isOf(version: number, asked: CallVersion): boolean {
  return asked.kind === 'any' || asked.kind !== 'code' && asked.version === version
}

function choices({ label, variable, fallback }: PatternEdge, op: string, slots: StoredCall['inputs']): Fact {
  const found = slots.filter((slot) => isNamed(label, op, slot.name)).map(({ hid }) => [variable, hid] as const)
  return found.length === 0 && fallback ? [[variable, fallback.hid]] : found
}

function isNamed(label: Label, op: string, name: string): boolean {
  switch (label.kind) {
    case 'only': return true
    case 'named': return label.name === name
    case 'member': return name !== label.of && groupName(op, name) === label.of
  }
}

interface Element {
  readonly kind: CollectionKind
  readonly collection: string
  readonly element: string
  readonly key: { readonly hid: string; readonly cid: string }
}

function elementsOf({ op, inputs, outputs }: StoredCall): readonly Element[] {
  for (const [kind, names] of Object.entries(STRUCTURE_OPS) as [CollectionKind, (typeof STRUCTURE_OPS)[CollectionKind]][]) {
    if (op === names.make) {
      return inputs.map(({ name, hid }) => (
        { kind, collection: outputs[0]?.hid as string, element: hid, key: deriveKeyId(kind === 'dict' ? name : Number(name.slice('elt_'.length))) }))
    }
    if (op === names.get) {
      const find = (label: string): StoredCall['inputs'][number] => inputs.find(({ name }) => name === label) as StoredCall['inputs'][number]
      return [{ kind, collection: find(names.collection).hid, element: outputs[0]?.hid as string, key: find(names.key) }]
    }
  }
  return []
}

function fits({ pins, excluded, unequal }: Pattern, ids: Ids, contents: ReadonlyMap<string, string>): boolean {
  const isAmong = (variable: number, choice: readonly Pin[]): boolean => {
    const id = ids.get(variable) as string
    return choice.some((pin) => (pin.kind === 'ref' ? pin.hid === id : pin.cids.some((cid) => cid === contents.get(id))))
  }
  return pins.every(({ variable, oneOf }) => isAmong(variable, oneOf)) && !excluded.some(({ variable, noneOf }) => isAmong(variable, noneOf))
    && unequal.every(([a, b]) => ids.get(a) !== ids.get(b))
}
