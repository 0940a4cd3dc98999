import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** New calls of an op that uses a whole parser as tracked code, some 200 functions and values, beside the same calls in a store that tracks nothing. */
const folder = join(process.argv[2] as string, '../parsing')
mkdirSync(join(folder, 'src'), { recursive: true })
writeFileSync(join(folder, 'package.json'), '{ "name": "parsing", "type": "module" }')
mkdirSync(join(folder, 'node_modules'))
symlinkSync(fileURLToPath(new URL('..', import.meta.resolve('mandala-ts'))), join(folder, 'node_modules/mandala-ts'))
copyFileSync(fileURLToPath(new URL('acorn.mjs', import.meta.resolve('acorn'))), join(folder, 'src/acorn.mjs'))
writeFileSync(join(folder, 'main.ts'), `import { op, Storage } from 'mandala-ts'
import { parse } from './src/acorn.mjs'
const CALLS = 2_000
const [path, deps] = process.argv.slice(2)
const text = (i: number) => \`const a\${i} = (x, y = \${i}) => { for (const k of x) if (k > y) return { ...x, [k]: new Date() }; try { f?.(/a+/u) } catch { throw 1 } }
class A { #x = 1; static y; get z() { return this.#x } async *g() { yield 1 } }\`
const count = (source: string) => parse(source, { ecmaVersion: 'latest' }).body.length
count(text(0))
const parseText = op('parseText', count)
await using storage = new Storage({ path, deps: deps === 'src' ? 'src' : false })
const run = (from: number, to: number) => storage.run(async () => { for (let i = from; i < to; i += 1) await parseText(text(i)) })
await run(1, 500)
const start = performance.now()
await run(500, 500 + CALLS)
const us = (performance.now() - start) * 1000 / CALLS
console.log(JSON.stringify({ us, uses: (await storage.versions(parseText))[0]?.dependencies.length ?? 0 }))
`)

function measure(deps: 'src' | 'none'): { us: number; uses: number } {
  const args = ['--no-warnings', '--import', 'mandala-ts/register', 'main.ts', `${process.argv[2]}.${deps}`, deps]
  const child = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  assert.equal(child.status, 0, child.stderr)
  return JSON.parse(child.stdout) as { us: number; uses: number }
}

const [plain, tracked] = [measure('none'), measure('src')]
assert.equal(plain.uses, 0)
assert.ok(tracked.uses > 150, `${tracked.uses} functions and values`)
console.log(JSON.stringify({ 'new call that parses, µs': plain.us, 'the same, tracked, µs': tracked.us }))
