import { list, MandalaError, op, unwrap, value, type Storage } from '../../src/index.ts'

const OWN = 250
const SHARED = 250
/** How many calls a writer makes. */
export const CALLS = OWN + SHARED

let executed = 0

function work(ms: number): void {
  executed += 1
  const started = performance.now()
  while (performance.now() - started < ms);
}

export const common = op(function common(i: number) { work(i % 10 === 0 ? 1 : 0); return `common ${i}` })
export const own = op(
  function own(writer: number, i: number) { work(i % 25 === 0 ? 1 : 0); return { sum: writer * 1000 + i, parts: [writer, i] } },
  { outputs: { sum: value(), parts: list() } },
)
/** Differs in each process, as a function must not. */
export const noisy = op(function noisy(i: number) { return `${i} ${process.pid}` })
export const lengthen = op(function lengthen(text: string) { return `${text}!` })
export const create = op(function create(writer: number) { return writer })

export interface Outcome {
  readonly executed: number
  /** Results that aren't what they should be, a sentence each. */
  readonly wrong: readonly string[]
}

type Program = (storage: Storage, writer: number) => Promise<Outcome>

/** Half of the calls are those of all writers, in two orders; half are this writer's alone. */
const mix: Program = (storage, writer) => storage.run(async () => {
  const wrong: string[] = []
  for (let n = 0; n < SHARED; n += 1) {
    const i = (n + (writer % 2) * 125) % SHARED
    const text = await unwrap(await common(i))
    if (text !== `common ${i}`) wrong.push(`common(${i}) gave ${text}`)
    const { sum, parts } = await unwrap(await own(writer, n))
    if (sum !== writer * 1000 + n || parts.join() !== `${writer},${n}`) wrong.push(`own(${writer}, ${n}) gave ${sum} and ${parts.join()}`)
    if (n % 50 === 0) await new Promise(setImmediate)
  }
  return { executed, wrong }
})

/** Every process computes something else, and goes on from what it got; what it then finds may be computed from another's result. */
const disagree: Program = (storage) => storage.run(async () => {
  const wrong: string[] = []
  for (let i = 0; i < 100; i += 1) {
    const first = await noisy(i)
    const longer = await unwrap(await lengthen(first))
    if (!new RegExp(`^${i} \\d+!$`).test(longer)) wrong.push(`lengthen(${await unwrap(first)}) gave ${longer}`)
    if (i % 10 === 0) await new Promise(setImmediate)
  }
  return { executed, wrong }
})

const createOne: Program = (storage, writer) => storage.run(async () => {
  const made = await unwrap(await create(writer))
  return { executed, wrong: made === writer ? [] : [`create(${writer}) gave ${made}`] }
})

export const grow = op(function grow(row: readonly number[], by: number) { return row.map((x) => x + by) })
export const table = op(
  function table(i: number) { work(i % 8 === 0 ? 1 : 0); return Array.from({ length: 3 }, (_, n) => Array.from({ length: 40 }, () => i + n)) },
  { output: list() },
)
export const weigh = op(async function weigh(i: number) { return (await unwrap(table(i))).flat().length + i })

const ROUNDS = 12
const DAY_MS = 86_400_000

function expectRefused(error: unknown): void {
  if (!(error instanceof MandalaError && (error.code === 'NEW_CALL_REFUSED' || error.code === 'VALUE_DAMAGED'))) throw error
}

/** The first two make the same calls again and again, on lists, in lists and inside calls; the others delete them meanwhile. */
const churn: Program = async (storage, writer) => {
  const wrong: string[] = []
  const expect = (what: string, got: unknown, right: unknown): void => {
    if (JSON.stringify(got) !== JSON.stringify(right)) wrong.push(`${what} gave ${JSON.stringify(got)}`)
  }
  const write = async (round: number): Promise<void> => {
    for (let n = 0; n < 24; n += 1) {
      const i = (n + writer * 12) % 24
      const rows = await table(i)
      let k = 0
      for (const row of rows) {
        expect(`grow(table(${i})[${k}])`, (await unwrap(grow(row, 1)))[0], i + k + 1)
        k += 1
      }
      expect(`weigh(${i})`, await unwrap(weigh(i)), 120 + i)
      expect(`grow([…${i}])`, await unwrap(grow([common(i), own(writer, round)] as never, 1)), [`common ${i}1`, '[object Object]1'])
      if (n % 8 === 0) await new Promise(setImmediate)
    }
  }
  const remove = async (round: number): Promise<void> => {
    const [op, dependents] = [[table, grow, weigh, common][round % 4] as typeof table, round % 3 > 0]
    await storage.drop(op, { dependents, dryRun: round % 5 === 0 })
    const rules = [{ olderThan: new Date(Date.now() - 5) }, { maxBytes: 2000 }, { unusedSince: new Date(Date.now() + DAY_MS) }]
    await storage.gc(rules[round % 3])
    // All or nothing: what another process dropped meanwhile ends the retrace.
    await storage.run({ mode: 'drop' }, async () => { for (let i = 0; i < 4; i += 1) for (const row of await table(i)) await grow(row, 1) }).catch(expectRefused)
    for (const fault of await storage.check()) wrong.push(fault)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  for (let round = 0; round < ROUNDS; round += 1) await (writer < 2 ? storage.run(() => write(round)) : remove(round))
  return { executed, wrong }
}

export const PROGRAMS: Readonly<Record<string, Program>> = { mix, disagree, createOne, churn }
