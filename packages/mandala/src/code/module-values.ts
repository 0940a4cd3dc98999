import { describeValue } from '../base/describe-value.ts'
import { remember } from '../base/remember.ts'
import { identify } from '../value/identify.ts'
import { digest } from '../value/digest.ts'
import { BARE_HASH } from './bare.ts'
import { isCompound } from './compound.ts'
import type { MakingFacts } from './file-facts.ts'
import { call, isReplaced, type Getter } from './getter.ts'
import { givingOf, mayHaveGiven, type Giving } from './giving.ts'
import { both, type Glance } from './glance.ts'
import { InnerStates, type CountingState, type InnerState, type Peek } from './inner-states.ts'
import { Origins, type KnownOrigin, type OriginSurroundings, type Shown } from './origins.ts'
import { carriesNothing } from './patches.ts'
import type { Portrait } from './portrait.ts'
import type { Origin } from './reach.ts'
import { isSelfReporting } from './self-reporting.ts'
import { SetsBeside, type Among } from './sets-beside.ts'
import { ValuePortraits, type PortraitSurroundings } from './value-portraits.ts'
import type { LoadingUse } from './uses.ts'
import { PACKAGES, stateBut, withInner, type ValueState } from './value-state.ts'

/** Values that take longer to look at than so many parts aren't settled: somebody must ask, and literals are known by the code that made and changed them. */
const SETTLED_SIZE = 2_000

/** Of what hides that, and was made by code that reads files. */
export const MAY_BE_READ = 'what it hides may come from a file'

/** Of what keeps things inside. */
const TOO_LARGE = 'it keeps more inside than is looked at'

const NOTHING: Shown = { text: '', isHiding: false, origins: new Set() }

/** Of which only the code that made and changed it is known. */
const UNTOLD: Shown = { ...NOTHING, isHiding: true }

const NOTHING_INSIDE: CountingState = { state: new Map(), isPlain: false, isWhole: false, isCut: false }

const NO_VALUE: ValueState = { hash: undefined, isOpaque: false }
/** Of a function or a class that carries nothing, so that it is noticed when it does. */
const BARE: ValueState = { hash: BARE_HASH, isOpaque: false }

/** What the values of a program are seen in. */
export interface Surroundings extends Omit<OriginSurroundings, 'show' | 'has' | 'hidesChanges'>, Omit<PortraitSurroundings, 'findId' | 'originOf'> {
  /** Whether only its text made it. */
  isLiteral(id: string): boolean
  /** Whether, of a literal, it is the same in every process, until something changes it. */
  isSteady(id: string): boolean
  /** Whether, of a literal, nothing changes it. */
  isFixed(id: string): boolean
  /** What code that may run before any call does with it. */
  atLoad(id: string): LoadingUse
  /** Whether no call is under way. */
  isIdle(): boolean
  /** What gives the private fields of an instance, or the static ones of a class. */
  peeksOf(owner: object): readonly Peek[]
  /** The same of the locals that a function keeps, or something with such functions. */
  keptOf(owner: object): readonly Peek[]
}

