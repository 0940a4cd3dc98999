import assert from 'node:assert/strict'
import { list, op, Storage } from 'mandala-ts'
import { timeUs } from '../harness.ts'

/** `similar` on what was computed from a list of 1,000 computed elements, among three such lists. */
const LENGTH = 1_000
const LISTS = 3
const path = process.argv[2] as string
const grow = op(function grow(x: number) { return x + 0.5 })
const total = op(function total(xs: number[]) { return xs.reduce((sum, x) => sum + x, 0) }, { inputs: { xs: list() } })

await using storage = new Storage(path)
const result = await storage.run(async () => {
  let result: unknown
  for (let n = 0; n < LISTS; n += 1) result = await total(await Promise.all(Array.from({ length: LENGTH }, (_, i) => grow(n * LENGTH + i))) as number[])
  return result
})
let us = 0
for (let run = 0; run < 2; run += 1) {
  us = await timeUs(async () => assert.equal((await storage.similar({ result }, { print: false })).numRows(), LISTS))
}
console.log(JSON.stringify({ 'list of 1,000, ms': us / 1000 }))
