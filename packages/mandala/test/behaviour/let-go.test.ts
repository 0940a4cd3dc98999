import assert from 'node:assert/strict'
import { test } from 'node:test'
import { external, op, Storage, unwrap, type Ref } from '../../src/index.ts'
import { hasCode } from '../helpers.ts'

const later = async (): Promise<never> => { await new Promise(setImmediate); throw new Error('later') }

test('a promise that fails beside a Ref that fails at once does not end the process', async (t) => {
  const unheard: unknown[] = []
  const note = (error: unknown): void => { unheard.push(error) }
  process.on('unhandledRejection', note)
  t.after(() => process.off('unhandledRejection', note))
  const storage = new Storage()
  const give = op(function give() { return external('m', { by: 2 }) })
  const use = op(function use(x: number, model: { by: number }) { return x * model.by })
  const ref = (await storage.run(() => give())) as Ref<{ by: number }>
  await assert.rejects(unwrap([later(), ref]), hasCode('NOT_FOUND'))
  await assert.rejects(unwrap(new Map<unknown, unknown>([['a', later()], ['b', { ref }]])), hasCode('NOT_FOUND'))
  await assert.rejects(use(later(), ref), hasCode('NOT_FOUND'))
  for (let i = 0; i < 3; i += 1) await new Promise(setImmediate)
  assert.deepEqual(unheard, [])
})
