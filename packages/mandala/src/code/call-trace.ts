import { BARE_HASH } from './bare.ts'
import { envNameOf, GLOBALS, HIDDEN } from './globals.ts'
import { classesOf } from './classes.ts'
import type { Watcher } from './markers.ts'
import { listChangedInside, outsideOf, type ValueState } from './value-state.ts'
import { componentId } from './program.ts'
import { getTracer, type Event, type Tracer } from './tracer.ts'

/** Something outside of a call's inputs that it used, as it was then. */
export type Dependency =
  /** Code that ran, or may have: its hash is the component's fingerprint. */
  | { readonly kind: 'code'; readonly id: string; readonly hash: string }
  /** A value that was read. An opaque one is known by its code, and all that this names. */
  | { readonly kind: 'value'; readonly id: string; readonly hash: string; readonly isOpaque: boolean }
  /** One but for some that it keeps inside, as that changes while calls run: its id says what. */
  | { readonly kind: 'outside'; readonly id: string; readonly hash: string }
  /** A value of a module that is loaded in calls, by where it comes from. */
  | { readonly kind: 'made'; readonly id: string; readonly hash: string }
  | { readonly kind: 'package'; readonly id: string; readonly version: string }
  | { readonly kind: 'env'; readonly id: string; readonly hash: string }

/** What a call used, and what stands in the way of trusting that. */
export interface Usage {
  readonly dependencies: readonly Dependency[]
  /** What it asked for that is no input: the clock, chance, files, the network. */
  readonly hidden: readonly string[]
  /** Values of the module level that it assigned to. */
  readonly written: readonly string[]
  /** Values that were others when it ended than when it read them. */
  readonly changed: readonly string[]
}

/** Of these built-in modules nothing comes but what was put in. */
const PURE_BUILTINS = new Set([
  'assert', 'async_hooks', 'buffer', 'events', 'path', 'querystring', 'stream', 'string_decoder', 'test', 'timers', 'url', 'util', 'v8', 'zlib',
])

/** What a value is called but for some that it keeps inside. */
const outsideId = (id: string, except: readonly string[]): string => `${id} (but ${except.join(', ')})`

/** The other way round; undefined for other names. */
export function parseOutside(name: string): { readonly id: string; readonly except: readonly string[] } | undefined {
  const [, id, except] = /^(.+) \(but (.+)\)$/.exec(name) ?? []
  return id === undefined || except === undefined ? undefined : { id, except: except.split(', ') }
}

/**
 * What stands for a file that reports nothing. There is no such component, so that a call which used it is no hit in another process; what it
 * is can't be said, but that it is another thing than in any other process.
 */
export const untrackedId = (file: string): string => componentId(file, '<untracked>')
export const UNTRACKED_HASH: string = crypto.randomUUID()

export const notTracked = (file: string): string => `${file} (not tracked: it is no part of the bundle, or another tool loaded it)`

const notBegun = (file: string): string => `${file} (it hasn't begun to run: it imports the module that makes the call)`

/** Collects what one call uses, and what the calls in it use. */
export class CallTrace implements Watcher {
  readonly outer: CallTrace | undefined
  readonly passed: Set<number> = new Set()
  readonly #tracer: Tracer
  readonly #code = new Set<string>()
  readonly #values = new Map<string, ValueState | undefined>()
  readonly #others = new Map<string, Dependency>()
  readonly #hidden = new Set<string>()
  readonly #written = new Set<string>()
  /** Files of which something was used. */
  readonly #imported = new Set<string>()
  /** Those of them that hadn't begun to run. */
  readonly #early = new Set<string>()

  /** A call inside another is a part of it. */
  constructor(tracer: Tracer = getTracer()) {
    this.#tracer = tracer
    this.outer = tracer.markers.current
    tracer.begin()
    tracer.beginCall(this)
  }

  /** Runs the call's function; what it uses until its promise settles is noted. */
  run<T>(fn: () => T): T {
    return this.#tracer.markers.watch(this, fn)
  }

