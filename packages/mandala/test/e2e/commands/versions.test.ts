import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { makeProject, program } from '../tracked-project.ts'
import { expectGolden, makeSample, mandala } from './sample.ts'

const scale = (body: string): string => `export const FACTOR = 2\nexport function scale(x: number) {\n  const y = x * FACTOR\n  ${body}\n}\n`

/** A project whose `scale` was changed twice, the second time to mean the same; commits are from 2026-03-01, a day apart. */
async function makeHistory(t: TestContext): Promise<string> {
  const main = program(
    "import { scale } from './scale.ts'\nconst total = op(function total(x: number) { return scale(x) + 1 })", 'return unwrap(total(1))',
  ).replace("deps: 'src'", "deps: 'src', onChange: (process.env.ON_CHANGE ?? 'recompute') as 'reuse'")
  const { folder, write, run } = makeProject(t, { 'src/main.ts': main, 'src/scale.ts': scale('return y') })
  write('mandala.config.ts', "export default { store: 'store.db', deps: 'src' }\n")
  await run()
  write('src/scale.ts', scale('return y + 1'))
  await run()
  write('src/scale.ts', scale('return 1 + y'))
  await run({ ON_CHANGE: 'reuse' })
  const db = new DatabaseSync(join(folder, 'store.db'))
  db.exec('UPDATE commits SET created_ms = 1772366400000 + id * 86400000; UPDATE calls SET duration_us = id * 100000')
  db.close()
  return folder
}

test('versions lists the code that calls of an op used, and what changed since', async (t) => {
  const folder = await makeHistory(t)
  expectGolden('versions', await mandala(folder, 'versions', 'total'))
  expectGolden('versions-json', await mandala(folder, 'versions', 'total', '--json'))
})

test('versions --component tells its history as a tree, with what each content changed', async (t) => {
  const folder = await makeHistory(t)
  expectGolden('versions-component', await mandala(folder, 'versions', '--component', 'src/scale.ts#scale'))
  expectGolden('versions-value', await mandala(folder, 'versions', '--component', 'src/scale.ts#FACTOR'))
})

test('versions leaves the store as it is, whatever the configuration says', async (t) => {
  const folder = await makeHistory(t)
  const dump = (): unknown => {
    const db = new DatabaseSync(join(folder, 'store.db'), { readOnly: true })
    const rows = ['components', 'commits', 'versions', 'version_commits', 'calls'].map((table) => db.prepare(`SELECT * FROM ${table}`).all())
    db.close()
    return rows
  }
  const before = dump()
  await mandala(folder, 'versions', 'total')
  assert.deepEqual(dump(), before)
})

test('versions of what is not there, or of nothing, is refused; of calls without code it says why there are none', async (t) => {
  const folder = await makeSample(t)
  const refusals: readonly (readonly [says: RegExp, ...args: string[]])[] = [
    [/of what\?[\s\S]*--component/], [/no op "trian"[\s\S]*train/, 'trian'], [/No stored call used lab\.ts#scale/, '--component', 'lab.ts#scale'],
  ]
  for (const [says, ...args] of refusals) {
    const said = await mandala(folder, 'versions', ...args)
    assert.deepEqual([said.status, said.stdout], [2, ''], said.stderr)
    assert.match(said.stderr, says)
  }
  assert.match((await mandala(folder, 'versions', 'train')).stdout, /not tracked: start the program with mandala run/)
})
