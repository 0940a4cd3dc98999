import { renderDiff } from './diff.ts'
import { count } from './frame-text.ts'

interface CodeChange {
  readonly component: string
  readonly before: string
  readonly after: string
  readonly affected: readonly { readonly op: string; readonly calls: number; readonly durationMs: number }[]
}

/** What changed, and what is at stake. */
export function renderCodeChange({ component, before, after, affected }: CodeChange): string {
  const calls = affected.reduce((sum, each) => sum + each.calls, 0)
  const seconds = affected.reduce((sum, each) => sum + each.durationMs, 0) / 1000
  const ops = affected.map((each) => `${each.op} (${each.calls})`).join(', ')
  const lines = before === after ? `  ${after}\n  (what shows of it is the same: what made it has changed, or what it keeps inside)` : renderDiff(before, after)
  return `${component} has changed:\n${lines}\nIt was used by ${count(calls, 'call')} that took ${seconds.toFixed(1)} s: ${ops}.`
}

interface Status {
  readonly components: number
  readonly changed: readonly CodeChange[]
  readonly gone: readonly string[]
  readonly unseen: readonly string[]
}

/** What changed since calls used it. */
export function renderStatus({ components, changed, gone, unseen }: Status): string {
  if (components === 0) return 'No stored call knows the code that it used: start the program with mandala run, or open its storage with deps.'
  const parts = changed.map(renderCodeChange)
  if (gone.length > 0) parts.push(`Not there any more: ${gone.join(', ')}`)
  if (unseen.length > 0) parts.push(`Not looked at, as only the program can tell: ${unseen.join(', ')}`)
  return parts.length === 0 ? 'The code is what stored calls used.' : parts.join('\n\n')
}
