import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeMachine, runFresh, summarize, type Figures } from './harness.ts'

/** Runs every workload in fresh processes, sets the figures beside their bars, and writes `RESULTS.md`. */
const RUNS = Number(process.env['RUNS'] ?? 5)
const WORKLOADS = ['hits', 'new-calls', 'chain', 'arrays', 'lists'] as const

interface Bar {
  readonly what: string
  readonly bar: string
  readonly ours: string
  /** The figure that it is set against, in the same run; alone if left out. */
  readonly floor?: string
  readonly holds: (ours: number, ratio: number) => boolean
}

/** What the Python original was recorded at, in calls per second. */
const PYTHON = { chainNew: 105, chainRetraced: 428 }

const BARS: readonly Bar[] = [
  { what: 'hit in a new process, 100,000 calls stored', bar: '≤ 2 × floor', ours: 'hit, new process, µs', floor: 'its floor, µs', holds: (_, r) => r <= 2 },
  { what: 'hit again in the same process', bar: '≤ 1.5 × floor', ours: 'hit again, µs', floor: 'floor of hashing alone, µs', holds: (_, r) => r <= 1.5 },
  { what: 'new trivial call, stored', bar: '≤ 2.5 × floor', ours: 'new call, stored, µs', floor: 'its rows, bare, µs', holds: (_, r) => r <= 2.5 },
  { what: 'the last tenth of 100,000 new calls to the first', bar: '≤ 1.2', ours: 'last tenth to first', holds: (n) => n <= 1.2 },
  {
    what: 'chain of three ops, new', bar: '≥ 100 × the Python original (105/s, recorded)', ours: 'chain of three, new, µs a call',
    holds: (us) => 1e6 / us >= 100 * PYTHON.chainNew,
  },
  {
    what: 'the same, retraced in a new process', bar: '≥ 100 × the Python original (428/s, recorded)', ours: 'chain retraced in a new process, µs a call',
    holds: (us) => 1e6 / us >= 100 * PYTHON.chainRetraced,
  },
  {
    what: 'op that returns 10 MB of numbers, new', bar: '≥ 50 % of bare', ours: '10 MB array, new, MB/s', floor: 'SHA-256 and write, bare, MB/s',
    holds: (_, r) => r >= 0.5,
  },
  { what: 'the same, loaded', bar: '≥ 50 % of bare', ours: '10 MB array, loaded, MB/s', floor: 'read and SHA-256, bare, MB/s', holds: (_, r) => r >= 0.5 },
  {
    what: 'list of 1,000, per element made and consumed', bar: '≤ 1.5 × an ordinary value', ours: 'list element, made and consumed, µs',
    floor: 'ordinary value, made and consumed, µs', holds: (_, r) => r <= 1.5,
  },
  { what: 'disk space of a small call', bar: '< 500 bytes', ours: 'bytes a call', holds: (n) => n < 500 },
  { what: 'open a store of 1,000,000 calls, first hit included', bar: '< 100 ms', ours: 'open and first hit, 1,000,000 calls, ms', holds: (n) => n < 100 },
  { what: 'peak memory of retracing 1,000,000 calls', bar: '< 400 MB', ours: 'peak memory of retracing 1,000,000 calls, MB', holds: (n) => n < 400 },
]

function runInTemp(workload: string): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'mandala-bench-'))
  try {
    return runFresh(join(import.meta.dirname, `speed/${workload}.ts`), [join(folder, 'store.db')])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const show = (n: number): string => (n >= 100 ? n.toFixed(0) : n.toPrecision(3))

const machine = describeMachine()
const figures: Record<string, { median: number; low: number; high: number }> = {}
for (const workload of WORKLOADS) {
  Object.assign(figures, summarize(Array.from({ length: RUNS }, () => runInTemp(workload))))
  console.error(`${workload} done`)
}
if (!process.argv.includes('--quick')) Object.assign(figures, summarize([runInTemp('million')]))

const rows = BARS.flatMap(({ what, bar, ours, floor, holds }) => {
  const figure = figures[ours]
  if (!figure) return []
  const beside = floor === undefined ? undefined : figures[floor]
  const ratio = beside ? figure.median / beside.median : Number.NaN
  const unit = /(µs|MB\/s|ms|MB)( a call)?$/.exec(ours)?.[1] ?? ''
  const spread = figure.low === figure.high ? '' : ` (${show(figure.low)}–${show(figure.high)})`
  const verdict = holds(figure.median, ratio) ? 'yes' : '**no**'
  const floorCells = beside ? `${show(beside.median)} ${unit} | ${ratio.toFixed(2)}` : ' | '
  return [`| ${what} | ${show(figure.median)} ${unit}${spread} | ${floorCells} | ${bar} | ${verdict} |`]
})
const table = `# Speed

\`npm run bench\` on ${machine}: medians of ${RUNS} runs in fresh processes (lowest–highest); the million once. The floor does the
same work bare (SQLite, SHA-256, files), in the same process run.

| workload | mandala-ts | floor | ratio | bar | held |
|---|---|---|---|---|---|
${rows.join('\n')}
`
console.log(table)
if (!process.argv.includes('--quick')) writeFileSync(join(import.meta.dirname, 'RESULTS.md'), table)
