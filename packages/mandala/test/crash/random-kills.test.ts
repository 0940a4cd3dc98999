import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeFolder } from '../helpers.ts'
import { makeFiles, makeRandom, runWriter } from './kill.ts'
import { runChains, setPace } from './program.ts'
import { judge, type Verdict } from './verdict.ts'

const KILLS = Number(process.env['KILLS'] ?? 20)
const SEED = Number(process.env['SEED'] ?? 1)
const STEPS = 60

function summarize(verdicts: readonly Verdict[]): string {
  const max = (of: (verdict: Verdict) => number): number => Math.max(0, ...verdicts.map(of))
  const within = verdicts.filter(({ resolved, hasEnded }) => resolved > 0 && !hasEnded)
  return `${verdicts.length} kills (${within.length} amid the calls), seed ${SEED}: at most ${max((v) => v.lost)} calls of ${max((v) => v.lostMs).toFixed(2)} ms lost; ` +
    `up to ${max((v) => v.resolved)} resolved, ${max((v) => v.executedAgain)} executed again`
}

test('a writer that is killed at any moment loses no more than 10 ms of work, and the next run completes it', async (t) => {
  setPace(0)
  const expected = await runChains(STEPS)
  const folder = makeFolder(t)
  const random = makeRandom(SEED)
  const whole = makeFiles(folder, 'whole')
  const { ms, stderr } = await runWriter('writer.ts', [whole.path, whole.logPath, String(STEPS)])
  assert.equal(stderr, '')
  assert.deepEqual((await judge(whole, STEPS, expected)).executedAgain, 0)
  const verdicts: Verdict[] = []
  for (let i = 0; verdicts.length < KILLS; i += 1) {
    const files = makeFiles(folder, String(i))
    const killAfterMs = 150 + random() * (ms - 150)
    const { wasKilled } = await runWriter('writer.ts', [files.path, files.logPath, String(STEPS)], { killAfterMs })
    if (!wasKilled) continue
    const verdict = await judge(files, STEPS, expected)
    assert.deepEqual(verdict.faults, [], `killed after ${killAfterMs.toFixed(1)} ms, the ${i}th of seed ${SEED}`)
    verdicts.push(verdict)
  }
  t.diagnostic(summarize(verdicts))
  assert.ok(verdicts.some(({ resolved, hasEnded }) => resolved > 0 && !hasEnded), 'no kill hit the program amid its calls')
})
