import { aRecord, describe, expectInput } from '../base/expect.ts'
import { invalid, statementsOf, Variable, variablesOf, type StatedEdge, type Statement } from '../model/variable.ts'
import { nameAtom, type Pattern, type PatternAtom, type PatternEdge } from './pattern.ts'

/** Refuses what names no columns. */
export function expectSelection(selection: unknown, place: string): void {
  const hint = `name the columns: ${place}({ n, acc })`
  expectInput(place, selection, aRecord(hint), 'QUERY_INVALID')
  if (Object.keys(selection as object).length === 0) throw invalid(place, 'nothing is selected', hint)
}

/** All that is said, directly or over others, of the selected variables. */
export function collectPattern(selection: Readonly<Record<string, unknown>>, place: string): Pattern {
  expectSelection(selection, place)
  const names = Object.keys(selection)
  for (const [name, given] of Object.entries(selection)) {
    if (given instanceof Variable) continue
    throw invalid(place, `"${name}" is ${describe(given)}, and no Q`, 'select what Q() or op.match(…) gave; storage.similar({ … }) takes Refs')
  }
  const statements = reach(Object.values(selection) as Variable<any>[])
  const numbers = numberVariables(selection as Readonly<Record<string, Variable<any>>>, statements)
  const pattern = translate(statements, numbers)
  return { ...pattern, columns: names.map((name) => ({ name, variable: numbers.of(selection[name] as Variable<any>) })) }
}

function reach(start: readonly Variable<any>[]): readonly Statement[] {
  const found = new Set<Statement>()
  const seen = new Set(start)
  for (const variable of seen) {
    for (const statement of statementsOf(variable)) {
      if (found.has(statement)) continue
      found.add(statement)
      for (const other of variablesOf(statement)) seen.add(other)
    }
  }
  return [...found]
}

interface Numbers {
  of(variable: Variable<any>): number
  /** The number of the variable's content. */
  contentOf(variable: Variable<any>): number
  readonly contents: ReadonlyMap<number, number>
  readonly count: number
}

/** Variables that must be the same share a number. */
function numberVariables(selection: Readonly<Record<string, Variable<any>>>, statements: readonly Statement[]): Numbers {
  const same = new Joined<Variable<any>>()
  const equal = new Joined<number>()
  for (const statement of statements) if (statement.kind === 'same') same.join(statement.a, statement.b)
  const numbers = new Map<Variable<any>, number>()
  let count = 0
  const of = (variable: Variable<any>): number => {
    const kept = same.find(variable)
    let number = numbers.get(kept)
    if (number === undefined) numbers.set(kept, (number = count++))
    return number
  }
  for (const variable of [...Object.values(selection), ...statements.flatMap(variablesOf)]) of(variable)
  for (const statement of statements) if (statement.kind === 'equal') equal.join(of(statement.a), of(statement.b))
  const contents = new Map<number, number>()
  const byKept = new Map<number, number>()
  const contentOf = (variable: Variable<any>): number => {
    const number = of(variable)
    const kept = equal.find(number)
    let content = byKept.get(kept)
    if (content === undefined) byKept.set(kept, (content = count++))
    contents.set(number, content)
    return content
  }
  return { of, contentOf, contents, get count() { return count } }
}

/** Sets that grow together. */
class Joined<T> {
  readonly #parents = new Map<T, T>()

  find(item: T): T {
    let root = item
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root)) root = parent
    return root
  }

  join(a: T, b: T): void {
    const [first, second] = [this.find(a), this.find(b)]
    if (first !== second) this.#parents.set(second, first)
  }
}

