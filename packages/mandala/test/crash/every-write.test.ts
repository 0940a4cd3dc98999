import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { makeFolder } from '../helpers.ts'
import { makeFiles, runWriter } from './kill.ts'
import { runChains, setPace } from './program.ts'
import { judge, readLog } from './verdict.ts'

const STRIDE = Number(process.env['KILLS'] ?? 20) >= 200 ? 1 : 4

/** Kills at the n-th point, for n = 1, 1 + stride, …, until a run finishes; gives the number of kills. */
async function killAtEvery(t: TestContext, { steps, stride, env }: { steps: number; stride: number; env: Record<string, string> }): Promise<number> {
  setPace(0)
  const expected = await runChains(steps)
  const folder = makeFolder(t)
  const lostMs: number[] = []
  for (let n = 1; ; n += stride) {
    const files = makeFiles(folder, String(n))
    const { wasKilled, stderr } = await runWriter('dying-writer.ts', [files.path, files.logPath, String(steps)], { env: { ...env, DIE_AT: String(n) } })
    assert.equal(stderr, '')
    const verdict = await judge(files, steps, expected)
    assert.deepEqual(verdict.faults, [], `killed at point ${n}`)
    if (!wasKilled) {
      assert.ok(readLog(files.logPath).hasEnded)
      assert.equal(verdict.executedAgain, 0)
      t.diagnostic(`${lostMs.length} kills, of ${n} points; at most ${Math.max(...lostMs).toFixed(2)} ms lost`)
      return lostMs.length
    }
    lostMs.push(verdict.lostMs)
  }
}

test('a writer that is killed around its n-th transaction or file leaves a whole store, for every n until one run finishes', async (t) => {
  const kills = await killAtEvery(t, { steps: 4, stride: STRIDE, env: {} })
  assert.ok(kills >= 8, `${kills} kills`)
})

test('a writer that is killed around its n-th row leaves a whole store', async (t) => {
  const kills = await killAtEvery(t, { steps: 3, stride: STRIDE === 1 ? 3 : 61, env: { DIE_BETWEEN_ROWS: '1' } })
  assert.ok(kills >= 5, `${kills} kills`)
})
