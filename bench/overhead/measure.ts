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
 * One process: every workload as it is, tracked with no call under way, and tracked in a call, in turns.
 * Its arguments: rounds, and which of the two copies of a library is loaded and warmed up first.
 */
const root = mkdtempSync(join(tmpdir(), 'mandala-overhead-'))
process.on('exit', () => rmSync(root, { recursive: true }))
mkdirSync(join(root, 'libs'))
writeFileSync(join(root, 'package.json'), '{ "name": "tracked", "type": "module" }')
symlinkSync(resolve(folderOf('acorn'), '..'), join(root, 'node_modules'))
installHooks(new SourceLoader(root, (text) => {
  throw new Error(text)
}))

const ROUNDS = Number(process.argv[2] ?? 15)
const IS_TRACKED_FIRST = process.argv[3] === 'tracked-first'
const BATCH_MS = 40

/** CPU time of a batch in microseconds, in the process as a whole. */
async function cpuUs(times: number, run: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < times; i += 1) await run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

type Variants = Readonly<Record<string, () => unknown>>

/** The median of each variant's time relative to the first's in the same round. */
async function compare(variants: Variants): Promise<Record<string, number>> {
  const [plain, ...others] = Object.entries(variants)
  const [name, run] = plain as [string, () => unknown]
  const all = [run, ...others.map(([, other]) => other)]
  for (const warm of IS_TRACKED_FIRST ? all.toReversed() : all) for (let i = 0; i < 8; i += 1) await warm()
  const times = Math.max(1, Math.ceil(BATCH_MS * 1000 / await cpuUs(3, run)))
  const ratios: Record<string, number[]> = {}
  const base: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const order = round % 2 === 0 ? others : others.toReversed()
    const reference = [await cpuUs(times, run)]
    const measured: [string, number][] = []
    for (const [other, fn] of order) measured.push([other, await cpuUs(times, fn)])
    reference.push(await cpuUs(times, run))
    const own = (reference[0] as number + (reference[1] as number)) / 2
    base.push(own)
    for (const [other, us] of measured) (ratios[other] ??= []).push(us / own)
  }
  return { [`${name}Ms`]: median(base) / 1000, ...Object.fromEntries(Object.entries(ratios).map(([other, each]) => [other, median(each)])) }
}

function traced(fn: () => unknown): unknown {
  const trace = new CallTrace()
  const result = trace.run(fn)
  trace.usage()
  return result
}

async function tracedAsync(fn: () => unknown): Promise<unknown> {
  const trace = new CallTrace()
  const result = await trace.run(async () => fn())
  trace.usage()
  return result
}

const figures: Record<string, number> = {}
const note = (name: string, found: Record<string, number>): void => {
  for (const [figure, value] of Object.entries(found)) figures[`${name}|${figure}`] = value
}

async function load(folder: string, entry: string, name: string): Promise<{ readonly plain: any; readonly tracked: any }> {
  const copied = join(root, 'libs', name)
  cpSync(folder, copied, { recursive: true, filter: (path) => !/\.d\.[cm]?ts$|\.map$/.test(path) })
  const loaded: any[] = []
  for (const from of IS_TRACKED_FIRST ? [copied, folder] : [folder, copied]) loaded.push(await import(pathToFileURL(join(from, entry)).href))
  const [plain, tracked] = IS_TRACKED_FIRST ? loaded.toReversed() : loaded
  return { plain, tracked }
}

for (const { name, folder, entry, run } of WORKLOADS) {
  const { plain, tracked } = await load(folder, entry, name.split(' ')[0] as string)
  assert.deepEqual(traced(() => run(tracked)), run(plain))
  note(name, await compare({
    plain: () => run(plain), idle: () => run(tracked), tracked: () => traced(() => run(tracked)), trackedAsync: () => tracedAsync(() => run(tracked)),
  }))
}

const { plain, tracked } = await load(resolve(import.meta.dirname, 'pipeline'), 'main.ts', 'pipeline')
assert.deepEqual(traced(() => tracked.runPipeline(csv)), plain.runPipeline(csv))
note('pipeline', await compare({
  plain: () => plain.runPipeline(csv), idle: () => tracked.runPipeline(csv),
  tracked: () => traced(() => tracked.runPipeline(csv)), trackedAsync: () => tracedAsync(() => tracked.runPipeline(csv)),
}))

const twenty = (run: () => unknown): Promise<unknown> => Promise.all(Array.from({ length: 20 }, run))
note('pipeline, 20 in flight', await compare({
  plain: () => twenty(() => plain.runPipelineAsync(csv)), idle: () => twenty(() => tracked.runPipelineAsync(csv)),
  tracked: () => twenty(() => tracedAsync(() => tracked.runPipelineAsync(csv))),
}))
note('pipeline, async alone', await compare({
  plain: () => plain.runPipelineAsync(csv), idle: () => tracked.runPipelineAsync(csv), tracked: () => tracedAsync(() => tracked.runPipelineAsync(csv)),
}))

console.log(JSON.stringify(figures))
