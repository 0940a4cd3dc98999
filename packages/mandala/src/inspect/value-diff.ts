import { isDeepStrictEqual, types } from 'node:util'
import { renderDiff } from '../render/diff.ts'
import { renderBrief } from '../render/brief.ts'
import type { ValueChange, ValueDiff } from '../render/value-diff.ts'
import { identify } from '../value/identify.ts'
import { findShape } from '../value/shape.ts'
import { findTypeOf } from '../value/type-registry.ts'

const CHANGES_MAX = 20
/** Elements of a long array are told one by one up to so many. */
const ELEMENTS_MAX = 3
const TEXT_LENGTH_MAX = 60
const EXCERPT = 20

/** Compares two values part by part: what doesn't count for identity, as the order of keys, doesn't here. Nothing found means that they are equal. */
export function diffValues(before: unknown, after: unknown): ValueDiff {
  const walk = new Walk()
  walk.compare(before, after, '')
  if (walk.changes.length > 0) return { changes: walk.changes.slice(0, CHANGES_MAX), more: Math.max(0, walk.changes.length - CHANGES_MAX) }
  return { changes: isSame(before, after) ? [] : [{ path: '', kind: 'sharing' }], more: 0 }
}

const isSame = (a: unknown, b: unknown): boolean => identify(a).cid === identify(b).cid

class Walk {
  readonly changes: ValueChange[] = []
  readonly #met = new Map<object, Set<object>>()

  compare(a: unknown, b: unknown, path: string): void {
    if (Object.is(a, b)) return
    if (typeof a === 'string' && typeof b === 'string') return this.#texts(a, b, path)
    const shape = typeof a === 'object' && a !== null ? (findShape(a) ?? 'registered') : undefined
    const isAlike = shape !== undefined && typeof b === 'object' && b !== null && Object.getPrototypeOf(a) === Object.getPrototypeOf(b)
    if (!isAlike) return this.#changed(a, b, path)
    if (this.#isKnown(a as object, b)) return
    switch (shape) {
      case 'object': case 'null-object': return this.#entries(new Map(Object.entries(a as object)), new Map(Object.entries(b)), (key) => `${path}${nameOf(key)}`)
      case 'array': return this.#arrays(a as unknown[], b as unknown[], path)
      case 'map': return this.#maps(a as Map<unknown, unknown>, b as Map<unknown, unknown>, path)
      case 'set': return this.#sets(a as Set<unknown>, b as Set<unknown>, path)
      case 'view': case 'buffer': return this.#numbers(toNumbers(a), toNumbers(b), path)
      case 'error': return this.#entries(partsOf(a as Error), partsOf(b as Error), (key) => `${path}${nameOf(key)}`)
      case 'registered': return this.#registered(a as object, b, path)
      default: if (!isSame(a, b)) this.#changed(a, b, path)
    }
  }

  /** Two objects that hold themselves are compared once. */
  #isKnown(a: object, b: object): boolean {
    const others = this.#met.get(a)
    if (others?.has(b)) return true
    if (others) others.add(b)
    else this.#met.set(a, new Set([b]))
    return false
  }

