import { nearest } from '../base/expect.ts'
import type { VersionId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { CodeTracking, Memo } from '../memo/memo.ts'
import { renderCommits, renderVersion } from '../render/code.ts'
import type { Dropped, StoredCommit, StoredDependency } from '../store/store.ts'

/** Code that executions of an op used, whole. */
export interface OpVersion {
  readonly id: VersionId
  readonly op: string
  /** Whether its calls hold for the code as it is now. */
  readonly isCurrent: boolean
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
  const { versions } = expectTracking(memo)
  const uses = new Map((await memo.store.countUses()).map((use) => [use.version, use]))
  const sources = await readSources(memo)
  return (await versions.list()).filter((version) => op === undefined || version.op === op).map(({ dependencies, ...version }) => {
    const { calls = 0, durationMs = 0 } = uses.get(version.id) ?? {}
    const full = { ...version, calls, durationMs, dependencies: dependencies.map((each) => ({ ...each, source: sources(each) })) }
    return Object.defineProperty(full, 'toString', { value: () => renderVersion(full) })
  })
}

export async function listSources(memo: Memo, component: string): Promise<Commits> {
  const { versions } = expectTracking(memo)
  const commits = [...(await versions.listCommits(await findComponent(memo, component)))]
  return Object.defineProperty(commits, 'toString', { value: () => renderCommits(commits) })
}

export async function markComponent(memo: Memo, component: string, meaning: 'same' | 'different'): Promise<void> {
  const { versions } = expectTracking(memo)
  await versions.mark(await findComponent(memo, component), meaning)
}

/** A component as it is stored; a value is found by its name alone where no function has the same. */
async function findComponent(memo: Memo, given: string): Promise<string> {
  const known = new Set((await memo.store.readCommits()).map(({ component }) => component))
  const found = [given, `${given} (value)`].find((each) => known.has(each))
  if (found !== undefined) return found
  throw new MandalaError('NOT_FOUND', `No stored call used ${given}`, {
    hint: known.size === 0 ? 'no call is stored yet' : `components are called file#name, as storage.versions(op) lists them: ${nearest(given, known)}`,
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
  await memo.queue.flush()
  const dropped = await memo.drop(await memo.store.listVersionCalls(id), { dependents: true, dryRun })
  if (!dryRun) await versions.drop(id)
  return dropped
}

function expectTracking(memo: Memo): CodeTracking {
  if (memo.code) return memo.code
  throw new MandalaError('OPTION_INVALID', 'This storage does not follow the code', { hint: "open it with { deps: 'src' }" })
}

async function readSources(memo: Memo): Promise<(dependency: StoredDependency) => string> {
  const sources = new Map((await memo.store.readCommits()).map(({ component, hash, source }) => [`${component} ${hash}`, source]))
  return ({ component, hash }) => sources.get(`${component} ${hash}`) ?? ''
}

function notFound(what: string, id: string): MandalaError {
  return new MandalaError('NOT_FOUND', `There is no ${what} ${id} in this storage`, { hint: 'storage.versions(op) lists the versions of an op and what they used' })
}

function raise(error: MandalaError): never {
  throw error
}
