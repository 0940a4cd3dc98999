import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

/** What the runs of a program came to whose questions are answered so. */
function answer(...lines: readonly string[]): { readonly outcomes: readonly unknown[]; readonly asked: number } {
  const program = join(import.meta.dirname, 'asking.ts')
  const { stdout, stderr } = spawnSync(process.execPath, [program], { input: lines.map((line) => `${line}\n`).join(''), encoding: 'utf8' })
  return { outcomes: JSON.parse(stdout) as unknown[], asked: stderr.split('Execute these calls again?').length - 1 }
}

test('a question about changed code is asked until it is answered', () => {
  assert.deepEqual(answer('what?', 'y').outcomes.slice(0, 2), [10, 20])
  assert.deepEqual(answer('what?', 'NO').outcomes.slice(0, 2), [10, 10])
  assert.equal(answer('what?', 'a', 'what?').asked - answer('a').asked, 1)
  assert.equal(answer('a').outcomes[1], 'CODE_CHANGED: nothing was decided or run')
})

test('where the input ends before there is an answer, nothing is decided, and the error says what to do', () => {
  const { outcomes } = answer()
  assert.equal(outcomes[0], 10)
  for (const outcome of outcomes.slice(1)) assert.match(String(outcome), /^CODE_CHANGED: nobody answered, .* onChange: 'recompute' or 'reuse'/)
  assert.match(String(answer('what?').outcomes[1]), /^CODE_CHANGED: nobody answered/)
})
