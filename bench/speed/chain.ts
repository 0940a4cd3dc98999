import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { Storage, op } from 'mandala-ts'
import { timeUs } from '../harness.ts'

/** Chains of three ops, 99,999 calls: new, then retraced in a new process. */
const CHAINS = 33_333
const [path, isRetrace] = process.argv.slice(2) as [string, string | undefined]
const first = op(function first(x: number) { return x + 1 })
const second = op(function second(x: number) { return x * 2 })
const third = op(function third(x: number) { return -x })

await using storage = new Storage(path)
const took = await timeUs(() => storage.run(async () => {
  for (let i = 0; i < CHAINS; i += 1) await third(await second(await first(i)))
}))
const { executed, loaded } = storage.summary()
if (isRetrace) {
  // Values meet in chains of other starts: nothing executes and nothing is loaded.
  assert.deepEqual([executed, loaded], [0, 0])
  console.log(took / CHAINS / 3)
} else {
  assert.equal(executed, CHAINS * 3)
  const child = spawnSync(process.execPath, [import.meta.filename, path, 'retrace'], { encoding: 'utf8' })
  assert.equal(child.status, 0, child.stderr)
  console.log(JSON.stringify({ 'chain of three, new, µs a call': took / CHAINS / 3, 'chain retraced in a new process, µs a call': Number(child.stdout) }))
}
