import { inspect, types } from 'node:util'
import { digest } from '../value/digest.ts'
import { UNTRACKED_HASH } from './call-trace.ts'
import { classesOf } from './classes.ts'
import type { CapturedFacts, MakingFacts } from './file-facts.ts'
import { portray, UNSEEN, type Namer, type Naming, type Portrait } from './portrait.ts'
import { Portraits } from './portraits.ts'
import { namedByClass, originOfMade } from './reach.ts'
import { isSelfReporting } from './self-reporting.ts'
import type { ClosedOver, Tracer } from './tracer.ts'

/** What an op's function closes over, as it is now. */
export interface Closure {
  /** {@link UNTRACKED_HASH} where some of it can't be told. */
  readonly hash: string
  /** What that is; empty of the function itself. */
  readonly untold: string | undefined
}

/**
 * Tells what functions close over: the values that they name, and of those that don't show all that they are what made them, and what went
 * into that.
 */
export class Closures {
  readonly #tracer: Tracer
  readonly #portraits = new Portraits()
  readonly #namer: Namer
  /** Classes of the module level, by whether they keep what their instances are elsewhere. */
  readonly #keeping = new Map<string, boolean>()

  constructor(tracer: Tracer) {
    this.#tracer = tracer
    this.#namer = {
      nameFunction: (fn, holder) => this.#nameFunction(fn, holder),
      nameAccessor: (fn, holder) => this.#nameFunction(fn, holder),
      nameInstance: (instance, constructor) => this.#nameInstance(instance, constructor),
      peek: (instance) => tracer.peek(instance),
    }
  }

  /**
   * @param call what calls the op: where that is a value of the module level, what made it tells what nothing else does
   * @returns undefined for a function that closes over nothing
   */
  find(fn: object, call: object | undefined): Closure | undefined {
    const { values } = this.#tracer
    const closedOver = this.#tracer.findClosedOver(fn)
    if (closedOver) {
      const isInPlace = closedOver.values[0]?.making?.places.length === 0
      const whole = isInPlace ? undefined : values.findWhole(fn)
      return whole === undefined ? this.#describe(closedOver) : { hash: digest('component', whole), untold: undefined }
    }
    if (!this.#tracer.isClosure(fn)) return undefined
    const made = values.findId(fn) ?? (call && values.findId(call))
    return made === undefined ? { hash: UNTRACKED_HASH, untold: '' } : { hash: values.originOf(made), untold: undefined }
  }

  /** For people. */
  show(fn: object): string {
    const { file, values, getters } = this.#tracer.findClosedOver(fn) ?? { file: '', values: [], getters: [] }
    const source = this.#tracer.program.findSource(file) ?? ''
    const shown = values.flatMap(({ name, making }, i) => {
      const value = getters[i] && `${name} = ${inspect(read(getters[i]), { depth: 1, breakLength: Infinity })}`
      return [...(value === undefined ? [] : [value]), ...(making?.places ?? []).map(([start, end]) => source.slice(start, end))]
    })
    return shown.join('\n').slice(0, 400)
  }

  #describe({ file, values: captured, getters }: ClosedOver): Closure {
    const { program, values } = this.#tracer
    const parts: unknown[] = []
    /** By number, whether it was looked for as a part of what hides. */
    const seen = new Map<number, boolean>([[0, true]])
    let untold: string | undefined
    const follow = (making: MakingFacts, isHidden: boolean): void => {
      parts.push(values.originOfMade(making, () => originOfMade(program, file, making)))
      for (const each of making.values) describe(each, isHidden)
    }
    const describe = (number: number, isOfHidden: boolean): void => {
      if (seen.get(number) === true || seen.get(number) === isOfHidden) return
      seen.set(number, isOfHidden)
      const { name, making } = captured[number] as CapturedFacts
      const getter = getters[number]
      const value = getter && read(getter)
      // Where something else has its name there is no getter.
      const portrait = getter ? this.#look(name === 'this' ? withoutMembers(value, captured) : value) : { ...UNSEEN, isHidden: isOfHidden }
      parts.push(number, portrait.hash)
      if (!portrait.isPartial) return
      const isHidden = portrait.isHidden || isOpaque(value)
      if (making) follow(making, isHidden)
      else if (isHidden) followElsewhere(name, value)
    }
    const followElsewhere = (name: string, value: unknown): void => {
      const id = isCompound(value) ? values.findId(value) : undefined
      if (id === undefined) untold ??= name
      else parts.push(id, values.originOf(id))
    }
    const [own] = captured
    if (own?.making) follow(own.making, true)
    return { hash: untold === undefined ? digest('component', JSON.stringify(parts)) : UNTRACKED_HASH, untold }
  }

  #look(value: unknown): Portrait {
    const now = (): Portrait => this.#tracer.markers.unwatched(() => portray(value, this.#namer))
    return isCompound(value) ? this.#portraits.look(value, now) : now()
  }

  #nameFunction(fn: object, holder: object): Naming {
    const { name } = fn as { readonly name?: unknown }
    const whole = isSelfReporting(fn) ? `op ${String(name)}` : this.#tracer.values.findWhole(fn)
    if (whole !== undefined) return { name: whole, isWhole: true }
    const component = this.#tracer.findComponentOf(fn)
    // It closes over the instance.
    if (component !== undefined && this.#isFieldOf(component, holder)) return { name: component, isWhole: true }
    return { name: component ?? String(name), isWhole: false, isHidden: this.#tracer.isClosure(fn) }
  }

  #isFieldOf(component: string, holder: object): boolean {
    const { program, values } = this.#tracer
    return program.find(component)?.component.kind === 'class' && classesOf(holder).some((constructor) => values.findId(constructor) === component)
  }

  /** Of a class of the module level its fields are all there is, the private ones included; one made in a function may close over anything. */
  #nameInstance(instance: object, constructor: object): Naming {
    const classes = classesOf(instance)
    const ids = classes.map((each) => this.#tracer.values.findId(each))
    const isHidden = classes.some((each, i) => (ids[i] === undefined ? this.#tracer.isMarked(each) : this.#keepsElsewhere(ids[i])))
    // Small methods are a part of their class.
    const names = ids.map((id) => id && `${id} ${this.#tracer.program.findFingerprint(id)}`)
    return { name: names.join(' ') || String((constructor as { name?: unknown }).name), isWhole: !isHidden && !ids.includes(undefined), isHidden }
  }

  /** Whether a class has the state of its instances in a WeakMap, as compilers do with private fields. */
  #keepsElsewhere(id: string): boolean {
    let keeps = this.#keeping.get(id)
    if (keeps === undefined) {
      const { program, values } = this.#tracer
      keeps = namedByClass(program, id).some((each) => isWeak(values.read(each)))
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

function isCompound(value: unknown): value is object {
  return typeof value === 'object' && value !== null || typeof value === 'function'
}

/** An instance without the fields that are told of by themselves. */
function withoutMembers(instance: unknown, told: readonly CapturedFacts[]): unknown {
  if (typeof instance !== 'object' || instance === null) return instance
  const rest = Object.entries(Object.getOwnPropertyDescriptors(instance)).filter(([key]) => !told.some(({ name }) => name === `this.${key}`))
  return Object.create(Object.getPrototypeOf(instance) as object | null, Object.fromEntries(rest))
}

function read(getter: () => unknown): unknown {
  try {
    return getter()
  } catch {
    // It isn't initialised yet: what the function calls may name more than it uses.
    return undefined
  }
}
