import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeMachine, geometricMean, median, runFresh, summarize, type Figures } from './harness.ts'
import { LIBRARIES, WORKLOADS } from './overhead/workloads.ts'

/**
 * What tracking costs: real libraries and a small pipeline, as they are and as tracked code, each in a process of its own. (Two copies in one process
 * take from each other: the same library loaded twice, with no markers in either, is faster the first time.) Of a process the fastest moment tells, as
 * what else runs on the machine makes it slower, never faster; of each kind the process in the middle. The control is the plain code once more, and
 * shows the error of the rest; the spread is that of the plain code's processes.
 * `node bench/overhead.ts [processes of each [what the names of workloads begin with]]`; with all workloads it writes `OVERHEAD.md`.
 */
const processes = Number(process.argv[2] ?? 7)
const beginning = process.argv[3] ?? ''
const workloads = WORKLOADS.filter(({ name }) => name.startsWith(beginning))
const VARIANTS = ['plain', 'control', 'idle', 'tracked', 'trackedAsync'] as const
type Variant = typeof VARIANTS[number]

const isMeasured = (name: string, variant: Variant): boolean => variant !== 'tracked' || !/async|in flight/.test(name)
const runs = new Map<string, Figures[]>()
for (let turn = 0; turn < processes; turn += 1) {
  for (const { name } of workloads) {
    // Whatever changes on the machine meanwhile changes for all.
    for (const variant of turn % 2 === 0 ? VARIANTS : VARIANTS.toReversed()) {
      if (!isMeasured(name, variant)) continue
      const key = `${name}|${variant}`
      runs.set(key, [...runs.get(key) ?? [], runFresh(join(import.meta.dirname, 'overhead/measure.ts'), [name, variant])])
    }
  }
}

const timesOf = (name: string, variant: Variant, figure: string): number[] => (runs.get(`${name}|${variant}`) ?? []).map((figures) => figures[figure] as number)
const ratioOf = (name: string, variant: Variant, figure: string): number => (
  median(timesOf(name, variant, figure)) / median(timesOf(name, 'plain', figure))
)
const show = (value: number): string => `${value >= 1 ? '+' : ''}${((value - 1) * 100).toFixed(1)} %`
const columns = (ratio: (variant: Variant) => number | undefined): string => VARIANTS.slice(1).map((variant) => {
  const value = ratio(variant)
  return (value === undefined ? '' : show(value)).padStart(14)
}).join('')
const means = (figure: string): string => columns((variant) => geometricMean(LIBRARIES.map(({ name }) => ratioOf(name, variant, figure))))

const lines = [`${'workload'.padEnd(26)}${'plain'.padStart(10)}${'spread'.padStart(10)}${VARIANTS.slice(1).map((variant) => variant.padStart(14)).join('')}`]
for (const { name } of workloads) {
  const plain = timesOf(name, 'plain', 'warmMs')
  const spread = show(Math.max(...plain) / Math.min(...plain))
  const ratios = columns((variant) => (isMeasured(name, variant) ? ratioOf(name, variant, 'warmMs') : undefined))
  lines.push(`${name.padEnd(26)}${`${median(plain).toFixed(2)} ms`.padStart(10)}${spread.padStart(10)}${ratios}`)
}
if (beginning === '') {
  lines.push(`${'geometric mean, libraries'.padEnd(46)}${means('warmMs')}`, `${'the same in the first second of the code'.padEnd(46)}${means('coldMs')}`)
  const speed = summarize(Array.from({ length: processes }, () => runFresh(join(import.meta.dirname, 'overhead/transform-speed.ts'), [])))
  const figure = (name: string): string => (speed[name]?.median ?? NaN).toFixed(2)
  const size = `${speed.files?.median} files, ${figure('megabytes')} MB`
  const cpu = `by the CPU time of all threads ${figure('coldMbPerCpuS')} MB/s and ${figure('cachedCpuMsPerFile')} ms`
  lines.push('', `transform: ${size}: ${figure('coldMbPerS')} MB/s cold, ${figure('cachedMsPerFile')} ms a file from the cache;`, `  ${cpu}`)
}
const report = `# What tracking costs

\`node bench/overhead.ts ${processes}\` on ${describeMachine()}: medians of ${processes} processes, when warm, against the plain code.
The bars: the libraries < 6 % with no call under way (idle), < 20 % in one (tracked); the pipeline < 3 and < 10 %; with 20 calls in flight less than
twice what one has.

\`\`\`
${lines.join('\n')}
\`\`\`
`
console.log(report)
if (beginning === '') writeFileSync(join(import.meta.dirname, 'OVERHEAD.md'), report)
