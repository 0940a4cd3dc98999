import { remember } from '../base/remember.ts'
import { Closures } from '../graph/closures.ts'
import { NumberSet } from '../graph/number-set.ts'
import { Numbering } from '../graph/numbering.ts'
import { UNNAMED } from './canonical-source.ts'
import { findLoadingCode, memberOf } from './loading-code.ts'

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
  /** What it gives something to, or calls a method of. */
  readonly changes: readonly string[]
  /** What it does nothing with but to put something into it. */
  readonly filled?: string | undefined
  readonly statement?: S
  /** Whether it is a statement with the functions in it. */
  readonly isRunning?: boolean
  /** The statements of the functions in it. */
  readonly inner?: readonly InnerPiece<S>[]
}

/** A statement of a function, with what that stands in. */
export interface InnerPiece<S> extends Pick<Piece<S>, 'id' | 'names' | 'members' | 'filled'> {
  /** The same of the statement alone. */
  readonly own: Pick<Piece<S>, 'names' | 'isCalling'>
  readonly statement: S
  /** Of what it names, what it may change though it makes calls. */
  readonly changes: readonly string[]
  readonly locals: readonly (number | 'given')[]
  readonly start: number
  /** The innermost function that it stands in. */
  readonly within: number
  /** If it may leave that, where those begin that don't run then. */
  readonly skipsFrom: number | undefined
  readonly inner: readonly InnerPiece<S>[]
}

/** A statement of a function that makes calls. */
interface Leaf<S> extends InnerPiece<S> {
  readonly owner: string
  /** What belongs to what it names. */
  readonly parts: readonly string[]
  /** It counts only for what it changes, for its locals, and for what it calls others with. */
  readonly isCalling: boolean
}

