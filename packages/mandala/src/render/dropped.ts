import { renderColumns } from './columns.ts'
import { renderBytes, renderDuration } from './units.ts'

interface Dropped {
  readonly calls: number
  readonly values: number
  readonly bytes: number
  readonly failures?: number
  readonly ops: readonly { readonly name: string; readonly version: number; readonly calls: number; readonly dependents: number; readonly durationMs: number }[]
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`

/** What a deletion took, or would take: by op, then in all. */
export function renderDropped({ calls, values, bytes, failures = 0, ops }: Dropped, isDone: boolean): string {
  const parts = [
    ...(calls > 0 ? [count(calls, 'call')] : []), ...(values > 0 ? [`${count(values, 'value')} (${renderBytes(bytes)})`] : []),
    ...(failures > 0 ? [count(failures, 'failure')] : []),
  ]
  const total = parts.length === 0 ? `nothing ${isDone ? 'went' : 'would go'}` : `${isDone ? 'dropped' : 'would drop'} ${parts.join(', ')}`
  return ops.length === 0 ? total : `${renderOps(ops)}\n\n${total}`
}

/** Calls that tie collections to their elements are nobody's choice: one line for all. */
function renderOps(ops: Dropped['ops']): string {
  const isTie = ({ name }: { readonly name: string }): boolean => name.startsWith('__')
  const rows = ops.filter((op) => !isTie(op)).map(({ name, version, calls, dependents, durationMs }) => [
    version === 0 ? name : `${name} v${version}`, String(calls), dependents === 0 ? '' : String(dependents), renderDuration(durationMs),
  ])
  const ties = ops.filter(isTie).reduce((sum, { calls }) => sum + calls, 0)
  return renderColumns(['op', 'calls', 'as dependents', 'time'], ties === 0 ? rows : [...rows, ['(elements of collections)', String(ties), '', '']])
}
