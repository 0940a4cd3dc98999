import { join } from 'node:path'
import { describeMachine, geometricMean, runFresh, summarize } from './harness.ts'
import { WORKLOADS } from './overhead/workloads.ts'

/**
 * What tracking costs: real libraries and a small pipeline, as they are and instrumented, in turns, by CPU time. Copies of a library cost each
 * other something, the same code or not, and the first one the least: the plain code is there twice, each copy is in each place in as many processes,
 * and what is instrumented is compared with the second plain one, which is measured as it is itself.
 * `node bench/overhead.ts [processes, six or a multiple of it] [rounds]`
 */
const processes = Number(process.argv[2] ?? 6)
const rounds = process.argv[3] ?? '15'
const shown = ['control', 'idle', 'tracked', 'trackedAsync'] as const
const ORDERS = [
  'plain,control,tracked', 'tracked,control,plain', 'control,tracked,plain', 'plain,tracked,control', 'tracked,plain,control', 'control,plain,tracked',
]

const measured = Array.from({ length: processes }, (_, i) => (
  runFresh(join(import.meta.dirname, 'overhead/measure.ts'), [rounds, ORDERS[i % ORDERS.length] as string])
))
const meanOf = (figure: string): number => geometricMean(measured.map((figures) => figures[figure] ?? NaN))
const ratio = (name: string, variant: string): number => meanOf(`${name}|${variant}`) / (variant === 'control' ? 1 : meanOf(`${name}|control`))
const percent = (value: number): string => (Number.isNaN(value) ? '' : `${value >= 1 ? '+' : ''}${((value - 1) * 100).toFixed(1)} %`).padStart(14)
const columns = (of: (variant: string) => number): string => shown.map((variant) => percent(of(variant))).join('')

console.log(`${describeMachine()}; geometric mean of ${processes} processes × ${rounds} rounds, CPU time; the control against the plain code, the others against it\n`)
console.log(`${'workload'.padEnd(26)}${'plain'.padStart(10)}${shown.map((variant) => variant.padStart(14)).join('')}`)
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
