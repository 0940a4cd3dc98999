import { AsyncLocalStorage } from 'node:async_hooks'
import { types } from 'node:util'
import { isCompound } from './compound.ts'
import { constructorOf } from './classes.ts'
import { glanceAt, glanceAtSample, hasHiddenContent, partsOf, type Glance } from './glance.ts'
import { closedKindOf, hasContent, portray, type Namer, type Portrait } from './portrait.ts'
import type { ValuePortraits } from './value-portraits.ts'

/** What holds more parts is large: it is looked at by a sample, and as a whole where that is another one. */
const PARTS_MAX = 2_000
/** The same of texts and binary data, in parts that take as long. */
const SIZE_MAX = 2 ** 15
/** Of what holds still more parts, or changed so often that all looks at it came to so many, only code tells. */
const LARGE_MAX = 4_000_000
const WALK_MAX = 20_000
/** Of what many hold under one name, so many times that. */
const SHARES_MAX = 10
/** The properties of larger objects count as one. */
const KEYS_MAX = 32
/** Whatever an async context holds, no code made it. */
const STORE = 'store'

/** Gives what something keeps inside, by name. */
export interface Peek {
  (owner: object): Readonly<Record<string, unknown>>
  /** Of one that gives the same for all owners, whether that will be so another time, but for what is in it. */
  readonly isFixed?: boolean
}

/** Something that is kept inside, or a property of it. */
interface Part {
  readonly name: string
  readonly value: unknown
  /** Of the class of what has the properties, that itself. */
  readonly whole?: object
}

/** Something that keeps something inside. */
interface Inside {
  readonly owner: object
  readonly peek: Peek
}

/** What all that have something of one name hold there. */
interface Group {
  readonly name: string
  readonly parts: readonly Part[]
  /** Undefined where that is too much to look at. */
  readonly hash: string | undefined
  readonly held: Held
  readonly isSame: Glance
  /** See {@link Portrait}. */
  readonly isPlain: boolean
  /** What it is as a whole; undefined until it is asked for. */
  large?: LargePortrait
  /** How many parts were looked at for that, those of the groups before it included. */
  largeSize: number
}

/** Of what is too much to be looked at each time. */
interface LargePortrait {
  readonly hash: string | undefined
  /** Functions or instances are in it, which aren't looked into. */
  readonly hasCode: boolean
  readonly isPlain: boolean
}

interface Insides {
  readonly insides: readonly Inside[]
  /** Whether nothing was met that may keep more, but for what is large. */
  readonly isWhole: boolean
  /** Whether some of what is kept is large. */
  readonly hasLarge: boolean
}

/** By name of a field, the hash of what it holds, in all that have one of the name. */
export type InnerState = ReadonlyMap<string, string>

const NOTHING: InnerState = new Map()
const NONE: ReadonlySet<string> = new Set()

interface Told {
  readonly state: InnerState
  /** Whether all of it is in the hashes. */
  readonly isPlain: boolean
  /** Whether all that can be kept inside was looked at. */
  readonly isWhole: boolean
  /** Whether some of it was too much to look at. */
  readonly isCut: boolean
  /** The fields of which that says what is in them by names that another process may have for others. */
  readonly vague: ReadonlySet<string>
}

interface Look extends Told {
  readonly groups: readonly Group[]
  /** Whether nothing but what is large may keep more. */
  readonly mayBeWhole: boolean
  readonly isSame: Glance
}

interface Known extends Look {
  /** What was shown of it then. */
  readonly portrait: Portrait | undefined
  /** The same with what is large; undefined until it is asked for. */
  whole?: Told
}

/** What counts of what something keeps inside. */
export interface CountingState {
  readonly state: InnerState
  readonly isPlain: boolean
  /** Whether that is all there is: then it tells where it came from. */
  readonly isWhole: boolean
  /** Whether there is more than can be looked at. */
  readonly isCut: boolean
}

export interface StateOptions {
  /** What shows of the value. */
  readonly portrait?: Portrait | undefined
  /** Names of fields that don't count. */
  readonly except?: readonly string[]
  /** Whether what made the value makes the same in every process. */
  isRepeatable(): boolean
}

