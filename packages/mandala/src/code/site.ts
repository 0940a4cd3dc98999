import type { SyntaxNode } from './syntax.ts'

/** A function closes over `this` alone, and what goes with it, or over locals. */
export type ClosesOver = 'this' | 'locals'

/** What a marker reports when it is passed. */
export type SiteRef =
  /** Code of this file ran; what it has of the functions around it, if it is a function in one. */
  | { readonly kind: 'enter'; readonly name: string; readonly closesOver?: ClosesOver }
  /** A value, a class or a function of this file was read, or a trivial function called. */
  | { readonly kind: 'read'; readonly name: string; readonly isCall?: true }
  /** A variable of this file was assigned to. */
  | { readonly kind: 'write'; readonly name: string }
  | { readonly kind: 'import'; readonly source: string; readonly name: string; readonly isCall?: true }
  /** An environment variable, or a global that nobody declares (`globalThis.NAME`), was read. */
  | { readonly kind: 'env'; readonly name: string }
  /** Something was asked for that is no input: the clock, chance, the network. */
  | { readonly kind: 'hidden'; readonly name: string }

/** Text put into a source; never a line break, so that lines stay what they are. */
export interface Insertion {
  readonly at: number
  readonly text: string
  /** The text where it may be passed before the first line of its module runs. */
  readonly early?: string
  /** What closes comes before what opens; inner closes before outer. */
  readonly rank: number
}

/** A place where a marker may stand; it does if there is something to report. */
export class Site {
  readonly refs: number[] = []
  readonly place: Place
  /** It is of a function that is there before the first line of its module runs. */
  readonly isEarly: boolean
  /** It is in a function that is made by another, over and over. */
  readonly isNested: boolean
  /** What is planned later lies inside, or behind. */
  readonly rank: number
  /** Refs that are no reason for a marker by themselves. */
  readonly spare: number
  /** The function whose entry it is. */
  readonly fn: SyntaxNode | undefined

  constructor(place: Place, { isEarly, isNested, rank, spare, fn }: Pick<Site, 'isEarly' | 'isNested' | 'rank' | 'spare' | 'fn'>) {
    this.place = place
    this.isEarly = isEarly
    this.isNested = isNested
    this.rank = rank
    this.spare = spare
    this.fn = fn
  }

  get isNeeded(): boolean {
    return this.refs.length > this.spare
  }
}

/** What is reported already wherever a stretch of code is reached. */
export class Seen {
  #refs: Set<number> | undefined
  readonly #outer: Seen | undefined

  constructor(outer?: Seen) {
    this.#outer = outer
  }

  has(ref: number): boolean {
    return (this.#refs?.has(ref) ?? false) || (this.#outer?.has(ref) ?? false)
  }

  add(ref: number): void {
    this.#refs ??= new Set()
    this.#refs.add(ref)
  }
}

/** How a marker is put somewhere. */
export type Place =
  | { readonly kind: 'statement'; readonly at: number; readonly prefix?: string }
  /** Around an expression: `(marker,expression)`. */
  | { readonly kind: 'expression'; readonly node: SyntaxNode }
  /** Around a statement that stands without braces. */
  | { readonly kind: 'body'; readonly node: SyntaxNode }

export function entryOf(fn: SyntaxNode): Place {
  const { body } = fn
  if (body.type !== 'BlockStatement') return { kind: 'expression', node: body }
  const directive = (body.directives as SyntaxNode[]).at(-1)
  return directive ? { kind: 'statement', at: directive.end, prefix: ';' } : { kind: 'statement', at: body.start + 1 }
}

/** @param ready an expression that is true as soon as the marker may be evaluated */
export function insertionsOf({ place, isEarly, rank }: Site, { marker, ready }: { marker: string; ready: string }): Insertion[] {
  const [open, at, end, separator] = place.kind === 'statement'
    ? [place.prefix ?? '', place.at, place.at, ';']
    : place.kind === 'body' ? ['{', place.node.start, place.node.end, ';'] : ['(', place.node.start, place.node.end, ',']
  const opening = { at, text: `${open}${marker}${separator}`, ...(isEarly && { early: `${open}${ready}&&${marker}${separator}` }), rank }
  return place.kind === 'statement' ? [opening] : [opening, { at: end, text: place.kind === 'body' ? '}' : ')', rank: -rank }]
}

/**
 * Ends statements that would go on in the next line, if something closes where they end: behind that, and within the braces around the statement.
 * @param ends see `listOpenEnds`
 */
export function endingsOf(insertions: readonly Insertion[], ends: ReadonlySet<number>): Insertion[] {
  const closing = Map.groupBy(insertions.filter(({ at, rank }) => rank < 0 && ends.has(at)), ({ at }) => at)
  return [...closing].map(([at, list]) => {
    const braces = list.filter(({ text }) => text === '}').map(({ rank }) => rank)
    return { at, text: ';', rank: Math.min(0, ...braces) - BEFORE }
  })
}

/** Less than what lies between what is put around something and around its parts. */
const BEFORE = 0.05

/** Applies insertions to a text. */
export function insertAll(source: string, insertions: readonly Insertion[], mayRunEarly: boolean): string {
  let text = ''
  let done = 0
  for (const insertion of insertions.toSorted((a, b) => a.at - b.at || a.rank - b.rank)) {
    const { at, early } = insertion
    text += source.slice(done, at) + (mayRunEarly && early !== undefined ? early : insertion.text)
    done = at
  }
  return text + source.slice(done)
}
