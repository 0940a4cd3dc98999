import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SavedTime } from '../../src/memo/saved-time.ts'

/** What hits on calls come to, given as [start, duration]. */
function save(...calls: readonly (readonly [number, number])[]): number {
  const saved = new SavedTime()
  return calls.reduce((sum, [startedAtMs, durationMs]) => sum + saved.add({ startedAtMs, durationMs }), 0)
}

test('calls that ran one after the other save the time of all', () => {
  assert.equal(save([0, 100], [100, 50], [200, 50]), 200)
  assert.equal(save([200, 50], [0, 100], [100, 50]), 200)
})

test('calls that ran at the same time save it once, in whatever order they hit', () => {
  const calls = Array.from({ length: 10 }, (_, i) => [i * 10, 100] as const)
  assert.equal(save(...calls), 190)
  assert.equal(save(...calls.toReversed()), 190)
  assert.equal(save([0, 100], [300, 100], [50, 300]), 400)
})

test('a call that ran inside another adds nothing, and the outer one after it only the rest', () => {
  assert.equal(save([0, 100], [20, 50]), 100)
  assert.equal(save([20, 50], [0, 100]), 100)
})

test('the same call again saves its time again', () => {
  assert.equal(save([0, 100], [0, 100], [0, 100]), 300)
  assert.equal(save([0, 100], [50, 100], [50, 100]), 200)
})

test('calls of some milliseconds in a row are not taken for overlapping ones by their rounded starts', () => {
  const calls = Array.from({ length: 1000 }, (_, i) => [Math.floor(i * 2.5), 2.5] as const)
  assert.ok(Math.abs(save(...calls) - 2500) < 1e-6)
})

test('more calls than are kept in mind still count', () => {
  const calls = Array.from({ length: 20_000 }, (_, i) => [i * 100, 10] as const)
  assert.equal(save(...calls), 200_000)
})
