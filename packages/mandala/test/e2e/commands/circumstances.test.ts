import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { makeFolder } from '../../helpers.ts'
import { mandala, mandalaUnder, type Said } from './sample.ts'

/** Every command that only looks, on a store `test.db` in the folder. */
async function lookAll(folder: string, op: string, options: readonly string[] = []): Promise<readonly Said[]> {
  const run = (...args: readonly string[]): Promise<Said> => mandalaUnder(options, folder, ...args)
  const listed = await run('ls', op, '--limit', '1', '--json')
  const { calls } = JSON.parse(listed.stdout) as { calls: readonly { hid: string }[] }
  const hid = calls[0]?.hid as string
  return [
    listed, await run('ls'), await run('ls', op, '--where', 'time >= 0', '--sort', 'when'), await run('show', hid), await run('show', hid, '--json'),
    await run('graph'), await run('graph', op), await run('versions', op),
  ]
}

const isWell = (said: Said): void => { assert.deepEqual([said.status, said.stderr], [0, '']) }

test('commands look at a store that another process is writing to', async (t) => {
  const folder = makeFolder(t)
  const writer = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, 'writer.ts'), join(folder, 'test.db')], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => writer.kill('SIGKILL'))
  await once(writer.stdout, 'data')
  const count = async (): Promise<number> => (JSON.parse((await mandala(folder, 'ls', '--json')).stdout) as { calls: number }[])[0]?.calls as number
  const before = await count()
  for (const said of await lookAll(folder, 'train')) {
    assert.equal(said.status, 0, said.stderr)
    assert.match(said.stderr, /^(of the latest 1,000 calls of [\d,]+: --calls takes more\n)?$/)
  }
  assert.ok((await count()) > before, 'nothing was written meanwhile')
  const ended = once(writer, 'close')
  writer.kill('SIGTERM')
  assert.deepEqual(await ended, process.platform === 'win32' ? [null, 'SIGTERM'] : [0, null])
})

const golden = join(import.meta.dirname, '../../golden')
const formats = [1, 2, 3, 4].map((format) => `format-${format}.store`)

for (const name of formats) {
  test(`commands look at a store as releases before wrote it: ${name}`, async (t) => {
    const folder = makeFolder(t)
    copyFileSync(join(golden, name), join(folder, 'test.db'))
    for (const said of await lookAll(folder, 'total')) isWell(said)
  })
}

const isAdministrator = process.getuid?.() === 0
const skip = process.platform === 'win32' ? 'needs file permissions' : false
/** An administrator may write anywhere. */
const AS_NOBODY = ['--import', 'data:text/javascript,process.setgid(65534);process.setuid(65534)']

for (const name of formats.slice(1)) {
  test(`commands look at a store that may only be read, and leave it as it is: ${name}`, { skip }, async (t) => {
    const folder = makeFolder(t)
    const path = join(folder, 'test.db')
    copyFileSync(join(golden, name), path)
    const before = readFileSync(path)
    chmodSync(path, 0o444)
    chmodSync(folder, 0o555)
    for (const said of await lookAll(folder, 'total', isAdministrator ? AS_NOBODY : [])) isWell(said)
    assert.deepEqual(readFileSync(path), before)
    chmodSync(folder, 0o755)
  })
}

test('commands refuse a file that is no store, kindly, with 2, and leave it as it is', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'notes.db'), 'Dear diary')
  const db = new DatabaseSync(join(folder, 'other.db'))
  db.exec('CREATE TABLE people (name TEXT)')
  db.close()
  for (const file of ['notes.db', 'other.db']) {
    const before = readFileSync(join(folder, file))
    for (const args of [['ls'], ['ls', 'train'], ['show', 'abcd'], ['graph'], ['versions', 'train']]) {
      const said = await mandala(folder, ...args, '--store', file)
      assert.deepEqual([said.status, said.stdout], [2, ''])
      assert.match(said.stderr, new RegExp(`${file} is not a mandala store\\n  → give another path`))
    }
    assert.deepEqual(readFileSync(join(folder, file)), before)
  }
})
