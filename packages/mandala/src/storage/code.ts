import { nearest } from '../base/expect.ts'
import type { VersionId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { withoutBare } from '../code/bare.ts'
import type { CodeTracking, Memo } from '../memo/memo.ts'
import { renderCommits, renderVersion } from '../render/code.ts'
import { renderStatus } from '../render/code-change.ts'
import type { CodeStatus } from '../versions/change.ts'
import type { Dropped, StoredCommit, StoredDependency } from '../store/store.ts'
import { dropCalls } from './drop.ts'

/** Code that executions of an op used, whole. */
export interface OpVersion {
  readonly id: VersionId
  readonly op: string
  /** Whether its calls hold for the code as it is now. */
  readonly isCurrent: boolean
  /** The components that are something else now: why it isn't current. */
  readonly changed: readonly string[]
  readonly calls: number
  readonly durationMs: number
  /** Each component with its content then: the text of a function, the print of a value. */
  readonly dependencies: readonly (StoredDependency & { readonly source: string })[]
  toString(): string
}

/** A content that a component had. */
export interface Commit extends StoredCommit {
  /** Whether the component has it now. */
  readonly isHead: boolean
}

export interface Commits extends ReadonlyArray<Commit> {
  toString(): string
}

export async function listVersions(memo: Memo, op: string | undefined): Promise<readonly OpVersion[]> {
  const commits = new Map((await memo.store.readCommits()).map((commit) => [`${commit.component} ${commit.hash}`, commit]))
  const versions = memo.code ? await memo.code.versions.list() : await readStoredVersions(memo, commits)
  const uses = new Map((await memo.store.countUses()).map((use) => [use.version, use]))
  return versions.filter((version) => op === undefined || version.op === op).map(({ dependencies, ...version }) => {
    const { calls = 0, durationMs = 0 } = uses.get(version.id) ?? {}
    const source = ({ component, hash }: StoredDependency): string => commits.get(`${component} ${hash}`)?.source ?? ''
    const full = { ...version, calls, durationMs, dependencies: withoutBare(dependencies).map((each) => ({ ...each, source: source(each) })) }
    return Object.defineProperty(full, 'toString', { value: () => renderVersion(full) })
  })
}

/** Where no code is followed, the code of now is that which was last in use. */
async function readStoredVersions({ store }: Memo, commits: ReadonlyMap<string, StoredCommit>): Promise<ReturnType<CodeTracking['versions']['list']>> {
  const heads = await store.readHeads()
  const meaningOf = (component: string, hash: string | undefined): string | undefined => commits.get(`${component} ${hash}`)?.semantic
  return (await store.readVersions()).map((version) => {
    const changed = version.dependencies.filter(({ component, hash }) => meaningOf(component, hash) !== meaningOf(component, heads.get(component)))
    return { ...version, isCurrent: changed.length === 0, changed: changed.map(({ component }) => component) }
  })
}

export async function listSources(memo: Memo, given: string): Promise<Commits> {
  const component = await findComponent(memo, given)
  const commits = [...(memo.code ? await memo.code.versions.listCommits(component) : await readStoredCommits(memo, component))]
  return Object.defineProperty(commits, 'toString', { value: () => renderCommits(commits) })
}

async function readStoredCommits({ store }: Memo, component: string): Promise<readonly Commit[]> {
  const head = (await store.readHeads()).get(component)
  return (await store.readCommits()).filter((commit) => commit.component === component).map((commit) => ({ ...commit, isHead: commit.hash === head }))
}

export async function markComponent(memo: Memo, component: string, meaning: 'same' | 'different'): Promise<void> {
  const { versions } = expectTracking(memo)
  await versions.mark(await findComponent(memo, component), meaning)
}

/** What has changed since calls used it; decides nothing. */
export async function readStatus(memo: Memo): Promise<CodeStatus & { toString(): string }> {
  const { versions } = expectTracking(memo)
  const status = await versions.findChanges()
  return Object.defineProperty({ ...status }, 'toString', { value: () => renderStatus(status) })
}

/** A component as it is stored; a value is found by its name alone where no function has the same. */
async function findComponent(memo: Memo, given: string): Promise<string> {
  const known = new Set((await memo.store.readCommits()).map(({ component }) => component))
  const found = [given, `${given} (value)`].find((each) => known.has(each))
  if (found !== undefined) return found
  throw new MandalaError('NOT_FOUND', `No stored call used ${given}`, {
    hint: known.size === 0
      ? 'no code that calls used is stored: start the program with mandala run, or open its storage with deps'
      : `components are called file#name, as storage.versions(op) lists them: ${nearest(given, known)}`,
  })
}

/** The text behind the id of a version, or of a content. */
export async function readCode(memo: Memo, id: string): Promise<string> {
  const version = (await listVersions(memo, undefined)).find((each) => each.id === id)
  if (version) return String(version)
  const commit = (await memo.store.readCommits()).find(({ hash }) => hash === id)
  return commit?.source ?? raise(notFound('version or content', id))
}

/** Deletes a version with its calls and what was computed from them. */
export async function dropVersion(memo: Memo, id: VersionId, dryRun: boolean): Promise<Dropped> {
  const { versions } = expectTracking(memo)
  if (!(await versions.list()).some((version) => version.id === id)) throw notFound('version', id)
  const dropped = await dropCalls(memo, await memo.store.listVersionCalls(id), { dependents: true, dryRun })
  if (!dryRun) await versions.drop(id)
  return dropped
}

/** @throws MandalaError `OPTION_INVALID` for a storage that doesn't follow the code. */
export function expectTracking(memo: Memo): CodeTracking {
  if (memo.code) return memo.code
  throw new MandalaError('OPTION_INVALID', 'This storage does not follow the code', { hint: "open it with { deps: 'src' }" })
}

function notFound(what: string, id: string): MandalaError {
  return new MandalaError('NOT_FOUND', `There is no ${what} ${id} in this storage`, { hint: 'storage.versions(op) lists the versions of an op and what they used' })
}

function raise(error: MandalaError): never {
  throw error
}
