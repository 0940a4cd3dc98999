import { types } from 'node:util'
import { classesOf, constructorOf, heritageOf } from './classes.ts'
import type { FunctionPlace } from './function-places.ts'
import { hasHiddenContent, type Glance } from './glance.ts'
import { carriesNothing, Patches, type Patch } from './patches.ts'
import { ownNameOf, portray, type Naming, type Portrait, type PortrayOptions } from './portrait.ts'
import { Portraits } from './portraits.ts'

/** Values of more parts are looked at as a whole once in a process: later a sample tells whether they changed. */
const SMALL_SIZE = 500

/** A marker in the text of a function, with any quotes. */
const MARKED = /["'`]\$md\./

/** What is the platform's, and shows all that it holds. */
const COLLECTIONS: ReadonlySet<unknown> = new Set([Object, Array, Map, Set])

/** The closures that were in the value of a component when it was looked at after the last refresh, by number. */
interface NumberedClosures {
  readonly numbers: Map<object, string>
  readonly epoch: number
}

/** What functions and classes are known by. */
export interface PortraitSurroundings {
  findPlace(fn: object): FunctionPlace | undefined
  findFingerprint(id: string): string | undefined
  /** The component that a function, a class or an object of the module level is. */
  findId(made: object): string | undefined
  originOf(id: string): string
  /** Whether a function has values of those around it, or may have. */
  isClosure(fn: object): boolean
  /** Whether a component is a function or a class: those report themselves, and only what they carry is a value. */
  isCode(id: string): boolean
  /** Whether all that makes one instance of a class another than the next is in their fields. */
  isSelfContained(id: string): boolean
  /** Whether its code is part of what names it, as it doesn't report itself. */
  isTrivial(id: string): boolean
  /** Whether an instance, or a class itself, has fields that only its own class can see. */
  hidesFields(owner: object): boolean
  /** Runs a function that belongs to no call. */
  aside<T>(fn: () => T): T
}

/** What shows of the values of the modules, with the names of the functions and classes in them. */
export class ValuePortraits {
  readonly patches: Patches = new Patches((fn, id) => this.#isOfText(fn, id))
  readonly #portraits = new Portraits(SMALL_SIZE)
  /** The same without what packages keep in what they made. */
  readonly #outsides = new Portraits(SMALL_SIZE, (part) => this.isForeign(part))
  /** Those of which it is being looked what they are. */
  readonly #lookedAt = new Set<Patch>()
  /** The classes met in the value that is being looked at, with whether they are what they were. */
  #met = new Map<object, Glance>()
  readonly #closures = new Map<string, NumberedClosures>()
  readonly #late = new WeakMap<object, string>()
  /** Changes with every refresh. */
  #epoch = 0
  readonly #surroundings: PortraitSurroundings

  constructor(surroundings: PortraitSurroundings) {
    this.#surroundings = surroundings
  }

  /** Modules were loaded since. */
  refresh(): void {
    this.#epoch += 1
  }

  /** A module that is loaded anew makes its values anew. */
  forget(id: string): void {
    this.#closures.delete(id)
  }

  of(id: string, value: object): Portrait {
    return this.#portraits.look(value, () => this.portrayNow(id, value))
  }

  outside(id: string, value: object): Portrait {
    return this.#outsides.look(value, () => this.portrayNow(id, value, { skipsForeign: true }))
  }

  /** What tells that a value is as it was. */
  glanceOf(value: object, { isBare, isOutside }: { readonly isBare: boolean; readonly isOutside: boolean }): Glance | undefined {
    const isUnpatched = this.patches.glanceOf(value)
    return isBare ? () => carriesNothing(value) && isUnpatched() : (isOutside ? this.#outsides : this.#portraits).glanceOf(value)
  }

  /** Whether a function has values of those around it, or may have. */
  isClosure(fn: object): boolean {
    return this.#surroundings.isClosure(fn)
  }

  /** What a class is known as. Its code isn't asked for: values are looked at before all that made them is known. */
  nameOfClass(made: object): string {
    return this.#surroundings.findId(made) ?? this.nameOf(made)
  }

  /** Where a function stands in the source, or what it is called. */
  nameOf(fn: object): string {
    return this.#surroundings.findPlace(fn)?.name ?? ownNameOf(fn)
  }

  portrayNow(id: string, value: unknown, options?: PortrayOptions): Portrait {
    const closures = this.#closures.get(id) ?? { numbers: new Map<object, string>(), epoch: -1 }
    const nameFunction = (fn: object): Naming => this.#nameOf(closures, fn)
    const nameInstance = (instance: object): Naming => this.#nameInstance(closures, instance)
    const outer = this.#met
    const met = this.#met = new Map<object, Glance>()
    const portrait = this.#surroundings.aside(() => portray(value, { nameFunction, nameInstance }, options))
    this.#met = new Map([...outer, ...met])
    this.#closures.set(id, { ...closures, epoch: this.#epoch })
    const glances = [...met.values()]
    return glances.length === 0 ? portrait : { ...portrait, isUnpatched: () => glances.every((isUnpatched) => isUnpatched()) }
  }

  /** Whether a function, or the class of an instance, is none of the program's. */
  isForeign(part: object): boolean {
    if (types.isProxy(part) || hasHiddenContent(part)) return false
    const prototype = Object.getPrototypeOf(part) as object | null
    const made = typeof part === 'function' ? part : prototype && constructorOf(prototype)
    if (typeof made !== 'function' || COLLECTIONS.has(made) || this.#surroundings.findId(made) !== undefined) return false
    // A nameless class that a module exports by default is known by nothing but its markers.
    return this.#surroundings.findPlace(made) === undefined && !MARKED.test(Function.prototype.toString.call(made))
  }

  /**
   * What a function is known as of which nothing else counts. Functions report themselves when they run, but for those too small to: these are
   * known by their code wherever they lie.
   */
  findWhole(fn: object): string | undefined {
    const { name, origin } = this.#nameWhole(fn) ?? {}
    return origin === undefined ? name : `${name} ${this.#surroundings.originOf(origin)}`
  }

  #nameWhole(fn: object): Naming | undefined {
    const { findId, findPlace, findFingerprint, isCode, isTrivial } = this.#surroundings
    const id = findId(fn)
    if (id === undefined) {
      const place = findPlace(fn)
      return place && !place.closesOver ? { name: place.name, isWhole: true } : undefined
    }
    if (!isCode(id)) return { name: id, isWhole: true, origin: id }
    const isExtending = Object.getPrototypeOf(fn) !== Function.prototype
    // The small methods of a class are a part of it, also of those that extend it.
    const naming = { name: isTrivial(id) && !isExtending ? `${id} ${findFingerprint(id)}` : id, isWhole: true, ...(isTrivial(id) && isExtending && { origin: id }) }
    const put = heritageOf(fn).flatMap((each) => this.#portraitOfPatch(each) ?? [])
    if (put.length === 0) return naming
    const isPartial = put.some((each) => each.isPartial)
    const isOfOthers = isPartial || put.some(({ origins }) => origins.size > 0)
    return { ...naming, name: `${naming.name} ${put.map(({ hash }) => hash).join(' ')}`, isWhole: !isPartial, ...(isOfOthers && { origin: id }) }
  }

  /** What statements put on a class. */
  #portraitOfPatch(made: object): Portrait | undefined {
    const id = this.#surroundings.findId(made)
    if (id === undefined || !this.#surroundings.isCode(id)) return undefined
    const patch = this.patches.of(made, id)
    if (Object.hasOwn(made, 'prototype')) this.#met.set(made, this.patches.glanceOf(made))
    // What was put on it may hold the class itself.
    if (!patch || this.#lookedAt.has(patch)) return undefined
    this.#lookedAt.add(patch)
    try {
      return this.of(`${id}.prototype`, patch)
    } finally {
      this.#lookedAt.delete(patch)
    }
  }

  /** Methods too small to report themselves can't be told from each other. */
  #isOfText(fn: object, id: string): boolean {
    const place = this.#surroundings.findPlace(fn)
    // Not a function in a method, nor one that a statement puts on the prototype.
    if (place) return place.closesOver === undefined && place.name.startsWith(`${id}.`) && place.name.endsWith(' 0') && !place.name.startsWith(`${id}.prototype.`)
    return this.#surroundings.findId(fn) === undefined && !this.#surroundings.isClosure(fn)
  }

  #nameOf(closures: NumberedClosures, fn: object): Naming {
    const whole = this.#nameWhole(fn)
    const place = this.#surroundings.findPlace(fn)
    const isHidden = place?.closesOver !== undefined
    if (whole !== undefined) return { ...whole, isHidden }
    return { isForeign: place === undefined, name: `${this.nameOf(fn)} ${this.#numberOf(closures, fn)}`, isWhole: false, isHidden }
  }

  #nameInstance(closures: NumberedClosures, instance: object): Naming {
    const constructor = constructorOf(instance)
    const { name, origin } = typeof constructor === 'function' ? this.#nameOf(closures, constructor) : { name: '' }
    const told = this.#tellInstance(instance)
    const naming = { isWhole: false, isHidden: this.#surroundings.hidesFields(instance), isForeign: this.isForeign(instance) }
    return told === undefined ? { name, ...naming, origin } : { name: `${name} ${told}`, ...naming, isTold: true }
  }

  /** Of one that is what is in its fields, the code of its classes: small methods report nothing. */
  #tellInstance(instance: object): string | undefined {
    const { findId, findFingerprint, isSelfContained } = this.#surroundings
    const isShown = Reflect.ownKeys(instance).length === Object.keys(instance).length
    if (!isShown || !Object.hasOwn(Object.getPrototypeOf(instance) as object, 'constructor')) return undefined
    const classes = classesOf(instance)
    const ids = classes.map((each) => findId(each) ?? '')
    const isTold = ids.every(isSelfContained) && classes.every((each) => this.#portraitOfPatch(each) === undefined)
    // Names of members may be computed.
    const membersOf = (made: object): PropertyKey[] => Reflect.ownKeys((made as { readonly prototype: object }).prototype)
    return isTold ? JSON.stringify(classes.map((each, i) => [findFingerprint(ids[i] as string), membersOf(each).map(String)])) : undefined
  }

  /**
   * Functions that only what they close over tells apart. Those that no module put into a value when it was loaded are nothing that
   * another process knows.
   */
  #numberOf({ numbers, epoch }: NumberedClosures, fn: object): string {
    if (epoch !== this.#epoch && !numbers.has(fn)) numbers.set(fn, String(numbers.size))
    const number = numbers.get(fn) ?? this.#late.get(fn) ?? crypto.randomUUID()
    if (!numbers.has(fn)) this.#late.set(fn, number)
    return number
  }
}
