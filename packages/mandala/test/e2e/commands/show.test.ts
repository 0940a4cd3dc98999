import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { list, op, Storage, type Ref } from '../../../src/index.ts'
import { makeFolder } from '../../helpers.ts'
import { expectGolden, makeSample, mandala } from './sample.ts'
import { makeValues } from './values.ts'

const CALL = '7a4d2fa0'

test('show tells of a call what it took and gave, when and where it ran, where it comes from and what came of it', async (t) => {
  const folder = await makeSample(t)
  expectGolden('show-call', await mandala(folder, 'show', CALL))
  expectGolden('show-call-json', await mandala(folder, 'show', CALL, '--json'))
  expectGolden('show-call-notes', await mandala(folder, 'show', 'b7e7a6c7', '--depth', '1'))
})

test('show follows both ways so deep and so wide as it is told, and says what is left out', async (t) => {
  const folder = await makeSample(t)
  expectGolden('show-depth', await mandala(folder, 'show', '4dc16989', '--depth', '2', '--width', '3'))
  expectGolden('show-shared', await mandala(folder, 'show', '4dc16989', '--depth', '9'))
  const none = await mandala(folder, 'show', '4dc16989', '--depth', '0')
  assert.doesNotMatch(none.stdout, /How|computed/)
})

test('show prints a value by its type', async (t) => {
  const { folder, ids } = await makeValues(t)
  for (const [name, id] of Object.entries(ids)) expectGolden(`show-${name}`, await mandala(folder, 'show', id))
  expectGolden('show-forest-json', await mandala(folder, 'show', ids.forest, '--json'))
  const whole = await mandala(folder, 'show', ids.long, '--whole')
  assert.match(whole.stdout, /\nline 0\n[\s\S]*\nline 49\n/)
  assert.match((await mandala(folder, 'show', ids.squares, '--whole')).stdout, / 841\n/)
})

test('show finds a value by its content too, and tells when digits begin several ids or none', async (t) => {
  const { folder, ids } = await makeValues(t)
  const { cid } = JSON.parse((await mandala(folder, 'show', ids.number, '--json')).stdout) as { cid: string }
  assert.equal((await mandala(folder, 'show', cid.toUpperCase())).stdout, (await mandala(folder, 'show', ids.number)).stdout)
  for (const [says, id] of [[/no id of a call or a ref[\s\S]*4 at least/, 'abc'], [/no id/, 'score'], [/begins with 0000000[\s\S]*mandala ls/, '0000000']] as const) {
    const said = await mandala(folder, 'show', id)
    assert.deepEqual([said.status, said.stdout], [2, ''])
    assert.match(said.stderr, says)
  }
  const db = new DatabaseSync(join(folder, 'values.db'))
  db.exec(`UPDATE refs SET hid = unhex('${ids.text.slice(0, 8)}' || substr(hex(hid), 9)) WHERE hid = unhex('${ids.long}')`)
  db.close()
  const several = await mandala(folder, 'show', ids.text.slice(0, 8))
  assert.match(several.stderr, new RegExp(`Several ids begin with ${ids.text.slice(0, 8)}:(\\n {4}ref ${ids.text.slice(0, 8)}\\w{32}){2}\\n  → give more digits`))
  assert.equal((await mandala(folder, 'show', ids.text)).status, 0)
})

test('show tells of a value whose bytes are not what its id says', async (t) => {
  const { folder, ids } = await makeValues(t)
  const db = new DatabaseSync(join(folder, 'values.db'))
  const change = db.prepare('UPDATE vals SET bytes = ? WHERE id = (SELECT val FROM refs WHERE hid = unhex(?))')
  const other = db.prepare('SELECT bytes FROM vals JOIN refs ON refs.val = vals.id WHERE hid = unhex(?)').get(ids.number)
  change.run(other?.['bytes'] as Uint8Array, ids.text)
  change.run(Buffer.from([1, 2, 3]), ids.map)
  db.close()
  assert.match((await mandala(folder, 'show', ids.text)).stdout, /\(damaged: its bytes are not what its id says\) 0\.5\n/)
  assert.match((await mandala(folder, 'show', ids.map)).stdout, /\(damaged: .+\), 18 B stored; content/)
})

test('show of a value with very many uses, and of a list with very many elements, shows some of them', async (t) => {
  const folder = makeFolder(t)
  const sum = op('sum', (xs: readonly number[]) => xs.length, { inputs: { xs: list() }, output: 'n' })
  const add = op('add', (a: number, b: string) => a + b.length, { output: 'c' })
  await using storage = new Storage(join(folder, 'wide.db'))
  const [text, total] = await storage.run(async () => {
    const refs = []
    for (let i = 0; i < 300; i += 1) refs.push(await add(i, 'adam'))
    return [(await storage.calls(add))[0]?.inputs['b'], await sum(refs)]
  })
  const uses = await mandala(folder, 'show', text?.hid ?? '')
  assert.equal(uses.stdout.split('\n').filter((line) => line.includes('→ add')).length, 8)
  assert.match(uses.stdout, /\n└─ … 292 more\n/)
  const { stdout } = await mandala(folder, 'show', (total as { hid: string }).hid)
  assert.match(stdout, / {3}├─ \[0\] ← add \w{8}\n[\s\S]* \[7\] ← add \w{8}\n[\s\S]*… 292 more\n/)
})

test('who reads the answer may stop before its end', { skip: process.platform === 'win32' ? 'needs a shell' : false }, async (t) => {
  const folder = makeFolder(t)
  const range = op('range', (n: number) => Array.from({ length: n }, (_, i) => i), { output: 'all' })
  await using storage = new Storage(join(folder, 'long.db'))
  const { hid } = (await storage.run(() => range(300_000))) as unknown as Ref<number[]>
  const cli = resolve(import.meta.dirname, '../../../dist/cli/main.js')
  const line = `"${process.execPath}" --no-warnings "${cli}" show ${hid} --whole | head -n 1`
  const said = spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_TEST_CONTEXT: undefined } })
  assert.deepEqual([said.stdout, said.stderr], [`ref ${hid}\n`, ''])
})
