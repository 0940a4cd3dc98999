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
  /** By id, each with its place in their order. */
  readonly #statements: ReadonlyMap<string, readonly [place: number, piece: Piece<S>]>
  readonly #namedBy: Graph = new Map()
  /** What makes calls, or leads to what does. */
  readonly #calling: ReadonlySet<string>

  constructor(pieces: readonly Piece<S>[]) {
    this.#statements = new Map(pieces.filter(({ statement }) => statement !== undefined).map((piece, place) => [piece.id, [place, piece]]))
    for (const { id, names } of pieces) for (const name of names) link(this.#namedBy, name, id)
    this.#calling = reach(this.#namedBy, pieces.filter(({ isCalling }) => isCalling).map(({ id }) => id))
    const outside = (ids: readonly string[]): string[] => ids.filter((id) => !this.#calling.has(id))
    const byId = new Map(pieces.map((piece) => [piece.id, piece]))
    const loading = findLoadingCode(outside([...this.#statements.keys()]), {
      namesOf: (id) => outside(byId.get(id)?.names ?? []), membersOf: (id) => byId.get(id)?.members ?? [], partsOf: (id) => outside(byId.get(id)?.parts ?? []),
    })
    // Who names a class may make an instance, and run its methods.
    for (const { id, parts } of pieces) for (const part of parts) if (loading.has(part)) link(this.#namedBy, part, id)
  }

  /** The statements that name a component, and those that name what names it, at any distance, but for what does so in calls, or to make them. */
  statementsReaching(id: string): S[] {
    const found = [...reach(this.#namedBy, [id], this.#calling)].map((each) => this.#statements.get(each)).filter((each) => each !== undefined)
    // A block that makes calls reports itself when it runs.
    const counting = found.filter(([, piece]) => !piece.isRunning || !this.#calling.has(piece.id))
    return counting.sort(([a], [b]) => a - b).map(([, { statement }]) => statement as S)
  }
}

function link(graph: Graph, from: string, to: string): void {
  graph.set(from, (graph.get(from) ?? new Set()).add(to))
}

/** What a graph leads to, but not by way of some. */
function reach(graph: Graph, from: readonly string[], closed?: ReadonlySet<string>): Set<string> {
  const start = new Set(from)
  const reached = new Set(start)
  for (const each of reached) if (start.has(each) || !closed?.has(each)) for (const next of graph.get(each) ?? []) reached.add(next)
  return reached
}
