import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { expectGolden, makeSample, mandala } from './sample.ts'

test('graph draws how the calls of a store, of an op or around an id are tied to each other', async (t) => {
  const folder = await makeSample(t)
  expectGolden('graph', await mandala(folder, 'graph'))
  expectGolden('graph-op', await mandala(folder, 'graph', 'train'))
  expectGolden('graph-id', await mandala(folder, 'graph', '7a4d2fa0', '--depth', '1'))
  expectGolden('graph-forward', await mandala(folder, 'graph', 'b6712e13', '--forward'))
  expectGolden('graph-json', await mandala(folder, 'graph', 'load', '--json'))
})

test('graph draws as DOT, Mermaid and SVG, to standard output or to a file by its ending', async (t) => {
  const folder = await makeSample(t)
  expectGolden('graph-dot', await mandala(folder, 'graph', 'load', '--format', 'dot'))
  expectGolden('graph-mermaid', await mandala(folder, 'graph', 'load', '--format', 'mermaid'))
  assert.match((await mandala(folder, 'graph', 'load', '--format', 'svg')).stdout, /^<\?xml[\s\S]*<svg[\s\S]*load[\s\S]*<\/svg>\n$/)
  const said = await mandala(folder, 'graph', 'load', '-o', 'load.mmd')
  assert.deepEqual(said, { status: 0, stdout: 'load.mmd: 3 variables, 1 operation\n', stderr: '' })
  assert.equal(readFileSync(join(folder, 'load.mmd'), 'utf8'), (await mandala(folder, 'graph', 'load', '--format', 'mermaid')).stdout)
  assert.deepEqual(JSON.parse((await mandala(folder, 'graph', '-o', 'all.SVG', '--json')).stdout), { file: 'all.SVG', format: 'svg' })
  assert.match(readFileSync(join(folder, 'all.SVG'), 'utf8'), /<svg/)
})

test('graph of more calls than it takes says so on standard error', async (t) => {
  const folder = await makeSample(t)
  const { stdout, stderr } = await mandala(folder, 'graph', 'train', '--calls', '1')
  assert.match(stdout, /train\(.*\) +1 call\n/)
  assert.equal(stderr, 'of the latest call of 4: --calls takes more\n')
})

test('graph refuses what it can not draw, with 2, and nothing on standard output', async (t) => {
  const folder = await makeSample(t)
  const refusals: readonly (readonly [says: RegExp, ...args: string[]])[] = [
    [/no op "trian"[\s\S]*train/, 'trian'], [/begins with abcdabcd/, 'abcdabcd'], [/Allowed choices are text, svg, dot, mermaid/, '--format', 'png'],
    [/nowhere\/a\.svg can't be written/, '-o', 'nowhere/a.svg'], [/a\.png is no drawing that it makes[\s\S]*--format/, '-o', 'a.png'],
  ]
  for (const [says, ...args] of refusals) {
    const said = await mandala(folder, 'graph', ...args)
    assert.deepEqual([said.status, said.stdout], [2, ''], said.stderr)
    assert.match(said.stderr, says)
  }
})
