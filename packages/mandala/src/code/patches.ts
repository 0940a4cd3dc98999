import { types } from 'node:util'
import type { Glance } from './glance.ts'

/** What every function and every prototype has. */
const OWN_KEYS: ReadonlySet<string | symbol> = new Set(['length', 'name', 'prototype', 'arguments', 'caller', 'constructor'])

/** What was put on something, by name: functions and data. */
export type Patch = Readonly<Record<string, unknown>>

interface Properties {
  readonly keys: readonly PropertyKey[]
  readonly descriptors: readonly PropertyDescriptor[]
  /** Those that aren't accessors, with their values: a look at these takes no time. */
  readonly dataKeys: readonly PropertyKey[]
  readonly data: readonly unknown[]
  /** The others, by number. */
  readonly accessors: readonly number[]
}

interface Seen {
  readonly prototype: object | undefined
  /** What the prototype has. */
  readonly shared: Properties
  /** How many of that, and of what it inherits, a loop over keys comes by. */
  readonly listed: number
  /** What the class itself has that isn't listed. */
  readonly statics: Properties
  readonly patch: Patch | undefined
  /** Whether no later look found something else. */
  isLast: boolean
  /** When all of it was looked at last. */
  round: number
}

/**
 * What statements put on a class, or on the prototype of a function, over what its own text gives it or beside that. What is listed on the class
 * itself is no part of it: that is a value for all to see.
 */
export class Patches {
  readonly #seen = new WeakMap<object, Seen>()
  readonly #isOwn: (fn: object, id: string) => boolean
  /** Changes whenever a call begins. */
  #round = 0

  /** @param isOwn whether a function is of the text of a component */
  constructor(isOwn: (fn: object, id: string) => boolean) {
    this.#isOwn = isOwn
  }

  /** A call begins: what takes long to look for is looked for again. */
  begin(): void {
    this.#round += 1
  }

  /** The same object as long as nothing changes; undefined where nothing was put there. */
  of(made: object, id: string): Patch | undefined {
    if (types.isProxy(made)) return undefined
    let seen = this.#seen.get(made)
    if (!seen || !(seen.round === this.#round ? isSeenAtOnce : isAsSeen)(made, seen)) {
      if (seen) seen.isLast = false
      this.#seen.set(made, (seen = this.#look(made, id)))
    }
    seen.round = this.#round
    return seen.patch
  }

  /** Says whether that is so still; but what is defined under a new name, unlisted, is seen only once that was looked at. */
  glanceOf(made: object): Glance {
    const seen = this.#seen.get(made)
    return () => seen === undefined || seen.isLast && isSeenAtOnce(made, seen)
  }

  #look(made: object, id: string): Seen {
    const prototype = prototypeOf(made)
    const shared = prototype ? propertiesOf(prototype, Reflect.ownKeys(prototype)) : NONE
    const statics = propertiesOf(made, unlistedKeys(made))
    const patch = Object.fromEntries([...this.#foreign('', shared, id), ...this.#foreign('static ', statics, id)])
    return { prototype, shared, listed: countListed(prototype), statics, patch: Object.keys(patch).length > 0 ? patch : undefined, isLast: true, round: this.#round }
  }

  #foreign(prefix: string, { keys, descriptors }: Properties, id: string): [name: string, part: unknown][] {
    return descriptors.flatMap(({ value, get, set }, i) => {
      const key = keys[i] as PropertyKey
      if (OWN_KEYS.has(key as string)) return []
      const name = `${prefix}${String(key)}`
      const parts: [string, unknown][] = get || set ? [[`get ${name}`, get], [`set ${name}`, set]] : [[name, value]]
      return parts.filter(([, part]) => !(typeof part === 'function' && this.#isOwn(part, id)) && !((get || set) && part === undefined))
    })
  }
}

/** Whether nothing is listed on a function: makes no list, as `Object.keys` would. */
export function carriesNothing(made: object): boolean {
  for (const key in made) if (Object.hasOwn(made, key)) return false
  return true
}

function prototypeOf(made: object): object | undefined {
  const prototype: unknown = Object.getOwnPropertyDescriptor(made, 'prototype')?.value
  return typeof prototype === 'object' && prototype !== null && !types.isProxy(prototype) ? prototype : undefined
}

function unlistedKeys(made: object): PropertyKey[] {
  return Reflect.ownKeys(made).filter((key) => !OWN_KEYS.has(key) && !Object.prototype.propertyIsEnumerable.call(made, key))
}

const NONE: Properties = { keys: [], descriptors: [], dataKeys: [], data: [], accessors: [] }

function propertiesOf(owner: object, keys: readonly PropertyKey[]): Properties {
  const descriptors = keys.map((key) => Object.getOwnPropertyDescriptor(owner, key) as PropertyDescriptor)
  const numbers = [...keys.keys()]
  const isData = (i: number): boolean => 'value' in (descriptors[i] as PropertyDescriptor)
  const data = numbers.filter(isData)
  const valueOf = (i: number): unknown => descriptors[i]?.value
  return { keys, descriptors, dataKeys: data.map((i) => keys[i] as PropertyKey), data: data.map(valueOf), accessors: numbers.filter((i) => !isData(i)) }
}

function countListed(owner: object | undefined): number {
  let count = 0
  for (const _ in owner) count += 1
  return count
}

function isAsSeen(made: object, seen: Seen): boolean {
  const { prototype, shared, statics } = seen
  if (prototypeOf(made) !== prototype || prototype && !hasAll(prototype, Reflect.ownKeys(prototype), shared)) return false
  return hasAll(made, unlistedKeys(made), statics)
}

function hasAll(owner: object, keys: readonly PropertyKey[], seen: Properties): boolean {
  return keys.length === seen.keys.length && keys.every((key, i) => key === seen.keys[i]) && holds(owner, seen)
}

function isSeenAtOnce(made: object & { prototype?: object }, { prototype, shared, listed, statics }: Seen): boolean {
  if (prototype === undefined) return holds(made, statics)
  return made.prototype === prototype && countListed(prototype) === listed && holds(prototype, shared) && holds(made, statics)
}

function holds(owner: object, properties: Properties): boolean {
  try {
    return holdsAll(owner, properties)
  } catch {
    // A getter that took the place of something refuses.
    return false
  }
}

/** Asks for few descriptors: a prototype may have hundreds of methods. */
function holdsAll(owner: object, { keys, descriptors, dataKeys, data, accessors }: Properties): boolean {
  for (let i = 0; i < data.length; i += 1) if (!Object.is((owner as Record<PropertyKey, unknown>)[dataKeys[i] as PropertyKey], data[i])) return false
  for (const i of accessors) {
    const now = Object.getOwnPropertyDescriptor(owner, keys[i] as PropertyKey)
    if (now?.get !== descriptors[i]?.get || now?.set !== descriptors[i]?.set) return false
  }
  return true
}
