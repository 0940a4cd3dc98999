import { join } from 'node:path'
import { describeMachine, geometricMean, runFresh, summarize, type Figures } from './harness.ts'
import { WORKLOADS } from './overhead/workloads.ts'

/**
 * What tracking costs: real libraries and a small pipeline, as they are and instrumented, in turns, by CPU time. Whichever copy of a library is
 * loaded first, or is run more often, is the faster one, the same code or not: each is the first in half of the processes, and both are run as often.
 * The control is idle code with no markers in it: what it shows is the error of the rest.
 * `node bench/overhead.ts [processes, an even number] [rounds]`
 */
const processes = Number(process.argv[2] ?? 6)
const rounds = process.argv[3] ?? '15'
const variants = ['control', 'idle', 'tracked', 'trackedAsync'] as const

const measure = (...kind: string[]): Figures[] => Array.from({ length: processes / 2 }, () => ['plain-first', 'tracked-first'].map((order) => (
  runFresh(join(import.meta.dirname, 'overhead/measure.ts'), [rounds, order, ...kind])
))).flat()
const measured = measure()
const control = measure('control')
const meanOf = (figure: string, runs = measured): number => geometricMean(runs.map((figures) => figures[figure] ?? NaN))
const ratio = (name: string, variant: string): number => (variant === 'control' ? meanOf(`${name}|idle`, control) : meanOf(`${name}|${variant}`))
const percent = (value: number): string => (Number.isNaN(value) ? '' : `${value >= 1 ? '+' : ''}${((value - 1) * 100).toFixed(1)} %`).padStart(14)
const columns = (of: (variant: string) => number): string => variants.map((variant) => percent(of(variant))).join('')

console.log(`${describeMachine()}; geometric mean of ${processes} processes × ${rounds} rounds, CPU time against the plain code\n`)
console.log(`${'workload'.padEnd(26)}${'plain'.padStart(10)}${variants.map((variant) => variant.padStart(14)).join('')}`)
const names = [...WORKLOADS.map(({ name }) => name), 'pipeline', 'pipeline, async alone', 'pipeline, 20 in flight']
for (const name of names) {
  const plain = `${meanOf(`${name}|plainMs`).toFixed(2)} ms`
  console.log(`${name.padEnd(26)}${plain.padStart(10)}${columns((variant) => ratio(name, variant))}`)
}
console.log(`${'geometric mean, libraries'.padEnd(36)}${columns((variant) => geometricMean(WORKLOADS.map(({ name }) => ratio(name, variant))))}`)

const speed = summarize(Array.from({ length: processes }, () => runFresh(join(import.meta.dirname, 'overhead/transform-speed.ts'), [])))
const figure = (name: string): string => (speed[name]?.median ?? NaN).toFixed(2)
const size = `${speed.files?.median} files, ${figure('megabytes')} MB`
const cpu = `by the CPU time of all threads ${figure('coldMbPerCpuS')} MB/s and ${figure('cachedCpuMsPerFile')} ms`
console.log(`\ntransform: ${size}: ${figure('coldMbPerS')} MB/s cold, ${figure('cachedMsPerFile')} ms a file from the cache; ${cpu}`)
