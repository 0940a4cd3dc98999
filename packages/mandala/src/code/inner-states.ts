import { AsyncLocalStorage } from 'node:async_hooks'
import { types } from 'node:util'
import { isCompound } from './compound.ts'
import { glanceAt, partsOf, type Glance } from './glance.ts'
import { ownNameOf, portray, type Naming, type Portrait } from './portrait.ts'
import type { ValuePortraits } from './value-portraits.ts'

/** Of what holds more parts, or is met after so many others, only code tells: it would have to be looked at after every change. */
const PARTS_MAX = 2_000
/** The same of texts and binary data, in parts that take as long. */
const SIZE_MAX = 2 ** 15
const WALK_MAX = 20_000
/** Whatever an async context holds, no code made it. */
const STORE = 'store'

/** Gives what something keeps inside, by name. */
export type Peek = (owner: object) => Readonly<Record<string, unknown>>

/** By name of a field, the hash of what it holds, in all that have one of the name. */
export type InnerState = ReadonlyMap<string, string>

const NOTHING: InnerState = new Map()
const NONE: ReadonlySet<string> = new Set()

interface Known {
  /** What was shown of it then. */
  readonly portrait: Portrait | undefined
  readonly except: ReadonlySet<string>
  readonly state: InnerState
  readonly isSame: Glance
}

/** Where a function is found. */
interface Held {
  readonly value: object
  readonly field: string
  /** The places in the source of which none was met there before, with how many are by now. */
  readonly fresh: Map<string, number>
}

/**
 * What the instances and classes in a value keep in private fields, and what an async context holds. Code tells what these are when a module has
 * been loaded; what they become later counts by content.
 */
export class InnerStates {
  /** What gives the private fields of an instance, or the static ones of a class. */
  readonly #fieldsOf: (owner: object) => readonly Peek[]
  readonly #portraits: Pick<ValuePortraits, 'isForeign' | 'findWhole' | 'nameOf'>
  readonly #known = new WeakMap<object, Known>()
  /** As it was when the module had been loaded. */
  readonly #settled = new WeakMap<object, InnerState>()
  /** By value, and by field and place in the source, its closures: nothing shows of what they close over. */
  readonly #closures = new WeakMap<object, Map<string, WeakMap<object, string>>>()

  constructor(fieldsOf: (owner: object) => readonly Peek[], portraits: Pick<ValuePortraits, 'isForeign' | 'findWhole' | 'nameOf'>) {
    this.#fieldsOf = fieldsOf
    this.#portraits = portraits
  }

  /** A module has been loaded. */
  settle(value: object): void {
    if (this.#settled.has(value)) return
    const { state } = this.#look(value, undefined, NONE)
    this.#settled.set(value, new Map([...state].filter(([name]) => name !== STORE)))
  }

  /**
   * Without what is as code made it.
   * @param portrait what shows of the value
   * @param except names of fields that don't count
   */
  changedOf(value: object, portrait: Portrait | undefined, except: ReadonlySet<string> = NONE): InnerState {
    const { state } = this.#look(value, portrait, except)
    const settled = this.#settled.get(value)
    return state.size === 0 ? NOTHING : new Map([...state].filter(([name, hash]) => settled?.get(name) !== hash))
  }

  /** Whether it is what it was when it was last looked at. */
  glanceOf(value: object): Glance | undefined {
    return this.#known.get(value)?.isSame
  }

  #look(value: object, portrait: Portrait | undefined, except: ReadonlySet<string>): Known {
    let known = this.#known.get(value)
    if (!known || known.portrait !== portrait || known.except !== except || !known.isSame()) {
      known = { portrait, except, ...this.#lookNow(value, except) }
      this.#known.set(value, known)
    }
    return known
  }

  #lookNow(value: object, except: ReadonlySet<string>): Pick<Known, 'state' | 'isSame'> {
    try {
      return this.#stateOf(value, this.#ownersIn(value, except), except)
    } catch {
      // Something in it refuses to be looked at.
      return { state: NOTHING, isSame: () => true }
    }
  }

