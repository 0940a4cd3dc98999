import { identify } from '../value/identify.ts'
import { digest } from '../value/digest.ts'
import { inspect } from 'node:util'
import { portray, type Portrait } from './portrait.ts'
import type { Touched } from './reach.ts'

export type Getter = () => unknown

/** What a value of the module level is at a moment. */
export interface ValueState {
  /** Undefined where the value reports by itself what it does, as an op, or where there is none yet. */
  readonly hash: string | undefined
  /** Whether its code, and all that its code names, is part of the hash, as its content can't be told. */
  readonly isOpaque: boolean
}

/** Values of more parts are looked at once in a process: later only another object counts as a change. */
const SMALL_SIZE = 500

const NO_VALUE: ValueState = { hash: undefined, isOpaque: false }

const selfReporting = new WeakSet<object>()

/** Says that a function reports its own calls, so that naming it makes nobody depend on it. */
export function markSelfReporting(fn: object): void {
  selfReporting.add(fn)
}

/** The values of the modules of a program, asked for when somebody depends on them. */
export class ModuleValues {
  readonly #getters = new Map<string, Getter>()
  readonly #importers = new Map<string, Getter>()
  readonly #large = new WeakMap<object, Portrait>()
  readonly #ids = new WeakMap<object, string>()
  #classesOf = 0
  readonly #reach: (id: string) => readonly Touched[]
  readonly #fingerprint: (id: string) => string | undefined

  constructor(reach: (id: string) => readonly Touched[], fingerprint: (id: string) => string | undefined) {
    this.#reach = reach
    this.#fingerprint = fingerprint
  }

  set(id: string, getter: Getter): void {
    this.#getters.set(id, getter)
  }

  setImported(id: string, getter: Getter): void {
    if (!this.#getters.has(id) || isReplaced(this.#getters.get(id) as Getter, getter)) this.#importers.set(id, getter)
  }

  /** The component that a class of the module level is. */
  findClass(made: object): string | undefined {
    if (this.#classesOf !== this.#getters.size) {
      this.#classesOf = this.#getters.size
      for (const id of this.#getters.keys()) {
        const value = this.read(id)
        if (typeof value === 'function') this.#ids.set(value, id)
      }
    }
    return this.#ids.get(made)
  }

  has(id: string): boolean {
    return this.#getters.has(id) || this.#importers.has(id)
  }

  /** The value itself; undefined too where it isn't there yet. */
  read(id: string): unknown {
    const getter = this.#importers.get(id) ?? this.#getters.get(id)
    try {
      return getter?.()
    } catch {
      // Not initialised yet.
      return undefined
    }
  }

  state(id: string): ValueState {
    const value = this.read(id)
    if (typeof value === 'function' && selfReporting.has(value)) return NO_VALUE
    if (!isCompound(value)) return typeof value === 'symbol' ? { hash: this.#opaque(id, ''), isOpaque: true } : { hash: identify(value).cid, isOpaque: false }
    const portrait = this.#portrait(value)
    return portrait.isPartial ? { hash: this.#opaque(id, portrait.hash), isOpaque: true } : { hash: portrait.hash, isOpaque: false }
  }

  /** A short text of the value, for people. */
  print(id: string): string {
    const text = inspect(this.read(id), { depth: 1, maxArrayLength: 6, maxStringLength: 60, breakLength: Infinity, customInspect: false, getters: false })
    return text.length > 80 ? `${text.slice(0, 79)}…` : text
  }

  #portrait(value: object): Portrait {
    const known = this.#large.get(value)
    if (known) return known
    const portrait = portray(value)
    if (portrait.size > SMALL_SIZE) this.#large.set(value, portrait)
    return portrait
  }

  /** What can't be told from the value is told from the code that made it. */
  #opaque(id: string, shown: string): string {
    const parts = this.#reach(id).map((touched) => {
      switch (touched.kind) {
        case 'code': return [touched.id, this.#fingerprint(touched.id)]
        case 'value': return [touched.id, this.#fingerprint(touched.id), touched.id === id ? '' : this.#shown(touched.id)]
        case 'package': return [`npm:${touched.name}`, touched.version]
        case 'builtin': return [touched.name, touched.member]
      }
    })
    return digest('component', JSON.stringify([shown, parts.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))]))
  }

  #shown(id: string): string {
    const value = this.read(id)
    return isCompound(value) ? this.#portrait(value).hash : typeof value === 'symbol' ? '' : identify(value).cid
  }
}

function isCompound(value: unknown): value is object {
  return typeof value === 'object' && value !== null || typeof value === 'function'
}

/** Whether an import gives something else than its module exports. */
function isReplaced(own: Getter, imported: Getter): boolean {
  try {
    return !Object.is(own(), imported())
  } catch {
    return false
  }
}
