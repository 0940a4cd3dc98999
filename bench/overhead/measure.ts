import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CallTrace } from '../../packages/mandala/src/code/call-trace.ts'
import { installHooks } from '../../packages/mandala/src/code/install-hooks.ts'
import { SourceLoader } from '../../packages/mandala/src/code/source-loader.ts'
import { median } from '../harness.ts'
import { csv, folderOf, WORKLOADS } from './workloads.ts'

/**
 * One process: every workload as it is, as it is in another copy, tracked with no call under way, and tracked in a call, in turns.
 * Its arguments: rounds, and in which order the copies of a library are loaded and warmed up.
 */
const ROUNDS = Number(process.argv[2] ?? 15)
const ORDER = (process.argv[3] ?? 'plain,control,tracked').split(',') as (keyof Copies)[]
const BATCH_MS = 40

interface Copies {
  readonly plain: any
  /** The same code once more: what it takes longer is what the copies of a library take from each other. */
  readonly control: any
  readonly tracked: any
}

const home = mkdtempSync(join(tmpdir(), 'mandala-overhead-'))
process.on('exit', () => rmSync(home, { recursive: true }))
for (const copy of ORDER) {
  mkdirSync(join(home, copy))
  writeFileSync(join(home, copy, 'package.json'), `{ "name": "${copy}", "type": "module" }`)
  symlinkSync(resolve(folderOf('acorn'), '..'), join(home, copy, 'node_modules'))
}
installHooks(new SourceLoader(join(home, 'tracked'), (text) => {
  throw new Error(text)
}))

async function load(folder: string, entry: string, name: string): Promise<Copies> {
  const loaded: [string, any][] = []
  for (const copy of ORDER) {
    const copied = join(home, copy, 'libs', name)
    cpSync(folder, copied, { recursive: true, filter: (path) => !/\.d\.[cm]?ts$|\.map$/.test(path) })
    loaded.push([copy, await import(pathToFileURL(join(copied, entry)).href)])
  }
  return Object.fromEntries(loaded) as unknown as Copies
}

/** How a workload calls what would be an op. */
type Call = (fn: () => unknown) => unknown

const direct: Call = (fn) => fn()

const traced: Call = (fn) => {
  const trace = new CallTrace()
  const result = trace.run(fn)
  trace.usage()
  return result
}

const tracedAsync = async (fn: () => unknown): Promise<unknown> => {
  const trace = new CallTrace()
  const result = await trace.run(async () => fn())
  trace.usage()
  return result
}

/** CPU time of a batch in microseconds, in the process as a whole. */
async function cpuUs(times: number, run: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < times; i += 1) await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

const figures: Record<string, number> = {}

/** The median of each variant's time relative to the plain code's in the same round. */
async function compare(name: string, copies: Copies, run: (copy: any, call: Call) => unknown, calls: Readonly<Record<string, Call>>): Promise<void> {
  const variants: readonly (readonly [variant: string, copy: keyof Copies, call: Call])[] = [
    ['control', 'control', direct], ['idle', 'tracked', direct], ...Object.entries(calls).map(([variant, call]) => [variant, 'tracked', call] as const),
  ]
  const plain = (): unknown => run(copies.plain, direct)
  for (const copy of ORDER) {
    const own = copy === 'plain' ? [direct] : variants.filter((variant) => variant[1] === copy).map(([, , call]) => call)
    for (const call of own) for (let i = 0; i < 8; i += 1) await run(copies[copy], call)
  }
  const times = Math.max(1, Math.ceil(BATCH_MS * 1000 / await cpuUs(3, plain)))
  const ratios: Record<string, number[]> = {}
  const base: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = await cpuUs(times, plain)
    const measured: [string, number][] = []
    for (const [variant, copy, call] of round % 2 === 0 ? variants : variants.toReversed()) {
      measured.push([variant, await cpuUs(times, () => run(copies[copy], call))])
    }
    const own = (before + await cpuUs(times, plain)) / 2
    base.push(own)
    for (const [variant, us] of measured) (ratios[variant] ??= []).push(us / own)
  }
  figures[`${name}|plainMs`] = median(base) / 1000
  for (const [variant, each] of Object.entries(ratios)) figures[`${name}|${variant}`] = median(each)
}

for (const { name, folder, entry, run } of WORKLOADS) {
  const copies = await load(folder, entry, name.split(' ')[0] as string)
  assert.deepEqual(traced(() => run(copies.tracked)), run(copies.plain))
  await compare(name, copies, (copy, call) => call(() => run(copy)), { tracked: traced, trackedAsync: tracedAsync })
}

const pipeline = await load(resolve(import.meta.dirname, 'pipeline'), 'main.ts', 'pipeline')
assert.deepEqual(traced(() => pipeline.tracked.runPipeline(csv)), pipeline.plain.runPipeline(csv))
await compare('pipeline', pipeline, ({ runPipeline }, call) => call(() => runPipeline(csv)), { tracked: traced, trackedAsync: tracedAsync })
const twenty = (run: () => unknown): Promise<unknown> => Promise.all(Array.from({ length: 20 }, run))
await compare('pipeline, 20 in flight', pipeline, ({ runPipelineAsync }, call) => twenty(() => call(() => runPipelineAsync(csv))), { tracked: tracedAsync })
await compare('pipeline, async alone', pipeline, ({ runPipelineAsync }, call) => call(() => runPipelineAsync(csv)), { tracked: tracedAsync })

console.log(JSON.stringify(figures))
