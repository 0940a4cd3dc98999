import { digest } from '../value/digest.ts'
import type { ComponentFacts, FileFacts, StatementFacts } from './file-facts.ts'
import type { InnerStatement } from './inner-statements.ts'
import { isLibrary } from './library-name.ts'
import { Links } from './links.ts'
import type { FreeName } from './names.ts'
import { Uses, type InnerPiece, type LoadingUse, type Piece } from './uses.ts'

/** What an import leads to. */
export type ResolvedModule =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'package'; readonly name: string; readonly version: string }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'unknown' }

/** Where the facts of a program come from. */
export interface ProgramSource {
  /** The folder in which it looks, if it does in one. */
  readonly root?: string
  /** The name of a file that it tracks. */
  findName?(path: string): string | undefined
  /** The facts of a file under the root; undefined where there is no such file or it can't be parsed. */
  loadFacts(file: string): FileFacts | undefined
  resolveModule(file: string, source: string): ResolvedModule
  /** The version of a package as the root sees it. */
  findVersion(name: string): string | undefined
  /** The text of a file, where it is at hand. */
  findSource(file: string): string | undefined
  /** Whether there is such a folder under the root. */
  hasFolder(folder: string): boolean
  /** A function of the parameters that one has in its source, by the number of the marker at its entry, or by its name. */
  findSignature?(file: string, key: string): string | undefined
}

/** What a name stands for in the end, through all re-exports. */
export type Target =
  | { readonly kind: 'component'; readonly id: string; readonly file: string; readonly component: ComponentFacts }
  /** A module as a whole. */
  | { readonly kind: 'namespace'; readonly file: string }
  | { readonly kind: 'package'; readonly name: string; readonly version: string; readonly member: string }
  | { readonly kind: 'builtin'; readonly name: string; readonly member: string }
  | { readonly kind: 'global'; readonly name: string }
  | { readonly kind: 'unknown'; readonly text: string }

export interface PlacedStatement extends StatementFacts {
  readonly file: string
  /** The function by whose arguments, or `this`, it is what it is. */
  readonly givenTo?: string
}

/** `file#qualified.name` */
export const componentId = (file: string, name: string): string => `${file}#${name}`

/** The files of a program, linked: what every name stands for, and what every component is. */
export class Program {
  readonly #source: ProgramSource
  readonly #files = new Map<string, FileFacts | undefined>()
  readonly #components = new Map<string, ReadonlyMap<string, ComponentFacts>>()
  /** By file, the ids of what belongs to a component, as methods to a class. */
  readonly #parts = new Map<string, ReadonlyMap<string, readonly string[]>>()
  readonly #fingerprints = new Map<string, string>()
  #uses: Uses<PlacedStatement> | undefined
  #links: Links | undefined

  constructor(source: ProgramSource) {
    this.#source = source
  }

  /** Takes in a file as it is now; one of another content replaces it. */
  add(facts: FileFacts): void {
    if (this.#files.get(facts.file) !== undefined) this.#fingerprints.clear()
    this.#uses = this.#links = undefined
    this.#files.set(facts.file, facts)
    this.#components.set(facts.file, new Map(facts.components.map((component) => [component.name, component])))
    this.#parts.delete(facts.file)
  }

  /** A file is another one than before, or has become known, or any may be: they are asked for again. */
  forget(file?: string): void {
    if (file === undefined) this.#files.clear()
    else this.#files.delete(file)
    this.#fingerprints.clear()
    this.#uses = this.#links = undefined
  }

  facts(file: string): FileFacts | undefined {
    if (!this.#files.has(file)) {
      this.#files.set(file, undefined)
      const facts = this.#source.loadFacts(file)
      if (facts) this.add(facts)
    }
    return this.#files.get(file)
  }

  hasFolder(folder: string): boolean {
    return this.#source.hasFolder(folder)
  }

  findVersion(name: string): string | undefined {
    return this.#source.findVersion(name)
  }

  find(id: string): { readonly file: string; readonly component: ComponentFacts } | undefined {
    const at = id.indexOf('#')
    const file = id.slice(0, at)
    const component = this.facts(file) && this.#components.get(file)?.get(id.slice(at + 1))
    return component && { file, component }
  }

  /** The components that a component consists of beside itself, at any depth. */
  partsOf(file: string, name: string): readonly string[] {
    let parts = this.#parts.get(file)
    if (!parts) this.#parts.set(file, (parts = listParts(this.facts(file))))
    return parts.get(name) ?? []
  }

  /** The text of a component, for people. */
  findText(id: string): string | undefined {
    const whole = namespaceOf(id)
    if (whole !== undefined) return `export { ${this.#listExportNames(whole).join(', ')} }`
    const found = this.find(id)
    return found && this.#source.findSource(found.file)?.slice(found.component.start, found.component.end)
  }

  findSource(file: string): string | undefined {
    return this.#source.findSource(file)
  }

  findSignature(file: string, key: string): string | undefined {
    return this.#source.findSignature?.(file, key)
  }

  /** What a name of a file stands for. */
  target(file: string, name: FreeName): Target {
    if (name.kind === 'global') return name
    return name.kind === 'own' ? this.#own(file, name.name, new Set()) : this.#imported(file, name, new Set())
  }

  #own(file: string, name: string, seen: Set<string>): Target {
    const component = this.facts(file) && this.#components.get(file)?.get(name)
    if (component) return { kind: 'component', id: componentId(file, name), file, component }
    const exported = this.facts(file)?.exports[name]
    return exported?.kind === 'import' ? this.#imported(file, exported, seen) : { kind: 'unknown', text: componentId(file, name) }
  }

