import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { op, Q, type Op, type Ref, type Storage } from '../../src/index.ts'
import { FakeCode } from '../behaviour/fake-code.ts'
import { hasCode } from '../helpers.ts'

/* Where the code is followed, the answers to a pattern are the calls that a look-up finds, whatever was edited and decided before. */

const COMPONENTS = ['a', 'b', 'c']

type Step = readonly [kind: number, component: number, text: number, input: number]
const steps = fc.array(fc.tuple(fc.nat(5), fc.nat(2), fc.nat(3), fc.nat(3)) as fc.Arbitrary<Step>, { minLength: 6, maxLength: 25 })

function makeProgram() {
  const code = new FakeCode({ a: '0', b: '0', c: '0' })
  let decision: 'recompute' | 'reuse' = 'recompute'
  const storage = code.open({ onChange: () => decision })
  const use = (x: number, ...components: string[]): number => components.reduce((sum, each) => sum + Number(code.use(each)), x)
  const f = op('f', (x: number) => use(x, 'a', ...(x % 2 === 0 ? ['b'] : [])) % 4)
  const g = op('g', (x: number) => use(x, 'c', ...(x > 1 ? ['b'] : [])) % 3)
  const play = async ([kind, component, text, input]: Step): Promise<void> => {
    const name = COMPONENTS[component] as string
    switch (kind) {
      case 0: case 1: await storage.run(() => g(f(input))); break
      case 2: await storage.run(() => g(input)); break
      case 3: case 4: {
        decision = kind === 3 ? 'recompute' : 'reuse'
        code.edit(name, String(text))
        break
      }
      default: await storage.mark(name, 'same').catch(hasCode('NOT_FOUND'))
    }
  }
  return { storage, f, g, play }
}

/** What a look-up finds for the inputs of every call that is stored. */
async function lookUp(storage: Storage, each: Op): Promise<Map<string, Ref<unknown>>> {
  const found = new Map<string, Ref<unknown>>()
  for (const { inputs } of await storage.calls(each)) {
    const x = inputs['x'] as Ref<unknown>
    try {
      found.set(x.hid, await storage.run({ newCalls: 'error' }, () => each(x)) as Ref<unknown>)
    } catch (error) {
      assert.ok(hasCode('NEW_CALL_REFUSED')(error))
    }
  }
  return found
}

test('the calls that answer are those that are hits', async () => {
  let [hidden, answered] = [0, 0]
  await fc.assert(fc.asyncProperty(steps, async (program) => {
    const { storage, f, g, play } = makeProgram()
    for (const step of program) await play(step)
    const hits = { f: await lookUp(storage, f), g: await lookUp(storage, g) }
    const stored = [...(await storage.calls(f)), ...(await storage.calls(g))]
    const ask = async (each: Op): Promise<string[]> => {
      const input = Q<number>()
      const table = await storage.df({ input, output: each.match({ x: input }) }, { values: 'refs', distinct: false })
      const rows = table.objects() as { input: Ref<number>; output: Ref<number> }[]
      return rows.map(({ input: from, output }) => `${from.hid} ${output.hid}`).sort()
    }
    assert.deepEqual(await ask(f), Array.from(hits.f, ([hid, output]) => `${hid} ${output.hid}`).sort())
    assert.deepEqual(await ask(g), Array.from(hits.g, ([hid, output]) => `${hid} ${output.hid}`).sort())
    const [middle, last] = [f.match({ x: Q() }), Q<number>()]
    g.match({ x: middle }).is(last)
    const chains = await storage.df({ middle, last }, { values: 'refs', distinct: false })
    const expected = [...hits.f.values()].flatMap(({ hid }) => { const end = hits.g.get(hid); return end ? [`${hid} ${end.hid}`] : [] })
    assert.deepEqual((chains.objects() as { middle: Ref<number>; last: Ref<number> }[]).map((row) => `${row.middle.hid} ${row.last.hid}`).sort(), expected.sort())
    answered += hits.f.size + hits.g.size
    hidden += stored.length - hits.f.size - hits.g.size
  }), { seed: 7, numRuns: 150 })
  assert.ok(answered > 100 && hidden > 100, `${answered} calls were hits and ${hidden} none`)
})
