import { list, op, Storage, unwrap, value, type Tracked } from '../../src/index.ts'

/** What the functions did in this process: the work of each by the name of its call, in ms. */
export const workOf = new Map<string, number>()

let pace = 1

/** How much of its work a function really does; none for a look at what would be executed. */
export function setPace(factor: number): void {
  pace = factor
}

/** Keeps the processor busy, notes for how long, and gives the result. */
function work<T>(call: string, ms: number, compute: () => T): T {
  const started = performance.now()
  while (performance.now() - started < ms * pace);
  const result = compute()
  workOf.set(call, performance.now() - started)
  return result
}

const cheap = op(function cheap(x: number, i: number) { return work(`cheap ${i}`, 0, () => (x * 31 + i) % 10_007) })
const quick = op(function quick(x: number, i: number) { return work(`quick ${i}`, 0.3, () => (x * 17 + i) % 10_007) })
const pieces = op(function pieces(x: number, i: number) { return work(`pieces ${i}`, 1 + (i % 3), () => [x, x + i, x * 2]) }, { output: list() })
const addUp = op(
  function addUp(xs: readonly number[], i: number) { return work(`addUp ${i}`, 0, () => xs.reduce((a, b) => a + b, i) % 10_007) },
  { inputs: { xs: list() } },
)
const split = op(
  function split(x: number, i: number) { return work(`split ${i}`, 15, () => ({ half: Math.floor(x / 2), rest: [x % 2, `split ${i}`] })) },
  { outputs: { half: value(), rest: list() } },
)
const large = op(function large(x: number, i: number) { return work(`large ${i}`, 1, () => new Uint8Array(3000).fill(x + i)) })
const waiting = op(async function waiting(x: number, i: number) {
  await new Promise((resolve) => setTimeout(resolve, pace))
  return work(`waiting ${i}`, 0, () => x + i)
})
const block = op(function block(ms: number, i: number) { return work(`block ${i}`, ms, () => ms) })

/** All ops of the program with the names of their outputs. */
export const OPS = [
  { op: cheap, outputs: ['output'] }, { op: quick, outputs: ['output'] }, { op: pieces, outputs: ['output'] }, { op: addUp, outputs: ['output'] },
  { op: split, outputs: ['half', 'rest'] }, { op: large, outputs: ['output'] }, { op: waiting, outputs: ['output'] }, { op: block, outputs: ['output'] },
] as const

/** Opens a store in which the larger values of the program are files. */
export function openStore(path: string): Storage {
  return new Storage({ path, overflow: { thresholdMB: 0.002 } })
}

type Report = (call: string) => void

/**
 * Chains of calls, each on the result of the one before; cheap ones, ones of 1 to 3 ms, ones of 15 ms, with lists and several outputs.
 * @param report is told of each call as soon as it resolved, before the next one starts
 */
export async function runChains(steps: number, report: Report = () => {}): Promise<unknown> {
  const results: unknown[] = []
  const keep = async <T>(call: string, result: Promise<T>): Promise<T> => {
    // Calls side by side end in any order.
    const place = results.push(undefined) - 1
    const kept = await result
    report(call)
    results[place] = kept
    return kept
  }
  let x: Tracked<number> = 1
  for (let i = 0; i < steps; i += 1) {
    for (let j = 0; j < 4; j += 1) x = await keep(`cheap ${i * 10 + j}`, cheap(x, i * 10 + j))
    x = await keep(`quick ${i}`, quick(x, i))
    // As much cheap work in a row as may wait for one commit, and more.
    if (i % 12 === 5) for (let j = 100; j < 130; j += 1) x = await keep(`quick ${i * 1000 + j}`, quick(x, i * 1000 + j))
    if (i % 2 === 0) x = await keep(`addUp ${i}`, addUp(await keep(`pieces ${i}`, pieces(x, i)), i))
    if (i % 7 === 3) x = (await keep(`split ${i}`, split(x, i))).half
    if (i % 3 === 1) await keep(`large ${i}`, large(x, i))
    if (i % 5 === 2) x = await keep(`waiting ${i}`, waiting(x, i))
    if (i % 4 === 2) await Promise.all([4, 5, 6].map((j) => keep(`cheap ${i * 10 + j}`, cheap(x, i * 10 + j))))
  }
  return unwrap(results)
}

/** A call of 1 ms, then a function that holds the event loop for a second. */
export async function runBlocked(report: Report): Promise<void> {
  await pieces(1, 0)
  report('pieces 0')
  await block(1000, 1)
  report('block 1')
}
