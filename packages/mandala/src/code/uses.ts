import { Closures } from '../graph/closures.ts'
import { NumberSet } from '../graph/number-set.ts'
import { Numbering } from '../graph/numbering.ts'
import { findLoadingCode } from './loading-code.ts'

/** A component, or a statement of the module level, and what it leads to, by ids. */
export interface Piece<S> {
  readonly id: string
  /** The components that it names. */
  readonly names: readonly string[]
  /** The properties that it mentions. */
  readonly members: readonly string[]
  /** What belongs to it, as methods to a class. */
  readonly parts: readonly string[]
  /** Whether it makes calls: it names this library, or is an op. */
  readonly isCalling: boolean
  readonly statement?: S
  /** Whether it is a statement with the functions in it. */
  readonly isRunning?: boolean
}

type Graph = Map<string, Set<string>>

/** Who names whom. */
export class Uses<S> {
  /** In their order, by number. */
  readonly #statements: readonly S[]
  /** The statements come first. */
  readonly #ids = new Numbering()
  readonly #namedBy: Graph = new Map()
  /** What makes calls, or leads to what does. */
  readonly #calling: ReadonlySet<string>
  /** Who leads to whom, but not by way of what does so in calls, or to make them. */
  readonly #reaching = new Closures((number) => this.#outerNamersOf(this.#ids.texts[number] as string))

  constructor(pieces: readonly Piece<S>[]) {
    for (const { id, names } of pieces) for (const name of names) link(this.#namedBy, name, id)
    this.#calling = reach(this.#namedBy, pieces.filter(({ isCalling }) => isCalling).map(({ id }) => id))
    // A block that makes calls reports itself when it runs.
    const counting = pieces.filter(({ id, statement, isRunning }) => statement !== undefined && !(isRunning && this.#calling.has(id)))
    for (const { id } of counting) this.#ids.of(id)
    this.#statements = counting.map(({ statement }) => statement as S)
    const outside = (ids: readonly string[]): string[] => ids.filter((id) => !this.#calling.has(id))
    const byId = new Map(pieces.map((piece) => [piece.id, piece]))
    const loading = findLoadingCode(outside(this.#ids.texts), {
      namesOf: (id) => outside(byId.get(id)?.names ?? []), membersOf: (id) => byId.get(id)?.members ?? [], partsOf: (id) => outside(byId.get(id)?.parts ?? []),
    })
    // Who names a class may make an instance, and run its methods.
    for (const { id, parts } of pieces) for (const part of parts) if (loading.has(part)) link(this.#namedBy, part, id)
  }

  /** The statements that name a component, and those that name what names it, at any distance, but for what does so in calls, or to make them. */
  statementsReaching(id: string): S[] {
    const found = new NumberSet()
    for (const namer of this.#namersOf(id)) found.addAll(this.#reaching.of(namer))
    return found.list(this.#statements.length).map((number) => this.#statements[number] as S)
  }

  #namersOf(id: string): number[] {
    return Array.from(this.#namedBy.get(id) ?? [], (namer) => this.#ids.of(namer))
  }

  #outerNamersOf(id: string): number[] {
    return this.#calling.has(id) ? [] : this.#namersOf(id)
  }
}

function link(graph: Graph, from: string, to: string): void {
  graph.set(from, (graph.get(from) ?? new Set()).add(to))
}

function reach(graph: Graph, from: readonly string[]): Set<string> {
  const reached = new Set(from)
  for (const each of reached) for (const next of graph.get(each) ?? []) reached.add(next)
  return reached
}
