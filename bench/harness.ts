import { execFileSync, spawnSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'

/** What one run of a workload measured, by name, in the unit that its name ends with. */
export type Figures = Readonly<Record<string, number>>

/** Runs a workload in a fresh process, which prints its figures as JSON on its last line. */
export function runFresh(file: string, args: readonly string[]): Figures {
  const child = spawnSync(process.execPath, ['--expose-gc', '--no-warnings', file, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 })
  if (child.status !== 0) throw new Error(`${file} ${args.join(' ')} failed:\n${child.stderr}`)
  return JSON.parse(child.stdout.trim().split('\n').at(-1) as string) as Figures
}

export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** Median and spread (lowest to highest) of several runs, by figure. */
export function summarize(runs: readonly Figures[]): Readonly<Record<string, Spread>> {
  const names = Object.keys(runs[0] ?? {})
  return Object.fromEntries(names.map((name) => {
    const sorted = runs.map((run) => run[name] as number).sort((a, b) => a - b)
    return [name, { median: median(sorted), low: sorted[0] as number, high: sorted.at(-1) as number }]
  }))
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}

export function geometricMean(numbers: readonly number[]): number {
  return Math.exp(numbers.reduce((sum, each) => sum + Math.log(each), 0) / numbers.length)
}

/** Runs `action` and gives the processor time that the process took meanwhile, in microseconds: what others do on the machine counts little. */
export async function cpuUs(action: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await action()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

/** Runs `action` and gives its wall time in microseconds. */
export async function timeUs(action: () => unknown): Promise<number> {
  const start = performance.now()
  await action()
  return (performance.now() - start) * 1000
}

export function describeMachine(): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const [load] = loadavg() as [number]
  return `${cpus()[0]?.model.trim()} × ${cpus().length}, Node ${process.version}, load ${load.toFixed(1)}, commit ${commit}`
}
