import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectGolden, makeSample, mandala } from './sample.ts'

test('ls lists the ops with what their calls come to', async (t) => {
  const folder = await makeSample(t)
  expectGolden('ls', await mandala(folder, 'ls'))
  expectGolden('ls-json', await mandala(folder, 'ls', '--json', '--store', 'lab.db'))
})

test('a command on no store, several or a wrong file says so kindly, with 2, and nothing on standard output', async (t) => {
  const folder = await makeSample(t)
  const missing = await mandala(folder, 'ls', '--store', 'labs.db')
  assert.deepEqual([missing.status, missing.stdout], [2, ''])
  assert.match(missing.stderr, /there is no store labs\.db/)
  assert.match((await mandala('/', 'ls')).stderr, /which store\?[\s\S]*--store/)
})