  pass(site: number): void {
    for (const event of this.#tracer.eventsOf(site)) this.#note(event)
  }

  /**
   * Takes in what is known otherwise: the dependencies of an inner call that was a hit, or what was marked by hand.
   * @param madeIn a call in which it came about, for which it is no dependency
   */
  add(dependency: Dependency, madeIn?: CallTrace): void {
    for (let each: CallTrace | undefined = this; each && !madeIn?.isIn(each); each = each.outer) {
      each.#others.set(`${dependency.kind} ${dependency.id}`, dependency)
    }
  }

  /** Whether it is a call itself, or one inside it. */
  isIn(outer: CallTrace): boolean {
    for (let each: CallTrace | undefined = this; each; each = each.outer) if (each === outer) return true
    return false
  }

  /** Takes in the classes of the instances in what the call is given: methods too small to report themselves are theirs. */
  addClassesIn(given: unknown): void {
    const found = new Set<string>()
    const met = new Set([given])
    for (const value of met) {
      if (typeof value !== 'object' || value === null) continue
      const ids = this.#classesOf(value)
      for (const id of ids) found.add(id)
      // What packages made is not gone through.
      if (ids.length === 0 && !isCollection(value)) continue
      for (const part of partsOf(value)) if (typeof part === 'object') met.add(part)
      for (const inner of this.#tracer.peek(value)) met.add(inner)
    }
    this.#addCode([...found])
    const changing = [...found].filter((id) => this.#tracer.values.hidesChanges(id))
    for (let each: CallTrace | undefined = this; each; each = each.outer) for (const id of changing) each.#noteValue(id)
  }

  /** Takes in the function that the call is of, if nothing in that reports it. */
  addFunction(fn: object): void {
    const id = this.#tracer.findSmall(fn)
    if (id !== undefined) this.#addCode([id])
  }

  #addCode(ids: readonly string[]): void {
    for (let each: CallTrace | undefined = this; each; each = each.outer) for (const id of ids) each.#code.add(id)
  }

  #classesOf(instance: object): string[] {
    return classesOf(instance).map((constructor) => this.#tracer.values.findId(constructor)).filter((id) => id !== undefined)
  }

  #note(event: Event): void {
    switch (event.kind) {
      case 'code': this.#code.add(event.id); return
      case 'value': this.#noteValue(event.id); return
      case 'write': this.#written.add(event.id); return
      case 'hidden': this.#hidden.add(event.name); return
      case 'package': this.#others.set(`package ${event.name}`, { kind: 'package', id: event.name, version: event.version }); return
      case 'env': this.#noteEnvironment(event.name); return
      case 'import': this.#noteImport(event); return
      case 'builtin': this.#noteBuiltin(event.name, event.member); return
      case 'global': this.#noteGlobal(event.name)
    }
  }

  /** As it is when it is read first; undefined until its module is loaded. */
  #noteValue(id: string): ValueState | undefined {
    if (this.#values.has(id)) return this.#values.get(id)
    const { values } = this.#tracer
    const state = values.has(id) ? values.state(id) : undefined
    if (state?.doubt !== undefined) this.#hidden.add(`${id} (${state.doubt})`)
    this.#values.set(id, state)
    return state
  }

  /** Data is what it is, wherever it came from: a test may have put it there. */
  #isShown(id: string): boolean {
    return this.#tracer.hasValue(id) && !(this.#noteValue(id) ?? this.#tracer.values.state(id)).isOpaque
  }

  #noteImport({ file, value, isLoaded }: Event & { kind: 'import' }): void {
    if (isLoaded && this.#tracer.isWaiting(file)) this.#early.add(file)
    else if (value !== undefined && this.#isShown(value)) return
    this.#imported.add(file)
  }

  #noteEnvironment(name: string): void {
    const hash = this.#tracer.environment.hashOf(name)
    if (hash === undefined) this.#hidden.add(name)
    else this.#others.set(`env ${name}`, { kind: 'env', id: name, hash })
  }

