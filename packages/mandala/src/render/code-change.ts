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
  return `${component} has changed:\n${renderDiff(before, after)}\nIt was used by ${count(calls, 'call')} that took ${seconds.toFixed(1)} s: ${ops}.`
}