const UNSEEN: Look = { state: NOTHING, isPlain: false, isWhole: false, isCut: false, vague: NONE, groups: [], mayBeWhole: false, isSame: () => true }

/** Where a function is found. */
interface Held {
  readonly value: object
  readonly field: string
  /** The places in the source of which none was met there before, with how many are by now. */
  readonly fresh: Map<string, number>
  isVague: boolean
}

/**
 * What the instances and classes in a value keep in private fields, what the functions in it keep of the locals around them, and what an async
 * context holds. It counts by content; but where code may make something else in each process, only if it was changed since that ran.
 */
export class InnerStates {
  /** What gives the private fields of an instance, or the static ones of a class, or the locals of a function. */
  readonly #fieldsOf: (owner: object) => readonly Peek[]
  readonly #portraits: Pick<ValuePortraits, 'isClosure' | 'isForeign' | 'findWhole' | 'nameOf' | 'nameOfClass'>
  /** By value, and by the names of the fields that don't count. */
  readonly #known = new WeakMap<object, Map<string, Known>>()
  readonly #groups = new WeakMap<object, Map<string, Group>>()
  /** As it was when the module had been loaded. */
  readonly #settled = new WeakMap<object, InnerState>()
  /** By value, and by field and place in the source, its closures: nothing shows of what they close over. */
  readonly #closures = new WeakMap<object, Map<string, WeakMap<object, string>>>()

  constructor(fieldsOf: (owner: object) => readonly Peek[], portraits: Pick<ValuePortraits, 'isClosure' | 'isForeign' | 'findWhole' | 'nameOf' | 'nameOfClass'>) {
    this.#fieldsOf = fieldsOf
    this.#portraits = portraits
  }

  /** A module has been loaded. */
  settle(value: object): void {
    if (this.#settled.has(value)) return
    const { state } = this.#look(value)
    this.#settled.set(value, new Map([...state].filter(([name]) => name !== STORE)))
  }

  /** What of it counts: that is all, but where code may make something else in each process only what became something else since it ran. */
  of(value: object, { portrait, except, isRepeatable }: StateOptions): CountingState {
    const known = this.#look(value, portrait, except)
    if (known.state.size === 0 && !known.isCut) return known
    const isSame = isRepeatable()
    const { state, isPlain, isWhole, isCut, vague } = isSame && known.isCut ? known.whole ??= this.#lookFurther(known) : known
    const settled = this.#settled.get(value)
    const counting = [...state].filter(([name, hash]) => settled?.get(name) !== hash || isSame && !vague.has(name))
    return { state: new Map(counting), isPlain, isWhole: isSame && isWhole, isCut }
  }

  /** All that it keeps inside, but for what is large. */
  allOf(value: object, portrait: Portrait | undefined): InnerState {
    return this.#look(value, portrait).state
  }

  /** The same as it was when the module had been loaded. */
  settledOf(value: object): InnerState {
    return this.#settled.get(value) ?? NOTHING
  }

  /** Whether it is what it was when it was last looked at. */
  glanceOf(value: object, except: readonly string[]): Glance | undefined {
    return this.#known.get(value)?.get(except.join())?.isSame
  }

  #look(value: object, portrait?: Portrait, except: readonly string[] = []): Known {
    const looks = this.#known.get(value) ?? new Map<string, Known>()
    this.#known.set(value, looks)
    let known = looks.get(except.join())
    if (!known || known.portrait !== portrait || !known.isSame()) {
      known = { portrait, ...this.#lookNow(value, new Set(except)) }
      looks.set(except.join(), known)
    }
    return known
  }

  #lookNow(value: object, except: ReadonlySet<string>): Look {
    try {
      return this.#stateOf(value, this.#insidesOf(value, except), except)
    } catch {
      // Something in it refuses to be looked at.
      return UNSEEN
    }
  }

