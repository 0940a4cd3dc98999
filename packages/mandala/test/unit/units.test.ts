import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderBytes, renderDuration } from '../../src/render/units.ts'

const shown: readonly (readonly [ms: number, text: string])[] = [
  [0, '0 s'], [49, '0 s'], [50, '0.1 s'], [3_400, '3.4 s'], [9_949, '9.9 s'], [10_000, '10 s'], [59_499, '59 s'], [119_400, '119 s'],
  [120_000, '2 min'],
  [41 * 60_000, '41 min'], [7_199_000, '120 min'], [7_200_000, '2.0 h'], [86_400_000, '24.0 h'],
]
for (const [ms, text] of shown) {
  test(`${ms} ms are ${text}`, () => assert.equal(renderDuration(ms), text))
}

const sizes: readonly (readonly [bytes: number, text: string])[] = [
  [0, '0 B'], [999, '999 B'], [1_000, '1.0 kB'], [9_949, '9.9 kB'], [9_960, '10 kB'], [999_499, '999 kB'], [999_500, '1.0 MB'], [3.4e9, '3.4 GB'],
  [5e15, '5000 TB'],
]
for (const [bytes, text] of sizes) {
  test(`${bytes} bytes are ${text}`, () => assert.equal(renderBytes(bytes), text))
}
