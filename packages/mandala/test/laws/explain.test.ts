import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { list, newArg, op, unwrap, Storage, type Op } from '../../src/index.ts'
import { FakeCode } from '../behaviour/fake-code.ts'
import { logOf, makeFolder } from '../helpers.ts'

/** What happens between two calls: calls are dropped; the program starts anew; a change is marked; or the code is edited, and an earlier call made again. */
const edit = fc.record({
  kind: fc.constant('edit' as const), component: fc.constantFrom('f', 'g', 'helper', 'N'), text: fc.constantFrom('1', '2', '3 // a comment'), again: fc.nat(99),
})
const call = fc.record({ kind: fc.constant('call' as const), op: fc.nat(5), x: fc.nat(1), y: fc.nat(2) })
const other = fc.record({ kind: fc.constantFrom('drop-f' as const, 'drop-alone' as const, 'reopen' as const, 'mark' as const, 'vacuum' as const) })
const steps = fc.array(fc.oneof({ weight: 9, arbitrary: call }, { weight: 2, arbitrary: edit }, { weight: 1, arbitrary: other }), { minLength: 3, maxLength: 30 })
const policies = fc.constantFrom('recompute' as const, 'reuse' as const)

type Step = (typeof steps extends fc.Arbitrary<infer S> ? S : never)[number]
type CallStep = Extract<Step, { readonly kind: 'call' }>

/** A program of ops that use code, take each other's results, and are nested; its functions are new each time, as in a new process. */
function makeProgram(code: FakeCode): readonly Op[] {
  const f = op('f', (x: number, y = 1) => { code.use('f'); return code.use('N') === '2' ? 0 : x + y })
  const g = op('g', async (x: number) => { code.use('g'); return (await unwrap(f(x))) % 2 })
  const h = op('h', (xs: number[], seed: number = newArg(1)) => { code.use('helper'); return xs.length + seed }, { inputs: { xs: list() } })
  const fails = op('fails', (x: number) => { if (x > 0) throw new Error('too much'); return code.use('f') })
  const plain = op('plain', (x: unknown) => { code.use('helper'); return x })
  const renewed = op('f', (x: number) => { code.use('N'); return x }, { version: 2 })
  return [f, g, h, fails, plain, renewed] as unknown as Op[]
}

/** The arguments of a call: values, or results of other calls. */
async function argumentsOf([f, g]: readonly Op[], { op: i, x, y }: { op: number; x: number; y: number }): Promise<unknown[]> {
  switch (i) {
    case 0: return y === 0 ? [x] : [x, y]
    case 1: return [y === 1 ? await f?.(x) : x]
    case 2: return [[await f?.(x), y], ...(y === 2 ? [y] : [])]
    case 4: return [y === 0 ? x : await g?.(x)]
    default: return [x]
  }
}

/** What a run does about a call, as its events tell. */
async function observe(storage: Storage, called: Op, args: readonly unknown[]): Promise<'hit' | 'miss'> {
  const log = logOf(storage)
  await storage.run(() => called(...args)).catch(() => {})
  const first = log.events.find((event) => (event.kind === 'call-hit' || event.kind === 'call-will-execute') && event.op === called.opName)
  return first?.kind === 'call-hit' ? 'hit' : 'miss'
}

for (const isTracked of [true, false]) {
  test(`a call is explained as a hit exactly if a run finds it, ${isTracked ? 'with' : 'without'} tracked code`, async (t) => {
    const folder = makeFolder(t)
    const seen = { hit: 0, miss: 0 }
    let runs = 0
    const follow = async (all: readonly Step[], onChange: 'recompute' | 'reuse'): Promise<void> => {
      const code = new FakeCode({ f: '1', g: '1', helper: '1', N: '1' })
      const path = join(folder, `${(runs += 1)}.db`)
      const open = (): Storage => (isTracked ? code.open({ path, onChange }) : new Storage({ path, deps: false }))
      let storage = open()
      let program = makeProgram(code)
      const made: CallStep[] = []
      const ask = async (step: CallStep): Promise<void> => {
        const called = program[step.op] as Op
        // A run decides of the code that changed: as plain values arguments leave that to the call that is asked about.
        const args = step.x === 1 ? await storage.run(() => argumentsOf(program, step)) : await argumentsOf(program, step)
        const { refs } = await storage.stats()
        const told = await storage.explain(called, ...args)
        assert.deepEqual((await storage.stats()).refs, refs)
        const verdict = await observe(storage, called, args)
        assert.equal(told.verdict, verdict, String(told))
        assert.equal(told.reasons.length > 0, verdict === 'miss', String(told))
        seen[verdict] += 1
        made.push(step)
      }
      for (const step of all) {
        switch (step.kind) {
          case 'call': await ask(step); break
          case 'edit': {
            code.edit(step.component, step.text)
            const again = made[step.again % made.length]
            if (again) await ask(again)
            break
          }
          case 'drop-f': await storage.drop(program[0] as Op); break
          case 'drop-alone': {
            const [first] = await storage.calls('f')
            if (first) await storage.drop(first, { dependents: false })
            break
          }
          case 'vacuum': await storage.gc(); break
          case 'mark': if (isTracked) await storage.mark('f', 'same').catch(() => {}); break
          case 'reopen': {
            await storage.close()
            storage = open()
            program = makeProgram(code)
          }
        }
      }
      await storage.close()
    }
    await fc.assert(fc.asyncProperty(steps, policies, follow), { numRuns: 60 })
    assert.ok(seen.hit > 50 && seen.miss > 50, JSON.stringify(seen))
  })
}
