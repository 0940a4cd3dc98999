import { count } from './frame-text.ts'

interface Version {
  readonly id: string
  readonly op: string
  readonly isCurrent: boolean
  readonly calls: number
  readonly dependencies: readonly { readonly component: string; readonly source: string }[]
}

/** A version with all that it used, each component under its name. */
export function renderVersion({ id, op, isCurrent, calls, dependencies }: Version): string {
  const head = `${op}, version ${id.slice(0, 8)}: ${count(calls, 'call')}${isCurrent ? '' : ', of other code than that of now'}`
  return [head, ...dependencies.map(({ component, source }) => `\n── ${component}\n${source}`)].join('\n')
}

interface Commit {
  readonly hash: string
  readonly parent: string | undefined
  readonly semantic: string
  readonly source: string
  readonly isHead: boolean
}

/** The contents of a component as a tree: each under the one that it came from, `=` where it means the same. */
export function renderCommits(commits: readonly Commit[]): string {
  const known = new Set(commits.map(({ hash }) => hash))
  const render = (commit: Commit, depth: number): string[] => {
    const indent = '  '.repeat(depth)
    const parent = commits.find(({ hash }) => hash === commit.parent)
    const mark = `${commit.isHead ? ' ← now' : ''}${parent && parent.semantic === commit.semantic ? ' = the same as before' : ''}`
    const text = commit.source.split('\n').map((line) => `${indent}  ${line}`)
    const children = commits.filter(({ parent: from }) => from === commit.hash).flatMap((child) => render(child, depth + 1))
    return [`${indent}${commit.hash.slice(0, 8)}${mark}`, ...text, ...children]
  }
  return commits.filter(({ parent }) => parent === undefined || !known.has(parent)).flatMap((root) => render(root, 0)).join('\n')
}
