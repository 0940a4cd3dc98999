import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'

const main = join(import.meta.dirname, 'main.ts')

function makeStorePath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'digits-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'digits.db')
}

function runMain(store: string): string[] {
  const child = spawnSync(process.execPath, [main], { encoding: 'utf8', env: { ...process.env, STORE: store } })
  assert.equal(child.status, 0, child.stderr)
  return child.stdout.trim().split('\n')
}

/** Kills the program with SIGKILL when it has printed so many lines. */
async function killAfter(store: string, lines: number): Promise<void> {
  const child = spawn(process.execPath, [main], { env: { ...process.env, STORE: store } })
  let seen = 0
  child.stdout.on('data', (data: Buffer) => {
    seen += data.toString().split('\n').length - 1
    if (seen >= lines) child.kill('SIGKILL')
  })
  await new Promise((resolve) => child.on('close', resolve))
}

test('the experiment goes on where it was killed, and retraces without executing anything', async (t) => {
  const store = makeStorePath(t)
  await killAfter(store, 6)
  const second = runMain(store)
  const executed = Number(/executed (\d+)/.exec(second.at(-1) as string)?.[1])
  // Five accuracies were printed: 2 loadDigits, 5 models, 5 accuracies are stored; the kill may come one model later.
  assert.ok(executed <= 15 && executed >= 12, `executed ${executed}`)
  const third = runMain(store)
  assert.deepEqual(third.slice(0, -1), second.slice(0, -1))
  assert.match(third.at(-1) as string, /^executed 0 /)
})
