import type { Awaitable } from '../base/awaitable.ts'
import { invariant } from '../base/invariant.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { VersionId } from '../base/ids.ts'
import type { AnyFunction } from '../code/op-texts.ts'
import { deriveSemanticId, deriveVersionId, type OpIdentity } from '../model/derive-ids.ts'
import type { CodeOrigin, CodeStore, StoredCommit, StoredDependency, StoredVersion, VersionUse } from '../store/store.ts'
import { sumUses, type CodeChange, type CodeStatus, type Decision } from './change.ts'
import type { CodeContent, CodeState } from './code-state.ts'

/** So many of an op's latest versions are looked through for the one that an execution had. */
const RECORDED_MAX = 16

/** What a call is stored with: the code it used, and what of that the store doesn't have yet. */
export interface RecordedCode {
  readonly version: VersionId
  /** What the code means; part of the call's ids. */
  readonly semantic: string
  readonly commits: readonly StoredCommit[]
  readonly versions: readonly StoredVersion[]
}

/** A component that isn't any more what calls used. */
export interface DependencyChange {
  readonly component: string
  readonly before: CodeContent
  /** Undefined where it isn't there any more, or not loaded. */
  readonly after: CodeContent | undefined
}

interface LiveDependency {
  /** Its hash is the very string that is watched, if it is that one now: two that are equal take long to compare. */
  readonly dependency: StoredDependency
  /** The hash that it has now. */
  readonly watch: () => string | undefined
}

/** An op's function that is another component than it was, and the same code. */
interface Moved {
  readonly dependency: StoredDependency
  readonly component: string
}

/**
 * The code that stored calls used, held against the code as it is now. A component has a tree of contents (commits); contents that mean
 * the same form a class. A version is the set of contents that an execution used: it is current while each of its components has, now, a
 * content of the same class. So a change touches just the calls that used it, and going back finds them again.
 */
export class Versions {
  readonly #store: CodeStore
  readonly #code: CodeState
  readonly #decide: (change: CodeChange) => Promise<Decision>
  readonly #commits = new Map<string, Map<string, StoredCommit>>()
  readonly #versions = new Map<VersionId, StoredVersion>()
  #heads = new Map<string, string>()
  readonly #watches = new Map<string, LiveDependency['watch'] | undefined>()
  readonly #origins = new Map<VersionId, CodeOrigin>()
  readonly #semantics = new Map<VersionId, { readonly op: OpIdentity; readonly semantic: string }>()
  /** By op: the latest versions that executions had here, as they were recorded. */
  readonly #recorded = new Map<string, StoredVersion[]>()
  #revision: number | undefined
  /** The hash that each known component has now. */
  #now = new Map<string, string | undefined>()
  /** By version: whether its code holds since the last look, and what has to be looked at each time. */
  readonly #held = new Map<VersionId, { readonly isHeld: boolean; readonly live: readonly LiveDependency[] }>()
  /** By op: the components that its functions are, one a version number. */
  readonly #own = new Map<string, Set<string>>()

  constructor(store: CodeStore, code: CodeState, decide: (change: CodeChange) => Promise<Decision>) {
    this.#store = store
    this.#code = code
    this.#decide = decide
  }

