import { renderColumns } from './columns.ts'
import { count } from './frame-text.ts'
import { renderCallDuration, renderTime } from './units.ts'

interface Listed {
  readonly hid: string
  readonly version: number
  readonly inputs: Readonly<Record<string, { readonly text: string }>>
  readonly outputs: Readonly<Record<string, { readonly text: string }>>
  readonly notes: Readonly<Record<string, number | string>>
  readonly startedAtMs: number
  readonly durationMs: number
}

interface List {
  readonly op: string
  readonly total: number
  readonly offset: number
  readonly calls: readonly Listed[]
  readonly left: number
}

const SIDES = ['inputs', 'outputs', 'notes'] as const

/** A line a call. */
export function renderCallList({ op, total, offset, calls, left: columnsLeft }: List, widthMax?: number): string {
  if (calls.length === 0) return total === 0 ? `no call of ${op} is like that` : `no more: there are ${count(total, 'call')} of ${op}`
  const columns = SIDES.flatMap((side) => [...new Set(calls.flatMap((call) => Object.keys(call[side])))].map((name) => ({ side, name })))
  const isShared = (name: string): boolean => columns.filter((each) => each.name === name).length > 1
  const hasVersions = calls.some(({ version }) => version !== calls[0]?.version)
  const headings = [
    'call', ...(hasVersions ? ['version'] : []), ...columns.map(({ side, name }) => (isShared(name) ? `${side}.${name}` : name)), 'time', 'when',
  ]
  const rows = calls.map((call) => [
    call.hid.slice(0, 8), ...(hasVersions ? [String(call.version)] : []), ...columns.map(({ side, name }) => cellOf(call, side, name)),
    renderCallDuration(call.durationMs), renderTime(call.startedAtMs),
  ])
  const left = total - offset - calls.length
  const range = calls.length === total ? '' : `${(offset + 1).toLocaleString('en-US')} to ${(offset + calls.length).toLocaleString('en-US')} of `
  const next = left > 0 ? `; --offset ${offset + calls.length} shows the next` : ''
  const chosen = columnsLeft > 0 ? `\n${count(columnsLeft, 'more column')}: --columns chooses` : ''
  return `${renderColumns(headings, rows, { widthMax, ids: ['call'] })}\n${range}${count(total, 'call')}${next}${chosen}`
}

function cellOf(call: Listed, side: (typeof SIDES)[number], name: string): string {
  if (side === 'notes') return String(call.notes[name] ?? '')
  return call[side][name]?.text ?? ''
}
