import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { op, Storage } from 'mandala-ts'
import { timeUs } from '../harness.ts'

/** A pipeline of three ops: its whole frame and table from one op, in a new process. */
const [path, calls, task] = process.argv.slice(2) as [string, string, string | undefined]
const CHAINS = Math.floor(Number(calls) / 3)
const TRAINED = 10
const generate = op(function generate(seed: number) { return seed * 2 }, { output: 'data' })
const train = op(function train(data: number, depth: number) { return data + depth }, { output: 'model' })
const score = op(function score(model: number) { return { acc: model / 3, loss: -model } }, { outputs: ['acc', 'loss'] })

await using storage = new Storage(path)
if (task === undefined) {
  await storage.run(async () => { for (let i = 0; i < CHAINS; i += 1) await score(await train(await generate(i), i % TRAINED)) })
  await storage.close()
  const child = spawnSync(process.execPath, ['--expose-gc', '--no-warnings', import.meta.filename, path, calls, 'frame'], { encoding: 'utf8' })
  assert.equal(child.status, 0, child.stderr)
  console.log(child.stdout.trim())
} else {
  const collect = (globalThis as { gc?: () => void }).gc
  collect?.()
  const heapBefore = process.memoryUsage().heapUsed
  let frame = await storage.cf('train')
  let rows = 0
  const lazy = await timeUs(async () => {
    frame = await storage.cf('train').expandAll()
    rows = (await frame.df({ values: 'lazy' })).numRows()
  })
  assert.equal(rows, CHAINS)
  assert.equal(Object.values(frame.calls()).flat().length, CHAINS * 3)
  let sum = 0
  const loaded = Number(calls) > 100_000 ? undefined : await timeUs(async () => { for (const acc of (await frame.df()).array('acc') as number[]) sum += acc })
  if (loaded !== undefined) assert.ok(Math.abs(sum - Array.from({ length: CHAINS }, (_, i) => (i * 2 + (i % TRAINED)) / 3).reduce((a, b) => a + b)) < 1)
  frame = await storage.cf('train').expandAll()
  collect?.()
  const bytes = (process.memoryUsage().heapUsed - heapBefore) / (CHAINS * 3)
  assert.equal(frame.info().operations.length, 3)
  const name = Number(calls).toLocaleString('en-US')
  console.log(JSON.stringify({
    [`frame and table of ${name} calls, values lazy, s`]: lazy / 1e6, [`memory of a frame of ${name} calls, bytes a call`]: bytes,
    ...(loaded === undefined ? {} : { [`the same table of ${name} calls, values loaded, s`]: loaded / 1e6 }),
  }))
}
