import { renderColumns } from './columns.ts'
import { renderBytes, renderDuration, renderTime } from './units.ts'

interface Op {
  readonly name: string
  readonly version: number
  readonly calls: number
  readonly codeVersions: number
  readonly durationMs: number
  readonly bytes: number
  readonly usedAtMs: number | undefined
  readonly notes: Readonly<Record<string, number>>
}

/** A line an op. */
export function renderOps(ops: readonly Op[], widthMax?: number): string {
  if (ops.length === 0) return 'no calls'
  const notes = [...new Set(ops.flatMap((op) => Object.keys(op.notes)))].sort()
  const rows = ops.map((op) => [
    op.version === 0 ? op.name : `${op.name} v${op.version}`, String(op.calls), op.codeVersions === 0 ? '' : String(op.codeVersions),
    renderDuration(op.durationMs), renderBytes(op.bytes), op.usedAtMs === undefined ? '' : renderTime(op.usedAtMs),
    ...notes.map((name) => (op.notes[name] === undefined ? '' : String(Number(op.notes[name].toPrecision(6))))),
  ])
  return renderColumns(['op', 'calls', 'versions', 'time', 'size', 'last used', ...notes], rows, { widthMax })
}
