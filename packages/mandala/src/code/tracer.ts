import { MandalaError } from '../base/mandala-error.ts'
import type { BundledFile } from './bundled-source.ts'
import type { CallTrace } from './call-trace.ts'
import { classesOf } from './classes.ts'
import { Environment } from './environment.ts'
import { isFixed } from './evaluation.ts'
import type { CapturedFacts, ComponentFacts } from './file-facts.ts'
import { FunctionPlaces } from './function-places.ts'
import type { Touched } from './links.ts'
import { Markers, type ModuleMarkers } from './markers.ts'
import { componentId, Program, type ProgramSource } from './program.ts'
import { isLiteral, isSelfContained, isSteady, originOf, touchedBy } from './reach.ts'
import type { Among } from './sets-beside.ts'
import type { SiteRef } from './site.ts'
import { REGISTRY } from './registry-name.ts'
import { KeptLocals, type KeepingMarks } from './kept-locals.ts'
import type { Peek } from './inner-states.ts'
import { LazyValues } from './lazy-values.ts'
import type { Getter } from './getter.ts'
import { ModuleValues } from './module-values.ts'

/** What a marker stands for, resolved: the same for every call. */
export type Event =
  | Touched
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'hidden'; readonly name: string }
  | { readonly kind: 'write'; readonly id: string }
  /** Something of another file was used, which was loaded before its importer, or may come later; if a value, by an importer that shows it. */
  | { readonly kind: 'import'; readonly file: string; readonly value: string | undefined; readonly isLoaded: boolean }

interface LoadedModule {
  readonly file: string
  readonly first: number
  readonly sites: readonly (readonly number[])[]
  readonly refs: readonly SiteRef[]
  readonly imported: Readonly<Record<number, Getter>>
  /** By number of the site. */
  readonly events: (readonly Event[] | undefined)[]
}

/** What an instrumented module is given to report with. */
export interface ModuleMarks extends Omit<ModuleMarkers, 'first'>, KeepingMarks {
  /** To be called when the module has been evaluated. */
  end(): void
  /** Says what a function that becomes an op closes over: its number in the facts of the file, and what gives the values that are seen there. */
  capture<T>(fn: T, number: number, getters: ClosedOver['getters']): T
  /** Shows the private fields of a class and of its instances; and says which component made it, if that isn't the class itself. */
  tell(constructor: object, peek: PrivatePeek, madeIn?: string): void
}

export type PrivateFields = Readonly<Record<`#${string}`, unknown>>
type PrivatePeek = (owner: object) => PrivateFields

/** What a function that is an op closes over. */
export interface ClosedOver {
  readonly file: string
  /** The first is the function itself. */
  readonly values: readonly CapturedFacts[]
  readonly getters: readonly (Getter | undefined)[]
}

const NO_KEEPERS = { locals: [], keepers: [] }

const NO_SOURCE: ProgramSource = {
  loadFacts: () => undefined, resolveModule: () => ({ kind: 'unknown' }), findVersion: () => undefined, findSource: () => undefined, hasFolder: () => true,
}

/** What is known of the running program: its files, linked, the values of its modules, and who passes which marker. */
export class Tracer {
  readonly markers: Markers<CallTrace> = new Markers()
  readonly environment: Environment = new Environment()
  /** There as soon as a file of a bundle is loaded. */
  bundles: BundleTracer | undefined
  #program = new Program(NO_SOURCE)
  #values: ModuleValues = this.#newValues()
  #lazy = new LazyValues(this.#program, this.#values, this.environment)
  #source: ProgramSource = NO_SOURCE
  #hasLoader = false
  #hasBegun = false
  /** Whether there may be code that doesn't report. */
  #isPartial = false
  /** The call that began last, if none was under way then. */
  #alone: CallTrace | undefined
  #hasBundle = false
  /** The files that run, and whether they came in a bundle. */
  readonly #registered = new Map<string, boolean>()
  readonly #named = new WeakMap<object, OpFunctionName>()
  readonly #modules: LoadedModule[] = []
  /** How many of them were looked at for what they import. */
  #lookedAt = 0
  readonly #places = new FunctionPlaces()
  readonly #closedOver = new WeakMap<object, ClosedOver>()
  readonly #peeks = new WeakMap<object, PrivatePeek>()
  readonly #kept = new KeptLocals()

