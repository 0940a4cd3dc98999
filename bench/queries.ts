import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeMachine, runFresh, summarize, type Figures } from './harness.ts'

/** Runs the query workloads in fresh processes, sets the figures beside their bars, and writes `QUERIES.md`. */
const RUNS = Number(process.env['RUNS'] ?? 5)
const WORKLOADS = ['three-ops', 'long-chain', 'wide-list'] as const

interface Bar {
  readonly what: string
  readonly figure: string
  readonly beside: string | undefined
  readonly bar: string
  readonly holds: (figure: number, ratio: number) => boolean
}

const BARS: readonly Bar[] = [
  {
    what: '3 ops, 5 variables, 100,000 calls, 30,000 answers as Refs', figure: 'three ops, ms', beside: 'hand-written SQL, ms',
    bar: '< 1,000 ms, ≤ 2 × SQL by hand', holds: (ms, ratio) => ms < 1_000 && ratio <= 2,
  },
  {
    what: 'the same with values', figure: 'three ops with values, ms', beside: 'hand-written SQL with values, ms',
    bar: '< 1,000 ms', holds: (ms) => ms < 1_000,
  },
  {
    what: 'chain of 100 ops, 1,000 computations', figure: 'chain of 100, ms', beside: undefined,
    bar: '< 2,000 ms (the original: an error at 32)', holds: (ms) => ms < 2_000,
  },
  {
    what: '`similar` on a result over a list of 1,000 elements', figure: 'list of 1,000, ms', beside: undefined,
    bar: '< 500 ms (the original: 1.1 s at 200)', holds: (ms) => ms < 500,
  },
]

function runInTemp(workload: string): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'mandala-bench-'))
  try {
    return runFresh(join(import.meta.dirname, `queries/${workload}.ts`), [join(folder, 'store.db')])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const show = (n: number): string => (n >= 100 ? n.toFixed(0) : n.toPrecision(3))
const machine = describeMachine()
const figures = Object.assign({}, ...WORKLOADS.map((workload) => summarize(Array.from({ length: RUNS }, () => runInTemp(workload))))) as ReturnType<typeof summarize>

const rows = BARS.map(({ what, figure, beside, bar, holds }) => {
  const ours = figures[figure]
  assert.ok(ours, `no workload gave "${figure}"`)
  const other = beside === undefined ? undefined : figures[beside]?.median
  const ratio = other === undefined ? Number.NaN : ours.median / other
  const cells = other === undefined ? ' | ' : `${show(other)} ms | ${ratio.toFixed(2)}`
  return `| ${what} | ${show(ours.median)} ms (${show(ours.low)}–${show(ours.high)}) | ${cells} | ${bar} | ${holds(ours.median, ratio) ? 'yes' : '**no**'} |`
})
const table = `# Queries

\`node bench/queries.ts\` on ${machine}: medians of ${RUNS} runs in fresh processes (lowest–highest), each the second query of its process.
SQL by hand asks the same file in the same run, with its joins in the best order, for ids or for the bytes of values.

| workload | mandala-ts | SQL by hand | ratio | bar | held |
|---|---|---|---|---|---|
${rows.join('\n')}
`
console.log(table)
writeFileSync(join(import.meta.dirname, 'QUERIES.md'), table)
