import { renderColumns } from './columns.ts'
import { renderDiff } from './diff.ts'
import { renderDuration, renderTime } from './units.ts'

interface Version {
  readonly id: string
  readonly isCurrent: boolean
  readonly changed: readonly string[]
  readonly calls: number
  readonly durationMs: number
  readonly dependencies: readonly { readonly component: string }[]
}

/** A line a version, and what those use that hold now. */
export function renderVersions(versions: readonly Version[], widthMax?: number): string {
  if (versions.length === 0) return 'its calls were not tracked: start the program with mandala run, or open the storage with deps'
  const rows = versions.map(({ id, calls, durationMs, isCurrent, changed }) => (
    [id.slice(0, 8), String(calls), renderDuration(durationMs), isCurrent ? 'is that of now' : `changed since: ${changed.join(', ')}`]
  ))
  const table = renderColumns(['version', 'calls', 'time', 'code'], rows, { widthMax, ids: ['version'] })
  const used = versions.filter(({ isCurrent }) => isCurrent).map(({ id, dependencies }) => (
    [`\n${id.slice(0, 8)} uses`, ...dependencies.map(({ component }) => `  ${component}`)].join('\n')
  ))
  return [table, ...used].join('\n')
}

interface Commit {
  readonly hash: string
  readonly parent: string | undefined
  readonly semantic: string
  readonly source: string
  readonly createdAtMs: number
  readonly isHead: boolean
}

/** The contents of a component as a tree: the first ones whole, each other under the one that it came from, with what it changed. */
export function renderHistory(commits: readonly Commit[]): string {
  const known = new Map(commits.map((commit) => [commit.hash, commit]))
  const render = (commit: Commit, indent: string): string[] => {
    const parent = known.get(commit.parent ?? '')
    const meaning = parent && parent.semantic === commit.semantic ? ', means the same' : ''
    const head = `${commit.hash.slice(0, 8)}  ${renderTime(commit.createdAtMs)}${meaning}${commit.isHead ? '  ← now' : ''}`
    const text = parent ? renderDiff(parent.source, commit.source) : commit.source
    const children = commits.filter((each) => each.parent === commit.hash)
    return [indent + head, ...text.split('\n').map((line) => `${indent}│ ${line}`.trimEnd()), ...children.flatMap((child) => render(child, `${indent}  `))]
  }
  return commits.filter(({ parent }) => !known.has(parent ?? '')).flatMap((root) => render(root, '')).join('\n')
}
