import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { CallTrace } from '../../packages/mandala/src/code/call-trace.ts'
import { installHooks } from '../../packages/mandala/src/code/install-hooks.ts'
import { SourceLoader } from '../../packages/mandala/src/code/source-loader.ts'
import { folderOf, WORKLOADS, type Call, type Workload } from './workloads.ts'

/** One process: one workload, as it is or as tracked code, with no call under way or in one. Its arguments: the two names. */
const [name, variant] = process.argv.slice(2) as [string, keyof typeof CALLS]
const COLD_MS = 1_000
const WARM_UP_MS = 1_500
const SAMPLES = 80
const SAMPLE_MS = 10

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

const CALLS = { plain: direct, control: direct, idle: direct, tracked: traced, trackedAsync: tracedAsync }

const { folder, entry, run } = WORKLOADS.find((each) => each.name === name) as Workload
const home = mkdtempSync(join(tmpdir(), 'mandala-overhead-'))
process.on('exit', () => rmSync(home, { recursive: true }))
const copied = join(home, 'code', 'copied')
mkdirSync(join(home, 'nothing'))
cpSync(folder, copied, { recursive: true, filter: (path) => !/\.d\.[cm]?ts$|\.map$/.test(path) })
writeFileSync(join(home, 'code', 'package.json'), '{ "name": "code", "type": "module" }')
symlinkSync(resolve(folderOf('acorn'), '..'), join(home, 'code', 'node_modules'))
installHooks(new SourceLoader(join(home, variant === 'plain' || variant === 'control' ? 'nothing' : 'code'), (text) => {
  throw new Error(text)
}))

const library = await import(pathToFileURL(join(copied, entry)).href)
const call = CALLS[variant]

/** Milliseconds of one run, over so many or so long. */
async function timeMs(isEnough: (times: number, ms: number) => boolean): Promise<number> {
  const start = performance.now()
  for (let times = 1; ; times += 1) {
    await run(library, call)
    const ms = performance.now() - start
    if (isEnough(times, ms)) return ms / times
  }
}

const coldMs = await timeMs((_, ms) => ms >= COLD_MS)
const warmUpMs = await timeMs((_, ms) => ms >= WARM_UP_MS)
const times = Math.ceil(SAMPLE_MS / warmUpMs)
let warmMs = Infinity
for (let i = 0; i < SAMPLES; i += 1) {
  await setImmediate()
  // Whatever else runs on the machine makes it slower, for tenths of a second or for seconds, and up to twice as slow.
  warmMs = Math.min(warmMs, await timeMs((done) => done === times))
}
assert.deepEqual(await run(library, call), await run(await import(pathToFileURL(join(folder, entry)).href), direct))
console.log(JSON.stringify({ coldMs, warmMs }))