  #stateOf(value: object, owners: readonly object[], except: ReadonlySet<string>): Pick<Known, 'state' | 'isSame'> {
    if (owners.length === 0) return { state: NOTHING, isSame: () => true }
    const isForeign = (made: object): boolean => this.#portraits.isForeign(made)
    const nameInstance = (made: object): Naming => ({ name: ownNameOf(made.constructor), isWhole: true, isForeign: isForeign(made) })
    const fields = Map.groupBy(owners.flatMap((owner) => this.#peek(owner).flatMap(Object.entries) as [string, unknown][]), ([name]) => name)
    const state = new Map<string, string>()
    for (const name of [...fields.keys()].filter((each) => !except.has(each)).sort()) {
      const held = { value, field: name, fresh: new Map<string, number>() }
      const nameFunction = (fn: object): Naming => ({ name: this.#nameOf(fn, held), isWhole: true, isForeign: isForeign(fn) })
      const namer = { nameFunction, nameInstance, peek: (owner: object) => this.#peek(owner) }
      const content = (fields.get(name) as [string, unknown][]).map(([, part]) => part)
      const { hash, isUnknown } = portray(content, namer, { partsMax: PARTS_MAX, sizeMax: SIZE_MAX, skipsForeign: true })
      if (!isUnknown) state.set(name, hash)
    }
    const glances = owners.flatMap((owner) => this.#peeksOf(owner).map((peek) => this.#glanceAt(owner, peek, state)))
    return { state, isSame: () => glances.every((isSame) => isSame()) }
  }

  /**
   * Of the closures of one place in the source, those that are in a field when such a one is first met there go by number: what put them there is
   * code. Which one takes the place of another later, no other process knows.
   */
  #nameOf(fn: object, { value, field, fresh }: Held): string {
    const whole = this.#portraits.findWhole(fn)
    if (whole !== undefined) return whole
    const name = this.#portraits.nameOf(fn)
    const groups = this.#closures.get(value) ?? new Map<string, WeakMap<object, string>>()
    this.#closures.set(value, groups)
    const place = `${field} ${name}`
    if (!groups.has(place)) fresh.set(place, 0)
    const numbers = groups.get(place) ?? new WeakMap<object, string>()
    groups.set(place, numbers)
    if (!numbers.has(fn)) {
      const number = fresh.get(place)
      if (number !== undefined) fresh.set(place, number + 1)
      numbers.set(fn, number === undefined ? crypto.randomUUID() : String(number))
    }
    return `${name} ${numbers.get(fn)}`
  }

  #peek(owner: object): readonly object[] {
    return this.#peeksOf(owner).map((peek) => peek(owner))
  }

  #peeksOf(owner: object): readonly Peek[] {
    const own = this.#fieldsOf(owner)
    const platforms = peekOf(owner)
    return platforms ? [...own, platforms] : own
  }

  #glanceAt(owner: object, peek: Peek, state: InnerState): Glance {
    const fields = peek(owner)
    const names = Object.keys(fields).filter((name) => state.has(name))
    const inner = names.map((name) => fields[name]).filter(isCompound).map((part) => glanceAt(part, PARTS_MAX, (each) => this.#portraits.isForeign(each)))
    return () => {
      const now = peek(owner)
      for (const name of names) if (!Object.is(now[name], fields[name])) return false
      return inner.every((isSame) => isSame?.() ?? false)
    }
  }

  /** All that has such a state, in the order in which it is come by; what packages made is not gone through. */
  #ownersIn(root: object, except: ReadonlySet<string>): object[] {
    const owners: object[] = []
    const met = new Set([root])
    for (const each of met) {
      if (met.size > WALK_MAX) break
      if (types.isProxy(each)) continue
      const fields = this.#peek(each).flatMap(Object.entries) as [string, unknown][]
      if (fields.length > 0) owners.push(each)
      for (const [name, part] of fields) if (isCompound(part) && !except.has(name)) met.add(part)
      if (!isLarge(each) && !this.#portraits.isForeign(each)) for (const part of partsOf(each)) if (isCompound(part)) met.add(part)
    }
    return owners
  }
}

/** What the platform keeps in no property. */
function peekOf(owner: object): Peek | undefined {
  if (owner instanceof AsyncLocalStorage) return () => ({ [STORE]: AsyncLocalStorage.prototype.getStore.call(owner) as unknown })
  if (owner instanceof URLSearchParams) return () => ({ entries: URLSearchParams.prototype.toString.call(owner) })
  return owner instanceof Headers ? () => ({ entries: JSON.stringify([...Headers.prototype.entries.call(owner)]) }) : undefined
}

function isLarge(value: object): boolean {
  return (Array.isArray(value) ? value.length : types.isMap(value) || types.isSet(value) ? value.size : 0) > PARTS_MAX
}
