import { types } from 'node:util'
import { describeValue } from '../base/describe-value.ts'
import { digest } from '../value/digest.ts'
import { classesOf } from './classes.ts'
import { isCompound } from './compound.ts'
import type { CapturedFacts, MakingFacts } from './file-facts.ts'
import { isOfClass, NAMELESS, ownNameOf, portray, UNSEEN, type Namer, type Naming, type Portrait } from './portrait.ts'
import { Portraits } from './portraits.ts'
import { originOfMade, reachOf } from './reach.ts'
import { isSelfReporting } from './self-reporting.ts'
import type { ClosedOver, Tracer } from './tracer.ts'

/** What an op's function closes over, as it is now. */
export interface Closure {
  /** Another one in each process where some of it can't be told. */
  readonly hash: string
  /** What that is; empty of the function itself. */
  readonly untold: string | undefined
  /** Of what that was made by code that reads files and hides what it holds. */
  readonly doubtful: ReadonlySet<string>
  /** By name: values, and the fields of those that are instances. */
  readonly parts: ReadonlyMap<string, ClosurePart>
}

interface ClosurePart {
  readonly hash: string
  /** What it is a field of, or the value itself if that is an object. */
  readonly holder: object | undefined
  readonly key: string
}

/** What hides what it holds, of which there was some when its place was first looked at, by number. */
interface Numbered {
  readonly numbers: Map<object, string>
  isFirst: boolean
}

/** Something that a function closes over. */
interface Looked {
  readonly name: string
  readonly value: unknown
  readonly getter: () => unknown
  /** What is told of by itself. */
  readonly told: ReadonlySet<string>
}

/** What an op closes over is looked at in each of its calls. */
const PARTS_MAX = 200_000
const SHOWN_MAX = 400

const NO_PARTS: Pick<Closure, 'doubtful' | 'parts'> = { doubtful: new Set(), parts: new Map() }

/**
 * Tells what functions close over: the values that they name, and of those that don't show all that they are what made them, and what went
 * into that.
 */