function translate(statements: readonly Statement[], numbers: Numbers): Omit<Pattern, 'columns'> {
  const atoms: PatternAtom[] = []
  const pins: Pattern['pins'][number][] = []
  const excluded: Pattern['excluded'][number][] = []
  const unequal: Pattern['unequal'][number][] = []
  const predicates: Pattern['predicates'][number][] = []
  const edges = (stated: readonly StatedEdge[]): PatternEdge[] => (
    stated.map(({ label, variable, fallback }) => ({ label, variable: numbers.of(variable), fallback })))
  for (const each of statements) {
    switch (each.kind) {
      case 'call': atoms.push({ kind: 'call', op: each.op, version: each.version, inputs: edges(each.inputs), outputs: edges(each.outputs) }); break
      case 'element': {
        const { kinds, collection, element, key } = each
        atoms.push({ kind: 'element', kinds, collection: numbers.of(collection), element: numbers.of(element), key: key && numbers.of(key) })
        break
      }
      case 'one-of': pins.push({ variable: numbers.of(each.variable), oneOf: each.pins }); break
      case 'none-of': excluded.push({ variable: numbers.of(each.variable), noneOf: each.pins }); break
      case 'where': predicates.push({ variable: numbers.of(each.variable), predicate: each.predicate }); break
      case 'not-same': unequal.push([numbers.of(each.a), numbers.of(each.b)]); break
      case 'not-equal': unequal.push([numbers.contentOf(each.a), numbers.contentOf(each.b)]); break
      case 'equal': numbers.contentOf(each.a); numbers.contentOf(each.b); break
      case 'same': break
    }
  }
  for (const [ref, content] of numbers.contents) atoms.push({ kind: 'content', ref, content })
  return { variableCount: numbers.count, atoms, pins, excluded, unequal, predicates }
}

/** The parts of a pattern that hold together: numbers of atoms, each part with the columns that it has. */
export function findParts(pattern: Pattern): readonly { readonly atoms: readonly number[]; readonly columns: readonly string[] }[] {
  const joined = new Joined<number>()
  for (const atom of pattern.atoms) {
    const [first, ...others] = variablesIn(atom)
    for (const other of others) joined.join(first as number, other)
  }
  const atomsOf = Map.groupBy(pattern.atoms.map((_, i) => i), (i) => joined.find(variablesIn(pattern.atoms[i] as PatternAtom)[0] as number))
  return Array.from(atomsOf, ([root, atoms]) => ({
    atoms, columns: pattern.columns.filter(({ variable }) => joined.find(variable) === root).map(({ name }) => name),
  }))
}

function variablesIn(atom: PatternAtom): readonly number[] {
  switch (atom.kind) {
    case 'call': return [...atom.outputs, ...atom.inputs].map(({ variable }) => variable)
    case 'element': return [atom.collection, atom.element, ...(atom.key === undefined ? [] : [atom.key])]
    case 'content': return [atom.ref, atom.content]
  }
}

/** Refuses what can't be meant: variables of which nothing is said, and parts that have nothing to do with each other. */
export function expectWhole(pattern: Pattern, { place, allowProduct }: { readonly place: string; readonly allowProduct: boolean }): void {
  const said = new Set(pattern.atoms.flatMap((atom) => (atom.kind === 'content' ? [] : variablesIn(atom))))
  const lone = pattern.columns.find(({ variable }) => !said.has(variable))
  if (lone) {
    throw invalid(place, `nothing is said of "${lone.name}", so it would be anything that is stored`, 'use it in an op.match({ … }), or take it out of the selection')
  }
  const content = new Map(pattern.atoms.flatMap((atom) => (atom.kind === 'content' ? [[atom.content, atom.ref]] : [])))
  const told = [...pattern.pins, ...pattern.excluded, ...pattern.predicates].map(({ variable }) => variable)
  const compared = [...told, ...content.values(), ...pattern.unequal.flat().filter((variable) => !content.has(variable))]
  if (compared.some((variable) => !said.has(variable))) {
    throw invalid(place, 'a Q that others are compared with is in no op.match({ … }), so it could be anything', 'use it there, or compare with a Ref or a value')
  }
  const parts = findParts(pattern)
  if (parts.length < 2 || allowProduct) return
  const described = parts.map(({ atoms, columns }) => {
    const ops = [...new Set(atoms.map((i) => nameAtom(pattern.atoms[i] as PatternAtom)))]
    return `${ops.slice(0, 4).join(', ')}${ops.length > 4 ? ', …' : ''} (${columns.join(', ') || 'no column'})`
  })
  throw invalid(place, `the pattern has ${parts.length} parts that share no variable: ${described.join('; ')}`,
    'every answer of one would be combined with every answer of the others: link them by a variable, or say { allowProduct: true }')
}