/** The values of the modules of a program, asked for when somebody depends on them. */
export class ModuleValues {
  readonly #getters = new Map<string, Getter>()
  readonly #importers = new Map<string, Getter>()
  readonly #portraits: ValuePortraits
  readonly #inner: InnerStates
  readonly #kept: InnerStates
  /** By component, what in it was seen to change while a call used it. */
  readonly #unsteady = new Map<string, ReadonlySet<string>>()
  /** The same as far as that was in this process. */
  readonly #changing = new Map<string, ReadonlySet<string>>()
  readonly #sets = new SetsBeside()
  /** What a value is that has a portrait and an origin. */
  #opaque = new WeakMap<Portrait, { readonly origin: KnownOrigin; readonly state: ValueState }>()
  /** By component, the last value that can't change in itself. */
  readonly #fixed = new Map<string, { readonly value: unknown; readonly state: ValueState }>()
  #origins: Origins
  #isSelfContained: (id: string) => boolean
  /** What was shown of a value when it was settled, or else when its origin was first asked for: later it may be a cache, or a counter. */
  readonly #shownThen = new Map<string, () => Shown>()
  /** Not looked at yet for what statements made of them. */
  readonly #newIds = new Set<string>()
  /** The same of those that no block began with yet. */
  readonly #unseen = new Set<string>()
  readonly #ids = new WeakMap<object, string>()
  /** Components of which it isn't known yet what they are. */
  readonly #unidentified = new Set<string>()
  /** Changes with every module, and with every getter. */
  #revision = 0
  #isOutdated = false
  readonly #surroundings: Surroundings

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
    const [findId, originOf] = [(made: object) => this.findId(made), (id: string) => this.originOf(id)]
    this.#portraits = new ValuePortraits({ ...surroundings, findId, originOf, isSelfContained: (id) => this.#isSelfContained(id) })
    this.#inner = new InnerStates((owner) => [...surroundings.peeksOf(owner), ...surroundings.keptOf(owner)], this.#portraits)
    this.#kept = new InnerStates(surroundings.keptOf, this.#portraits)
    this.#origins = this.#newOrigins()
    this.#isSelfContained = remember(surroundings.isSelfContained)
  }

  #newOrigins(): Origins {
    return new Origins({ ...this.#surroundings, show: (id) => this.#shownOnce(id), has: (id) => this.has(id), hidesChanges: (id) => this.#isMoreThanCode(id) })
  }

  /** Code isn't what it was: what values were made by is looked up again. */
  forgetOrigins(): void {
    this.#origins = this.#newOrigins()
    this.#isSelfContained = remember(this.#surroundings.isSelfContained)
    this.#opaque = new WeakMap()
    this.#fixed.clear()
  }

  set(id: string, getter: Getter): void {
    this.#getters.set(id, getter)
    this.#unidentified.add(id)
    this.#newIds.add(id)
    this.#unseen.add(id)
    this.#portraits.forget(id)
  }

  setImported(id: string, getter: Getter): void {
    if (this.#getters.has(id) && !isReplaced(this.#getters.get(id) as Getter, getter)) return
    this.noteLoaded()
    this.#importers.set(id, getter)
  }

  /** What a module does that is loaded may change what made values. */
  noteLoaded(): void {
    this.#revision += 1
    this.#isOutdated = true
  }

  /** A call begins, or code is looked at. */
  begin(): void {
    this.#portraits.patches.begin()
    this.refresh()
  }

  /**
   * Modules that were loaded since may have changed what made a value. Not while a call goes on: it would find other values than those
   * that it began with.
   */
  refresh(): void {
    if (!this.#isOutdated || !this.#surroundings.isIdle()) return
    this.#isOutdated = false
    this.#portraits.refresh()
    this.forgetOrigins()
    this.settle()
  }

  /** Modules have been loaded: what values are by now is what their code made them. */
  settle(): void {
    for (const id of this.#newIds) this.#settle(id)
  }

  /** A block begins. What shows of values is asked for at once: it would be something else later in a process that finds no calls to ask it for. */
  beginBlock(): void {
    this.settle()
    for (const id of this.#unseen) {
      const value = call(this.#getters.get(id))
      if (value === undefined) continue
      this.#unseen.delete(id)
      const isMade = !this.#surroundings.isCode(id) && !this.#surroundings.isLiteral(id)
      if (isMade && !this.#shownThen.has(id) && typeof value !== 'symbol') this.#keepShown(id, value, false)
    }
  }

  /** The component that a function, a class or an object of the module level is. */
  findId(made: object): string | undefined {
    for (const id of this.#unidentified) {
      try {
        const value = (this.#getters.get(id) as Getter)()
        // What a variable is given later isn't what its code made.
        if (isCompound(value)) this.#ids.set(value, id)
        this.#unidentified.delete(id)
      } catch {
        // Not initialised yet: asked again next time.
      }
    }
    return this.#ids.get(made)
  }

  /** See {@link ValuePortraits.findWhole}. */
  findWhole(fn: object): string | undefined {
    return this.#portraits.findWhole(fn)
  }

  /** Whether its own module gives it, and not only one that imports it. */
  hasOwn(id: string): boolean {
    return this.#getters.has(id)
  }

  has(id: string): boolean {
    return this.#getterOf(id) !== undefined
  }

  /** The value itself; undefined too where it isn't there yet. */
  read(id: string): unknown {
    return call(this.#getterOf(id))
  }

  #getterOf(id: string): Getter | undefined {
    return this.#importers.get(id) ?? this.#getters.get(id)
  }

  /** A value that nothing gives access to is known by its code. */
  state(id: string): ValueState {
    const getter = this.#getterOf(id)
    if (!getter) return this.#surroundings.isCode(id) ? NO_VALUE : { hash: this.originOf(id), isOpaque: true }
    const value = call(getter)
    if (typeof value === 'function' && isSelfReporting(value)) return NO_VALUE
    if (isCompound(value) && this.#mayChange(id, value)) return this.#stateOf(id, value)
    const known = this.#fixed.get(id)
    if (known && Object.is(known.value, value)) return known.state
    const state = this.#stateOf(id, value)
    this.#fixed.set(id, { value, state })
    return state
  }

  /** Whether it may become something else and still be the same object. */
  #mayChange(id: string, value: object): boolean {
    if (typeof value === 'object' || this.#isClass(id, value)) return true
    return Object.keys(value).length > 0 || this.#surroundings.keptOf(value).length > 0
  }

  /**
   * Gives the hash of a value over and over, the same string as long as nothing changes; undefined while there is nothing to read it with.
   * @param except what it keeps inside and doesn't count
   */
  watch(id: string, except: readonly string[] = []): () => string | undefined {
    let revision = -1
    let getter: Getter | undefined
    let seen: unknown
    let hash: string | undefined
    let isSame: Glance | undefined
    const look = (): string | undefined => {
      this.refresh()
      // Where a call is under way, what was loaded meanwhile is looked up each time.
      revision = this.#isOutdated ? -1 : this.#revision
      getter = this.#getterOf(id)
      seen = call(getter)
      hash = this.has(id) ? this.hashBut(id, except) : undefined
      const as = { isBare: hash === BARE_HASH, isOutside: except.includes(PACKAGES) }
      isSame = isCompound(seen) ? both(this.#portraits.glanceOf(seen, as), this.#innerGlanceOf(id, seen, except)) : undefined
      return hash
    }
    return () => (revision === this.#revision && Object.is(call(getter), seen) && (isSame === undefined || isSame()) ? hash : look())
  }

  #innerGlanceOf(id: string, value: object, except: readonly string[]): Glance | undefined {
    const glance = this.#inner.glanceOf(value, this.#leftOut(id, except))
    return except.length > 0 && this.#origins.find(id).isChanged ? both(glance, this.#inner.glanceOf(value, [])) : glance
  }

  /** @param leftOut what it keeps inside and doesn't count */
  #stateOf(id: string, value: unknown, leftOut = this.listUnsteady(id)): ValueState {
    if (typeof value === 'symbol') return { hash: this.originOf(id), isOpaque: true }
    if (!isCompound(value)) return { hash: identify(value).cid, isOpaque: false }
    const portrait = this.#portraitOf(id, value)
    const mayHide = typeof value === 'function' || portrait && (portrait.isPartial || portrait.origins.size > 0)
    const { state: inner, isPlain, isWhole, isCut } = mayHide ? this.#innerOf(id, value, portrait, leftOut) : NOTHING_INSIDE
    const isTold = isWhole && isPlain && leftOut.length === 0 && portrait?.isTold === true && this.#origins.find(id).isSelfContained
    const shown = portrait ? this.#stateOfPortrait(id, value, portrait, isTold) : BARE
    const state = portrait?.isForeign ? { ...shown, outside: this.#outside(id, value).hash } : shown
    const doubt = isWhole && state.doubt === MAY_BE_READ ? undefined : state.doubt ?? (isCut ? TOO_LARGE : undefined)
    const told = doubt === state.doubt ? state : { ...state, doubt }
    if (inner.size === 0) return told
    const made = isTold && portrait.isPartial ? this.#withOrigins(portrait, this.#origins.find(id)) : undefined
    return { ...told, shown: state.hash, made, inner, hash: withInner(state.hash, inner) }
  }

  /** Undefined of a function that carries nothing. */
  #portraitOf(id: string, value: object): Portrait | undefined {
    return this.#isClass(id, value) && this.#isBare(id, value) ? undefined : this.#portraits.of(id, value)
  }

  #innerOf(id: string, value: object, portrait: Portrait | undefined, except: readonly string[]): CountingState {
    const options = { portrait, except, isRepeatable: () => this.#origins.find(id).isRepeatable }
    return this.#surroundings.aside(() => this.#inner.of(value, options))
  }

  /** What the functions in a value keep that no module has. */
  keptIn(value: object): CountingState {
    return this.#surroundings.aside(() => this.#kept.of(value, { isRepeatable: () => true }))
  }

  #isBare(id: string, value: object): boolean {
    return carriesNothing(value) && !this.#isHiding(id, value) && !this.#portraits.patches.of(value, id)
  }

  /** Statements changed the private fields of a class. */
  #isHiding(id: string, value: object): boolean {
    return this.#isClass(id, value) && this.#surroundings.hidesFields(value) && this.#origins.find(id).isChanged
  }

  #stateOfPortrait(id: string, value: object, portrait: Portrait, isTold = false): ValueState {
    if (portrait.isPartial && !isTold || this.#isHiding(id, value)) return this.#opaqueState(portrait, this.#origins.find(id))
    const hash = portrait.origins.size > 0 ? this.#withOrigins(portrait) : portrait.hash
    return { hash, isOpaque: false, doubt: portrait.isHidden || portrait.closed ? doubtOf(portrait, this.#origins.find(id)) : undefined }
  }

  /** A call used a value of which some changed inside meanwhile. */
  noteChanging(id: string, names: readonly string[]): void {
    addTo(this.#changing, id, names)
    addTo(this.#unsteady, id, names)
  }

  /** Before a call: code beside calls may have set what changes in them. */
  noticeSets(): void {
    for (const id of this.#unsteady.keys()) this.#noticeSets(id, this.read(id))
  }

  #noticeSets(id: string, value: unknown): void {
    const names = this.listUnsteady(id)
    if (names.length === 0 || !isCompound(value) || !this.#surroundings.isIdle() || !this.#origins.find(id).isChanged) return
    const { now, settled } = this.#lookInside(id, value)
    this.#sets.notice(id, names, now, settled)
  }

  /** All that a value keeps inside, and what that was at first. */
  #lookInside(id: string, value: object): Record<'now' | 'settled', InnerState> {
    const now = this.#surroundings.aside(() => this.#inner.allOf(value, this.#portraitOf(id, value)))
    return { now, settled: this.#inner.settledOf(value) }
  }

  /**
   * The hash of a value that a call used, but for what it keeps inside that changes in calls, with what code beside them set of that.
   * @param among whether there were others: what an inner call left its outer one goes on with
   */
  hashOutside(id: string, found: ValueState, among: Among): string | undefined {
    const except = this.listUnsteady(id)
    const value = this.read(id)
    if (among !== 'inside another' && isCompound(value) && this.#origins.find(id).isChanged) {
      this.#sets.leave(id, except, { found: among === 'alone' && found.inner ? found.inner : new Map(), ...this.#lookInside(id, value) })
    }
    return this.#withSets(id, stateBut(found, except), except)
  }

  #withSets(id: string, hash: string | undefined, except: readonly string[]): string | undefined {
    const sets = this.#sets.of(id, except)
    return sets.length === 0 ? hash : digest('component', JSON.stringify([hash, sets]))
  }

  /** What in a value doesn't count for new calls, as it changes while calls run, in its order. */
  listUnsteady(id: string): readonly string[] {
    return [...this.#unsteady.get(id) ?? []].sort()
  }

  /** What a value is but for some that it keeps inside, as a call found that saw that change. */
  hashBut(id: string, except: readonly string[]): string | undefined {
    const value = this.read(id)
    if (!isCompound(value)) return this.state(id).hash
    addTo(this.#unsteady, id, except)
    this.#noticeSets(id, value)
    return this.#withSets(id, stateBut(this.#stateFor(id, value, except), except), except)
  }

  #stateFor(id: string, value: object, except: readonly string[]): ValueState {
    const leftOut = this.#leftOut(id, except)
    if (!except.includes(PACKAGES)) return this.#mayChange(id, value) ? this.#stateOf(id, value, leftOut) : this.state(id)
    const state = this.#outside(id, value)
    return { ...state, shown: state.hash, inner: this.#innerOf(id, value, undefined, leftOut).state }
  }

  /** What a stored call left out: what others saw change counted for it. But where that changed in this process, it isn't what it was then. */
  #leftOut(id: string, except: readonly string[]): readonly string[] {
    return [...this.#changing.get(id) ?? []].every((name) => except.includes(name)) ? except : this.listUnsteady(id)
  }

  #outside(id: string, value: object): ValueState {
    if (this.#isClass(id, value) && this.#isBare(id, value)) return BARE
    return this.#stateOfPortrait(id, value, this.#portraits.outside(id, value))
  }

  /** Whether a function or a class is more than its code. */
  carries(id: string): boolean {
    const { hash } = this.state(id)
    return hash !== undefined && hash !== BARE_HASH
  }

  /** Whether the code of a class tells only until statements change it: of what is in its static private fields, and of what was put on it. */
  hidesChanges(id: string): boolean {
    const value = this.read(id)
    return this.#isClass(id, value) && (this.#surroundings.hidesFields(value) || this.#portraits.patches.of(value, id) !== undefined)
  }

  /** The same in the eyes of what is made from it, of which what shows of its properties is no part; functions report themselves. */
  #isMoreThanCode(id: string): boolean {
    const { hidesFields, isClosure, atLoad } = this.#surroundings
    const value = this.read(id)
    if (!this.#isClass(id, value)) return false
    const put = Object.values(this.#portraits.patches.of(value, id) ?? {})
    return hidesFields(value) || put.some((part) => typeof part !== 'function' || isClosure(part)) || Object.keys(value).length > 0 && atLoad(id).isChanged
  }

  #isClass(id: string, value: unknown): value is object {
    return typeof value === 'function' && this.#surroundings.isCode(id)
  }

  #opaqueState(portrait: Portrait, origin: KnownOrigin): ValueState {
    let known = this.#opaque.get(portrait)
    if (known?.origin !== origin) {
      known = { origin, state: { hash: this.#withOrigins(portrait, origin), isOpaque: true, doubt: doubtOf(portrait, origin) } }
      this.#opaque.set(portrait, known)
    }
    return known.state
  }

  #withOrigins({ hash, origins }: Portrait, own?: KnownOrigin): string {
    return digest('component', JSON.stringify([hash, own?.hash, [...origins].map((id) => this.originOf(id)).toSorted()]))
  }

  /** The hash of a value that is data through and through, or of nothing at all. */
  dataHash(id: string): string | undefined {
    const value = this.read(id)
    const hasCode = typeof value === 'symbol' || isCompound(value) && this.#portraits.of(id, value).hasCode
    return hasCode ? undefined : this.state(id).hash
  }

  /** A short text of the value, for people. */
  print(id: string): string {
    const value = this.read(id)
    const carried = this.#isClass(id, value) ? [...Object.keys(value), ...Object.keys(this.#portraits.patches.of(value, id) ?? {})] : []
    const text = describeValue(value, 81) + (carried.length > 0 ? ` with ${carried.join(', ')}` : '')
    return text.length > 80 ? `${text.slice(0, 79)}…` : text
  }

  /** What made a value, where the value itself can't tell, as it was when it is first asked for. */
  originOf(id: string): string {
    return this.#origins.find(id).hash
  }

  /** The same of a value that a function made. */
  originOfMade(making: MakingFacts, find: () => Origin): KnownOrigin {
    return this.#origins.findMade(making, find)
  }

  #shownOnce(id: string): Shown {
    // It shows nothing that its text doesn't, also before its module is loaded.
    if (!this.#importers.has(id) && this.#surroundings.isFixed(id)) return NOTHING
    let show = this.#shownThen.get(id)
    if (!show) {
      const shown = this.#surroundings.isLiteral(id) ? UNTOLD : this.#shown(id, this.read(id))
      this.#shownThen.set(id, (show = () => shown))
    }
    return show()
  }

  #shown(id: string, value: unknown): Shown {
    if (typeof value === 'symbol') return UNTOLD
    if (!isCompound(value)) return { ...NOTHING, text: identify(value).cid, isHiding: this.#mayHaveGiven(id, givingOf(value, false)) }
    const { hash, hasCode, origins } = this.#portraits.of(id, value)
    return { text: hash, isHiding: !this.#surroundings.isCode(id) && (hasCode || this.#mayHaveGiven(id, givingOf(value, hasCode))), origins }
  }

  /** Of a literal, what statements made of it by now is seen, whatever becomes of it later. */
  #settle(id: string): void {
    let value: unknown
    try {
      value = (this.#getters.get(id) as Getter)()
    } catch {
      // Not initialised yet.
      return
    }
    this.#newIds.delete(id)
    if (isCompound(value)) this.#inner.settle(value)
    if (this.#surroundings.isSteady(id)) this.#keepShown(id, value, true)
  }

  /** What code does with it is asked for only where something was made from it. */
  #keepShown(id: string, value: unknown, isLiteral: boolean): void {
    const { hash, isUnknown, isPartial, hasCode, origins } = this.#portraits.portrayNow(id, value, { sizeMax: SETTLED_SIZE })
    if (isUnknown && !isLiteral) return
    const giving = givingOf(value, hasCode)
    const isHiding = (): boolean => (isLiteral ? isPartial : hasCode) || this.#mayHaveGiven(id, giving)
    this.#shownThen.set(id, () => (isUnknown ? UNTOLD : { text: hash, isHiding: isHiding(), origins }))
  }

  #mayHaveGiven(id: string, giving: Giving): boolean {
    return mayHaveGiven(giving, this.#surroundings.atLoad(id))
  }
}

function addTo(known: Map<string, ReadonlySet<string>>, id: string, names: readonly string[]): void {
  if (names.some((name) => known.get(id)?.has(name) !== true)) known.set(id, new Set([...known.get(id) ?? [], ...names]))
}

function doubtOf({ isUnknown, isHidden, closed }: Portrait, { readsFiles }: KnownOrigin): string | undefined {
  if (isUnknown) return 'more of it than can be looked at'
  if (closed !== undefined) return `what ${closed} holds can't be looked at`
  return isHidden && readsFiles ? MAY_BE_READ : undefined
}