  #changed(a: unknown, b: unknown, path: string): void {
    this.changes.push({ path, kind: 'changed', before: renderBrief(a), after: renderBrief(b) })
  }

  #texts(a: string, b: string, path: string): void {
    if (a.includes('\n') || b.includes('\n')) this.changes.push({ path, kind: 'text', lines: renderDiff(a, b) })
    else if (a.length <= TEXT_LENGTH_MAX && b.length <= TEXT_LENGTH_MAX) this.#changed(a, b, path)
    else {
      let first = 0
      while (a[first] === b[first]) first += 1
      const excerpt = (text: string): string => {
        const [start, end] = [Math.max(0, first - EXCERPT), first + 2 * EXCERPT]
        return `${start > 0 ? '…' : ''}${JSON.stringify(text.slice(start, end))}${end < text.length ? '…' : ''}`
      }
      this.changes.push({ path, kind: 'changed', before: excerpt(a), after: excerpt(b) })
    }
  }

  #entries<K>(a: ReadonlyMap<K, unknown>, b: ReadonlyMap<K, unknown>, pathOf: (key: K) => string): void {
    for (const [key, value] of a) {
      if (b.has(key)) this.compare(value, b.get(key), pathOf(key))
      else this.changes.push({ path: pathOf(key), kind: 'removed', before: renderBrief(value) })
    }
    for (const [key, value] of b) if (!a.has(key)) this.changes.push({ path: pathOf(key), kind: 'added', after: renderBrief(value) })
  }

  /** What is equal at both ends is left out, so that an element which was put in between doesn't make all others differ. */
  #arrays(a: readonly unknown[], b: readonly unknown[], path: string): void {
    if (a.length === b.length && a.length > ELEMENTS_MAX && isFlat(a) && isFlat(b)) return this.#numbers(a, b, path)
    const shorter = Math.min(a.length, b.length)
    let [start, end] = [0, 0]
    while (start < shorter && isEqualAt(a, b, start, start)) start += 1
    while (end < shorter - start && isEqualAt(a, b, a.length - 1 - end, b.length - 1 - end)) end += 1
    const common = shorter - end
    for (let i = start; i < common; i += 1) {
      if (i in a === i in b) this.compare(a[i], b[i], `${path}[${i}]`)
      else this.#block(i in a ? 'removed' : 'added', i in a ? a : b, { path, start: i, end: i + 1 })
    }
    this.#block('removed', a, { path, start: common, end: a.length - end })
    this.#block('added', b, { path, start: common, end: b.length - end })
    const [named, others] = [a, b].map((array) => new Map(Object.entries(array).filter(([key]) => !/^\d+$/.test(key)))) as [Map<string, unknown>, Map<string, unknown>]
    this.#entries(named, others, (key) => `${path}${nameOf(key)}`)
  }

  #block(kind: 'added' | 'removed', array: readonly unknown[], { path, start, end }: { readonly path: string; readonly start: number; readonly end: number }): void {
    const tell = (at: string, value: unknown, count: object): void => {
      this.changes.push({ path: `${path}[${at}]`, kind, [kind === 'added' ? 'after' : 'before']: renderBrief(value), ...count })
    }
    if (end - start > ELEMENTS_MAX) tell(`${start}…${end - 1}`, array.slice(start, end), { count: end - start })
    else for (let i = start; i < end; i += 1) tell(String(i), array[i], {})
  }

  /** Many elements without parts: how many differ, and the first that does. */
  #numbers(a: ArrayLike<unknown>, b: ArrayLike<unknown>, path: string): void {
    const differing: number[] = []
    let count = Math.abs(a.length - b.length)
    for (let i = 0; i < Math.max(a.length, b.length) && (i < a.length && i < b.length || differing.length === 0); i += 1) {
      if (i < a.length && i < b.length && Object.is(a[i], b[i])) continue
      if (i < a.length && i < b.length) count += 1
      if (differing.length <= ELEMENTS_MAX) differing.push(i)
    }
    if (count <= ELEMENTS_MAX && a.length === b.length) {
      for (const i of differing) this.compare(a[i], b[i], `${path}[${i}]`)
      return
    }
    const first = differing[0] as number
    const show = (array: ArrayLike<unknown>): string => (first < array.length ? renderBrief(array[first]) : 'nothing')
    this.changes.push({ path: `${path}[${first}]`, kind: 'some', before: show(a), after: show(b), count, lengths: [a.length, b.length] })
  }

  /** Keys are found again by what they are. */
  #maps(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>, path: string): void {
    const names = new Map<string, unknown>()
    const byContent = (map: ReadonlyMap<unknown, unknown>): Map<string, unknown> => new Map(Array.from(map, ([key, value]) => {
      const { cid } = identify(key)
      names.set(cid, key)
      return [cid, value]
    }))
    this.#entries(byContent(a), byContent(b), (cid) => `${path}.get(${renderBrief(names.get(cid))})`)
  }

  #sets(a: ReadonlySet<unknown>, b: ReadonlySet<unknown>, path: string): void {
    const byContent = (set: ReadonlySet<unknown>): Map<string, unknown> => new Map(Array.from(set, (element) => [identify(element).cid, element]))
    const [olds, news] = [byContent(a), byContent(b)]
    for (const [cid, element] of olds) if (!news.has(cid)) this.changes.push({ path, kind: 'removed', before: renderBrief(element) })
    for (const [cid, element] of news) if (!olds.has(cid)) this.changes.push({ path, kind: 'added', after: renderBrief(element) })
  }

  #registered(a: object, b: object, path: string): void {
    const [type, other] = [findTypeOf(a), findTypeOf(b)]
    if (!type || type !== other) return this.#changed(a, b, path)
    const data = (value: object): unknown => (type.hash ? type.hash(value) : type.encode(value))
    this.compare(data(a), data(b), path)
  }
}

const isFlat = (array: readonly unknown[]): boolean => (
  Object.keys(array).length === array.length && array.every((element) => typeof element !== 'object' || element === null))

const isEqualAt = (a: readonly unknown[], b: readonly unknown[], i: number, j: number): boolean => i in a === j in b && isDeepStrictEqual(a[i], b[j])

function toNumbers(value: unknown): ArrayLike<unknown> {
  if (types.isAnyArrayBuffer(value)) return new Uint8Array(value)
  return value instanceof DataView ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : (value as ArrayLike<unknown>)
}

/** Of an error what a reader looks for; its stack is the place it was made at. */
function partsOf(error: Error): Map<string, unknown> {
  const names = ['message', 'cause', 'errors', ...Object.keys(error)].filter((name) => Object.hasOwn(error, name))
  return new Map(names.map((name) => [name, (error as unknown as Record<string, unknown>)[name]]))
}

function nameOf(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}
