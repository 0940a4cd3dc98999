import { AsyncLocalStorage } from 'node:async_hooks'
import { types } from 'node:util'
import { glanceAt, type Glance } from './glance.ts'
import { ownNameOf, portray, type Naming, type Portrait } from './portrait.ts'

/** To look at more would take too long; then only code tells. */
const PARTS_MAX = 20_000

/** Gives what something keeps inside, by name. */
export type Peek = (owner: object) => Readonly<Record<string, unknown>>

export interface InnerSurroundings {
  /** What gives the private fields of an instance, or the static ones of a class. */
  peeksOf(owner: object): readonly Peek[]
  /** Whether a function, or the class of an instance, is of a package or of the platform. */
  isForeign(made: object): boolean
}

/** By name of a field, the hash of what it holds, in all that have one of the name. */
export type InnerState = ReadonlyMap<string, string>

const NOTHING: InnerState = new Map()

interface Known {
  /** What was shown of it then. */
  readonly portrait: Portrait | undefined
  readonly state: InnerState
  readonly isSame: Glance
}

/**
 * What the instances and classes in a value keep in private fields, and what an async context holds. Code tells what these are when a module has
 * been loaded; what they become later counts by content.
 */
export class InnerStates {
  readonly #surroundings: InnerSurroundings
  readonly #known = new WeakMap<object, Known>()
  /** As it was when the module had been loaded. */
  readonly #settled = new WeakMap<object, InnerState>()

  constructor(surroundings: InnerSurroundings) {
    this.#surroundings = surroundings
  }

  /** A module has been loaded. */
  settle(value: object): void {
    if (!this.#settled.has(value)) this.#settled.set(value, this.#look(value, undefined).state)
  }

  /**
   * Without what is as code made it.
   * @param portrait what shows of the value
   */
  changedOf(value: object, portrait: Portrait | undefined): InnerState {
    const { state } = this.#look(value, portrait)
    const settled = this.#settled.get(value)
    return state.size === 0 || state === settled ? NOTHING : new Map([...state].filter(([name, hash]) => settled?.get(name) !== hash))
  }

  /** Whether it is what it was when it was last looked at. */
  glanceOf(value: object): Glance | undefined {
    return this.#known.get(value)?.isSame
  }

  #look(value: object, portrait: Portrait | undefined): Known {
    let known = this.#known.get(value)
    if (!known || known.portrait !== portrait || !known.isSame()) this.#known.set(value, (known = this.#lookNow(value, portrait)))
    return known
  }

  #lookNow(value: object, portrait: Portrait | undefined): Known {
    const owners = this.#ownersIn(value)
    if (owners.length === 0) return { portrait, state: NOTHING, isSame: () => true }
    const nameFunction = (made: object): Naming => ({ name: ownNameOf(made), isWhole: true, isForeign: this.#surroundings.isForeign(made) })
    const nameInstance = (made: object): Naming => ({ ...nameFunction(made), name: ownNameOf(made.constructor) })
    const namer = { nameFunction, nameInstance, peek: (owner: object) => this.#peek(owner) }
    const fields = Map.groupBy(owners.flatMap((owner) => this.#peek(owner).flatMap(Object.entries) as [string, unknown][]), ([name]) => name)
    const state = new Map<string, string>()
    for (const [name, list] of [...fields].sort()) {
      const { hash, isUnknown } = portray(list.map(([, part]) => part), namer, { sizeMax: PARTS_MAX, skipsForeign: true })
      if (!isUnknown) state.set(name, hash)
    }
    const glances = owners.flatMap((owner) => this.#peeksOf(owner).map((peek) => this.#glanceAt(owner, peek)))
    return { portrait, state, isSame: () => glances.every((isSame) => isSame()) }
  }

  #peek(owner: object): readonly object[] {
    return this.#peeksOf(owner).map((peek) => peek(owner))
  }

  #peeksOf(owner: object): readonly Peek[] {
    const own = this.#surroundings.peeksOf(owner)
    const platforms = peekOf(owner)
    return platforms ? [...own, platforms] : own
  }

  #glanceAt(owner: object, peek: Peek): Glance {
    const fields = peek(owner)
    const inner = Object.values(fields).filter(isCompound).map((part) => glanceAt(part, PARTS_MAX, this.#surroundings.isForeign))
    return () => {
      const now = peek(owner)
      for (const name in now) if (!Object.is(now[name], fields[name])) return false
      return inner.every((isSame) => isSame?.() ?? false)
    }
  }

  /** All that has such a state, in the order in which it is come by; what packages made is not gone through. */
  #ownersIn(root: object): object[] {
    const owners: object[] = []
    const met = new Set([root])
    for (const each of met) {
      if (met.size > PARTS_MAX) return []
      if (types.isProxy(each)) continue
      const fields = this.#peek(each)
      if (fields.some((own) => Object.keys(own).length > 0)) owners.push(each)
      const shown = this.#surroundings.isForeign(each) ? [] : partsOf(each)
      for (const part of [...shown, ...fields.flatMap((own) => Object.values(own) as unknown[])]) if (isCompound(part)) met.add(part)
    }
    return owners
  }
}

/** What the platform keeps in no property. */
function peekOf(owner: object): Peek | undefined {
  if (owner instanceof AsyncLocalStorage) return () => ({ store: owner.getStore() as unknown })
  return owner instanceof URLSearchParams || owner instanceof Headers ? () => ({ entries: JSON.stringify([...owner.entries()]) }) : undefined
}

/** No getter is called. */
function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value)) return value
  if (types.isSet(value)) return Set.prototype.values.call(value)
  if (types.isMap(value)) return [...Map.prototype.entries.call(value)].flat()
  const shown = ArrayBuffer.isView(value) ? [] : Object.keys(value)
  return shown.map((key): unknown => Object.getOwnPropertyDescriptor(value, key)?.value)
}

function isCompound(value: unknown): value is object {
  return typeof value === 'object' && value !== null || typeof value === 'function'
}
