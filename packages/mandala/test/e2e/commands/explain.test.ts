import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Storage } from '../../../src/index.ts'
import { makeFolder } from '../../helpers.ts'
import { expectGolden, makeSample, mandala } from './sample.ts'

test('explain says of a call by its inputs whether it is a hit, or what differs from the nearest', async (t) => {
  const folder = await makeSample(t)
  const hit = await mandala(folder, 'explain', 'load', '--input', 'size=4')
  expectGolden('explain-hit', hit)
  expectGolden('explain-hit-json', await mandala(folder, 'explain', 'load', '--input', 'size=4', '--json'))
  expectGolden('explain-miss', await mandala(folder, 'explain', 'load', '--input', 'size=5'), 1)
  expectGolden('explain-miss-json', await mandala(folder, 'explain', 'load', '--input', 'size=5', '--json'), 1)
  const values = ['--input', 'X=[0, 0.1, 0.2, 0.4, 0.5]', '--input', 'y=[0, 1, 0, 1]', '--input', 'depth=2']
  expectGolden('explain-inputs', await mandala(folder, 'explain', 'train', ...values), 1)
})

test('explain takes stored Refs as inputs, and says where a stored call comes from', async (t) => {
  const folder = await makeSample(t)
  const { call, refs } = await (async () => {
    await using storage = new Storage(join(folder, 'lab.db'))
    const [first] = await storage.calls('train')
    assert.ok(first)
    return { call: first.hid, refs: Object.entries(first.inputs).flatMap(([name, { hid }]) => ['--ref', `${name}=${hid}`]) }
  })()
  expectGolden('explain-refs', await mandala(folder, 'explain', 'train', ...refs))
  assert.equal((await mandala(folder, 'explain', 'train', ...refs, '--input', 'depth=7')).status, 0, 'of an input that is given twice a Ref counts')
  expectGolden('explain-call', await mandala(folder, 'explain', call))
})

test('explain refuses what it can\'t answer with 2, and shows an example', async (t) => {
  const folder = await makeSample(t)
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await mandala(folder, 'explain', ...args)
    assert.deepEqual([status, stdout], [2, ''])
    return stderr
  }
  assert.match(await refused('trains'), /there is no op "trains"[\s\S]*train/)
  assert.match(await refused('train', '--input', 'depth'), /--input is "depth"[\s\S]*name=/)
  assert.match(await refused('train', '--input', 'depth=two'), /--input depth=two[\s\S]*JSON/)
  assert.match(await refused('train', '--ref', 'X=1234'), /No call and no ref has an id that begins with 1234/)
  assert.match(await refused('f'.repeat(40)), /No call and no ref has an id that begins with f/)
  assert.match(await refused('train', '--program', 'ops.ts'), /there is no program .*ops\.ts/)
  writeFileSync(join(folder, 'ops.ts'), "throw new Error('not today')")
  assert.match(await refused('train', '--program', 'ops.ts'), /ops\.ts can't be loaded: Error: not today/)
  const { stdout } = await mandala(folder, 'explain', '--help')
  assert.match(stdout, /Example:\n {2}mandala explain train --input depth=3/)
})

const OPS = `import { op } from 'mandala-ts'
import { scale } from './scale.ts'
export const measure = op(function measure(x: number, unit = 'cm') { return scale(x) + unit })
console.log('loaded')
`
const MAIN = `import { Storage } from 'mandala-ts'
import { measure } from './ops.ts'
await using storage = new Storage('lab.db')
await storage.run(async () => { await measure(2); await measure(3, 'mm') })
`

/** A program under the loader, beside the store that it filled. */
async function makeProgram(t: TestContext): Promise<string> {
  const folder = makeFolder(t)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(resolve(import.meta.dirname, '../../..'), join(folder, 'node_modules/mandala-ts'), 'junction')
  writeFileSync(join(folder, 'package.json'), '{ "name": "lab", "type": "module" }')
  writeFileSync(join(folder, 'scale.ts'), 'export const scale = (x: number) => x * 10\n')
  writeFileSync(join(folder, 'ops.ts'), OPS)
  writeFileSync(join(folder, 'main.ts'), MAIN)
  assert.equal((await mandala(folder, 'run', 'main.ts')).status, 0)
  return folder
}

test('with the program the code of today counts, and inputs that are left out stand at their defaults', async (t) => {
  const folder = await makeProgram(t)
  const explain = (...args: readonly string[]): ReturnType<typeof mandala> => mandala(folder, 'explain', 'measure', '--program', 'ops.ts', ...args)
  const hit = await explain('--input', 'x=2')
  assert.deepEqual([hit.status, hit.stderr], [0, 'loaded\n'])
  assert.match(hit.stdout, /^measure is a hit\n/)
  assert.match((await explain('--input', 'x=3')).stdout, /its input unit differs\n {2}unit {2}'mm' → 'cm' {2}\(left out: its default\)/)
  writeFileSync(join(folder, 'scale.ts'), 'export const scale = (x: number) => x * 100\n')
  const miss = await explain('--input', 'x=2')
  assert.equal(miss.status, 1)
  assert.match(miss.stdout, /^measure is a miss: scale\.ts#scale has changed\n {2}scale\.ts#scale {2}\(x: number\) => x \* 10 → \(x: number\) => x \* 100\n/)
  const without = await mandala(folder, 'explain', 'measure', '--input', 'x=2', '--input', 'unit="cm"')
  assert.match(without.stdout, /it is stored with the code that it used\n {2}and is held against no code here/)
  writeFileSync(join(folder, 'mandala.config.ts'), "export default { program: 'ops.ts' }")
  assert.equal((await mandala(folder, 'explain', 'measure', '--input', 'x=2')).stdout, miss.stdout)
  const before = readFileSync(join(folder, 'lab.db'))
  await explain('--input', 'x=9')
  assert.deepEqual(readFileSync(join(folder, 'lab.db')), before)
})

test('run --explain says of each call that is executed why it is no hit', async (t) => {
  const folder = await makeProgram(t)
  writeFileSync(join(folder, 'ops.ts'), OPS.replace("'cm'", "'m'"))
  const { status, stdout, stderr } = await mandala(folder, 'run', '--explain', 'main.ts')
  assert.deepEqual([status, stdout], [0, 'loaded\n'])
  assert.equal(stderr, `measure is a miss: its input unit differs
  unit  'cm' → 'm'  (left out: its default)  (and 1 more)
measure is a miss: ops.ts#measure has changed
  - function measure(x: number, unit = 'cm') { return scale(x) + unit }
  + function measure(x: number, unit = 'm') { return scale(x) + unit }
`)
  assert.deepEqual((await mandala(folder, 'run', '--explain', 'main.ts')).stderr, '')
})