export class Closures {
  readonly #tracer: Tracer
  readonly #portraits = new Portraits(Infinity)
  /** By what has them, and under which key. */
  readonly #numbered = new WeakMap<object, Map<string, Numbered>>()
  /** What came later is another thing in each process: nothing tells it from what was there. */
  readonly #late = new WeakMap<object, string>()
  /** Those of which not all can be told are others in each process, and others than each other. */
  readonly #untold = new WeakMap<object, string>()
  /** Fields that were seen to change while an op ran, by what has them. */
  readonly #unsteady = new WeakMap<object, Set<string>>()
  /** Classes of the module level, by whether they keep what their instances are elsewhere. */
  readonly #keeping = new Map<string, boolean>()

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  /**
   * @param call what calls the op: where that is a value of the module level, what made it tells what nothing else does
   * @param except names of parts that don't count
   * @returns undefined for a function that closes over nothing
   */
  find(fn: object, call: object | undefined, except: readonly string[]): Closure | undefined {
    const { values } = this.#tracer
    const closedOver = this.#tracer.findClosedOver(fn)
    if (closedOver) {
      const isInPlace = closedOver.values[0]?.making?.places.length === 0
      const whole = isInPlace ? undefined : values.findWhole(fn)
      // It tells by itself that it runs.
      if (whole !== undefined && this.#isCode(values.findId(fn))) return undefined
      return whole === undefined ? this.#describe(fn, closedOver, except) : { ...NO_PARTS, hash: digest('component', whole), untold: undefined }
    }
    if (!this.#tracer.isClosure(fn)) return undefined
    const made = values.findId(fn) ?? (call && values.findId(call))
    if (made === undefined) return { ...NO_PARTS, hash: this.#untoldOf(fn), untold: '' }
    const parts = new Map(this.#listKept('', fn).filter(([path]) => !except.includes(path)))
    const hash = digest('component', JSON.stringify([values.originOf(made), ...Array.from(parts.values(), (part) => part.hash)]))
    return { ...NO_PARTS, parts, hash, untold: undefined }
  }

  /** What functions keep, or those in a value. */
  #listKept(name: string, value: object, { state } = this.#tracer.values.keptIn(value)): (readonly [path: string, part: ClosurePart])[] {
    return [...state].map(([key, hash]) => [name === '' ? key : `${name} ${key}`, { hash: `${key} ${hash}`, holder: value, key }] as const)
  }

  /** Takes in that parts changed while an op ran: they may do so in other ops that close over the same. */
  noteUnsteady({ parts }: Closure, names: readonly string[]): void {
    for (const name of names) {
      const { holder, key } = parts.get(name) ?? {}
      if (holder && key !== undefined) this.#unsteady.set(holder, (this.#unsteady.get(holder) ?? new Set()).add(key))
    }
  }

  listUnsteady({ parts }: Closure): string[] {
    return [...parts].filter(([, { holder, key }]) => holder && this.#unsteady.get(holder)?.has(key)).map(([name]) => name)
  }

  #isCode(id: string | undefined): boolean {
    return id !== undefined && this.#tracer.program.find(id)?.component.kind !== 'value'
  }

  #untoldOf(fn: object): string {
    const known = this.#untold.get(fn) ?? crypto.randomUUID()
    this.#untold.set(fn, known)
    return known
  }

  /** For people. */
  show(fn: object): string {
    const { file, values, getters } = this.#tracer.findClosedOver(fn) ?? { file: '', values: [], getters: [] }
    const source = this.#tracer.program.findSource(file) ?? ''
    const shown = values.flatMap(({ name, making }, i) => {
      const value = getters[i] && `${name} = ${describeValue(read(getters[i]), SHOWN_MAX)}`
      return [...(value === undefined ? [] : [value]), ...(making?.places ?? []).map(([start, end]) => source.slice(start, end))]
    })
    return shown.join('\n').slice(0, SHOWN_MAX)
  }

  #describe(fn: object, { file, values: captured, getters }: ClosedOver, except: readonly string[]): Closure {
    const { program, values } = this.#tracer
    const told = new Set(captured.map(({ name }) => name))
    const parts = new Map<string, ClosurePart>()
    const made: string[] = []
    /** By number, whether it was looked for as a part of what hides. */
    const seen = new Map<number, boolean>([[0, true]])
    let untold: string | undefined
    const doubtful = new Set<string>()
    const follow = (name: string, making: MakingFacts, isHidden: boolean, isShown = false): void => {
      const origin = values.originOfMade(making, () => originOfMade(program, file, making))
      made.push(origin.hash)
      if (isHidden && !isShown && origin.readsFiles) doubtful.add(name)
      for (const each of making.values) describe(each, isHidden)
    }
    const describe = (number: number, isOfHidden: boolean): void => {
      if (seen.get(number) === true || seen.get(number) === isOfHidden) return
      seen.set(number, isOfHidden)
      const { name, making } = captured[number] as CapturedFacts
      const getter = getters[number]
      const value = getter && read(getter)
      let { isPartial, isHidden } = getter ? WHOLE : { isPartial: true, isHidden: isOfHidden }
      for (const { key, holder, portrait } of getter ? this.#look({ name, value, getter, told }) : []) {
        const path = key === '' ? name : `${name}.${key}`
        // What has one name may be two things; a local's own name doesn't count.
        if (!except.includes(path)) parts.set(path, { hash: `${parts.get(path)?.hash ?? ''}${key} ${portrait.hash}`, holder, key })
        isPartial ||= portrait.isPartial
        isHidden ||= portrait.isHidden
        if (portrait.isUnknown) untold ??= path
      }
      const kept = isCompound(value) ? values.keptIn(value) : undefined
      for (const [path, part] of kept ? this.#listKept(name, value as object, kept) : []) {
        if (!except.includes(path)) parts.set(path, { ...part, hash: `${parts.get(path)?.hash ?? ''}${part.hash}` })
      }
      if (!isPartial) return
      isHidden ||= isOpaque(value)
      if (making) follow(name, making, isHidden, kept?.isWhole)
      else if (isHidden) followElsewhere(name, value)
    }
    /** What a parameter gives may be known where it comes from. */
    const followElsewhere = (name: string, value: unknown): void => {
      const id = isCompound(value) ? values.findId(value) : undefined
      if (id === undefined) untold ??= name
      else made.push(`${id} ${values.originOf(id)}`)
    }
    const [own] = captured
    if (own?.making) follow('', own.making, true)
    // What it keeps of the function around the op is told already.
    if (own?.making?.places.length !== 0) for (const [path, part] of this.#listKept('', fn)) if (!except.includes(path)) parts.set(path, part)
    const hash = untold === undefined ? digest('component', JSON.stringify([[...parts.values()].map((part) => part.hash), made])) : this.#untoldOf(fn)
    return { hash, untold, doubtful, parts }
  }

  /** A value, or an instance and its fields, but for those that are told of by themselves. */
  *#look({ name, value, getter, told }: Looked): Iterable<Omit<ClosurePart, 'hash'> & { readonly portrait: Portrait }> {
    if (!isOfClass(value)) {
      yield { key: '', holder: isCompound(value) ? value : undefined, portrait: this.#portrait(value, getter) }
      return
    }
    const { name: hash, isWhole, isHidden = false } = this.#within(getter, '', ({ nameInstance }) => nameInstance(value))
    yield { key: '', holder: undefined, portrait: { ...WHOLE, hash, isPartial: !isWhole, isHidden } }
    const inner = this.#tracer.peek(value).flatMap((each) => Object.entries(each))
    const isTold = (key: string): boolean => told.has(`${name}.${key}`)
    for (const each of isWhole ? Reflect.ownKeys(value) : Object.keys(value)) {
      const { value: field, get } = Object.getOwnPropertyDescriptor(value, each) as PropertyDescriptor
      const key = String(each)
      if (!isTold(key)) yield { key, holder: value, portrait: get ? UNSEEN : this.#portrait(field, value, key) }
    }
    for (const [key, field] of inner) if (!isTold(key)) yield { key, holder: value, portrait: this.#portrait(field, value, key) }
  }

  #portrait(value: unknown, holder: object, key = ''): Portrait {
    if (!isCompound(value)) return portray(value, NAMELESS)
    if (typeof value === 'function') return this.#within(holder, key, (namer) => portray(value, namer, { holder, partsMax: PARTS_MAX }))
    return this.#portraits.look(value, () => this.#within(value, '', (namer) => portray(value, namer, { holder, partsMax: PARTS_MAX })))
  }

  /** Looks at what a place holds. */
  #within<T>(holder: object, key: string, look: (namer: Namer) => T): T {
    const places = this.#numbered.get(holder) ?? new Map<string, Numbered>()
    this.#numbered.set(holder, places)
    const place = places.get(key) ?? { numbers: new Map<object, string>(), isFirst: true }
    places.set(key, place)
    const numbered = (naming: Naming, made: object): Naming => (naming.isHidden ? { ...naming, name: `${naming.name} ${this.#numberOf(place, made)}` } : naming)
    const nameFunction = (fn: object, holder: object): Naming => numbered(this.#nameFunction(fn, holder), fn)
    const looked = this.#tracer.markers.unwatched(() => look({
      nameFunction,
      nameAccessor: nameFunction,
      nameInstance: (instance) => numbered(this.#nameInstance(instance), instance),
      peek: (instance) => this.#tracer.peek(instance),
    }))
    place.isFirst = false
    return looked
  }

  #numberOf({ numbers, isFirst }: Numbered, made: object): string {
    if (isFirst && !numbers.has(made)) numbers.set(made, String(numbers.size))
    const number = numbers.get(made) ?? this.#late.get(made) ?? crypto.randomUUID()
    if (!numbers.has(made)) this.#late.set(made, number)
    return number
  }