  /**
   * Looks at the code, asks what each new content means, and stores the answers at once.
   * @returns whether calls that were hits before may be none now, or the other way round
   */
  async sync(): Promise<boolean> {
    this.#code.begin()
    await this.#load()
    const before = this.#now
    this.#now = new Map()
    const heads: StoredDependency[] = []
    for (const [component, commits] of this.#commits) {
      const hash = this.#code.findHash(component)
      this.#now.set(component, hash)
      if (hash === undefined) continue
      const content = commits.has(hash) ? undefined : this.#code.find(component)
      if (content) await this.#commit(component, content, this.#decide)
      else if (this.#heads.get(component) !== hash) heads.push({ component, hash })
    }
    if (heads.length > 0) await this.#put([], heads)
    this.#held.clear()
    return this.#now.size !== before.size || [...this.#now].some(([component, hash]) => before.get(component) !== hash)
  }

  /** Whether calls of a version hold for the code as it is now. */
  async isCurrent(id: VersionId): Promise<boolean> {
    // Another process may have stored it since.
    if (!this.#versions.has(id)) await this.#load()
    return this.isKnownCurrent(id)
  }

  /** The same of the code at this moment, where nothing may be asked or stored: what a change means, {@link sync} decides. */
  async isOfNow(id: VersionId): Promise<boolean> {
    if (!this.#versions.has(id)) await this.#load()
    return this.#versions.get(id)?.dependencies.every((each) => this.#holds(each, this.#code.findHash(each.component))) ?? false
  }

  isKnown(id: VersionId): boolean {
    return this.#versions.has(id)
  }

  /** The same at once, of a version that was used or stored here. Values are looked at each time: a program may change them as it goes. */
  isKnownCurrent(id: VersionId): boolean {
    let held = this.#held.get(id)
    if (held === undefined) {
      const version = this.#versions.get(id)
      if (!version) return false
      const live: LiveDependency[] = []
      const moved = this.#findMoved(version)
      let isHeld = moved !== 'another'
      for (const each of version.dependencies) {
        if (typeof moved === 'object' && each === moved.dependency && this.#now.get(each.component) === undefined) continue
        const watch = this.#watch(each.component)
        const now = watch?.()
        if (watch) live.push({ dependency: now === each.hash ? { ...each, hash: now } : each, watch })
        else isHeld &&= this.#holds(each, this.#now.get(each.component))
      }
      held = { isHeld, live }
      this.#held.set(id, held)
    }
    if (!held.isHeld) return false
    for (const { dependency, watch } of held.live) if (!this.#holds(dependency, watch())) return false
    return true
  }

  /** Takes in the function of an op, by the name of now. */
  noteOp(op: OpIdentity, fn: AnyFunction): void {
    this.#code.noteOp(op, fn)
    this.#held.clear()
    const component = this.#code.findComponentOf(fn)
    if (component === undefined) return
    const known = this.#own.get(op.name)
    if (known) known.add(component)
    else this.#own.set(op.name, new Set([component]))
  }

  /** Ops are called otherwise than before. */
  renameOps(rename: (name: string) => string): void {
    for (const [id, version] of this.#versions) this.#versions.set(id, { ...version, op: rename(version.op) })
    this.#own.clear()
    this.#held.clear()
  }

  /**
   * Where the op's function was when a version was recorded, if it is elsewhere now. It is the same one if the text is the same and all names
   * in it stand for the same components, which is what equal hashes say, and if it sees neither its name nor its file; else it is `'another'`,
   * even if the one that ran is still there.
   */
  #findMoved({ op, dependencies }: StoredVersion): Moved | 'another' | undefined {
    const own = this.#own.get(op)
    if (!own || dependencies.some(({ component }) => own.has(component))) return undefined
    const [component, ...others] = own
    const hash = component === undefined ? undefined : this.#code.findHash(component)
    if (component === undefined || others.length > 0 || !this.#code.mayMove(component)) return 'another'
    const dependency = dependencies.find((each) => this.#holds({ component, hash: each.hash }, hash))
    if (!dependency) return 'another'
    return { dependency, component }
  }

  /** One for all versions that a component is in. */
  #watch(component: string): LiveDependency['watch'] | undefined {
    if (!this.#watches.has(component)) this.#watches.set(component, this.#code.watch(component))
    return this.#watches.get(component)
  }

  /**
   * What an execution of an op used, as the store takes it.
   * @param name the op's name of now; ids and the store know it by the one under which it is stored
   */
  record(op: OpIdentity, name: string, used: ReadonlyMap<string, string>): RecordedCode {
    const same = this.#recordedOf(op).findLast(({ id, dependencies }) => this.#versions.has(id) && isSame(dependencies, used))
    if (same) {
      if (this.#held.get(same.id)?.isHeld === false) this.#held.delete(same.id)
      return { version: same.id, semantic: this.semanticOf(op, same.id), commits: [], versions: [] }
    }
    const dependencies = Array.from(used, ([component, hash]) => ({ component, hash })).sort((a, b) => (a.component < b.component ? -1 : 1))
    const commits: StoredCommit[] = []
    for (const { component, hash } of dependencies) {
      if (this.#commits.get(component)?.has(hash)) continue
      const source = this.#code.find(component)?.source ?? ''
      const commit = { component, hash, parent: undefined, semantic: hash, source, createdAtMs: Date.now() }
      commits.push(commit)
      this.#learn(commit)
      this.#now.set(component, hash)
    }
    const id = deriveVersionId(op, dependencies)
    const version = { id, op: op.name, dependencies }
    const isKnown = this.#versions.has(id)
    this.#versions.set(id, { ...version, op: name })
    this.#held.delete(id)
    const recorded = this.#recordedOf(op)
    if (recorded.push(version) > RECORDED_MAX) recorded.shift()
    const semantic = this.semanticOf(op, id)
    // Another process may have dropped what this one knows: a version that is new comes with all that it stands on.
    return isKnown ? { version: id, semantic, commits, versions: [] } : { version: id, semantic, commits: this.originOf(id).commits, versions: [version] }
  }

  #recordedOf({ name, version }: OpIdentity): StoredVersion[] {
    const key = `${version} ${name}`
    let recorded = this.#recorded.get(key)
    if (!recorded) this.#recorded.set(key, (recorded = []))
    return recorded
  }

  /** All of a version that is known here; the same object as long as it means the same. */
  originOf(id: VersionId): CodeOrigin {
    let origin = this.#origins.get(id)
    if (!origin) {
      const version = this.#get(id)
      origin = { version, commits: version.dependencies.map(({ component, hash }) => this.#commits.get(component)?.get(hash) as StoredCommit) }
      this.#origins.set(id, origin)
    }
    return origin
  }

  /** What stands against a version: the components whose content of now doesn't mean what it meant to its calls. */
  async listChanges(id: VersionId): Promise<readonly DependencyChange[]> {
    if (!this.#versions.has(id)) await this.#load()
    return (this.#versions.get(id)?.dependencies ?? []).flatMap((each) => {
      const { component, hash } = each
      const watch = this.#watch(component)
      const now = watch ? watch() : this.#now.get(component)
      if (this.#holds(each, now)) return []
      const before = { hash, source: this.#commits.get(component)?.get(hash)?.source ?? '' }
      return [{ component, before, after: now === undefined ? undefined : this.#code.find(component) }]
    })
  }

  /** What a current version means, for a call on equal inputs that came about otherwise. */
  semanticOf(op: OpIdentity, id: VersionId): string {
    const known = this.#semantics.get(id)
    // Whoever looks for calls that are gone asks for all versions of a name, whatever the numbers of their ops.
    if (known && known.op.name === op.name && known.op.version === op.version) return known.semantic
    const semantic = deriveSemanticId(op, this.#get(id).dependencies.map(({ component, hash }) => [component, this.#classOf(component, hash)]))
    this.#semantics.set(id, { op, semantic })
    return semantic
  }

  /** What a current version used, at the contents of now: the call around one that was found used it too. */
  *dependenciesOf(id: VersionId): Generator<readonly [component: string, hash: string]> {
    const version = this.#get(id)
    const moved = this.#findMoved(version)
    const components = version.dependencies.map(({ component }) => component)
    for (const component of typeof moved === 'object' ? [...components, moved.component] : components) {
      const hash = this.#code.findHash(component)
      if (hash !== undefined) yield [component, hash]
    }
  }

  /** All versions, each with whether its calls hold for the code of now, and which of its components don't. */
  async list(): Promise<readonly (StoredVersion & { readonly isCurrent: boolean; readonly changed: readonly string[] })[]> {
    await this.sync()
    return Promise.all([...this.#versions.values()].map(async (version) => ({
      ...version, isCurrent: await this.isCurrent(version.id), changed: version.dependencies.filter((each) => !this.#holdsNow(each)).map(({ component }) => component),
    })))
  }

  #holdsNow(dependency: StoredDependency): boolean {
    const watch = this.#watch(dependency.component)
    return this.#holds(dependency, watch ? watch() : this.#now.get(dependency.component))
  }

  /**
   * The versions that used code which is there now, and is another one. What isn't there says nothing: its file may not have been loaded here,
   * or not yet.
   */
  async listOutdated(): Promise<readonly VersionId[]> {
    await this.sync()
    const isOutdated = (each: StoredDependency): boolean => {
      const watch = this.#watch(each.component)
      const now = watch ? watch() : this.#now.get(each.component)
      return now !== undefined && !this.#holds(each, now)
    }
    return [...this.#versions.values()].filter(({ dependencies }) => dependencies.some(isOutdated)).map(({ id }) => id)
  }

  /** By op: the versions whose calls a look-up would find now, and how many there are. */
  async listCurrent(): Promise<ReadonlyMap<string, { readonly ids: readonly VersionId[]; readonly count: number }>> {
    await this.#load()
    const byOp = new Map<string, { readonly ids: VersionId[]; count: number }>()
    for (const { id, op } of this.#versions.values()) {
      let found = byOp.get(op)
      if (!found) byOp.set(op, (found = { ids: [], count: 0 }))
      found.count += 1
      if (this.isKnownCurrent(id)) found.ids.push(id)
    }
    return byOp
  }

  /** The contents that a component had, oldest first, and which of them it has now. */
  async listCommits(component: string): Promise<readonly (StoredCommit & { readonly isHead: boolean })[]> {
    await this.sync()
    const head = this.#heads.get(component)
    return [...(this.#commits.get(component)?.values() ?? [])].map((commit) => ({ ...commit, isHead: commit.hash === head }))
  }

  /** What {@link sync} would ask about, and what it can't find; decides and stores nothing. */
  async findChanges(): Promise<CodeStatus> {
    await this.#load()
    const uses = await this.#store.countUses()
    const status = { components: this.#commits.size, changed: [] as CodeChange[], gone: [] as string[], unseen: [] as string[] }
    for (const [component, commits] of this.#commits) {
      const hash = this.#code.findHash(component)
      const content = hash === undefined || commits.has(hash) ? undefined : this.#code.find(component)
      if (content) {
        const change = this.#describeChange(component, content, uses)
        if (change.affected.length > 0) status.changed.push(change)
      } else if (hash === undefined && this.#versionsWith(component).length > 0) status[this.#code.isReadable(component) ? 'gone' : 'unseen'].push(component)
    }
    return status
  }

  /** Says what the content of now means: the same as the one it came from, or something else. */
  async mark(component: string, meaning: 'same' | 'different'): Promise<void> {
    await this.#load()
    const now = this.#code.findHash(component)
    const commits = this.#commits.get(component)
    const content = now === undefined || commits?.has(now) ? undefined : this.#code.find(component)
    this.#held.clear()
    this.#now.set(component, now)
    if (content) return this.#commit(component, content, () => (meaning === 'same' ? 'reuse' : 'recompute'))
    if (now !== undefined && this.#heads.get(component) !== now) await this.#put([], [{ component, hash: now }])
    const head = commits?.get(this.#heads.get(component) ?? '')
    const parent = head?.parent === undefined ? undefined : commits?.get(head.parent)
    if (!commits || !head || !parent) throw nothingToMark(component)
    const semantic = meaning === 'same' ? parent.semantic : head.hash
    // What was marked as the same as the head follows it.
    const hashes = [...commits.values()].filter((each) => each === head || each.semantic === head.hash).map(({ hash }) => hash)
    await this.#store.moveMeaning(component, { hashes, semantic })
    for (const hash of hashes) commits.set(hash, { ...(commits.get(hash) as StoredCommit), semantic })
    this.#forgetMeanings()
  }

  /** Forgets a version of which no calls are left. */
  async drop(id: VersionId): Promise<void> {
    await this.#store.dropVersion(id)
    this.#versions.delete(id)
    this.#held.delete(id)
    this.#origins.delete(id)
  }

  #get(id: VersionId): StoredVersion {
    const version = this.#versions.get(id)
    invariant(version, `version ${id} was used before it was read`)
    return version
  }

  #holds({ component, hash }: StoredDependency, now: string | undefined): boolean {
    return now === hash || now !== undefined && this.#classOf(component, now) === this.#classOf(component, hash)
  }

  #classOf(component: string, hash: string): string {
    return this.#commits.get(component)?.get(hash)?.semantic ?? hash
  }

  /** A content that came: what it means is decided, and stored before anything else happens. */
  async #commit(component: string, content: CodeContent, decide: (change: CodeChange) => Awaitable<Decision>): Promise<void> {
    const parent = this.#heads.get(component)
    const before = this.#headOf(component)
    const change = this.#describeChange(component, content, await this.#store.countUses())
    const decision = change.affected.length === 0 ? 'recompute' : await decide(change)
    const semantic = decision === 'reuse' && before ? before.semantic : content.hash
    await this.#put([{ component, hash: content.hash, parent, semantic, source: content.source, createdAtMs: Date.now() }], [{ component, hash: content.hash }])
    if (decision === 'reuse') await this.#extend(component, this.#versionsWith(component))
  }

  #describeChange(component: string, content: CodeContent, uses: readonly VersionUse[]): CodeChange {
    const affected = sumUses(this.#versionsWith(component), uses)
    return { component, before: this.#headOf(component)?.source ?? '', after: content.source, affected }
  }

  #headOf(component: string): StoredCommit | undefined {
    const head = this.#heads.get(component)
    return head === undefined ? undefined : this.#commits.get(component)?.get(head)
  }

  #versionsWith(component: string): StoredVersion[] {
    return [...this.#versions.values()].filter(({ dependencies }) => dependencies.some((each) => each.component === component))
  }

  /** What the new text refers to becomes a dependency of the calls that it holds for, so that a later change of that is noticed. */
  async #extend(component: string, using: readonly StoredVersion[]): Promise<void> {
    const references = this.#code.findReferences(component)
    const holding = using.filter(({ dependencies }) => dependencies.some((each) => each.component === component && this.#holds(each, this.#now.get(component))))
    const missing = [...references].filter(([name]) => holding.some(({ dependencies }) => !dependencies.some((each) => each.component === name)))
    if (missing.length === 0) return
    const createdAtMs = Date.now()
    await this.#put(missing.map(([name, { hash, source }]) => ({ component: name, hash, parent: undefined, semantic: hash, source, createdAtMs })), [])
    const dependencies = missing.map(([name, { hash }]) => ({ component: name, hash }))
    await this.#store.extendVersions(holding.map(({ id }) => id), dependencies)
    this.#forgetMeanings()
    for (const version of holding) this.#versions.set(version.id, { ...version, dependencies: [...version.dependencies, ...dependencies] })
    for (const { component: name, hash } of dependencies) this.#now.set(name, hash)
  }

  async #put(commits: readonly StoredCommit[], heads: readonly StoredDependency[]): Promise<void> {
    await this.#store.putCode({ commits, heads })
    for (const commit of commits) this.#learn(commit)
    for (const { component, hash } of heads) this.#heads.set(component, hash)
  }

  /** What contents mean, or which of them a version has, isn't what it was. */
  #forgetMeanings(): void {
    this.#origins.clear()
    this.#semantics.clear()
    this.#recorded.clear()
  }

  #learn(commit: StoredCommit): void {
    this.#forgetMeanings()
    const known = this.#commits.get(commit.component)
    if (known) known.set(commit.hash, commit)
    else this.#commits.set(commit.component, new Map([[commit.hash, commit]]))
    if (!this.#heads.has(commit.component)) this.#heads.set(commit.component, commit.hash)
  }

  async #load(): Promise<void> {
    const revision = await this.#store.codeRevision()
    if (revision === this.#revision) return
    for (const commit of await this.#store.readCommits()) this.#learn(commit)
    for (const version of await this.#store.readVersions()) this.#versions.set(version.id, version)
    this.#heads = new Map(await this.#store.readHeads())
    this.#forgetMeanings()
    this.#revision = revision
  }
}

function isSame(dependencies: readonly StoredDependency[], used: ReadonlyMap<string, string>): boolean {
  return dependencies.length === used.size && dependencies.every(({ component, hash }) => used.get(component) === hash)
}

function nothingToMark(component: string): MandalaError {
  return new MandalaError('NOT_FOUND', `${component} has not changed: there is no content before the one of now`, { hint: 'mark it after it changed' })
}
