import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { op, Q, Storage, unwrap, type Op } from '../../src/index.ts'
import { hasCode, makeFolder } from '../helpers.ts'

/*
 * Whatever is renamed in whatever order, by two processes on one store: what ran once is a hit under the names of now, and under old ones
 * that nobody took since; nothing else ever is; and people see the names of now. The model is a list of functions with their names.
 */

const OP_NAMES = ['a', 'b', 'c', 'd', 'e']
const INPUT_NAMES = ['x', 'y', 'z']

type Pair = readonly [string, string]
type Step =
  | { readonly kind: 'call' | 'call-old'; readonly target: number; readonly args: readonly [number, number]; readonly past: number }
  | { readonly kind: 'rename-op'; readonly target: number; readonly to: string }
  | { readonly kind: 'rename-inputs'; readonly target: number; readonly to: Pair }
  | { readonly kind: 'rename-input'; readonly target: number; readonly slot: 0 | 1; readonly to: string }
  | { readonly kind: 'drop'; readonly target: number }

const target = fc.nat(2)
const opName = fc.constantFrom(...OP_NAMES)
const inputName = fc.constantFrom(...INPUT_NAMES)
const args = fc.tuple(fc.nat(1), fc.nat(1))
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('call' as const), target, args, past: fc.constant(0) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('call-old' as const), target, args, past: fc.nat(100) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('rename-op' as const), target, to: opName }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename-inputs' as const), target, to: fc.tuple(inputName, inputName) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rename-input' as const), target, slot: fc.constantFrom(0 as const, 1 as const), to: inputName }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), target }) },
)
const steps = fc.array(fc.tuple(aStep, fc.nat(1)), { minLength: 10, maxLength: 40 })

/** A function of two inputs, what it and they are called, and were. */
class Target {
  readonly id: number
  name: string
  inputs: Pair = ['x', 'y']
  formerNames = new Set<string>()
  readonly formerInputs: [Set<string>, Set<string>] = [new Set(), new Set()]
  readonly pastNames: { readonly name: string; readonly inputs: Pair }[] = []
  /** What was executed with which arguments, and not dropped. */
  readonly known = new Set<string>()
  readonly fn: (a: number, b: number) => string
  ran = 0

  constructor(id: number, name: string) {
    this.id = id
    this.name = name
    this.fn = (a, b) => {
      this.ran += 1
      return this.resultOf([a, b])
    }
  }

  resultOf(given: readonly [number, number]): string {
    return `${this.id}: ${given.join(' ')}`
  }

  as({ name, inputs }: { readonly name: string; readonly inputs: Pair }): Op {
    return op(name, this.fn as never, { inputs, output: 'out' } as never) as unknown as Op
  }

  /** What the store forgets of an op without calls whose name is taken. */
  forget(freshName: string): void {
    this.name = freshName
    this.formerNames = new Set()
    for (const former of this.formerInputs) former.clear()
    this.pastNames.length = 0
    this.inputs = ['x', 'y']
  }

  noteNames(): void {
    this.pastNames.push({ name: this.name, inputs: this.inputs })
  }
}

interface Counts { hits: number; oldHits: number; refusals: number; renamed: number }

class Model {
  readonly targets = ['a', 'b', 'c'].map((name, i) => new Target(i, name))
  readonly counts: Counts
  #fresh = 0

  constructor(counts: Counts) {
    this.counts = counts
  }

  async play(storage: Storage, step: Step): Promise<void> {
    const one = this.targets[step.target] as Target
    switch (step.kind) {
      case 'call': await this.#call(storage, one, { names: one, args: step.args }); break
      case 'call-old': await this.#callOld(storage, one, step); break
      case 'rename-op': await this.#renameOp(storage, one, step.to); break
      case 'rename-input': await this.#renameInputs(storage, one, step.slot === 0 ? [step.to, one.inputs[1]] : [one.inputs[0], step.to]); break
      case 'rename-inputs': await this.#renameInputs(storage, one, step.to); break
      case 'drop': {
        await seeOthers(storage)
        if (one.known.size > 0) await storage.drop(await storage.calls(one.name))
        one.known.clear()
      }
    }
  }

