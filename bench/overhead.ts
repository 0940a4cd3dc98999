import { join } from 'node:path'
import { describeMachine, runFresh, summarize } from './harness.ts'
import { WORKLOADS } from './overhead/workloads.ts'

/**
 * What tracking costs: real libraries and a small pipeline, as they are and instrumented, in turns, by CPU time.
 * `node bench/overhead.ts [processes] [rounds]`
 */
const processes = Number(process.argv[2] ?? 3)
const rounds = process.argv[3] ?? '15'
const variants = ['idle', 'tracked', 'trackedAsync'] as const

const measured = summarize(Array.from({ length: processes }, () => runFresh(join(import.meta.dirname, 'overhead/measure.ts'), [rounds])))
const ratio = (name: string, variant: string): number => measured[`${name}|${variant}`]?.median ?? NaN
const percent = (value: number): string => (Number.isNaN(value) ? '' : `${value >= 1 ? '+' : ''}${((value - 1) * 100).toFixed(1)} %`).padStart(10)

console.log(`${describeMachine()}; median of ${processes} processes × ${rounds} rounds, CPU time against the plain code\n`)
console.log(`${'workload'.padEnd(26)}${'plain'.padStart(10)}${variants.map((variant) => variant.padStart(14)).join('')}`)
const names = [...WORKLOADS.map(({ name }) => name), 'pipeline', 'pipeline, async alone', 'pipeline, 20 in flight']
for (const name of names) {
  const plain = `${(measured[`${name}|plainMs`]?.median ?? NaN).toFixed(2)} ms`
  console.log(`${name.padEnd(26)}${plain.padStart(10)}${variants.map((variant) => percent(ratio(name, variant)).padStart(14)).join('')}`)
}
const geometric = (variant: string): number => Math.exp(WORKLOADS.reduce((sum, { name }) => sum + Math.log(ratio(name, variant)), 0) / WORKLOADS.length)
console.log(`${'geometric mean, libraries'.padEnd(36)}${variants.map((variant) => percent(geometric(variant)).padStart(14)).join('')}`)

const speed = summarize(Array.from({ length: processes }, () => runFresh(join(import.meta.dirname, 'overhead/transform-speed.ts'), [])))
const figure = (name: string): string => (speed[name]?.median ?? NaN).toFixed(2)
const size = `${speed.files?.median} files, ${figure('megabytes')} MB`
const cpu = `by the CPU time of all threads ${figure('coldMbPerCpuS')} MB/s and ${figure('cachedCpuMsPerFile')} ms`
console.log(`\ntransform: ${size}: ${figure('coldMbPerS')} MB/s cold, ${figure('cachedMsPerFile')} ms a file from the cache; ${cpu}`)