  get program(): Program {
    return this.#program
  }

  get values(): ModuleValues {
    return this.#values
  }

  get lazy(): LazyValues {
    return this.#lazy
  }

  /** Whether the code of the program reports by itself. */
  get hasLoader(): boolean {
    return this.#hasLoader
  }

  /** The loader, or a bundle, says where the facts of the files are. */
  useSource(source: ProgramSource): void {
    this.#source = source
    this.#program = new Program(source)
    this.#values = this.#newValues()
    this.#lazy = new LazyValues(this.#program, this.#values, this.environment)
    this.#hasLoader = true
    this.#hasBegun = false
  }

  /** The same, where another tool loads the files, and may leave some to others or put something else in their places. */
  useServer<S extends ProgramSource>(root: string, makeSource: () => S): S {
    if (this.#source.root !== root) this.useSource(makeSource())
    this.#expectOthers()
    return this.#source as S
  }

  #expectOthers(): void {
    this.#hasLoader = this.#isPartial = true
    this.environment.expectGetters()
  }

  /** The first call, or the first look for one: modules that are loaded later may not be there when a call is looked for again. */
  begin(): void {
    this.#hasBegun = true
    this.#values.begin()
  }

  /** What code beside calls set is noticed before it. */
  beginCall(call: CallTrace): void {
    if (call.outer) return
    this.#alone = this.markers.isWatching ? undefined : call
    this.#values.noticeSets()
  }

  howItRan(call: CallTrace): Among {
    return call.outer ? 'inside another' : call === this.#alone ? 'alone' : 'beside others'
  }

  /** A block of calls begins: values that are there by now are what code made them. */
  beginBlock(): void {
    this.begin()
    if (!this.markers.isWatching) this.#values.beginBlock()
  }

