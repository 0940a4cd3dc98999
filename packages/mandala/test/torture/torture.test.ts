import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Storage } from '../../src/index.ts'
import { identify } from '../../src/value/identify.ts'
import { Refusal } from '../../src/value/refusal.ts'
import { hasCode, logOf } from '../helpers.ts'
import { agree, differ, type CallPair } from './ours.ts'
import type { Pair } from './pair.ts'
import { SUBJECTS } from './subjects.ts'

const look = op('look', (x: unknown) => typeof x)
const call = (make: () => unknown) => async (): Promise<unknown> => look(make())

function findId(value: unknown): string | undefined {
  try {
    return identify(value).cid
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

/** How many functions two calls executed, in a storage of their own. */
async function countExecuted(a: () => Promise<unknown>, b: () => Promise<unknown>): Promise<number> {
  const storage = new Storage()
  const log = logOf(storage)
  await storage.run(a)
  await storage.run(b)
  await storage.close()
  return log.take().filter((line) => line.startsWith('run ')).length
}

async function findWrong<P extends Pair | CallPair>(pairs: readonly P[], isRight: (a: P[1], b: P[1]) => boolean | Promise<boolean>): Promise<string[]> {
  const wrong: string[] = []
  for (const [name, a, b] of pairs) if (!(await isRight(a, b))) wrong.push(name)
  return wrong
}

for (const { subject, differ, agree, refused } of SUBJECTS) {
  test(`${subject}: values that differ have other ids, in both directions`, async () => {
    assert.deepEqual(await findWrong(differ, (a, b) => findId(a()) !== undefined && findId(b()) !== undefined && findId(a()) !== findId(b())), [])
  })

  test(`${subject}: values that agree have one id, and each has it again`, async () => {
    assert.deepEqual(await findWrong(agree, (a, b) => findId(a()) !== undefined && findId(a()) === findId(b())), [])
    assert.deepEqual(await findWrong(differ, (a, b) => findId(a()) === findId(a()) && findId(b()) === findId(b())), [])
  })

  test(`${subject}: of values that can't be told apart from their like, at least one is refused`, async () => {
    assert.deepEqual(await findWrong(refused, (a, b) => findId(a()) === undefined || findId(b()) === undefined), [])
  })

  test(`${subject}: calls on values that differ are two executions, calls on values that agree are one`, async () => {
    assert.deepEqual(await findWrong(differ, async (a, b) => await countExecuted(call(a), call(b)) === 2), [])
    assert.deepEqual(await findWrong(agree, async (a, b) => await countExecuted(call(a), call(b)) === 1), [])
  })

  test(`${subject}: a call on a refused value executes nothing and stores nothing`, async () => {
    for (const value of refused.flatMap(([, a, b]) => [a, b]).filter((make) => findId(make()) === undefined)) {
      const storage = new Storage()
      const log = logOf(storage)
      await assert.rejects(storage.run(call(value)), hasCode('VALUE_REFUSED', /^look: input x/))
      assert.deepEqual(log.take(), [])
      assert.equal((await storage.stats()).calls, 0)
      await storage.close()
    }
  })
}

test('registered classes, externals, kinds and approximate inputs: calls that differ are two executions, calls that agree are one', async () => {
  assert.deepEqual(await findWrong(differ, async (a, b) => await countExecuted(a, b) === 2), [])
  assert.deepEqual(await findWrong(agree, async (a, b) => await countExecuted(a, b) === 1), [])
})

test('all makers within one storage: as many executions as there are values', async () => {
  const makers = SUBJECTS.flatMap(({ differ, agree }) => [...differ, ...agree].flatMap(([, a, b]) => [a, b]))
  const storage = new Storage()
  const log = logOf(storage)
  for (const make of makers) await storage.run(call(make))
  assert.equal(log.take().filter((line) => line === 'run look').length, new Set(makers.map((make) => findId(make()))).size)
  await storage.close()
})

test('an identity by JSON fails here, on pairs of both kinds', async () => {
  const objects = SUBJECTS.find((each) => each.subject === 'objects') as (typeof SUBJECTS)[number]
  const render = (value: unknown): string => JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))
  const isSame = (a: () => unknown, b: () => unknown): boolean => render(a()) === render(b())
  const plain = objects.differ.filter(([name]) => !name.includes('marker of cycles'))
  assert.ok((await findWrong(plain, (a, b) => !isSame(a, b))).includes('an absent and an undefined property'))
  assert.ok((await findWrong(objects.agree, isSame)).includes('two orders of keys'))
})

test('there are at least 300 pairs that differ, 100 that agree, and no name twice', () => {
  const all = SUBJECTS.flatMap((each) => each.differ)
  assert.ok(all.length >= 300, `${all.length} pairs differ`)
  assert.ok(SUBJECTS.flatMap((each) => each.agree).length >= 100)
  for (const each of SUBJECTS) {
    for (const pairs of [each.differ, each.agree, each.refused]) assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length, each.subject)
  }
})