  /** Read when a class was made. */
  #noteGlobal(name: string): void {
    const variable = envNameOf(name)
    if (variable !== undefined) this.#noteEnvironment(variable)
    else if (HIDDEN.has(name)) this.#hidden.add(name)
    else if (!name.includes('.') && !GLOBALS.has(name)) this.#noteEnvironment(`globalThis.${name}`)
  }

  #noteBuiltin(name: string, member: string): void {
    const [module] = name.replace(/^node:/, '').split('/') as [string]
    const isPure = PURE_BUILTINS.has(module) || module === 'crypto' && !/^(\*|random|generate|get|default)/.test(member)
    if (!isPure) this.#hidden.add(member === '*' || member === 'default' ? `node:${module}` : `node:${module}.${member}`)
  }

  /** What was used so far; to be asked when the call has ended. */
  usage(): Usage {
    const dependencies: Dependency[] = []
    for (const id of this.#code) {
      const hash = this.#tracer.program.findFingerprint(id)
      if (hash !== undefined) dependencies.push({ kind: 'code', id, hash })
    }
    const changed = this.#addValues(dependencies)
    for (const other of this.#others.values()) {
      const isKnown = other.kind === 'code' ? this.#code.has(other.id) : isValue(other.kind) && this.#values.has(parseOutside(other.id)?.id ?? other.id)
      if (!isKnown) dependencies.push(other)
    }
    const hidden = [...this.#hidden]
    for (const file of this.#imported) {
      const isEarly = this.#early.has(file)
      if (!isEarly && !this.#tracer.isUntracked(file)) continue
      dependencies.push({ kind: 'code', id: untrackedId(file), hash: UNTRACKED_HASH })
      hidden.push(isEarly ? notBegun(file) : notTracked(file))
    }
    return { dependencies, hidden: hidden.sort(), written: [...this.#written].sort(), changed }
  }

  /** @returns those that changed since they were read, by name */
  #addValues(dependencies: Dependency[]): string[] {
    const { lazy, values } = this.#tracer
    const changed: string[] = []
    for (const [id, before] of this.#values) {
      const now = values.state(id)
      const { hash, isOpaque } = before ?? now
      const isLate = lazy.isLoadedInCall(id)
      const hashOf = (state: ValueState): string | undefined => (isLate ? outsideOf(state) : state.hash)
      const isSame = (before ? hashOf(before) : lazy.snapshotOf(id) ?? hashOf(now)) === hashOf(now)
      const inside = isSame ? [] : before && listChangedInside(before, now)
      if (inside === undefined) changed.push(id)
      else if (inside.length > 0) values.noteChanging(id, inside)
      // Before its module is loaded, or where that gives no access to it, nothing tells of a function what it carries.
      if (hash === undefined || hash === BARE_HASH && (isLate || !values.hasOwn(id))) continue
      const except = isLate ? [] : values.listUnsteady(id)
      if (except.length > 0) {
        this.#hidden.add(`${id} (what it keeps inside changes while ops run: ${except.map((name) => this.#tracer.nameInside(name)).join(', ')})`)
        dependencies.push({ kind: 'outside', id: outsideId(id, except), hash: values.hashOutside(id, before ?? now, this.#tracer.howItRan(this)) as string })
        continue
      }
      const origin = isLate ? lazy.find(id) : undefined
      dependencies.push(origin === undefined ? { kind: 'value', id, hash, isOpaque } : { kind: 'made', id, hash: origin })
    }
    return changed.sort()
  }
}

const isValue = (kind: Dependency['kind']): boolean => kind === 'value' || kind === 'outside' || kind === 'made'

/** What a dependency is today: its hash or version; undefined if it is gone, or its module isn't loaded. */
export function findCurrent(dependency: Dependency, tracer: Tracer = getTracer()): string | undefined {
  tracer.begin()
  switch (dependency.kind) {
    case 'code': return tracer.program.findFingerprint(dependency.id)
    case 'value': return tracer.hasValue(dependency.id) ? tracer.values.hashBut(dependency.id, []) : undefined
    case 'outside': {
      const { id = '', except = [] } = parseOutside(dependency.id) ?? {}
      return tracer.hasValue(id) ? tracer.values.hashBut(id, except) : undefined
    }
    case 'made': return tracer.lazy.find(dependency.id)
    case 'package': return tracer.program.findVersion(dependency.id)
    case 'env': return tracer.environment.findHash(dependency.id)
  }
}

function isCollection(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || Array.isArray(value) || value instanceof Set || value instanceof Map
}

/** What lies in a collection, or in the fields of an instance; no getter is called. */
function partsOf(value: object): Iterable<unknown> {
  if (Array.isArray(value)) return value
  const fields = Object.values(Object.getOwnPropertyDescriptors(value)).map((each): unknown => each.value)
  if (value instanceof Map) return [...value.keys(), ...value.values(), ...fields]
  return value instanceof Set ? [...value, ...fields] : fields
}
