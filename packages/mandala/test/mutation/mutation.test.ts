import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { KINDS, rewritten } from './edits.ts'
import { emptyTally, live } from './history.ts'
import { Laboratory, type Outcome } from './laboratory.ts'
import { REAL, rewrite } from './rewrites.ts'
import { environmentOf, prepareHome, readTemplate, writeProgram, type Sources } from './sources.ts'

const EDITS = Number(process.env['EDITS'] ?? 500)
const NEEDLESS_MAX = 0.02

const home = mkdtempSync(join(tmpdir(), 'mandala-mutation-'))
after(() => rmSync(home, { recursive: true }))
prepareHome(home)
const original = readTemplate()

test(`no result of ${EDITS} edited programs is stale, what means nothing executes nothing, and going back neither`, async (t) => {
  const laboratory = new Laboratory(home)
  const tally = emptyTally()
  for (let seed = 0; tally.edits < EDITS; seed += 1) await live(laboratory, original, { path: join(home, `${seed}.db`), seed, tally })
  const { edits, kinds, faults, executed, same, needless } = tally
  t.diagnostic(`${edits} edits of ${kinds.size} kinds; ${executed} calls executed after real ones: ${same} with the same result, ${needless} that used nothing edited`)
  assert.deepEqual(faults, [])
  assert.ok(KINDS.real.length + KINDS.neutral.length >= 40 && kinds.size >= 40)
  assert.ok(needless <= executed * NEEDLESS_MAX, `${needless} of ${executed}: ${JSON.stringify([...tally.needlessKinds])}`)
})

test('the suite finds stale results where every change is said to mean nothing', async () => {
  const tally = emptyTally()
  await live(new Laboratory(mkHome(), 'reuse'), original, { path: join(home, 'careless.db'), seed: REAL.findIndex(({ kind }) => kind === 'op body'), tally })
  assert.ok(tally.faults.some((fault) => fault.startsWith('stale: op body')), tally.faults.join('\n'))
})

/** As a user starts it. */
function runInProcess(sources: Sources, name: string, path: string): Outcome {
  const root = writeProgram(home, name, sources)
  const register = new URL('../../src/register.ts', import.meta.url).href
  const env = { ...process.env, ...environmentOf(sources) }
  const text = execFileSync(process.execPath, ['--import', register, 'main.ts', path], { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return JSON.parse(text) as Outcome
}

test('a program in a process of its own executes what it executes here', async () => {
  const laboratory = new Laboratory(mkHome())
  const paths = [join(home, 'here.db'), join(home, 'there.db')] as const
  const change = (kind: string): Sources => rewrite(original, REAL.find((each) => each.kind === kind)!)!
  for (const [i, sources] of [original, change('import of a used function swapped'), change('lazy module swapped'), original].entries()) {
    const there = runInProcess(sources, `process-${i}`, paths[1])
    assert.deepEqual(there, await laboratory.run(sources, paths[0], false))
    assert.equal(there.executed.length > 0, i < 3)
  }
})

test('every change that is made for the program fits it', () => {
  assert.deepEqual(REAL.filter((each) => rewritten(original, each, false) === undefined).map(({ kind }) => kind), [])
})

function mkHome(): string {
  const folder = mkdtempSync(join(home, 'home-'))
  prepareHome(folder)
  return folder
}
