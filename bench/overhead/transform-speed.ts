import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FactsCache } from '../../packages/mandala/src/code/facts-cache.ts'
import { instrument, transform } from '../../packages/mandala/src/code/transform.ts'
import { folderOf } from './workloads.ts'

/** One process: how fast sources are transformed cold, and how fast they come from the cache: by the clock, and by the CPU time of all threads. */
const PACKAGES = ['acorn', 'marked', 'csv-parse', 'yaml', 'ml-matrix', 'lodash-es', 'simple-statistics']

const own = ['packages/mandala/src', 'packages/mandala/test'].map((folder) => join(import.meta.dirname, '../..', folder))
const files = [...PACKAGES.map(folderOf), ...own].flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.[cm]?[jt]s$/.test(name) && !/\.d\.[cm]?ts$|\.min\./.test(name))
  .map((name) => ({ file: name, source: readFileSync(join(folder, name), 'utf8') })))
const bytes = files.reduce((sum, { source }) => sum + source.length, 0)

interface Time {
  readonly ms: number
  readonly cpuMs: number
}

function time(work: () => void): Time {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  work()
  const [ms, { user, system }] = [performance.now() - start, process.cpuUsage(cpu)]
  return { ms, cpuMs: (user + system) / 1000 }
}

const cold = time(() => {
  for (const { file, source } of files) instrument(source, transform({ file, source, kind: 'unknown' }))
})

const root = mkdtempSync(join(tmpdir(), 'mandala-cache-'))
mkdirSync(join(root, 'node_modules'))
const cache = new FactsCache(root)
for (const { file, source } of files) cache.transform({ file, source, kind: 'unknown' })
const warm = time(() => {
  for (const { file, source } of files) instrument(source, cache.transform({ file, source, kind: 'unknown' }))
})
rmSync(root, { recursive: true })

console.log(JSON.stringify({
  files: files.length, megabytes: bytes / 1e6, coldMbPerS: bytes / 1e3 / cold.ms, coldMbPerCpuS: bytes / 1e3 / cold.cpuMs,
  cachedMsPerFile: warm.ms / files.length, cachedCpuMsPerFile: warm.cpuMs / files.length,
}))