  /** Takes in what a bundle brings along, beside what is known otherwise. */
  useBundle<S extends ProgramSource>(makeSource: (elsewhere: ProgramSource) => S): S {
    const source = makeSource(this.#source)
    this.#program = new Program(source)
    this.#lazy = new LazyValues(this.#program, this.#values, this.environment)
    this.#hasBundle = true
    this.#expectOthers()
    return source
  }

  /** Files, or all of them, may be others than before. */
  forget(files: readonly string[] | 'all'): void {
    if (files === 'all') this.#program.forget()
    else for (const file of files) this.#program.forget(file)
    this.#values.forgetOrigins()
    this.#lazy.forget()
  }

  isRegistered(file: string): boolean {
    return this.#registered.has(file)
  }

  /** Whether what runs in a file, or is read of it, isn't reported: a bundle left it out, or another tool made something else of it. */
  isUntracked(file: string): boolean {
    return this.#isPartial && !file.endsWith('.json') && !this.#registered.has(file)
  }

  /** Whether a file hasn't begun to run, though it was loaded: it is reached by one that it imports, and reports nothing yet. */
  isWaiting(file: string): boolean {
    return !this.#registered.has(file) && !this.#isPartial && !file.endsWith('.json') && (this.#program.facts(file)?.components.length ?? 0) > 0
  }

  /** The name of a file whose code should report itself and doesn't: a tool loaded it past the loader. */
  findUnreported(path: string): string | undefined {
    const file = this.#source.findName?.(path)
    return file === undefined || this.#registered.has(file) || this.#source.findSource(file) === undefined ? undefined : file
  }

  /** Says what a function is called in its source, where a bundle may call it otherwise; without a name where that can't be told. */
  name<T>(fn: T, name: OpFunctionName = {}): T {
    if (typeof fn === 'function') this.#named.set(fn, name)
    return fn
  }

  findName(fn: object): OpFunctionName | undefined {
    return this.#named.get(fn)
  }

  /** A function of the parameters that one has in its source, where its own text may tell otherwise. */
  findSignature(fn: object): string | undefined {
    const { signature } = this.#named.get(fn) ?? {}
    if (signature !== undefined || !this.#hasBundle) return signature
    const { file, site } = this.#places.find(fn)?.entry ?? {}
    if (file !== undefined) return this.#program.findSignature(file, String(site))
    const found = this.#program.find(this.findSmall(fn) ?? '')
    return found && this.#program.findSignature(found.file, found.component.name)
  }

  /** The component of a function that is too small to report that it runs. */
  findSmall(fn: object): string | undefined {
    const id = this.#places.find(fn) ? undefined : this.#values.findId(fn)
    return id !== undefined && this.#program.find(id)?.component.isTrivial === true ? id : undefined
  }

  /** Called by the first line of an instrumented module. */
  register(file: string, { own, imported }: Announced, isBundled = false): ModuleMarks {
    if (this.#hasBundle) this.#expectOne(file, isBundled)
    const facts = this.#program.facts(file)
    const sites = facts?.sites ?? []
    this.#registered.set(file, isBundled)
    const { first, ...marks } = this.markers.add(sites.length)
    const lazy = this.#hasBegun ? this.#lazy : undefined
    lazy?.begin(file, this.markers.isWatching)
    const module: LoadedModule = { file, first, sites, refs: facts?.refs ?? [], imported, events: [] }
    // A module that is loaded again, under another query, has markers of its own.
    if (sites.length > 0) this.#modules.push(module)
    this.#places.add(module)
    this.values.noteLoaded()
    for (const [name, getter] of Object.entries(own)) this.values.set(componentId(file, name), getter)
    this.#addData(module)
    this.#addSurroundings(module)
    return {
      ...marks,
      ...this.#kept.marksFor(facts ?? NO_KEEPERS),
      end: () => lazy?.end(file),
      capture: (fn, number, getters) => {
        const values = facts?.captured[number]
        if (values && typeof fn === 'function') this.#closedOver.set(fn, { file, values, getters })
        return fn
      },
      tell: (constructor, peek, madeIn) => {
        this.#peeks.set(constructor, peek)
        if (madeIn !== undefined) this.#places.addClass(constructor, componentId(file, madeIn))
      },
    }
  }

  /** A name stands for one file only: what a bundle says of it and what the loader finds under it must be the same. */
  #expectOne(file: string, isBundled: boolean): void {
    if (isBundled && this.#registered.get(file) !== false) return
    const loaded = this.#source.loadFacts(file)
    if (loaded && JSON.stringify(loaded) !== JSON.stringify(this.#program.facts(file))) throw twoFiles(file)
  }

  /** A file of data doesn't make itself known: who imports it does. */
  #addData({ file, refs, imported }: LoadedModule): void {
    for (const [index, getter] of Object.entries(imported)) {
      const ref = refs[Number(index)]
      const target = ref?.kind === 'import' && ref.source.endsWith('.json') ? this.#program.target(file, ref) : undefined
      if (target?.kind === 'component') this.values.setImported(target.id, getter)
    }
  }

  /** In a bundle, what the code of the module finds in the place of a variable of its surroundings. */
  #addSurroundings({ refs, imported }: LoadedModule): void {
    for (const [index, getter] of Object.entries(imported)) {
      const ref = refs[Number(index)]
      if (ref?.kind === 'env' || ref?.kind === 'hidden') this.environment.set(ref.name, getter)
    }
  }

  #newValues(): ModuleValues {
    return new ModuleValues({
      findOrigin: (id) => originOf(this.#program, id),
      findFingerprint: (id) => this.#program.findFingerprint(id),
      findGlobal: (name) => this.environment.originOf(name),
      isIdle: () => !this.markers.isWatching,
      peeksOf: (owner) => this.peeksOf(owner),
      keptOf: (owner) => this.keptOf(owner),
      hidesFields: (owner) => this.peek(owner).some((fields) => Object.keys(fields).length > 0),
      findPlace: (fn) => this.#places.find(fn),
      isClosure: (fn) => this.isClosure(fn),
      isCode: (id) => isCode(this.#program.find(id)?.component),
      isLiteral: (id) => isLiteral(this.#program.find(id)?.component),
      isSteady: (id) => isSteady(this.#program.find(id)?.component),
      isFixed: (id) => isFixed(this.#program, id),
      atLoad: (id) => this.#program.atLoad(id),
      isSelfContained: (id) => isSelfContained(this.#program, id),
      isTrivial: (id) => isUnreported(this.#program.find(id)?.component),
      // Registered types run code of the user's when they are identified.
      aside: (fn) => this.markers.unwatched(fn),
    })
  }

  /** What a function that became an op closes over; undefined for those that are written at the module level. */
  findClosedOver(fn: object): ClosedOver | undefined {
    return this.#closedOver.get(fn)
  }

  /** The private fields of an instance, those of each class that tells of them; or the static ones of a class. */
  peek(owner: object): PrivateFields[] {
    return this.peeksOf(owner).map((peek) => peek(owner))
  }

  /** What gives those, to be asked again and again. */
  peeksOf(owner: object): PrivatePeek[] {
    const classes = typeof owner === 'function' ? [owner] : classesOf(owner)
    return classes.flatMap((each) => this.#peeks.get(each) ?? [])
  }

  /** What gives the locals that a function, an object or the classes of an instance keep. */
  keptOf(owner: object): Peek[] {
    const made = typeof owner === 'function' ? [owner] : [owner, ...classesOf(owner)]
    return made.flatMap((each) => this.#kept.peekOf(each) ?? [])
  }

  /** What people call something that a value keeps inside. */
  nameInside(name: string): string {
    return this.#kept.showName(name)
  }

  /** The component that a function reports when it is entered, or is if it is too small to report, or that made a class. */
  findComponentOf(fn: object): string | undefined {
    return this.#places.find(fn)?.name.replace(/ \d+$/, '') ?? this.findSmall(fn)
  }

  /** Whether a function has the `this` of the one around it, and nothing else of that. */
  isOfThis(fn: object): boolean {
    return this.#places.find(fn)?.closesOver === 'this'
  }

  /** Whether a function or a class has values of those around it, or is bound to some, or may be. */
  isClosure(fn: object): boolean {
    const place = this.#places.find(fn)
    return place ? place.closesOver !== undefined : Function.prototype.toString.call(fn) === NATIVE
  }

  /** What passing a marker means. */
  eventsOf(site: number): readonly Event[] {
    const module = this.#moduleOf(site)
    if (!module) return []
    const index = site - module.first
    return module.events[index] ??= (module.sites[index] ?? []).flatMap((ref) => this.#resolve(module, ref))
  }

  /** The last module whose first marker isn't beyond this one. */
  #moduleOf(site: number): LoadedModule | undefined {
    let low = 0
    let high = this.#modules.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#modules[middle] as LoadedModule).first <= site) low = middle + 1
      else high = middle
    }
    return this.#modules[low - 1]
  }

  #resolve(module: LoadedModule, index: number): readonly Event[] {
    const ref = module.refs[index] as SiteRef
    const { file } = module
    switch (ref.kind) {
      case 'enter': return [{ kind: 'code', id: componentId(file, ref.name) }]
      case 'read': return touchedBy(this.#program, this.#program.target(file, { kind: 'own', name: ref.name }), ref.isCall)
      case 'write': return [{ kind: 'write', id: componentId(file, ref.name) }]
      case 'import': return this.#resolveImport(module, index, ref)
      case 'hidden': return module.imported[index] ? [{ kind: 'env', name: ref.name }] : [ref]
      case 'env': return [ref]
    }
  }

  #resolveImport({ file, imported }: LoadedModule, index: number, ref: SiteRef & { kind: 'import' }): readonly Event[] {
    const target = this.#program.target(file, ref)
    const getter = imported[index]
    if (target.kind === 'unknown') return this.#resolveUnknown(file, ref)
    // The importer sees what it works with, also where a test puts something else in its place.
    if (getter && target.kind === 'component') this.values.setImported(target.id, getter)
    const touched = touchedBy(this.#program, target, ref.isCall)
    if (target.kind !== 'component' && target.kind !== 'namespace') return touched
    const value = getter && target.kind === 'component' && target.component.kind === 'value' ? target.id : undefined
    const isLoaded = this.#program.facts(file)?.imports.includes(ref.source) ?? false
    return [{ kind: 'import', file: target.file, value, isLoaded }, ...touched]
  }

  /** Whether there is such a value to be seen, be it only by a module that imports it: in a test's stead of its file, from what is no code. */
  hasValue(id: string): boolean {
    if (!this.#values.has(id) && this.#isPartial) this.#lookAtImports()
    return this.#values.has(id)
  }

  #lookAtImports(): void {
    for (const { file, refs, imported } of this.#modules.slice(this.#lookedAt)) {
      for (const [index, getter] of Object.entries(imported)) {
        const ref = refs[Number(index)]
        if (ref?.kind !== 'import' || ref.name === '*') continue
        const target = this.#program.target(file, ref)
        if (target.kind === 'component' && target.component.kind === 'value') this.#values.setImported(target.id, getter)
        else if (target.kind === 'unknown') this.#values.setImported(unknownId(file, ref), getter)
      }
    }
    this.#lookedAt = this.#modules.length
  }

  /** What only a bundler knows, the text of a file for one: its value counts, as far as that is data. */
  #resolveUnknown(file: string, ref: SiteRef & { kind: 'import' }): readonly Event[] {
    const id = unknownId(file, ref)
    const isData = this.hasValue(id) && !this.values.state(id).isOpaque
    return isData ? [{ kind: 'value', id }] : [{ kind: 'hidden', name: `import of ${ref.name} from ${ref.source}` }]
  }
}

function twoFiles(file: string): MandalaError {
  return new MandalaError('BUNDLE_OUTDATED', `${file} is in a bundle and was loaded from its source too, and isn't the same`, {
    hint: 'make the bundle again; if the two belong to different packages, start without mandala-ts/register',
  })
}

/** What stands for an import that leads to no file of the program and to no package. */
const unknownId = (file: string, { source, name }: SiteRef & { kind: 'import' }): string => componentId(file, `<${source}>.${name}`)

/** What a module makes itself known with. */
export interface Announced {
  readonly own: Readonly<Record<string, Getter>>
  readonly imported: Readonly<Record<number, Getter>>
}

/** What files of a bundle report to. */
export interface BundleTracer extends Pick<Tracer, 'name'> {
  /** Called by the first line of a file, which brings along what is known of it. */
  registerBundled(bundled: BundledFile, announced: Announced): ModuleMarks
}

/** What a function that becomes an op is called, and a function of the same parameters. */
export interface OpFunctionName {
  readonly name?: string
  readonly signature?: string
}

/** The text of a bound function, and of others that the language makes. */
const NATIVE = 'function () { [native code] }'

const isCode = (component: ComponentFacts | undefined): boolean => component?.kind === 'function' || component?.kind === 'class'

/** Small methods are a part of their class. */
const isUnreported = (component: ComponentFacts | undefined): boolean => component?.isTrivial === true || component?.kind === 'class'

/** The one tracer of the process, whatever copies of the library are loaded: markers find it under this name. */
export function getTracer(): Tracer {
  const home = globalThis as unknown as Record<string, Tracer | undefined>
  const known = home[REGISTRY]
  if (known) return known
  const tracer = new Tracer()
  Object.defineProperty(globalThis, REGISTRY, { value: tracer })
  return tracer
}
