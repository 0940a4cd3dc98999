import fc from 'fast-check'
import { dict, list, op, set, Storage, wrap, type DictRef, type Ref } from '../../../src/index.ts'

/* Random programs over a few small ops that between them do all that makes frames hard. */

const mod = (n: number): number => ((n % 5) + 5) % 5

const start = op('start', () => 1, { output: 's' })
const inc = op('inc', (x: number) => mod(x + 1), { output: 'y' })
const incAgain = op('inc', inc.fn, { output: 'y', version: 2 })
const neg = op('neg', (x: number) => mod(-x))
const add = op('add', (y: number, z: number = 1) => mod(y + z), { output: 'w' })
const pair = op('pair', (a: number, b: number) => ({ p: mod(a + b), q: mod(a - b) }), { outputs: ['p', 'q'] })
const same = op('same', (x: number) => x, { output: 'x' })
const step = op('step', (v: number) => mod(v * 2))
const ping = op('ping', (x: number) => mod(x + 2), { output: 'u' })
const pong = op('pong', (u: number) => mod(u * 3), { output: 'x' })
const rest = op('rest', (first: number, ...more: number[]) => mod(more.reduce((sum, each) => sum + each, first)))
const total = op('total', (ys: number[]) => mod(ys.reduce((sum, each) => sum + each, 0)), { inputs: { ys: list() }, output: 'sum' })
const range = op('range', (n: number) => Array.from({ length: n % 4 }, (_, i) => i), { output: { squares: list() } })
const scores = op('scores', (n: number) => ({ low: mod(n), high: mod(n + 3) }), { output: dict() })
const weigh = op('weigh', (of: Record<string, number>) => mod(Object.values(of).length), { inputs: { of: dict() } })
const unique = op('unique', (n: number) => new Set([mod(n), mod(n + 1)]), { output: set() })

/** Names under which frames can start. */
export const OPS = [
  'start', 'inc', 'neg', 'add', 'pair', 'same', 'step', 'ping', 'pong',
  'rest', 'total', 'range', 'scores', 'weigh', 'unique', '__make_list__', '__list_getitem__',
]

/** A call: which op, and which of the numbers there are by then it takes. */
export interface Step {
  readonly op: number
  readonly args: readonly number[]
}

export type Program = readonly Step[]

const anyStep = fc.record({ op: fc.nat(31), args: fc.array(fc.nat(30), { minLength: 3, maxLength: 3 }) })

/** Programs of so many calls; more where collections come in. */
export const anyProgram = (maxLength = 12): fc.Arbitrary<Program> => fc.array(anyStep, { minLength: 2, maxLength })

type Numbers = (Ref<number> | number)[]

/** What a step does to the numbers that there are: constants first, then what was computed. */
async function runStep(step_: Step, numbers: Numbers): Promise<void> {
  const [a, b, c] = step_.args.map((arg) => numbers[arg % numbers.length]) as [number, number, number]
  const last = numbers.at(-1) as number
  const add_ = (given: unknown): void => void numbers.push(given as number)
  switch (step_.op) {
    case 0: return add_(await start())
    case 1: return add_(await incAgain(a))
    case 2: case 3: return add_(await inc(a))
    case 4: case 5: return add_(await neg(a))
    case 6: case 7: case 8: return add_(await add(a, b))
    case 9: return add_(await add(a))
    case 10: case 11: case 12: {
      const { p, q } = await pair(a, b)
      numbers.push(p as number, q as number)
      return
    }
    case 13: return add_(await same(last))
    case 14: return add_(await step(await step(await step(a)) as number))
    case 15: case 16: case 17: return add_(await step(last))
    case 18: return add_(await ping(last))
    case 19: return add_(await pong(last))
    case 20: return add_(await pong(await ping(await pong(await ping(a)))))
    case 21: return add_(await rest(a, b, c))
    case 22: return add_(await rest(a))
    case 23: return add_(await total([a, b, last]))
    case 24: return add_(await total([a, a]))
    case 25: return add_(await total([]))
    case 26: return void numbers.push(...((await range(a)) as unknown as Iterable<number>))
    case 27: return add_(await total((await range(last)) as never))
    case 28: return void ((await scores(a)) as unknown as DictRef<Record<string, number>>).elements.forEach(add_)
    case 29: return add_(await weigh({ a, b } as never))
    case 30: return add_(await weigh((await scores(last)) as never))
    default: return void numbers.push(...((await unique(a)) as unknown as Iterable<number>))
  }
}

export interface Ran {
  readonly storage: Storage
  /** All numbers that the program had, constants as Refs too. */
  readonly refs: readonly Ref<number>[]
}

/** Runs a program in a storage of its own. */
export async function runProgram(program: Program, storage: Storage = new Storage()): Promise<Ran> {
  const numbers: Numbers = [0, 1, 2]
  await storage.run(async () => { for (const each of program) await runStep(each, numbers) })
  return { storage, refs: numbers.map((each) => (typeof each === 'number' ? wrap(each) : each)) }
}

/** `MANDALA_RUNS` multiplies the number of programs; a failure is made smaller for some seconds. */
export function runs(numRuns: number): fc.Parameters<unknown> & { readonly seed: number } {
  const times = Number(process.env['MANDALA_RUNS'] ?? 1)
  const seed = Number(process.env['MANDALA_SEED'] ?? 20261126)
  return { seed, numRuns: Math.ceil(numRuns * times), includeErrorInReport: true, interruptAfterTimeLimit: 15_000 * Math.max(1, times) }
}