  #imported(file: string, { source, name }: { readonly source: string; readonly name: string }, seen: Set<string>): Target {
    const module = this.#source.resolveModule(file, source)
    switch (module.kind) {
      case 'file': return this.exported(module.file, name, seen)
      case 'package': return { ...module, member: name }
      case 'builtin': return { ...module, member: name }
      case 'unknown': return { kind: 'unknown', text: `${source}#${name}` }
    }
  }

  /** What a module exports under a name. */
  exported(file: string, name: string, seen: Set<string> = new Set()): Target {
    const facts = this.facts(file)
    if (!facts) return { kind: 'unknown', text: componentId(file, name) }
    if (name === '*') return { kind: 'namespace', file }
    const key = componentId(file, name)
    if (seen.has(key)) return { kind: 'unknown', text: key }
    seen.add(key)
    const target = facts.exports[name]
    if (target) return target.kind === 'own' ? this.#own(file, target.name, seen) : this.#imported(file, target, seen)
    for (const star of facts.stars) {
      const found = this.#imported(file, { source: star, name }, seen)
      if (found.kind !== 'unknown') return found
    }
    return facts.isModule ? { kind: 'unknown', text: key } : this.#exportedLoosely(file, name)
  }

  /** Of a CommonJS module the default import is the whole; what it exports in ways that its text doesn't tell is in the value of the whole. */
  #exportedLoosely(file: string, name: string): Target {
    const whole = this.#own(file, 'module.exports', new Set())
    return whole.kind === 'component' || name !== 'default' ? whole : { kind: 'namespace', file }
  }

  /** Everything that a module exports, re-exports included. */
  listExports(file: string, seen: Set<string> = new Set()): Target[] {
    const facts = this.facts(file)
    if (!facts || seen.has(file)) return []
    seen.add(file)
    const named = Object.keys(facts.exports).map((name) => this.exported(file, name))
    const starred = facts.stars.flatMap((star) => {
      const module = this.#source.resolveModule(file, star)
      return module.kind === 'file' ? this.listExports(module.file, seen) : [this.#imported(file, { source: star, name: '*' }, new Set())]
    })
    const whole = facts.isModule ? [] : [this.#own(file, 'module.exports', new Set())]
    return [...named, ...starred, ...whole]
  }

  #listExportNames(file: string, seen: Set<string> = new Set()): string[] {
    const facts = this.facts(file)
    if (!facts || seen.has(file)) return []
    seen.add(file)
    const modules = facts.stars.map((star) => this.#source.resolveModule(file, star))
    const starred = modules.flatMap((module) => (module.kind === 'file' ? this.#listExportNames(module.file, seen) : [])).filter((name) => name !== 'default')
    return [...new Set([...Object.keys(facts.exports), ...starred])].sort()
  }

  /** What its code leads to by names, as far as its files are known by now. */
  get links(): Links {
    return this.#links ??= new Links(this)
  }

  /** The statements of the module level that may have changed a component, in the order in which their files became known. */
  statementsReaching(id: string): readonly PlacedStatement[] {
    return this.#findUses().statementsReaching(id)
  }

  /** See {@link Uses.atLoad}. */
  atLoad(id: string): LoadingUse {
    return this.#findUses().atLoad(id)
  }

  #findUses(): Uses<PlacedStatement> {
    this.#uses ??= new Uses([...this.#files.values()].flatMap((facts) => (facts ? this.#piecesOf(facts) : [])))
    return this.#uses
  }

  #piecesOf({ file, statements, components, inner }: FileFacts): Piece<PlacedStatement>[] {
    const linked = ({ names }: { readonly names: readonly FreeName[] }): Pick<Piece<PlacedStatement>, 'names' | 'isCalling'> => ({
      names: names.flatMap((name) => this.#idsOf(this.target(file, name))), isCalling: names.some((name) => name.kind === 'import' && isLibrary(name.source)),
    })
    const innerOf = (list: readonly InnerStatement[], owner: string, id = owner): InnerPiece<PlacedStatement>[] => list.map((each, i) => {
      const { start, canonical, names, members, locals, within, skipsFrom, filled } = each
      const whole = { canonical, names, members }
      const statement = { file, start, ...whole, whole, changes: each.changes, filled, inner: [], ...(locals.includes('given') && { givenTo: owner }) }
      const inner = innerOf(each.inner, owner, `${id}<${i}>`)
      const [own, changes] = [linked({ names: names.slice(each.own) }), linked({ names: each.changes }).names]
      return { id: `${id}<${i}>`, members, locals, start, within, skipsFrom, statement, inner, own, changes, filled: this.#idOf(file, filled), ...linked(each) }
    })
    const placed = statements.flatMap((statement, i): Piece<PlacedStatement>[] => {
      const { canonical, whole } = statement
      const id = componentId(file, `<${i}>`)
      const changes = linked({ names: statement.changes }).names
      const filled = this.#idOf(file, statement.filled)
      const piece = { id, members: whole.members, parts: [], statement: { file, ...statement }, changes, filled, ...linked(statement) }
      if (whole.canonical === canonical) return [piece]
      const running = { ...piece, id: `${id}()`, statement: { file, ...statement, ...whole }, isRunning: true, ...linked(whole) }
      return [piece, { ...running, inner: innerOf(statement.inner, running.id) }]
    })
    const siblings = listSiblings(components)
    const innerByName = new Map(inner)
    return [...placed, ...components.map((component): Piece<PlacedStatement> => {
      const { name, members, changes, isOp } = component
      const { names, isCalling } = linked(component)
      const sibling = siblings.get(name)
      const id = componentId(file, name)
      return {
        id, names: sibling === undefined ? names : [...names, componentId(file, sibling)], members, changes: linked({ names: changes }).names,
        parts: this.partsOf(file, name), isCalling: isCalling || isOp, inner: innerOf(innerByName.get(name) ?? [], id),
      }
    })]
  }

  #idOf(file: string, name: FreeName | null): string | undefined {
    return name ? this.#idsOf(this.target(file, name))[0] : undefined
  }

  #idsOf(target: Target): string[] {
    const targets = target.kind === 'namespace' ? this.listExports(target.file) : [target]
    return targets.flatMap((each) => (each.kind === 'component' ? [each.id] : []))
  }

  /** What code is: its text, and what the names in it stand for. */
  fingerprintOf(file: string, { canonical, names }: { readonly canonical: string; readonly names: readonly FreeName[] }): string {
    return digest('component', JSON.stringify([canonical, names.map((name) => labelOf(this.target(file, name)))]))
  }

  /** What a component is: its code, and what the names in it stand for. Undefined if there is none of this id. */
  findFingerprint(id: string): string | undefined {
    let fingerprint = this.#fingerprints.get(id)
    if (fingerprint === undefined) {
      const whole = namespaceOf(id)
      const found = this.find(id)
      if (whole !== undefined && this.facts(whole)) fingerprint = this.#fingerprintOfExports(whole)
      else if (found) fingerprint = this.fingerprintOf(found.file, found.component)
      else return undefined
      this.#fingerprints.set(id, fingerprint)
    }
    return fingerprint
  }

  /** Of a namespace as a whole: which names it has, and what each stands for. */
  #fingerprintOfExports(file: string): string {
    return digest('component', JSON.stringify(this.#listExportNames(file).map((name) => [name, labelOf(this.exported(file, name))])))
  }
}

/** The file of a component `file#*`. */
function namespaceOf(id: string): string | undefined {
  return id.endsWith('#*') ? id.slice(0, -2) : undefined
}

/** What one declaration takes apart may be changed by way of each part: each leads to the next one. */
function listSiblings(components: readonly ComponentFacts[]): Map<string, string> {
  const groups = Map.groupBy(components, ({ start, end }) => `${start} ${end}`)
  const next = ({ name }: ComponentFacts, i: number, all: readonly ComponentFacts[]): [string, string] => [name, (all[(i + 1) % all.length] as ComponentFacts).name]
  return new Map([...groups.values()].filter(({ length }) => length > 1).flatMap((group) => group.map(next)))
}

function listParts(facts: FileFacts | undefined): Map<string, string[]> {
  const parts = new Map<string, string[]>()
  for (const { name } of facts?.components ?? []) {
    for (let at = name.indexOf('.'); at >= 0; at = name.indexOf('.', at + 1)) {
      const owner = name.slice(0, at)
      const known = parts.get(owner) ?? []
      parts.set(owner, known)
      known.push(componentId((facts as FileFacts).file, name))
    }
  }
  return parts
}

function labelOf(target: Target): string {
  switch (target.kind) {
    case 'component': return target.id
    case 'namespace': return componentId(target.file, '*')
    case 'package': return `npm:${target.name}#${target.member}`
    case 'builtin': return `${target.name}#${target.member}`
    case 'global': return `@${target.name}`
    case 'unknown': return target.text
  }
}
