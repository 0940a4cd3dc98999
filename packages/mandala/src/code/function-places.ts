import { digest } from '../value/digest.ts'
import type { SiteRef } from './site.ts'

/** Where a function stands in the source, as far as that tells it from others. */
export interface FunctionPlace {
  readonly name: string
  /** It has values of the functions around it, and so isn't known by its place alone. */
  readonly isClosure: boolean
}

/** The part of a marker's name by which its file is known. */
export function markOfFile(file: string): string {
  return digest('source', file).slice(0, 8)
}

interface MarkedFile {
  readonly file: string
  readonly sites: readonly (readonly number[])[]
  readonly refs: readonly SiteRef[]
}

const MARKER = /\$mdp?_+([0-9a-f]{8})\((\d+)\)/
/** What may begin a function: a second one before the first marker would be another function. */
const HEADS = /=>|\bfunction\b|\bclass\b|\)\s*\{/g
const OWN_HEADS = new Set(['=>', 'function ){', '){'])

/** Tells nameless functions apart by the first marker in their text. */
export class FunctionPlaces {
  /** Null where two files have the same mark. */
  readonly #files = new Map<string, MarkedFile | null>()
  readonly #places = new WeakMap<object, FunctionPlace | null>()

  add(marked: MarkedFile): void {
    const mark = markOfFile(marked.file)
    const known = this.#files.get(mark)
    this.#files.set(mark, known !== undefined && known?.file !== marked.file ? null : marked)
  }

  /** Undefined for functions that have no marker of their own. */
  find(fn: object): FunctionPlace | undefined {
    let place = this.#places.get(fn)
    if (place === undefined) {
      place = this.#read(fn) ?? null
      this.#places.set(fn, place)
    }
    return place ?? undefined
  }

  isMarked(made: object): boolean {
    return MARKER.test(Function.prototype.toString.call(made))
  }

  #read(fn: object): FunctionPlace | undefined {
    const text = Function.prototype.toString.call(fn)
    const found = MARKER.exec(text)
    const heads = found ? (text.slice(0, found.index).match(HEADS) ?? []).map((head) => head.replace(/\s/g, '')).join(' ') : ''
    const marked = OWN_HEADS.has(heads) ? this.#files.get(found?.[1] as string) : undefined
    const site = Number(found?.[2])
    const entered = marked && entryOf(marked, site)
    if (!entered) return undefined
    const before = marked.sites.slice(0, site).filter((_, i) => entryOf(marked, i)?.name === entered.name).length
    return { name: `${marked.file}#${entered.name} ${before}`, isClosure: entered.isClosure === true }
  }
}

function entryOf({ sites, refs }: MarkedFile, site: number): SiteRef & { kind: 'enter' } | undefined {
  return sites[site]?.map((index) => refs[index]).find((ref) => ref?.kind === 'enter') as SiteRef & { kind: 'enter' } | undefined
}
