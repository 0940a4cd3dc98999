import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'

const src = resolve(import.meta.dirname, '../../src')
const folder = mkdtempSync(join(tmpdir(), 'mandala-register-'))
after(() => rmSync(folder, { recursive: true }))

const trace = pathToFileURL(join(src, 'code/call-trace.ts')).href
const FILES: Readonly<Record<string, string>> = {
  'node_modules/chunks/package.json': '{ "name": "chunks", "version": "2.1.0", "main": "index.js" }',
  'node_modules/chunks/index.js': 'exports.size = 3',
  'src/main.ts': `import { CallTrace } from '${trace}'
import { size } from 'chunks'
import { Level } from './level.ts'
import { old } from './old.cjs'
const LIMIT: number = 2
function fail(): never {
  throw new Error('here')
}
async function run(x: number) { await null; return x * LIMIT + size + Level.High + old() }
const call = new CallTrace()
const result = await call.run(() => run(1))
let line
try { fail() } catch (error) { line = /main\\.ts:(\\d+)/.exec((error as Error).stack!)![1] }
console.log(JSON.stringify({ result, line, dependencies: call.usage().dependencies }))
`,
  'src/level.ts': 'export enum Level { Low = 1, High = 10 }\n',
  'src/old.cjs': 'const N = 100\nexports.old = function () { return Number(N) }\n',
}

function writeFiles(to: string, type: string): void {
  for (const [name, text] of Object.entries({ 'package.json': `{ "name": "program"${type} }`, ...FILES })) {
    mkdirSync(dirname(join(to, name)), { recursive: true })
    writeFileSync(join(to, name), text)
  }
}

function start(root: string, env: Readonly<Record<string, string>> = {}): { result: number; line: string; dependencies: { id: string }[] } {
  const args = ['--no-warnings', '--import', pathToFileURL(join(src, 'register.ts')).href, join(root, 'src/main.ts')]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { ...process.env, ...env } })
  assert.equal(status, 0, stderr)
  assert.equal(stderr, '')
  return JSON.parse(stdout) as ReturnType<typeof start>
}

test('a program started with the loader tracks its own files, and names packages by version', () => {
  const root = join(folder, 'module')
  writeFiles(root, ', "type": "module"')
  const { result, line, dependencies } = start(root)
  assert.deepEqual([result, line], [115, '7'])
  assert.deepEqual(dependencies.map(({ id }) => id).sort(), [
    'chunks', 'src/level.ts#Level', 'src/main.ts#LIMIT', 'src/main.ts#result', 'src/main.ts#run', 'src/old.cjs#N', 'src/old.cjs#exports.old',
  ])
})

test('the same program elsewhere, in a package without a type, and from the cache has the same dependencies', () => {
  const root = join(folder, 'elsewhere/untyped')
  writeFiles(root, '')
  const first = start(root)
  const kept = readdirSync(join(root, 'node_modules/.cache/mandala-ts'), { recursive: true }).length
  assert.ok(kept >= 3)
  assert.deepEqual(start(root), first)
  assert.equal(readdirSync(join(root, 'node_modules/.cache/mandala-ts'), { recursive: true }).length, kept)
  const typed = join(folder, 'typed')
  writeFiles(typed, ', "type": "module"')
  assert.deepEqual(start(typed), first)
})

test('a file that can\'t be parsed is Node\'s to complain about', () => {
  const root = join(folder, 'broken')
  writeFiles(root, ', "type": "module"')
  writeFileSync(join(root, 'src/level.ts'), 'export const = 1')
  const { status, stderr } = spawnSync(process.execPath, ['--import', pathToFileURL(join(src, 'register.ts')).href, join(root, 'src/main.ts')], { encoding: 'utf8' })
  assert.notEqual(status, 0)
  assert.match(stderr, /src\/level\.ts isn't tracked/)
  assert.match(stderr, /SyntaxError/)
})
