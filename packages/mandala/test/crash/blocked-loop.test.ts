import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'node:test'
import { makeFolder } from '../helpers.ts'
import { makeFiles } from './kill.ts'
import { openStore } from './program.ts'
import { listStored, readLog } from './verdict.ts'

test('a call of 1 ms that resolved just before a function holds the event loop is stored when that is killed', async (t) => {
  const { path, logPath } = makeFiles(makeFolder(t), 'blocked')
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), path, logPath, 'blocked'], { stdio: 'inherit' })
  const closed = once(child, 'close')
  while (readLog(logPath).works.size === 0 && child.exitCode === null) await wait(5)
  await wait(200)
  child.kill('SIGKILL')
  assert.deepEqual(await closed, [null, 'SIGKILL'])
  const { works } = readLog(logPath)
  assert.deepEqual([...works.keys()], ['pieces 0'])
  assert.ok((works.get('pieces 0') ?? 0) >= 1)
  await using storage = openStore(path)
  assert.deepEqual(await storage.check(), [])
  // The function that was killed is no stored call: a look at the store would show a loss.
  assert.deepEqual(await listStored(storage), { stored: new Set(['pieces 0']), faults: [] })
})