  #nameFunction(fn: object, holder: object): Naming {
    const whole = isSelfReporting(fn) ? `op ${ownNameOf(fn)}` : this.#tracer.values.findWhole(fn)
    if (whole !== undefined) return { name: whole, isWhole: true }
    const component = this.#tracer.findComponentOf(fn)
    // It closes over the instance.
    if (component !== undefined && this.#tracer.isOfThis(fn) && this.#isFieldOf(component, holder)) return { name: component, isWhole: true }
    const isHidden = this.#tracer.isClosure(fn)
    return { name: component ?? (isHidden ? '' : ownNameOf(fn)), isWhole: false, isHidden }
  }

  #isFieldOf(component: string, holder: object): boolean {
    const { program, values } = this.#tracer
    return program.find(component)?.component.kind === 'class' && classesOf(holder).some((constructor) => values.findId(constructor) === component)
  }

  /** Of a class of the module level its fields are all there is, the private ones included; one made in a function may close over anything. */
  #nameInstance(instance: object): Naming {
    const classes = classesOf(instance)
    const ids = classes.map((each) => this.#tracer.values.findId(each))
    const isHidden = classes.some((each, i) => (ids[i] === undefined ? this.#tracer.isClosure(each) || isOfPlatform(each) : this.#keepsElsewhere(ids[i])))
    // Its small methods report nothing: the class tells of them.
    const nameOf = (each: object): string => this.#tracer.findComponentOf(each) ?? ownNameOf(each)
    const name = classes.map((each, i) => (ids[i] === undefined ? nameOf(each) : `${ids[i]} ${this.#tracer.program.findFingerprint(ids[i])}`)).join(' ')
    return { name, isWhole: !isHidden && !ids.includes(undefined), isHidden }
  }

  /** Whether a class has the state of its instances in a WeakMap, as compilers do with private fields. */
  #keepsElsewhere(id: string): boolean {
    let keeps = this.#keeping.get(id)
    if (keeps === undefined) {
      const { program, values } = this.#tracer
      keeps = reachOf(program, id).some((touched) => touched.kind === 'value' && isWeak(values.read(touched.id)))
      this.#keeping.set(id, keeps)
    }
    return keeps
  }
}

/** What can't be looked into. */
function isOpaque(value: unknown): boolean {
  return types.isPromise(value) || types.isProxy(value) || types.isGeneratorObject(value) || types.isMapIterator(value) || types.isSetIterator(value) || isWeak(value)
}

function isWeak(value: unknown): boolean {
  return types.isWeakMap(value) || types.isWeakSet(value)
}

/** Of which what they hold shows. */
const SHOWN: ReadonlySet<unknown> = new Set([Object, Array, Map, Set])

/** Iterators, `URLSearchParams`, a `WeakRef`: what these hold is in no property. */
function isOfPlatform(made: object): boolean {
  if (SHOWN.has(made)) return false
  return (globalThis as Record<string, unknown>)[ownNameOf(made)] === made || /\{ \[native code\] \}$/.test(Function.prototype.toString.call(made))
}

const WHOLE: Portrait = { ...UNSEEN, isPartial: false, isHidden: false }

function read(getter: () => unknown): unknown {
  try {
    return getter()
  } catch {
    // It isn't initialised yet: what the function calls may name more than it uses.
    return undefined
  }
}
