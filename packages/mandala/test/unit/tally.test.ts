import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Tally } from '../../src/memo/tally.ts'

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
