import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { list, op, unwrap, wrap, type CallHistoryId, type DropOptions, type Dropped, type Op, type Ref, type Storage } from '../../../src/index.ts'
import { isStructureOp } from '../../../src/model/structure.ts'
import { FakeCode } from '../../behaviour/fake-code.ts'
import { hasCode, logOf, makePath, type EventLog } from '../../helpers.ts'
import { FUNCTIONS, Model, newPass, type OpName, type Program, type Step } from './model.ts'

/*
 * Programs run, calls are dropped in every way, garbage is collected, code is edited and taken back, days pass. After each step the store has
 * exactly the calls of a model, exactly those hit that it says, and what a dry run says is what happens.
 */

const OPS = ['inc', 'dbl', 'pair', 'sum', 'outer'] as const
const DAY_MS = 86_400_000
const START_MS = Date.UTC(2030, 0, 1, 12)

interface Action {
  readonly kind:
    | 'run' | 'refresh' | 'drop-op' | 'drop-call' | 'drop-run' | 'drop-version' | 'older' | 'unused' | 'size' | 'outdated' | 'edit' | 'day' | 'reopen'
  readonly program: number
  readonly op: OpName
  readonly n: number
  readonly dependents: boolean
}

const step = fc.tuple(fc.constantFrom(...OPS), fc.nat(9), fc.nat(9)) as fc.Arbitrary<Step>
const programs = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 3, maxLength: 3 })
const actions = fc.array(fc.record<Action>({
  kind: fc.constantFrom(
    'run', 'run', 'run', 'run', 'day', 'day', 'day', 'refresh', 'drop-op', 'drop-call', 'drop-run', 'drop-version',
    'older', 'unused', 'size', 'outdated', 'outdated', 'edit', 'edit', 'reopen',
  ),
  program: fc.nat(2), op: fc.constantFrom(...OPS), n: fc.nat(5), dependents: fc.boolean(),
}), { minLength: 5, maxLength: 25 })

function makeOps(code: FakeCode): Readonly<Record<OpName, Op>> {
  const k = (name: OpName): number => Number(code.use(name))
  const inc = op('inc', (x: number) => FUNCTIONS.inc(k('inc'), x))
  const dbl = op('dbl', (x: number) => FUNCTIONS.dbl(k('dbl'), x))
  const outer = op('outer', async (x: number) => {
    const a = await unwrap(inc(x))
    return FUNCTIONS.outer(k('outer'), a, await unwrap(dbl(a)))
  })
  const pair = op('pair', (x: number) => FUNCTIONS.pair(k('pair'), x), { output: list() })
  const sum = op('sum', (xs: readonly number[]) => FUNCTIONS.sum(k('sum'), xs), { inputs: { xs: list() } })
  return { inc, dbl, outer, pair, sum } as unknown as Readonly<Record<OpName, Op>>
}

class Trial {
  readonly model = new Model()
  readonly code = new FakeCode({ inc: '0', dbl: '0', pair: '0', sum: '0', outer: '0' })
  readonly #programs: readonly Program[]
  readonly #path: string | undefined
  readonly #setTime: (ms: number) => void
  storage: Storage
  #log: EventLog
  readonly #ops: Readonly<Record<OpName, Op>> = makeOps(this.code)

  constructor(given: readonly Program[], path: string | undefined, setTime: (ms: number) => void) {
    this.#programs = given
    this.#path = path
    this.#setTime = setTime
    this.storage = this.#open()
    this.#log = logOf(this.storage)
  }

  #open(): Storage {
    return this.code.open(this.#path === undefined ? {} : { path: this.#path })
  }

