import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ComputationFrame, ExpandOptions, PendingFrame, Ref } from '../../../src/index.ts'
import { expandPlainly, findComponents, followsBy, type Start } from './expansion.ts'
import { anyProgram, OPS, runProgram, runs, type Ran } from './program.ts'
import { callsOf, readCalls, viewOf, type PlainCall } from './view.ts'

type Way = 'back' | 'forward' | 'all'

const anyOps = fc.option(fc.subarray(OPS, { minLength: 1 }), { nil: undefined, freq: 3 })
const anyOptions = fc.record({ depth: fc.option(fc.nat(4), { nil: undefined }), ops: anyOps, skip: anyOps, recursive: fc.boolean() })
const anyStart = fc.oneof(
  fc.record({ kind: fc.constant('op' as const), op: fc.constantFrom(...OPS) }),
  fc.record({ kind: fc.constant('calls' as const), picks: fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constant('refs' as const), picks: fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }), vars: fc.constantFrom(undefined, 'a', 'b') }),
)
type Chosen = typeof anyStart extends fc.Arbitrary<infer T> ? T : never

/** A frame to start from, and the same for the brute force. */
async function begin(
  { storage, refs }: Ran, all: readonly PlainCall[], chosen: Chosen,
): Promise<{ frame: ComputationFrame; vars: string | undefined; start: Start }> {
  const computed = new Set(all.flatMap(({ outputs }) => outputs.map(([, hid]) => hid)))
  const ofCalls = (calls: readonly PlainCall[]): Start => (
    {
      calls: new Set(calls.map(({ hid }) => hid)), followsGiven: false,
      refs: new Set(calls.flatMap(({ inputs, outputs }) => [...inputs, ...outputs].map(([, hid]) => hid))),
    })
  if (chosen.kind === 'op') return { frame: await storage.cf(chosen.op), vars: undefined, start: ofCalls(all.filter(({ op }) => op === chosen.op)) }
  if (chosen.kind === 'calls') {
    const calls = [...new Set(chosen.picks.map((pick) => all[pick % all.length] as PlainCall))]
    return { frame: await storage.cf(await Promise.all(calls.map(({ hid }) => storage.call(hid)))), vars: undefined, start: ofCalls(calls) }
  }
  const picked = chosen.picks.map((pick) => refs[pick % refs.length] as Ref<number>)
  const named = { a: picked.slice(0, 2), b: picked.slice(1) }
  const first = chosen.vars === undefined ? picked : named[chosen.vars]
  assert.ok(picked.every(({ hid, isHistoryless }) => isHistoryless !== computed.has(hid)))
  return { frame: await storage.cf(named), vars: chosen.vars, start: { calls: new Set(), refs: new Set(first.map(({ hid }) => hid)), followsGiven: true } }
}

function expand(frame: ComputationFrame, way: Way, options: ExpandOptions): PendingFrame {
  if (way === 'back') return frame.expandBack(options)
  if (way === 'forward') return frame.expandForward(options)
  const { recursive: _, ...rest } = options
  return frame.expandAll(rest)
}

test('an expansion finds the calls that the promise names, whatever it starts from, how deep it goes and which ops it follows', async () => {
  await fc.assert(fc.asyncProperty(anyProgram(), anyStart, fc.constantFrom<Way>('back', 'forward', 'all'), anyOptions, async (program, chosen, way, given) => {
    const ran = await runProgram(program)
    const all = await readCalls(ran.storage)
    const { frame, vars, start } = await begin(ran, all, chosen)
    const options = Object.fromEntries(Object.entries({ ...given, vars }).filter(([, value]) => value !== undefined)) as ExpandOptions
    const expanded = await expand(frame, way, options)
    assert.deepEqual(expanded.check(), [])
    const depth = given.depth ?? (way === 'all' || given.recursive ? Infinity : 1)
    const expected = expandPlainly(all, start, { back: way !== 'forward', forward: way !== 'back', depth, follows: followsBy(given.ops, given.skip) })
    const nameOf = (hid: string): string => `${all.find((call) => call.hid === hid)?.op} ${hid.slice(0, 6)}`
    assert.deepEqual([...callsOf(viewOf(expanded))].map(nameOf).sort(), [...expected].map(nameOf).sort())
    await ran.storage.close()
  }), runs(300))
})

test('an expansion to the end finds nothing more, and never loses anything on the way', async () => {
  await fc.assert(fc.asyncProperty(anyProgram(), anyStart, fc.constantFrom<Way>('back', 'forward', 'all'), async (program, chosen, way) => {
    const ran = await runProgram(program)
    const { frame } = await begin(ran, await readCalls(ran.storage), chosen)
    let last = frame
    for (const options of [{ depth: 1 }, { depth: 2 }, {}, { recursive: true }]) {
      const next = await expand(last, way, options)
      assertPart(last, next)
      last = next
    }
    const again = await expand(last, way, { recursive: true })
    assert.equal(String(again), String(last))
    assert.deepEqual(again.graph(), last.graph())
    await ran.storage.close()
  }), runs(100))
})

/** Every node of a part is in the whole, perhaps as a part of another node that it was united with. */
function assertPart(part: ComputationFrame, whole: ComputationFrame): void {
  const [a, b] = [viewOf(part), viewOf(whole)]
  for (const [name, refs] of a.variables) assert.ok([...b.variables.values()].some((theirs) => refs.isSubsetOf(theirs)), `${name} is in no variable`)
  for (const [name, calls] of a.operations) assert.ok([...b.operations.values()].some((theirs) => calls.isSubsetOf(theirs)), `${name} is in no operation`)
}

test('from wherever in a connected part of the store: all of its calls', async () => {
  await fc.assert(fc.asyncProperty(anyProgram(), fc.nat(), async (program, pick) => {
    const ran = await runProgram(program)
    const all = await readCalls(ran.storage)
    const component = findComponents(all).find((calls) => calls.has((all[pick % all.length] as PlainCall).hid)) as Set<string>
    for (const call of all) {
      if (!component.has(call.hid)) continue
      const [made] = call.outputs as [[string, string]]
      for (const source of [await ran.storage.call(call.hid), made[1]]) {
        const found = callsOf(viewOf(await ran.storage.cf(typeof source === 'string' ? [source] : source).expandAll()))
        assert.deepEqual([...found].sort(), [...component].sort())
      }
    }
    await ran.storage.close()
  }), runs(40))
})
