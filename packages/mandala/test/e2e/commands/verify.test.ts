import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { expectGolden, mandala, type Said } from './sample.ts'
import { makeFolder } from '../../helpers.ts'

const OPS = `
import { op } from 'mandala-ts'
console.log('loaded')
const rate = Number(process.env['RATE'] ?? 2)
export const price = op(function price(net: number) { return { lines: [{ net, total: net * rate }] } })
export const draw = op(function draw(seed: number) { return seed + Math.random() })
export const sort = op(function sort(xs: number[]) { return xs.sort()[0] })
export const ask = op(function ask(prompt: string) { if (process.env['DOWN']) throw new Error('no answer'); return prompt.length })
`
const MAIN = `
import { Storage } from 'mandala-ts'
import { ask, draw, price, sort } from './ops.ts'
await using storage = new Storage('lab.db')
await storage.run(async () => { await price(10); await price(20); await draw(1); await sort([2, 1]); await ask('hi') })
`

/** A package of a program with its ops in a module of their own, which has run once, with its code tracked or not. */
function makeProgram(t: TestContext, { isTracked }: { readonly isTracked: boolean } = { isTracked: true }): string {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'package.json'), '{ "name": "lab", "type": "module" }')
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(resolve(import.meta.dirname, '../../..'), join(folder, 'node_modules/mandala-ts'), 'junction')
  writeFileSync(join(folder, 'ops.ts'), OPS)
  writeFileSync(join(folder, 'main.ts'), MAIN)
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined }
  const loader = isTracked ? ['--import', 'mandala-ts/register'] : []
  const { status, stderr } = spawnSync(process.execPath, ['--no-warnings', ...loader, 'main.ts'], { cwd: folder, env, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return folder
}

/** Without what chance gave, and ids, which are made of the code and of versions of packages. */
const withoutChance = ({ status, stdout, stderr }: Said): Said => ({
  status, stderr: stderr.replace(/^loaded\n/, ''), stdout: stdout.replaceAll(/\b1\.\d+/g, '1.…').replaceAll(/\b(?:[0-9a-f]{40}|[0-9a-f]{10})\b/g, '<id>'),
})

async function verify(folder: string, env: Record<string, string>, ...args: readonly string[]): Promise<Said> {
  Object.assign(process.env, env)
  try {
    return await mandala(folder, 'verify', ...args)
  } finally {
    for (const name of Object.keys(env)) delete process.env[name]
  }
}

test('verify executes calls again in a process that only knows the ops, and shows what differs', async (t) => {
  const folder = makeProgram(t)
  expectGolden('verify-same', withoutChance(await verify(folder, {}, 'price', '--program', 'ops.ts')))
  expectGolden('verify', withoutChance(await verify(folder, {}, '--program', 'ops.ts')), 1)
  expectGolden('verify-json', withoutChance(await verify(folder, {}, 'draw', '--json', '--program', 'ops.ts')), 1)
})

test('a variable of the environment is code to who tracks it: calls of another one are left out and counted', async (t) => {
  const folder = makeProgram(t)
  expectGolden('verify-other-code', withoutChance(await verify(folder, { RATE: '3' }, 'price', '--program', 'ops.ts')))
})

test('what no code was tracked for is called a hidden input, with the place that differs', async (t) => {
  const folder = makeProgram(t, { isTracked: false })
  expectGolden('verify-hidden', withoutChance(await verify(folder, { RATE: '3', DOWN: '1' }, '--program', 'ops.ts')), 1)
})

test('the program may stand in the configuration; without one, or where it fails, that is said', async (t) => {
  const folder = makeProgram(t)
  const without = await verify(folder, {})
  assert.deepEqual([without.status, without.stdout], [2, ''])
  assert.match(without.stderr, /which module defines the ops\?\n {2}→ say --program/)
  assert.match((await verify(folder, {}, '--program', 'opz.ts')).stderr, /there is no .*opz\.ts/)
  writeFileSync(join(folder, 'broken.ts'), "throw new TypeError('broken')")
  const broken = await verify(folder, {}, '--program', 'broken.ts')
  assert.deepEqual([broken.status, broken.stdout], [2, ''])
  assert.match(broken.stderr, /broken\.ts can't be loaded: TypeError: broken/)
  writeFileSync(join(folder, 'ending.ts'), 'process.exit(3)')
  assert.match((await verify(folder, {}, '--program', 'ending.ts')).stderr, /ending\.ts ended its process \(exit code 3\)/)
  assert.match((await verify(folder, {}, 'prize', '--program', 'ops.ts')).stderr, /there is no op "prize"[\s\S]*price/)
  writeFileSync(join(folder, 'mandala.config.ts'), "export default { store: 'lab.db', program: 'ops.ts' }")
  const configured = await verify(folder, {}, 'price', '--sample', '1')
  assert.deepEqual([configured.status, configured.stdout.match(/\d call.* again/)?.[0]], [0, '1 call executed again'])
  assert.match((await verify(folder, {}, '--sample', 'few')).stderr, /whole number/)
  assert.match((await verify(folder, {}, '--help')).stdout, /Example:\n {2}mandala verify score[\s\S]*module of their own/)
})