/** What is done with a component before any call. */
export interface LoadingUse {
  /** By piece of code that names it, the properties that this mentions. */
  readonly mentioned: readonly ReadonlySet<string>[]
  readonly isChanged: boolean
  /** Whether something is made from it, and it is then changed. */
  readonly isChangedAfterUse: boolean
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
  /** By name of a method that makes calls, its class or object, and what names that, at any distance. */
  readonly #holders = new Map<string, Set<string>>()
  /** By component, its parts that make no calls. */
  readonly #parts: ReadonlyMap<string, readonly string[]>
  readonly #byId: ReadonlyMap<string, Pick<Piece<S>, 'names' | 'members' | 'parts' | 'changes' | 'filled'>>
  /** What may run before any call, or beside them. */
  readonly #loading: ReadonlySet<string>
  /** By piece, what it mentions; what it calls may call what it is given. */
  readonly #members = remember((id: string): ReadonlySet<string> => {
    const { names = [], members = [] } = this.#byId.get(id) ?? {}
    const mentioned = new Set(members)
    const parts = names.flatMap((name) => this.#parts.get(name) ?? []).filter((part) => mentioned.has(memberOf(part)))
    if ([...names, ...parts].some(this.#isTaking)) mentioned.add(UNNAMED)
    return mentioned
  })
  readonly #isTaking = remember((id: string): boolean => this.#byId.get(id)?.members.includes(UNNAMED) ?? false)
  /** By piece, what it changes, itself or by what it calls. */
  readonly #changes = remember((id: string): ReadonlySet<string> => {
    const called = [id, ...this.#byId.get(id)?.names ?? []]
    return new Set(called.flatMap((each) => this.#byId.get(each)?.changes ?? []))
  })
  /** Who leads to whom, but not by way of what does so in calls, or to make them. */
  readonly #reaching = new Closures((number) => this.#outerNamersOf(this.#ids.texts[number] as string))

  constructor(pieces: readonly Piece<S>[]) {
    for (const { id, names } of pieces) for (const name of names) link(this.#namedBy, name, id)
    this.#calling = this.#findCalling(pieces)
    this.#parts = new Map(pieces.map(({ id, parts }) => [id, parts.filter((part) => !this.#calling.has(part))]))
    const leaves = pieces.flatMap(({ id, inner = [] }) => (this.#calling.has(id) ? this.#leavesOf(inner, id) : []))
    // Of what makes calls the statements in it count.
    const counting = [...pieces.filter(({ id, isRunning }) => !isRunning || !this.#calling.has(id)), ...leaves].filter(({ statement }) => statement !== undefined)
    for (const { id } of counting) this.#ids.of(id)
    this.#statements = counting.map(({ statement }) => statement as S)
    for (const { id, names, changes, isCalling } of leaves) for (const name of isCalling ? changes : names) link(this.#namedBy, name, id)
    const changing = leaves.filter(({ isCalling }) => !isCalling)
    this.#byId = new Map([...pieces, ...changing].map((piece) => [piece.id, piece]))
    this.#loading = this.#findLoading(pieces, changing)
    // Who names a class may make an instance, and run its methods.
    for (const { id, parts } of [...pieces, ...changing]) for (const part of parts) if (this.#loading.has(part)) link(this.#namedBy, part, id)
    this.#linkLocals(leaves, pieces)
    this.#linkJumps(leaves)
  }

  /** By names, and by mentioning a method of an instance that may be the one that makes calls. */
  #findCalling(pieces: readonly Piece<S>[]): Set<string> {
    const methods = pieces.flatMap(({ id, parts }) => parts.map((part) => [id, part] as const))
    const known = new Set<string>()
    let found = reach(this.#namedBy, pieces.filter(({ isCalling }) => isCalling).map(({ id }) => id))
    let before: number
    do {
      before = found.size
      for (const [holder, part] of methods) {
        if (!found.has(part) || known.has(part)) continue
        known.add(part)
        const holders = this.#holders.get(memberOf(part)) ?? new Set()
        this.#holders.set(memberOf(part), holders)
        for (const each of reach(this.#namedBy, [holder])) holders.add(each)
      }
      found = reach(this.#namedBy, [...found, ...pieces.filter((piece) => this.#callsMethod(piece)).map(({ id }) => id)])
    } while (found.size > before)
    return found
  }

  #callsMethod({ names, members }: Pick<Piece<S>, 'names' | 'members'>): boolean {
    return members.some((member) => names.some((name) => this.#holders.get(member)?.has(name)))
  }

  #findLoading(pieces: readonly Piece<S>[], leaves: readonly Leaf<S>[]): Set<string> {
    const outside = (ids: readonly string[] = []): string[] => ids.filter((id) => !this.#calling.has(id))
    const roots = pieces.filter(({ id, statement }) => statement !== undefined && !this.#calling.has(id))
    return findLoadingCode([...roots, ...leaves].map(({ id }) => id), {
      namesOf: (id) => outside(this.#byId.get(id)?.names), membersOf: (id) => this.#byId.get(id)?.members ?? [],
      partsOf: (id) => outside(this.#byId.get(id)?.parts),
    })
  }

  /** Those that make no calls, and those that do with no others in them. */
  #leavesOf(list: readonly InnerPiece<S>[], owner: string): Leaf<S>[] {
    return list.flatMap((piece) => {
      const isCalling = piece.own.isCalling || this.#callsMethod(piece) || piece.own.names.some((name) => this.#isCallingIn(piece, name))
      if (isCalling && piece.inner.length > 0) return this.#leavesOf(piece.inner, owner)
      return [{ ...piece, parts: piece.names.flatMap((name) => this.#parts.get(name) ?? []), owner, isCalling }]
    })
  }

  /** Of an object that makes calls, not all methods need to. */
  #isCallingIn({ members }: InnerPiece<S>, name: string): boolean {
    return this.#calling.has(name) && !this.#parts.get(name)?.some((part) => members.includes(memberOf(part)))
  }

  /** What mentions a local leads to whatever else does, and what a function is called with to those who call it. */
  #linkLocals(leaves: readonly Leaf<S>[], pieces: readonly Piece<S>[]): void {
    const called = new Set<string>()
    for (const { id, owner, locals } of leaves) {
      const given = [`named ${owner}`, `named ${holderOf(owner)}`, `mentioned ${memberOf(owner)}`]
      for (const local of locals) {
        if (local !== 'given') this.#linkBoth(id, `${owner} ${local}`)
        else for (const each of given) this.#linkBoth(id, each)
      }
      for (const each of locals.includes('given') ? given : []) called.add(each)
    }
    const callers = [...leaves, ...pieces.filter(({ statement, isRunning }) => statement !== undefined && !isRunning)]
    for (const { id, names, members } of callers) {
      const calling = [...names.map((name) => `named ${name}`), ...members.map((member) => `mentioned ${member}`)]
      for (const each of calling) if (called.has(each)) this.#linkBoth(id, each)
    }
  }

  #linkBoth(one: string, other: string): void {
    link(this.#namedBy, one, other)
    link(this.#namedBy, other, one)
  }

  /** Each leads to the jumps by which it may not run: to the last of them, and that to the one before. */
  #linkJumps(leaves: readonly Leaf<S>[]): void {
    for (const [where, together] of Map.groupBy(leaves, ({ owner, within }) => `${owner} jumps ${within}`)) {
      const jumps = together.filter(({ skipsFrom }) => skipsFrom !== undefined).sort((a, b) => skipsFromOf(a) - skipsFromOf(b))
      for (const [i, { id }] of jumps.entries()) {
        link(this.#namedBy, `${where} ${i}`, id)
        if (i > 0) link(this.#namedBy, `${where} ${i}`, `${where} ${i - 1}`)
      }
      let next = 0
      for (const { id, start } of together.toSorted((a, b) => a.start - b.start)) {
        while (next < jumps.length && skipsFromOf(jumps[next] as Leaf<S>) <= start) next += 1
        if (next > 0) link(this.#namedBy, id, `${where} ${next - 1}`)
      }
    }
  }

  /** The statements that name a component, and those that name what names it, at any distance, but for what does so in calls, or to make them. */
  statementsReaching(id: string): S[] {
    const found = new NumberSet()
    for (const namer of this.#namersOf(id)) found.addAll(this.#reaching.of(namer))
    return found.list(this.#statements.length).map((number) => this.#statements[number] as S)
  }

  /** What code that may run before any call does with a component. */
  atLoad(id: string): LoadingUse {
    const namers = Array.from(this.#namedBy.get(id) ?? []).filter((namer) => this.#loading.has(namer))
    const isChanged = namers.some((namer) => this.#byId.get(namer)?.changes.includes(id))
    return { mentioned: namers.map(this.#members), isChanged, isChangedAfterUse: this.#isChangedAfterUse(id, namers) }
  }

  /** Statements have an order; where functions use and change it, either may be first. */
  #isChangedAfterUse(id: string, namers: readonly string[]): boolean {
    const isUsing = (namer: string): boolean => {
      const { names, filled } = this.#byId.get(namer) ?? { names: [] }
      return filled !== id && names.some((name) => name !== id)
    }
    const isChanging = (namer: string): boolean => this.#changes(namer).has(id)
    const numbered = namers.map((namer) => [this.#ids.of(namer), namer] as const).sort(([a], [b]) => a - b)
    const ordered = numbered.filter(([number]) => number < this.#statements.length).map(([, namer]) => namer)
    const first = ordered.findIndex(isUsing)
    const isLaterChanged = first >= 0 && ordered.slice(first).some(isChanging)
    const functions = numbered.slice(ordered.length).map(([, namer]) => namer)
    return isLaterChanged || functions.some(isUsing) && functions.some(isChanging)
  }

  #namersOf(id: string): number[] {
    return Array.from(this.#namedBy.get(id) ?? [], (namer) => this.#ids.of(namer))
  }

  #outerNamersOf(id: string): number[] {
    return this.#calling.has(id) ? [] : this.#namersOf(id)
  }
}

/** `file.ts#App.start` is a method of `file.ts#App`. */
function holderOf(part: string): string {
  return part.slice(0, part.lastIndexOf('.'))
}

function skipsFromOf({ skipsFrom }: { readonly skipsFrom: number | undefined }): number {
  return skipsFrom ?? Infinity
}

function link(graph: Graph, from: string, to: string): void {
  graph.set(from, (graph.get(from) ?? new Set()).add(to))
}

function reach(graph: Graph, from: readonly string[]): Set<string> {
  const reached = new Set(from)
  for (const each of reached) for (const next of graph.get(each) ?? []) reached.add(next)
  return reached
}
