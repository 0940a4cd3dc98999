import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderDuration, Tally } from '../../src/memo/tally.ts'

const shown: readonly (readonly [ms: number, text: string])[] = [
  [0, '0 s'], [49, '0 s'], [50, '0.1 s'], [3_400, '3.4 s'], [9_949, '9.9 s'], [10_000, '10 s'], [59_499, '59 s'], [119_400, '119 s'],
  [120_000, '2 min'],
  [41 * 60_000, '41 min'], [7_199_000, '120 min'], [7_200_000, '2.0 h'], [86_400_000, '24.0 h'],
]
for (const [ms, text] of shown) {
  test(`${ms} ms are ${text}`, () => assert.equal(renderDuration(ms), text))
}

test('a tally tells what came since an earlier look', () => {
  const tally = new Tally()
  tally.executed = 2
  tally.savedMs = 100
  const before = tally.since(undefined)
  tally.executed += 1
  tally.hits += 5
  tally.loaded += 2
  tally.savedMs += 60_000
  const { executed, hits, loaded, savedMs } = tally.since(before)
  assert.deepEqual([executed, hits, loaded, savedMs], [1, 5, 2, 60_000])
  assert.equal(String(tally.since(before)), 'executed 1 · loaded 2 · saved 60 s')
  assert.equal(before.executed, 2)
})
