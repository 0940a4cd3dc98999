import assert from 'node:assert/strict'
import { op, Q, Storage, type Variable } from 'mandala-ts'
import { timeUs } from '../harness.ts'

/** A chain of 100 ops in 1,000 computations, of which both ends are asked for. */
const LENGTH = 100
const COMPUTATIONS = 1_000
const path = process.argv[2] as string
const step = op(function step(x: number) { return x + 1 })

{
  await using storage = new Storage(path)
  await storage.run(async () => {
    for (let i = 0; i < COMPUTATIONS; i += 1) {
      let x: unknown = -1000 * i - 500
      for (let n = 0; n < LENGTH; n += 1) x = await step(x as number)
    }
  })
}
await using storage = new Storage(path)
const first = Q<number>()
let last: Variable<number> = first
for (let n = 0; n < LENGTH; n += 1) last = step.match({ x: last })
let us = 0
for (let run = 0; run < 2; run += 1) {
  us = await timeUs(async () => {
    const rows = (await storage.df({ first, last })).objects() as { first: number; last: number }[]
    assert.equal(rows.length, COMPUTATIONS)
    assert.ok(rows.every((row) => row.last === row.first + LENGTH))
  })
}
console.log(JSON.stringify({ 'chain of 100, ms': us / 1000 }))
