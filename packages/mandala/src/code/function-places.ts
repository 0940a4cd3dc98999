import { digest } from '../value/digest.ts'
import type { ClosesOver, SiteRef } from './site.ts'

/** Where a function, or a class that a function made, stands in the source, as far as that tells it from others. */
export interface FunctionPlace {
  readonly name: string
  /** What it has of the functions around it, or may have: then it isn't known by its place alone. */
  readonly closesOver: ClosesOver | undefined
  /** The marker at the entry of a function, by its number. */
  readonly entry?: { readonly file: string; readonly site: number }
}

/** An argument of every marker, by which its file is known. */
export function literalOfFile(file: string): string {
  return `"$md.${markOf(file)}"`
}

function markOf(file: string): string {
  return digest('source', file).slice(0, 8)
}

interface MarkedFile {
  readonly file: string
  readonly sites: readonly (readonly number[])[]
  readonly refs: readonly SiteRef[]
}

/** Of each site that enters a function, what that is called, with its number among those of one name. */
type Entries = readonly (Pick<FunctionPlace, 'name' | 'closesOver'> | undefined)[]

/** As tools write it: 1000 may be `1e3`, and any quotes will do. */
const MARKER = /\(\s*(\d[\de]*)\s*,\s*["'`]\$md\.([0-9a-f]{8})["'`]\s*\)/
/** What may begin a function: a second one before the first marker would be another function. */
const HEADS = /=>|\bfunction\b|\bclass\b|\)\s*\{/g
const OWN_HEADS = new Set(['=>', 'function ){', '){'])
/** What compilers for older targets have in an async function. */
const LOWERED = /,\s*function\s*\*\s*\(\s*\)\s*\{/

/** Tells nameless functions apart by the first marker in their text. */
export class FunctionPlaces {
  /** Null where two files have the same mark. */
  readonly #files = new Map<string, MarkedFile | null>()
  readonly #entries = new WeakMap<MarkedFile, Entries>()
  readonly #places = new WeakMap<object, FunctionPlace | null>()

  add(marked: MarkedFile): void {
    const mark = markOf(marked.file)
    const known = this.#files.get(mark)
    this.#files.set(mark, known !== undefined && known?.file !== marked.file ? null : marked)
  }

  /** A class may have values of those around it as a whole, also where nothing in it reports. */
  addClass(made: object, maker: string): void {
    this.#places.set(made, { name: maker, closesOver: 'locals' })
  }

  /** Undefined for those that have no marker of their own. */
  find(fn: object): FunctionPlace | undefined {
    let place = this.#places.get(fn)
    if (place === undefined) {
      place = this.#read(fn) ?? null
      this.#places.set(fn, place)
    }
    return place ?? undefined
  }

  #entriesOf(marked: MarkedFile): Entries {
    const entries = this.#entries.get(marked) ?? listEntries(marked)
    this.#entries.set(marked, entries)
    return entries
  }

  #read(fn: object): FunctionPlace | undefined {
    const text = Function.prototype.toString.call(fn)
    const [marker, site, mark] = MARKER.exec(text) ?? []
    const marked = this.#files.get(mark as string)
    const entered = marked && this.#entriesOf(marked)[Number(site)]
    if (!entered) return undefined
    const start = text.slice(0, text.indexOf(marker as string)).replace(LOWERED, '')
    const heads = start.match(HEADS)?.map((head) => head.replace(/\s/g, '')) ?? []
    if (heads[0] === 'class') return undefined
    // The first marker is that of a function which a parameter has by default.
    const isInParameter = countOpen(start.slice(0, start.search(HEADS))) > (heads[0] === '){' ? 1 : 0)
    const closesOver = isInParameter || !OWN_HEADS.has(heads.join(' ')) ? 'locals' : entered.closesOver
    return { name: entered.name, closesOver, ...(!isInParameter && { entry: { file: marked.file, site: Number(site) } }) }
  }
}

function listEntries({ file, sites, refs }: MarkedFile): Entries {
  const counts = new Map<string, number>()
  return sites.map((site) => {
    const entry = site.map((index) => refs[index]).find((ref) => ref?.kind === 'enter')
    if (entry?.kind !== 'enter') return undefined
    const number = counts.get(entry.name) ?? 0
    counts.set(entry.name, number + 1)
    return { name: `${file}#${entry.name} ${number}`, closesOver: entry.closesOver }
  })
}

function countOpen(text: string): number {
  return text.split('(').length - text.split(')').length
}
