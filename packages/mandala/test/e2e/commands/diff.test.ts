import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Storage } from '../../../src/index.ts'
import { expectGolden, makeSample, mandala } from './sample.ts'

test('diff shows what differs between two calls, or two values', async (t) => {
  const folder = await makeSample(t)
  const [trained, models, other] = await (async () => {
    await using storage = new Storage(join(folder, 'lab.db'))
    const calls = await storage.calls('train')
    const loaded = await storage.calls('load')
    return [calls.map(({ hid }) => hid), calls.map((call) => call.outputs['model']?.cid ?? ''), loaded.map((call) => call.outputs['X']?.hid ?? '')] as const
  })()
  expectGolden('diff-calls', await mandala(folder, 'diff', trained[0] ?? '', trained[1] ?? ''), 1)
  expectGolden('diff-calls-json', await mandala(folder, 'diff', trained[0] ?? '', trained[1] ?? '', '--json'), 1)
  expectGolden('diff-values', await mandala(folder, 'diff', models[0] ?? '', models[1] ?? ''), 1)
  expectGolden('diff-refs', await mandala(folder, 'diff', other[0] ?? '', other[1] ?? ''), 1)
  assert.deepEqual(await mandala(folder, 'diff', models[0] ?? '', models[0] ?? ''), { status: 0, stdout: 'nothing differs\n', stderr: '' })
  const mixed = await mandala(folder, 'diff', trained[0] ?? '', models[1] ?? '')
  assert.deepEqual([mixed.status, mixed.stdout], [2, ''])
  assert.match(mixed.stderr, /is a call and .* is a value[\s\S]*two of a kind/)
  assert.match((await mandala(folder, 'diff', 'abc', models[1] ?? '')).stderr, /Nothing in this storage has the id abc/)
  assert.match((await mandala(folder, 'diff', '--help')).stdout, /Example:\n {2}mandala diff /)
})
