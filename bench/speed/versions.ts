import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Hits under versions, of an op with one recorded version and with a hundred, beside the same hits without; each in a process with the loader. */
const folder = join(process.argv[2] as string, '../program')
mkdirSync(join(folder, 'src'), { recursive: true })
writeFileSync(join(folder, 'package.json'), '{ "name": "program", "type": "module" }')
mkdirSync(join(folder, 'node_modules'))
symlinkSync(fileURLToPath(new URL('..', import.meta.resolve('mandala-ts'))), join(folder, 'node_modules/mandala-ts'))
writeFileSync(join(folder, 'src/add.ts'), `import { op } from 'mandala-ts'
import { OFFSET, scale, state, TABLE } from './helpers.ts'
export const add = op(function add(a: number, b: string) { return scale(a + b.length) + OFFSET + TABLE.low + state.step })
export { state }
`)
writeFileSync(join(folder, 'src/helpers.ts'), `export const OFFSET = 3
export const TABLE = { low: 1, high: [2, 3] }
export const state = { step: 0 }
export function scale(x: number) { return x * factor(x) }
function factor(x: number) { return Number(x > OFFSET) }
`)
writeFileSync(join(folder, 'main.ts'), `import { Storage } from 'mandala-ts'
import { add, state } from './src/add.ts'
const CALLS = 20_000
const [path, deps, task] = process.argv.slice(2)
const storage = new Storage({ path, deps: deps === 'src' ? 'src' : false, onChange: 'recompute' })
const run = (from: number, to: number) => storage.run(async () => { for (let i = from; i < to; i += 1) await add(i, 'adam') })
const time = async (from: number, to: number) => {
  const start = performance.now()
  await run(from, to)
  return (performance.now() - start) * 1000 / (to - from)
}
if (task === 'more') {
  for (state.step = 1; state.step < 100; state.step += 1) await run(-1, 0)
} else if (task === 'record') await run(-1, CALLS)
else {
  await run(0, 1_000)
  const cold = await time(1_000, CALLS)
  const again = []
  for (let i = 0; i < 201; i += 1) again.push(await time(0, 1_000))
  const warm = again.sort((a, b) => a - b)[100]
  if (storage.summary().executed > 0) throw new Error('executed')
  console.log(JSON.stringify([cold, warm]))
}
await storage.close()
`)

function start(path: string, deps: string, task: string): string {
  const args = ['--no-warnings', '--import', 'mandala-ts/register', 'main.ts', path, deps, task]
  const child = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  assert.equal(child.status, 0, child.stderr)
  return child.stdout
}
/** Of three processes the fastest tells: others on the machine only make one slower, and by more than what is measured here. */
function hits(path: string, deps: string): [cold: number, warm: number] {
  const figures = Array.from({ length: 3 }, () => JSON.parse(start(path, deps, 'hits')) as [number, number])
  return [Math.min(...figures.map(([cold]) => cold)), Math.min(...figures.map(([, warm]) => warm))]
}

const [plain, versioned] = [`${process.argv[2]}.plain`, `${process.argv[2]}.versioned`]
start(plain, 'none', 'record')
start(versioned, 'src', 'record')
const [plainCold, plainWarm] = hits(plain, 'none')
const [cold, warm] = hits(versioned, 'src')
start(versioned, 'src', 'more')
const [manyCold, manyWarm] = hits(versioned, 'src')
console.log(JSON.stringify({
  'unversioned hit, new process, µs': plainCold, 'unversioned hit again, µs': plainWarm, 'versioned hit, new process, µs': cold, 'versioned hit again, µs': warm,
  'hit with 100 versions, new process, µs': manyCold, 'hit with 100 versions, again, µs': manyWarm,
}))
