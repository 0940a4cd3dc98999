import type { Spread } from './harness.ts'

/** A figure with what it must come to. */
export interface Bar {
  readonly what: string
  readonly bar: string
  readonly ours: string
  /** The figure that it is set against, in the same run; alone if left out. */
  readonly floor?: string
  readonly holds: (ours: number, ratio: number) => boolean
}

/** Workloads that are run and told together. */
export interface Group {
  readonly title: string
  /** Each a file and its further arguments; `once` for those that take minutes. */
  readonly workloads: readonly { readonly file: string; readonly args?: readonly string[]; readonly once?: boolean }[]
  readonly bars: readonly Bar[]
}

const show = (n: number): string => (n >= 100 ? n.toFixed(0) : n.toPrecision(3))

/** The table of a group, as far as there are figures for it. */
export function renderGroup({ title, bars }: Group, figures: Readonly<Record<string, Spread>>): string {
  const rows = bars.flatMap(({ what, bar, ours, floor, holds }) => {
    const figure = figures[ours]
    if (!figure) return []
    const beside = floor === undefined ? undefined : figures[floor]
    const ratio = beside ? figure.median / beside.median : Number.NaN
    const unit = /(µs|MB\/s|ms|MB|bytes| s)( a call)?$/.exec(ours)?.[1]?.trim() ?? ''
    const spread = figure.low === figure.high ? '' : ` (${show(figure.low)}–${show(figure.high)})`
    const verdict = holds(figure.median, ratio) ? 'yes' : '**no**'
    const floorCells = beside ? `${show(beside.median)} ${unit} | ${ratio.toFixed(2)}` : ' | '
    return [`| ${what} | ${show(figure.median)} ${unit}${spread} | ${floorCells} | ${bar} | ${verdict} |`]
  })
  return `## ${title}\n\n| workload | mandala-ts | floor | ratio | bar | held |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`
}