  async #block(program: Program): Promise<unknown[]> {
    const refs: Ref<unknown>[] = [wrap(1), wrap(2)]
    const pick = (i: number): Ref<unknown> => refs[i % refs.length] as Ref<unknown>
    for (const [name, first, second] of program) {
      const call = this.#ops[name]
      if (name === 'pair') for (const element of (await call(pick(first))) as unknown as Iterable<Ref<unknown>>) refs.push(element)
      else refs.push(await (name === 'sum' ? call([pick(first), pick(second)]) : call(pick(first))) as Ref<unknown>)
    }
    return unwrap(refs)
  }

  async run(program: Program, refresh: readonly OpName[]): Promise<void> {
    const pass = newPass(refresh)
    const expected = this.model.run(program, pass)
    this.#log.take()
    const block = (): Promise<unknown[]> => this.#block(program)
    const found = refresh.length === 0 ? await this.storage.run(block) : await this.storage.run({ refresh: refresh.map((name) => this.#ops[name]) }, block)
    assert.deepEqual(found, expected)
    assert.deepEqual(this.#log.take().filter((line) => /^(hit|run)/.test(line)), pass.log)
  }

  async play({ kind, program, op: name, n, dependents }: Action): Promise<void> {
    const { model, storage } = this
    const chosen = this.#programs[program] as Program
    const since = model.day + 1 - (n % 3)
    switch (kind) {
      case 'run': return this.run(chosen, [])
      case 'refresh': return this.run(chosen, [name])
      case 'drop-run': return this.#dropRun(chosen)
      case 'edit': {
        model.code[name] = n % 3
        return this.code.edit(name, String(n % 3))
      }
      case 'day': {
        model.day += 1
        return this.#setTime(START_MS + model.day * DAY_MS)
      }
      case 'drop-op': return this.#drop(model.list((call) => call.op === name), dependents, (options) => storage.drop(this.#ops[name], options))
      case 'drop-call': {
        const hid = [...this.#keys].filter(([, key]) => model.calls.has(key))[n]?.[0]
        if (hid !== undefined) await this.#drop(new Set([this.#keys.get(hid) as string]), dependents, (options) => storage.drop(hid, options))
        return
      }
      case 'drop-version': {
        const version = (await storage.versions(name))[n % 3]
        if (!version) return
        const used = version.dependencies.map(({ component, source }) => `${component}=${source}`).sort().join()
        return this.#drop(model.list((call) => call.op === name && call.text === used), true, ({ dryRun }) => storage.dropVersion(version.id, { dryRun }))
      }
      case 'older': return this.#drop(model.list((call) => call.startedDay < since), false, ({ dryRun }) => storage.gc({ olderThan: startOf(since), dryRun }))
      case 'unused': return this.#drop(model.list((call) => call.usedDay < since), false, ({ dryRun }) => storage.gc({ unusedSince: startOf(since), dryRun }))
      case 'outdated': {
        const goes = model.list((call) => !model.isCurrent(call) && (!dependents || call.usedDay < since))
        return this.#drop(goes, false, ({ dryRun }) => storage.gc({ unreachableVersions: dependents ? startOf(since) : true, dryRun }))
      }
      case 'size': return this.#collectBySize(n)
      case 'reopen': {
        if (this.#path === undefined) return
        await storage.close()
        this.storage = this.#open()
        this.#log = logOf(this.storage)
      }
    }
  }

  /** Exactly the given calls go, with what was computed from them if that is asked for. */
  async #drop(chosen: ReadonlySet<string>, dependents: boolean, drop: (options: Required<DropOptions>) => Promise<Dropped>): Promise<void> {
    const goes = dependents ? this.model.withDependents(chosen) : chosen
    const planned = await drop({ dependents, dryRun: true })
    await this.expectSame()
    assert.deepEqual(await drop({ dependents, dryRun: false }), planned)
    assert.equal(planned.ops.reduce((sum, { name, calls }) => sum + (isStructureOp(name) ? 0 : calls), 0), goes.size)
    assert.equal(planned.ops.reduce((sum, { name, dependents: n }) => sum + (isStructureOp(name) ? 0 : n), 0), goes.size - chosen.size)
    this.model.drop(goes)
  }

  async #dropRun(program: Program): Promise<void> {
    const retraced = new Model()
    Object.assign(retraced.code, this.model.code)
    for (const [key, call] of this.model.calls) retraced.calls.set(key, { ...call, inner: new Set(call.inner) })
    const pass = newPass()
    retraced.run(program, pass)
    const block = (): Promise<unknown> => this.#block(program)
    if (pass.log.some((line) => line.startsWith('run'))) {
      await assert.rejects(this.storage.run({ mode: 'drop' }, block), hasCode('NEW_CALL_REFUSED'))
      return
    }
    // Met by its history, the call itself; by its contents, all that could have answered.
    const goes = this.model.list(() => false)
    for (const [i, key] of pass.keys.entries()) {
      const content = retraced.calls.get(key)?.content
      if (this.model.calls.has(key)) goes.add(key)
      else if (pass.log[i]) for (const equal of this.model.list((call) => call.content === content)) goes.add(equal)
    }
    await this.#drop(goes, false, ({ dryRun }) => this.storage.run({ mode: 'drop', dryRun }, block))
  }

  /** As few of the least recently used as make the rest fit. */
  async #collectBySize(n: number): Promise<void> {
    const { storage, model } = this
    await storage.gc()
    const { valueBytes } = await storage.stats()
    const maxBytes = Math.floor((valueBytes * n) / 5)
    const hids = new Map(Array.from(this.#keys, ([hid, key]) => [key, hid]))
    const order = model.byUse()
    const freedBy = async (count: number): Promise<number> =>
      (await storage.drop(order.slice(0, count).map((key) => hids.get(key) as CallHistoryId), { dependents: false, dryRun: true })).bytes
    let count = 0
    while (valueBytes - (await freedBy(count)) > maxBytes) count += 1
    await this.#drop(new Set(order.slice(0, count)), false, ({ dryRun }) => storage.gc({ maxBytes, dryRun }))
    assert.ok((await storage.stats()).valueBytes <= maxBytes)
  }

  readonly #keys = new Map<CallHistoryId, string>()
  readonly #histories = new Map<string, string>()

  /** The store has the calls of the model, no more and no fewer, and nothing is wrong with it. */
  async expectSame(): Promise<void> {
    const { storage, model } = this
    const found: string[] = []
    for (const name of OPS) {
      if ((await storage.ops()).every((each) => each.name !== name)) continue
      for (const call of await storage.calls(name)) {
        let key = this.#keys.get(call.hid)
        if (key === undefined) {
          // It was recorded just now, when all that it came from was met.
          const inputs = await Promise.all(Object.values(call.inputs).map((ref) => this.#historyOf(ref)))
          key = `${name}(${inputs.join()})@${model.textOf(name)}`
          this.#keys.set(call.hid, key)
          this.#histories.set((call.outputs['output'] as Ref<unknown>).hid, key)
        }
        found.push(key)
      }
    }
    assert.deepEqual(found.sort(), [...model.calls.keys()].sort())
    assert.deepEqual(await storage.check(), [])
  }

  async #historyOf(ref: Ref<unknown>): Promise<string> {
    const known = this.#histories.get(ref.hid)
    if (known !== undefined) return known
    const creator = await this.storage.creator(ref)
    if (!creator) return `#${await unwrap(ref) as number}`
    const { list: whole, i } = creator.inputs
    if (creator.op === '__list_getitem__') return `${await this.#historyOf(whole as Ref<unknown>)}[${await unwrap(i) as number}]`
    const inputs = await Promise.all(Object.values(creator.inputs).map((each) => this.#historyOf(each)))
    if (creator.op === '__make_list__') return `[${inputs.join()}]`
    return `${creator.op}(${inputs.join()})@${this.model.textOf(creator.op as OpName)}`
  }
}

const startOf = (day: number): Date => new Date(START_MS - DAY_MS / 2 + day * DAY_MS)

async function play(t: TestContext, given: readonly Program[], path: string | undefined, todo: readonly Action[], counts: Map<string, number>): Promise<void> {
  t.mock.timers.enable({ apis: ['Date'], now: START_MS })
  try {
    const trial = new Trial(given, path, (ms) => t.mock.timers.setTime(ms))
    for (const action of [...todo, ...given.map((_, program) => ({ kind: 'run', program, op: 'inc', n: 0, dependents: false } as const))]) {
      const before = trial.model.calls.size
      await trial.play(action)
      await trial.expectSame()
      if (trial.model.calls.size < before) counts.set(action.kind, (counts.get(action.kind) ?? 0) + 1)
    }
    await trial.storage.close()
  } finally {
    t.mock.timers.reset()
  }
}

for (const [where, runs] of [['in memory', 150], ['in a file, opened again now and then', 25]] as const) {
  test(`whatever is run, edited, dropped and collected, the store has what a model has and hits where it does, ${where}`, async (t) => {
    const counts = new Map<string, number>()
    await fc.assert(fc.asyncProperty(programs, actions, async (given, todo) => {
      await play(t, given, where === 'in memory' ? undefined : makePath(t), todo, counts)
    }), { seed: 11, numRuns: runs })
    if (where !== 'in memory') return
    for (const kind of ['drop-op', 'drop-call', 'drop-run', 'drop-version', 'older', 'unused', 'size', 'outdated']) {
      const times = counts.get(kind) ?? 0
      assert.ok(times > 4, `${kind} took something ${times} times`)
    }
  })
}
