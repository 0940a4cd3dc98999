import assert from 'node:assert/strict'
import { op, Storage, type Op } from 'mandala-ts'
import { timeUs } from '../harness.ts'

/** Frames of awkward shapes: each of 16 ops takes the results of all before it; one op is fed by itself. */
const OPS = 16
const STEPS = 1_000
const DEPTH = 100_000

const dense = new Storage()
const ops = Array.from({ length: OPS }, (_, i): Op => op(`op${i}`, ({ ...xs }: Record<string, number>) => Object.keys(xs).length + i))
await dense.run(async () => {
  const results: Record<string, unknown> = { start: 0 }
  for (const each of ops) results[each.opName] = await each({ ...results })
})
// The first table of a process loads Arquero.
await dense.cf(ops[0] as Op).df()
let columns = 0
const denseUs = await timeUs(async () => { columns = (await dense.cf(ops[OPS - 1] as Op).expandBack({ recursive: true }).df()).numCols() })
// Each op with its result and, as equal constants play roles of their own, its start.
assert.equal(columns, OPS * 3)

const step = op(function step(x: number) { return x + 1 })

async function timeChain(steps: number): Promise<number> {
  await using storage = new Storage()
  const last = await storage.run(async () => {
    let x: Awaited<ReturnType<typeof step>> = 0
    for (let i = 0; i < steps; i += 1) x = await step(x)
    return x
  })
  let states = 0
  const us = await timeUs(async () => {
    const table = await storage.cf({ x: last }).expandBack({ recursive: true }).df({ values: 'refs' })
    states = (table.get('x', 0) as unknown[]).length
  })
  assert.equal(states, steps + 1)
  return us
}

console.log(JSON.stringify({
  'dense graph of 16 ops, frame and table, ms': denseUs / 1000,
  'chain of one op, 1,000 steps, frame and table, s': (await timeChain(STEPS)) / 1e6,
  'chain of one op, 100,000 steps, frame and table, s': (await timeChain(DEPTH)) / 1e6,
}))
