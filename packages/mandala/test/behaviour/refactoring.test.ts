import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newArg, op, Storage, unwrap, type Op } from '../../src/index.ts'
import { hasCode, makePath } from '../helpers.ts'

/** What a program, run anew on a store, executes. */
async function replay(path: string, calls: () => readonly Promise<unknown>[]): Promise<{ readonly results: unknown; readonly executed: number }> {
  await using storage = new Storage(path)
  const results = await storage.run(() => unwrap(Promise.all(calls())))
  assert.deepEqual(await storage.check(), [])
  return { results, executed: storage.summary().executed }
}

test('an input that is added with newArg leaves calls at its default as they are', async (t) => {
  const path = makePath(t)
  const before = op('fit', (x: number) => x * 5)
  await replay(path, () => [before(1), before(2)])
  const after = op('fit', (x: number, depth: number = newArg(5)) => x * depth)
  assert.deepEqual(await replay(path, () => [after(1), after(2, 5), after(1, 6)]), { results: [5, 10, 6], executed: 1 })
})

test('a default that changes leaves calls with the old value as they are, left out then or given now', async (t) => {
  const path = makePath(t)
  const before = op('fit', (x: number, depth = 5) => x * depth)
  await replay(path, () => [before(1)])
  const after = op('fit', (x: number, depth = 7) => x * depth)
  assert.deepEqual(await replay(path, () => [after(1, 5), after(1)]), { results: [5, 7], executed: 1 })
  assert.deepEqual(await replay(path, () => [after(1, 7)]), { results: [7], executed: 0 })
})

test('an input that is removed with the value that stays leaves the calls with it as they are, and no others', async (t) => {
  const path = makePath(t)
  const before = op('fit', (x: number, strict: boolean) => x + (strict ? 1 : 0))
  await replay(path, () => [before(1, true), before(2, false)])
  const after = op('fit', (x: number) => x + 1, { removed: { strict: true } })
  assert.deepEqual(await replay(path, () => [after(1), after(2)]), { results: [2, 3], executed: 1 })
  const named = op('ask', ({ prompt, model }: { prompt: string; model: string }) => `${model}: ${prompt}`)
  await replay(path, () => [named({ prompt: 'a', model: 'm' })])
  const one = op('ask', ({ prompt }: { prompt: string }) => `m: ${prompt}`, { removed: { model: 'm' } })
  assert.deepEqual(await replay(path, () => [one({ prompt: 'a' })]), { results: ['m: a'], executed: 0 })
})

test('an input that was removed may have been renamed before', async (t) => {
  const path = makePath(t)
  const before = op('fit', (x: number, strict: boolean) => x + (strict ? 1 : 0), { transient: true })
  await replay(path, () => [before(1, true)])
  {
    await using storage = new Storage(path)
    await storage.renameInput('fit', 'strict', 'exact')
  }
  const after = op('fit', (x: number) => x + 1, { removed: { exact: true }, transient: true })
  await using storage = new Storage(path)
  const [found] = await storage.run({ newCalls: 'error' }, async () => [await after(1)])
  assert.equal(await unwrap(found), 2)
})

test('an op whose input was removed with it still there is refused', () => {
  assert.throws(() => op('fit', (x: number) => x, { removed: { x: 1 } }), hasCode('OP_INVALID', /"x", which it takes/))
  assert.throws(() => op('ask', ({ model, ...others }: Record<string, string>) => [model, others], { removed: { lr: 1 } }), hasCode('OP_INVALID', /takes any input/))
  assert.throws(() => op('fit', (x: number) => x, { removed: ['y'] as never }), hasCode('OP_INVALID'))
})

test('another number of outputs, or other names of several, is refused with the way out', async (t) => {
  const path = makePath(t)
  const before = op('load', () => ({ X: 1, y: 2 }), { outputs: ['X', 'y'] })
  await replay(path, () => [before()])
  const load = (outputs: readonly string[], options: object = {}): Op => (
    op('load', (() => Object.fromEntries(outputs.map((name) => [name, 0]))) as never, { outputs, ...options } as never) as unknown as Op)
  for (const outputs of [['X'], ['X', 'z'], ['X', 'y', 'z']]) {
    await assert.rejects(replay(path, () => [load(outputs)()]), hasCode('OUTPUT_INVALID', /take the old ones back, or give the op another version: \{ version: 1 \}/))
  }
  assert.deepEqual((await replay(path, () => [load(['X'], { version: 1 })()])).executed, 1)
  assert.deepEqual(await replay(path, () => [before()]), { results: [{ X: 1, y: 2 }], executed: 0 })
})

test('the name of a single output may change', async (t) => {
  const path = makePath(t)
  const before = op('score', (x: number) => x, { output: 'acc' })
  await replay(path, () => [before(1)])
  const after = op('score', (x: number) => x, { output: 'accuracy' })
  assert.deepEqual(await replay(path, () => [after(1)]), { results: [1], executed: 0 })
})