  async #call(storage: Storage, one: Target, { names, args: given }: { names: { name: string; inputs: Pair }; args: readonly [number, number] }): Promise<void> {
    const ran = one.ran
    const isKnown = one.known.has(one.resultOf(given))
    const result = await storage.run(() => unwrap(one.as(names)(...given)))
    assert.equal(result, one.resultOf(given))
    assert.equal(one.ran - ran, isKnown ? 0 : 1, `${names.name}(${names.inputs.join(', ')}) ${isKnown ? 'hits' : 'runs'}`)
    if (isKnown) this.counts.hits += 1
    one.known.add(one.resultOf(given))
  }

  /** Code from before some renamings. What it means is told only by names that nobody took since. */
  async #callOld(storage: Storage, one: Target, { args: given, past }: Step & { kind: 'call' | 'call-old' }): Promise<void> {
    const names = one.pastNames[past % one.pastNames.length]
    if (!names) return
    const owners = this.#resolveOp(names.name)
    const slots = names.inputs.map((name) => resolveInput(one, name))
    if (owners.length === 1 && owners[0] !== one) return
    const isClear = owners.length === 1 && slots.every((slot, i) => slot.length === 1 && slot[0] === i)
    if (isClear) {
      if (names.name !== one.name || names.inputs.some((name, i) => name !== one.inputs[i])) this.counts.oldHits += one.known.has(one.resultOf(given)) ? 1 : 0
      return this.#call(storage, one, { names, args: given })
    }
    const isRefused = owners.length > 1 || slots.some((slot) => slot.length > 1) || slots[0]?.[0] === slots[1]?.[0]
    if (!isRefused) return
    const ran = one.ran
    await assert.rejects(storage.run(() => one.as(names)(...given)), hasCode(owners.length > 1 ? 'OP_NAME_TAKEN' : 'INPUT_NAME_TAKEN'))
    assert.equal(one.ran, ran)
    this.counts.refusals += 1
  }

  #resolveOp(name: string): readonly Target[] {
    const holder = this.targets.filter((each) => each.name === name)
    return holder.length > 0 ? holder : this.targets.filter((each) => each.formerNames.has(name))
  }

  async #renameOp(storage: Storage, one: Target, to: string): Promise<void> {
    const holder = this.targets.find((each) => each !== one && each.name === to)
    const said = storage.renameOp(one.name, to)
    if (one.known.size === 0) return assert.rejects(said, hasCode('NOT_FOUND'))
    if (holder && holder.known.size > 0) return assert.rejects(said, hasCode('OP_NAME_TAKEN'))
    assert.deepEqual(await said, { calls: one.known.size })
    if (to === one.name) return
    this.counts.renamed += 1
    holder?.forget(`fresh${(this.#fresh += 1)}`)
    one.noteNames()
    one.formerNames.add(one.name)
    one.name = to
  }

  async #renameInputs(storage: Storage, one: Target, to: Pair): Promise<void> {
    const [x, y] = one.inputs
    const said = storage.renameInput(one.name, { [x]: to[0], [y]: to[1] })
    if (one.known.size === 0) return assert.rejects(said, hasCode('NOT_FOUND'))
    if (to[0] === to[1]) return assert.rejects(said, hasCode('INPUT_NAME_TAKEN'))
    assert.deepEqual(await said, { calls: one.known.size })
    if (to[0] === x && to[1] === y) return
    this.counts.renamed += 1
    one.noteNames()
    for (const [i, former] of one.formerInputs.entries()) if (to[i] !== one.inputs[i]) former.add(one.inputs[i] as string)
    one.inputs = to
  }

  /** What people see. */
  async expectShown(storage: Storage): Promise<void> {
    await seeOthers(storage)
    assert.deepEqual(await storage.check(), [])
    const stored = this.targets.filter(({ known }) => known.size > 0)
    assert.deepEqual((await storage.ops()).map(({ name, calls }) => [name, calls]), stored.map(({ name, known }) => [name, known.size]).sort())
    for (const one of stored) {
      const { name, inputs, known } = one
      const calls = await storage.calls(name)
      assert.deepEqual(new Set(calls.map((call) => `${call.op} ${Object.keys(call.inputs).join(' ')}`)), new Set([`${name} ${[...inputs].sort().join(' ')}`]))
      assert.ok(String(await storage.cf(name)).includes(`out = ${name}(${[...inputs].sort().join(', ')})`))
      const [x, y] = [Q<number>(), Q<number>()]
      const table = await storage.df({ x, y, out: one.as(one).match({ [inputs[0]]: x, [inputs[1]]: y }) })
      const rows = table.objects() as { x: number; y: number; out: string }[]
      assert.deepEqual(new Set(rows.map((row) => row.out)), known)
      for (const row of rows) assert.equal(row.out, one.resultOf([row.x, row.y]))
    }
  }
}

/** A run sees all that others did before it. */
async function seeOthers(storage: Storage): Promise<void> {
  await storage.run(() => {})
}

/** The slots that a name may mean. */
function resolveInput(one: Target, name: string): readonly number[] {
  const now = one.inputs.indexOf(name)
  return now >= 0 ? [now] : [0, 1].filter((slot) => (one.formerInputs[slot] as Set<string>).has(name))
}

test('after any renamings all that ran is a hit, nothing else is, and the names of now are shown', async (t: TestContext) => {
  const folder = makeFolder(t)
  const counts: Counts = { hits: 0, oldHits: 0, refusals: 0, renamed: 0 }
  let run = 0
  await fc.assert(fc.asyncProperty(steps, async (program) => {
    const path = join(folder, `${(run += 1)}.db`)
    await using first = new Storage(path)
    await using second = new Storage(path)
    const model = new Model(counts)
    for (const [step, process] of program) await model.play(process === 0 ? first : second, step)
    await model.expectShown(first)
    await using later = new Storage(path)
    await model.expectShown(later)
    for (const { id, pastNames } of model.targets) {
      for (const given of [[0, 0], [1, 0]] as const) {
        await model.play(later, { kind: 'call', target: id, args: given, past: 0 })
        for (const past of pastNames.keys()) await model.play(later, { kind: 'call-old', target: id, args: given, past })
      }
    }
  }), { seed: 6, numRuns: 60, endOnFailure: true })
  for (const [what, count] of Object.entries(counts)) assert.ok(count > 20, `only ${count} ${what}`)
})
