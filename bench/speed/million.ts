import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { Storage, op } from 'mandala-ts'
import { timeUs } from '../harness.ts'

/** A store of 1,000,000 calls: opened, and retraced whole, each in a new process. */
const CALLS = 1_000_000
const [path, task] = process.argv.slice(2) as [string, string | undefined]
const add = op(function add(a: number, b: string) { return a + b.length })
const runAll = (storage: Storage): Promise<void> => storage.run(async () => { for (let i = 0; i < CALLS; i += 1) await add(i, 'adam') })

function inNewProcess(name: string): number {
  const child = spawnSync(process.execPath, [import.meta.filename, path, name], { encoding: 'utf8' })
  assert.equal(child.status, 0, child.stderr)
  return Number(child.stdout)
}

if (task === 'open') {
  let storage: Storage | undefined
  const opened = await timeUs(() => { storage = new Storage(path) })
  const first = await timeUs(() => storage?.run({ newCalls: 'error' }, () => add(CALLS - 1, 'adam')))
  await storage?.close()
  console.log((opened + first) / 1000)
} else if (task === 'retrace') {
  const storage = new Storage(path)
  await runAll(storage)
  assert.equal(storage.summary().executed, 0)
  await storage.close()
  console.log(process.resourceUsage().maxRSS / 1024)
} else {
  const storage = new Storage(path)
  await runAll(storage)
  await storage.close()
  console.log(JSON.stringify({
    'open and first hit, 1,000,000 calls, ms': inNewProcess('open'), 'peak memory of retracing 1,000,000 calls, MB': inNewProcess('retrace'),
  }))
}