  /** What something in a field keeps inside is told of by itself: it may change where the field doesn't. */
  #stateOf(value: object, { insides, isWhole, hasLarge }: Insides, except: ReadonlySet<string>): Look {
    const fields = Map.groupBy(insides.flatMap(({ owner, peek }) => this.#partsIn(peek(owner))), ({ name }) => name)
    const counting = new Set([...fields.keys()].filter((each) => !except.has(each)).sort())
    const groups = Array.from(counting, (name) => this.#groupOf(value, name, fields.get(name) as Part[]))
    const glances = [...insides.flatMap((inside) => this.#glancesAt(inside, counting)), ...groups.map(({ isSame }) => isSame)]
    return { ...tellOf(groups, isWhole && !hasLarge), groups, mayBeWhole: isWhole, isSame: () => glances.every((isSame) => isSame()) }
  }

  /** What is large is looked at as a whole. */
  #lookFurther({ groups, mayBeWhole }: Look): Told {
    let isWhole = mayBeWhole
    const all = groups.map((group): Group => {
      if (group.hash !== undefined) return group
      group.large ??= this.#portrayLarge(group)
      isWhole &&= !group.large.hasCode
      return { ...group, hash: group.large.hash, isPlain: group.large.isPlain }
    })
    return tellOf(all, isWhole)
  }

  /** What all of one name hold; the same as before, as long as it is. */
  #groupOf(value: object, name: string, parts: readonly Part[]): Group {
    const known = this.#groups.get(value) ?? new Map<string, Group>()
    this.#groups.set(value, known)
    const before = known.get(name)
    if (before && before.parts.length === parts.length && parts.every((part, i) => Object.is(part.value, before.parts[i]?.value)) && before.isSame()) return before
    const held: Held = { value, field: name, fresh: new Map<string, number>(), isVague: false }
    const content = this.#contentOf(parts)
    const times = Math.min(parts.length, SHARES_MAX)
    const limits = { partsMax: PARTS_MAX * times, sizeMax: SIZE_MAX * times, skipsForeign: true }
    const portrait = portray(content, this.#namerFor(held), limits)
    const hash = hasContent(portrait) ? portrait.hash : undefined
    // It may become little enough, and such that it can be looked at.
    const glances = [...new Set(content.filter(isCompound))].map((part) => (hash === undefined ? glanceAtSample(part) : this.#glanceAt(part)))
    const largeSize = before?.largeSize ?? 0
    const group: Group = { name, parts, hash, held, isPlain: portrait.isPlain, largeSize, isSame: () => glances.every((isSame) => isSame()) }
    known.set(name, group)
    return group
  }

  /** What takes the place of a single part among many isn't seen. */
  #portrayLarge(group: Group): LargePortrait {
    const sizeMax = LARGE_MAX - group.largeSize
    const portrait = portray(this.#contentOf(group.parts), this.#namerFor(group.held), { sizeMax, skipsForeign: true })
    group.largeSize += portrait.size
    return { hash: hasContent(portrait) ? portrait.hash : undefined, hasCode: portrait.hasCode, isPlain: portrait.isPlain }
  }

  #contentOf(parts: readonly Part[]): unknown[] {
    return parts.map(({ value, whole }) => (whole ? this.#nameOfClass(value) : value))
  }

  #namerFor(held: Held): Namer {
    const isForeign = (made: object): boolean => {
      const isOfOthers = this.#portraits.isForeign(made)
      held.isVague ||= isOfOthers
      return isOfOthers
    }
    return {
      nameFunction: (fn) => ({ name: this.#nameOf(fn, held), isWhole: true, isForeign: isForeign(fn) }),
      nameInstance: (made) => ({ name: this.#nameOfClass(constructorOf(made)), isWhole: true, isForeign: isForeign(made) }),
    }
  }

  #nameOfClass(made: unknown): string {
    return isCompound(made) ? this.#portraits.nameOfClass(made) : ''
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

  #peeksOf(owner: object): readonly Peek[] {
    const own = this.#fieldsOf(owner)
    const platforms = peekOf(owner)
    return platforms ? [...own, platforms] : own
  }

  /** Of a small object its properties one by one: where one of them changes while calls run, the others still count. */
  #partsIn(fields: Readonly<Record<string, unknown>>): Part[] {
    return Object.entries(fields).flatMap(([name, value]): Part[] => {
      if (!this.#isSplit(value)) return [{ name, value }]
      const own = Object.entries(value).map(([key, each]): Part => ({ name: `${name}.${key}`, value: each }))
      return [{ name, value: constructorOf(value), whole: value }, ...own]
    })
  }

  #isSplit(value: unknown): value is object {
    return isSmallObject(value) && !this.#portraits.isForeign(value)
  }

  /** Whether it holds the same things. */
  #glancesAt({ owner, peek }: Inside, counting: ReadonlySet<string>): Glance[] {
    const fields = peek(owner)
    const names = Object.keys(fields).filter((name) => counting.has(name))
    const isSame = (): boolean => {
      const now = peek(owner)
      return names.every((name) => Object.is(now[name], fields[name]))
    }
    const split = Object.entries(fields).filter((field): field is [string, object] => this.#isSplit(field[1]))
    const glances = split.map(([name, value]): Glance => {
      const keys = Object.keys(value)
      const own = (Object.entries(value) as [string, unknown][]).filter(([key]) => counting.has(`${name}.${key}`))
      return () => Object.keys(value).length === keys.length && own.every(([key, part]) => Object.is((value as Record<string, unknown>)[key], part))
    })
    return names.length === 0 || peek.isFixed ? glances : [isSame, ...glances]
  }

  #glanceAt(part: object): Glance {
    return glanceAt(part, PARTS_MAX, (each) => types.isProxy(each) || this.#portraits.isForeign(each)) ?? (() => false)
  }

  /** All that is kept inside, in the order in which it is come by; what packages made is not gone through. */
  #insidesOf(root: object, except: ReadonlySet<string>): Insides {
    const insides: Inside[] = []
    let isWhole = true
    let hasLarge = false
    const shared = new Set<Peek>()
    const met = new Set([root])
    const kept = new Set<object>()
    const split = new Set<object>()
    for (const each of met) {
      const peeks = types.isProxy(each) ? [] : this.#peeksOf(each)
      if (isLarge(each) && kept.has(each)) hasLarge = true
      else if (this.#mayKeepMore(each, peeks)) isWhole = false
      if (met.size > WALK_MAX) break
      if (types.isProxy(each)) continue
      for (const peek of peeks) {
        if (shared.has(peek)) continue
        if (peek.isFixed !== undefined) shared.add(peek)
        const fields = peek(each)
        if (Object.keys(fields).length > 0) insides.push({ owner: each, peek })
        for (const { name, value, whole } of this.#partsIn(fields)) {
          if (whole && !met.has(whole)) split.add(whole)
          const part = whole ?? value
          if (isCompound(part) && !except.has(name)) kept.add(part) && met.add(part)
        }
      }
      if (split.has(each) || isLarge(each) || this.#portraits.isForeign(each)) continue
      for (const part of partsOf(each)) {
        if (!isCompound(part)) continue
        met.add(part)
        if (kept.has(each)) kept.add(part)
      }
    }
    return { insides, isWhole: isWhole && met.size <= WALK_MAX, hasLarge }
  }

  #mayKeepMore(each: object, peeks: readonly Peek[]): boolean {
    if (closedKindOf(each) !== undefined || isLarge(each) || this.#portraits.isForeign(each)) return true
    return typeof each === 'function' && peeks.length === 0 && this.#portraits.isClosure(each)
  }
}

/** @param isWhole whether nothing else may keep more */
function tellOf(groups: readonly Group[], isWhole: boolean): Told {
  const state = new Map(groups.flatMap(({ name, hash }) => (hash === undefined ? [] : [[name, hash]])))
  const vague = new Set(groups.filter(({ held }) => held.isVague).map(({ name }) => name))
  const isCut = state.size < groups.length
  return { state, isPlain: groups.every((group) => group.isPlain), isWhole: isWhole && !isCut && vague.size === 0, isCut, vague }
}

/** One whose properties are few, and seen by anybody. */
function isSmallObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isProxy(value) || hasHiddenContent(value)) return false
  if (Array.isArray(value) || types.isMap(value) || types.isSet(value)) return false
  const keys = Reflect.ownKeys(value)
  return keys.length > 0 && keys.length <= KEYS_MAX && keys.every((key) => {
    const { enumerable = false, ...property } = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor
    return typeof key === 'string' && /^[\w$-]+$/.test(key) && enumerable && 'value' in property
  })
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
