import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { describe } from './describe.ts'
import { anyProgram } from './program.ts'

test('two processes tell the same of frames of the same programs', async () => {
  const programs = fc.sample(anyProgram(), { seed: 20261126, numRuns: 30 })
  const theirs = execFileSync(process.execPath, [join(import.meta.dirname, 'describe.ts'), JSON.stringify(programs)], { encoding: 'utf8' })
  let ours = ''
  for (const program of programs.toReversed()) ours = `${await describe(program)}\n${ours}`
  assert.ok(ours.length > 1000)
  assert.equal(theirs, ours)
})
