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
 * One process: every workload as it is, and as tracked code with no call under way and in a call, in turns.
 * Its arguments: rounds, which of the two copies of a library is loaded and warmed up first, and `control` to track neither.
 */
const ROUNDS = Number(process.argv[2] ?? 15)
const ORDER: readonly (keyof Copies)[] = process.argv[3] === 'tracked-first' ? ['tracked', 'plain'] : ['plain', 'tracked']
const TRACKED = process.argv[4] === 'control' ? 'nothing' : 'tracked'
const BATCH_MS = 40

interface Copies {
  readonly plain: any
  readonly tracked: any
}

const home = mkdtempSync(join(tmpdir(), 'mandala-overhead-'))
process.on('exit', () => rmSync(home, { recursive: true }))
mkdirSync(join(home, 'nothing'))
for (const copy of ORDER) {
  mkdirSync(join(home, copy))
  writeFileSync(join(home, copy, 'package.json'), `{ "name": "${copy}", "type": "module" }`)
  symlinkSync(resolve(folderOf('acorn'), '..'), join(home, copy, 'node_modules'))
}
installHooks(new SourceLoader(join(home, TRACKED), (text) => {
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

/** The median of each variant's time relative to that of the plain code next to it: both copies are run as often. */
async function compare(name: string, copies: Copies, run: (copy: any, call: Call) => unknown, calls: Readonly<Record<string, Call>>): Promise<void> {
  const variants = Object.entries({ idle: direct, ...calls })
  const plain = (): unknown => run(copies.plain, direct)
  const warmUps: Record<keyof Copies, () => Promise<void>> = {
    plain: async () => { for (let i = 0; i < 8 * variants.length; i += 1) await plain() },
    tracked: async () => { for (const [, call] of variants) for (let i = 0; i < 8; i += 1) await run(copies.tracked, call) },
  }
  for (const copy of ORDER) await warmUps[copy]()
  const times = Math.max(1, Math.ceil(BATCH_MS * 1000 / await cpuUs(3, plain)))
  const ratios: Record<string, number[]> = {}
  const base: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [i, [variant, call]] of variants.entries()) {
      const isPlainFirst = (round + i) % 2 === 0
      const before = isPlainFirst ? await cpuUs(times, plain) : 0
      const us = await cpuUs(times, () => run(copies.tracked, call))
      const own = before || await cpuUs(times, plain)
      base.push(own)
      ;(ratios[variant] ??= []).push(us / own)
    }
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
