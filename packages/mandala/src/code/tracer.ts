import type { CallTrace } from './call-trace.ts'
import type { ComponentFacts } from './file-facts.ts'
import { FunctionPlaces } from './function-places.ts'
import { Markers } from './markers.ts'
import { componentId, Program, type ProgramSource } from './program.ts'
import { originOf, touchedBy, type Touched } from './reach.ts'
import type { SiteRef } from './site.ts'
import { REGISTRY } from './registry-name.ts'
import { LazyValues } from './lazy-values.ts'
import { ModuleValues, type Getter } from './module-values.ts'

/** What a marker stands for, resolved: the same for every call. */
export type Event =
  | Touched
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'hidden'; readonly name: string }
  | { readonly kind: 'write'; readonly id: string }

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
export interface ModuleMarks {
  readonly bytes: Uint8Array
  report(index: number): void
  /** To be called when the module has been evaluated. */
  end(): void
  capture<T extends object>(fn: T, name: string, names: readonly string[], values: () => readonly unknown[]): T
}

/** What a function that is an op closes over. */
export interface Captured {
  /** The component that the function is. */
  readonly id: string
  readonly names: readonly string[]
  values(): readonly unknown[]
}

const NO_SOURCE: ProgramSource = {
  loadFacts: () => undefined, resolveModule: () => ({ kind: 'unknown' }), findVersion: () => undefined, findSource: () => undefined, hasFolder: () => true,
}

/** What is known of the running program: its files, linked, the values of its modules, and who passes which marker. */
export class Tracer {
  readonly markers: Markers<CallTrace> = new Markers()
  #program = new Program(NO_SOURCE)
  #values: ModuleValues = this.#newValues()
  #lazy = new LazyValues(this.#program, this.#values)
  #hasLoader = false
  #hasBegun = false
  readonly #modules: LoadedModule[] = []
  readonly #places = new FunctionPlaces()
  readonly #captured = new WeakMap<object, Captured>()

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
    this.#program = new Program(source)
    this.#values = this.#newValues()
    this.#lazy = new LazyValues(this.#program, this.#values)
    this.#hasLoader = true
    this.#hasBegun = false
  }

  /** The first call, or the first look for one: modules that are loaded later may not be there when a call is looked for again. */
  begin(): void {
    this.#hasBegun = true
    this.#values.refresh()
  }

  /** Called by the first line of an instrumented module. */
  register(file: string, own: Readonly<Record<string, Getter>>, imported: Readonly<Record<number, Getter>>): ModuleMarks {
    const facts = this.#program.facts(file)
    const sites = facts?.sites ?? []
    const { bytes, first } = this.markers.take(sites.length)
    const lazy = this.#hasBegun ? this.#lazy : undefined
    lazy?.begin(file, this.markers.isWatching)
    const module: LoadedModule = { file, first, sites, refs: facts?.refs ?? [], imported, events: [] }
    // A module that is loaded again, under another query, has markers of its own.
    if (sites.length > 0) this.#modules.push(module)
    this.#places.add(module)
    for (const [name, getter] of Object.entries(own)) this.values.set(componentId(file, name), getter)
    this.#addData(module)
    return {
      bytes,
      report: this.markers.reporter(first, bytes),
      end: () => lazy?.end(file),
      capture: (fn, name, names, values) => {
        this.#captured.set(fn, { id: componentId(file, name), names, values })
        return fn
      },
    }
  }

  /** A file of data doesn't make itself known: who imports it does. */
  #addData({ file, refs, imported }: LoadedModule): void {
    for (const [index, getter] of Object.entries(imported)) {
      const ref = refs[Number(index)]
      const target = ref?.kind === 'import' && ref.source.endsWith('.json') ? this.#program.target(file, ref) : undefined
      if (target?.kind === 'component') this.values.setImported(target.id, getter)
    }
  }

  #newValues(): ModuleValues {
    return new ModuleValues({
      findOrigin: (id) => originOf(this.#program, id),
      findFingerprint: (id) => this.#program.findFingerprint(id),
      isIdle: () => !this.markers.isWatching,
      findPlace: (fn) => this.#places.find(fn),
      isCode: (id) => isCode(this.#program.find(id)?.component),
      isTrivial: (id) => isUnreported(this.#program.find(id)?.component),
      // Registered types run code of the user's when they are identified.
      aside: (fn) => this.markers.unwatched(fn),
    })
  }

  /** What an op made inside a function closes over; undefined for functions of the module level. */
  findCaptured(fn: object): Captured | undefined {
    return this.#captured.get(fn)
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
      case 'read': return touchedBy(this.#program, this.#program.target(file, { kind: 'own', name: ref.name }))
      case 'write': return [{ kind: 'write', id: componentId(file, ref.name) }]
      case 'import': return this.#resolveImport(module, index, ref)
      case 'env': case 'hidden': return [ref]
    }
  }

  #resolveImport({ file, imported }: LoadedModule, index: number, ref: SiteRef & { kind: 'import' }): readonly Event[] {
    const target = this.#program.target(file, ref)
    if (target.kind === 'unknown') return [{ kind: 'hidden', name: `import of ${ref.name} from ${ref.source}` }]
    const getter = imported[index]
    // The importer sees what it works with, also where a test puts something else in its place.
    if (getter && target.kind === 'component') this.values.setImported(target.id, getter)
    return touchedBy(this.#program, target)
  }
}

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
