import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Storage, type Call } from '../../../src/index.ts'
import { makeFolder } from '../../helpers.ts'
import { expectGolden, makeSample, mandala, type Said } from './sample.ts'

const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "lab", "type": "module" }',
  'mandala.config.ts': "export default { store: 'lab.db', deps: 'src' }\n",
  'src/scale.ts': 'export const FACTOR = 3\nexport const scale = (x: number): number => x * FACTOR\n',
  'src/ops.ts': `import { op } from 'mandala-ts'
import { scale } from './scale.ts'
export const grow = op(function grow(x: number) { return scale(x) + 1 })
export const twice = op(function twice(x: number) { return 2 * x })
`,
  'main.ts': `import { Storage, unwrap } from 'mandala-ts'
import { grow, twice } from './src/ops.ts'
await using storage = new Storage({ path: 'lab.db', deps: 'src', onChange: 'recompute' })
const found = await storage.run(async () => [await unwrap(grow(1)), await unwrap(grow(2)), await unwrap(twice(1))])
console.log(found.join(' '), String(storage.summary()).split(' · ')[0])
`,
}

async function makeProject(t: TestContext): Promise<{ edit(file: string, from: string, to: string): void; run(...args: string[]): Promise<Said> }> {
  const folder = makeFolder(t)
  mkdirSync(join(folder, 'src'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(resolve(import.meta.dirname, '../../..'), join(folder, 'node_modules/mandala-ts'), 'junction')
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text)
  const edit = (file: string, from: string, to: string): void => {
    const text = readFileSync(join(folder, file), 'utf8')
    assert.ok(text.includes(from))
    writeFileSync(join(folder, file), text.replace(from, to))
  }
  return { edit, run: (...args) => mandala(folder, ...args) }
}

test('status shows what changed, its diff and what is at stake; mark says what it means, before the program runs again', async (t) => {
  const { edit, run } = await makeProject(t)
  assert.equal((await run('run', 'main.ts')).stdout, '4 7 2 executed 3\n')
  const unseen = await run('status')
  assert.deepEqual([unseen.status, unseen.stdout], [0, 'Not looked at, as only the program can tell: src/scale.ts#FACTOR (value)\n'])
  assert.deepEqual(await run('status', '--program', 'src/ops.ts'), { status: 0, stdout: 'The code is what stored calls used.\n', stderr: '' })
  edit('src/scale.ts', 'x * FACTOR', 'FACTOR * x')
  edit('src/scale.ts', 'FACTOR = 3', 'FACTOR = 4')
  const said = await run('status', '--program', 'src/ops.ts')
  expectGolden('status', { ...said, stdout: said.stdout.replace(/took [\d.]+ s/g, 'took 0.0 s') }, 1)
  const data = JSON.parse((await run('status', '--json')).stdout) as { changed: { component: string; affected: { op: string; calls: number }[] }[]; unseen: string[] }
  assert.deepEqual(data.changed.map(({ component, affected }) => [component, affected.map(({ op, calls }) => [op, calls])]), [['src/scale.ts#scale', [['grow', 2]]]])
  assert.equal((await run('mark', 'src/scale.ts#scale', '--same')).status, 0)
  assert.equal((await run('mark', 'src/scale.ts#FACTOR', '--same', '--program', 'src/ops.ts')).status, 0)
  assert.equal((await run('run', 'main.ts')).stdout, '4 7 2 executed 0\n')
  assert.equal((await run('mark', 'src/scale.ts#FACTOR', '--different', '--program', 'src/ops.ts')).status, 0)
  assert.equal((await run('run', 'main.ts')).stdout, '5 9 2 executed 2\n')
})

test('mark decides of nothing else that has changed', async (t) => {
  const { edit, run } = await makeProject(t)
  await run('run', 'main.ts')
  edit('src/scale.ts', 'x * FACTOR', 'FACTOR * x')
  edit('src/ops.ts', 'return 2 * x', 'return x + x')
  await run('mark', 'src/scale.ts#scale', '--same')
  assert.match((await run('status')).stdout, /src\/ops\.ts#twice has changed/)
  const nobody = await run('mark', 'src/scale.ts#scales', '--same')
  assert.deepEqual([nobody.status, nobody.stdout], [2, ''])
  assert.match(nobody.stderr, /No stored call used src\/scale\.ts#scales[\s\S]*src\/scale\.ts#scale/)
  const unsaid = await run('mark', 'src/scale.ts#scale')
  assert.deepEqual([unsaid.status, unsaid.stdout], [2, ''])
})

async function findCall(path: string): Promise<Call> {
  await using storage = new Storage(path)
  const [call] = await storage.calls('best')
  return call as Call
}

test('status of a store whose calls know no code says so', async (t) => {
  const { status, stdout } = await mandala(await makeSample(t), 'status')
  assert.deepEqual([status, stdout], [0, 'No stored call knows the code that it used: start the program with mandala run, or open its storage with deps.\n'])
})

test('tag says something of a call, shows it, and takes it away', async (t) => {
  const folder = await makeSample(t)
  const call = await findCall(join(folder, 'lab.db'))
  expectGolden('tag', await mandala(folder, 'tag', call.hid, 'stage=final', 'keep=true', 'n=3', 'note=a = b'))
  assert.deepEqual(JSON.parse((await mandala(folder, 'tag', call.hid, 'n=', '--json')).stdout), { keep: true, note: 'a = b', stage: 'final' })
  expectGolden('tag-find', await mandala(folder, 'tag', '--find', 'stage=final', 'keep=true'))
  expectGolden('tag-find-nothing', await mandala(folder, 'tag', '--find', 'stage=first'), 1)
  assert.match((await mandala(folder, 'show', call.hid)).stdout, /^tagged keep=true note="a = b" stage="final"$/m)
  assert.match((await mandala(folder, 'tag', 'beef', 'x=1')).stderr, /No call and no ref/)
  assert.match((await mandala(folder, 'tag')).stderr, /of what\?/)
  assert.match((await mandala(folder, 'tag', call.hid, 'x')).stderr, /"x" is no tag/)
})
