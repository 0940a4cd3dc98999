import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { Storage, unwrap, type Call, type Ref } from '../../src/index.ts'
import { makePath } from '../helpers.ts'
import { CALLS, common, lengthen, noisy, own } from './program.ts'
import { runTogether } from './together.ts'

const WRITERS = 4

/** What a stored call has as inputs, in the order of their names, and as outputs. */
async function readCall({ inputs, outputs }: Call): Promise<{ inputs: unknown[]; outputs: unknown[] }> {
  const sorted = Object.keys(inputs).sort().map((name) => inputs[name])
  return { inputs: await unwrap(sorted), outputs: await unwrap(Object.values(outputs)) }
}

test('4 processes that write 500 calls each at the same time lose none, see no error, and get the right values', async (t) => {
  const path = makePath(t)
  const outcomes = await runTogether(path, 'mix', WRITERS)
  assert.deepEqual(outcomes.flatMap(({ errors, wrong }) => [...errors, ...wrong]), [])
  await using storage = new Storage(path)
  assert.deepEqual(await storage.check(), [])
  const commons = await Promise.all((await storage.calls(common)).map(readCall))
  const owns = await Promise.all((await storage.calls(own)).map(readCall))
  assert.deepEqual(new Set(commons.map(({ inputs: [i] }) => i)), new Set(Array.from({ length: CALLS / 2 }, (_, i) => i)))
  assert.equal(commons.length, CALLS / 2)
  assert.equal(new Set(owns.map(({ inputs }) => inputs.join())).size, (WRITERS * CALLS) / 2)
  assert.equal(owns.length, (WRITERS * CALLS) / 2)
  for (const { inputs: [i], outputs } of commons) assert.deepEqual(outputs, [`common ${i as number}`])
  for (const { inputs: [i, writer], outputs } of owns) assert.deepEqual(outputs, [(writer as number) * 1000 + (i as number), [writer, i]])
  const executed = outcomes.reduce((sum, outcome) => sum + outcome.executed, 0)
  assert.ok(executed >= commons.length + owns.length && executed <= WRITERS * CALLS)
  t.diagnostic(`${executed} executions for ${commons.length + owns.length} calls`)
})

test('processes whose functions disagree store one result a call, and what was computed from it', async (t) => {
  const path = makePath(t)
  const outcomes = await runTogether(path, 'disagree', WRITERS)
  assert.deepEqual(outcomes.flatMap(({ errors, wrong }) => [...errors, ...wrong]), [])
  await using storage = new Storage(path)
  assert.deepEqual(await storage.check(), [])
  const firsts = await storage.calls(noisy)
  assert.equal(new Set(await Promise.all(firsts.map(async (call) => (await readCall(call)).inputs[0]))).size, 100)
  assert.equal(firsts.length, 100)
  for (const call of await storage.calls(lengthen)) {
    const [from] = Object.values(call.inputs) as [Ref<unknown>]
    const creator = await storage.creator(from)
    assert.equal((creator?.outputs['output'] as Ref<unknown>).cid, from.cid)
    const { inputs, outputs } = await readCall(call)
    assert.deepEqual(outputs, [`${inputs[0] as string}!`])
  }
})

test('8 processes that make the same new file at the same moment all get a storage', async (t) => {
  for (let round = 0; round < 3; round += 1) {
    const path = makePath(t)
    const outcomes = await runTogether(path, 'createOne', 8)
    assert.deepEqual(outcomes.map(({ errors, wrong }) => [...errors, ...wrong]), Array.from({ length: 8 }, () => []))
    await using storage = new Storage(path)
    assert.deepEqual(await storage.check(), [])
    assert.equal((await storage.stats()).calls, 8)
  }
})

test('writers on a file that is no store report an error', async (t) => {
  const path = makePath(t)
  const db = new DatabaseSync(path)
  db.exec('CREATE TABLE notes (text TEXT)')
  db.close()
  const outcomes = await runTogether(path, 'createOne', 2)
  for (const { errors } of outcomes) assert.match(errors.join(), /STORE_NOT_OURS|is not a mandala store/)
})
