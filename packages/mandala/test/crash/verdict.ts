import { existsSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { unwrap, type Ref, type Storage } from '../../src/index.ts'
import { OPS, openStore, runChains, setPace, workOf } from './program.ts'

/** More than this may no killed process lose of calls that resolved, in ms of their functions' work. */
const LOSS_MS_MAX = 10

export interface Verdict {
  /** What must not be, a sentence each. */
  readonly faults: readonly string[]
  /** Whether the writer came to its end before the kill. */
  readonly hasEnded: boolean
  readonly resolved: number
  readonly stored: number
  readonly lost: number
  readonly lostMs: number
  readonly executedAgain: number
}

/** The calls that resolved, with the work of their functions in ms; a last line that the kill cut off doesn't count. */
export function readLog(path: string): { readonly works: ReadonlyMap<string, number>; readonly hasEnded: boolean } {
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
  const works = new Map(lines.filter((line) => line !== 'end').map((line) => {
    const [name, i, ms] = line.split(' ')
    return [`${name} ${i}`, Number(ms)]
  }))
  return { works, hasEnded: lines.at(-1) === 'end' }
}

/** The names of the stored calls, and what is wrong with their outputs. */
export async function listStored(storage: Storage): Promise<{ readonly stored: ReadonlySet<string>; readonly faults: readonly string[] }> {
  const stored = new Set<string>()
  const faults: string[] = []
  for (const { op, outputs } of OPS) {
    for (const call of await storage.calls(op)) {
      const name = `${call.op} ${String(await unwrap(call.inputs['i'] as Ref<unknown>))}`
      stored.add(name)
      const found = Object.keys(call.outputs)
      if (!isDeepStrictEqual(found, [...outputs])) faults.push(`${name} is stored with the outputs ${found.join(', ') || 'none'}`)
      else if ((Object.values(await unwrap(call.outputs)) as unknown[]).includes(undefined)) faults.push(`${name} has an output without a value`)
    }
  }
  return { stored, faults }
}

/** Calls that resolved and aren't stored, with their work; a sentence if that is more than is promised. */
export function findLoss(works: ReadonlyMap<string, number>, stored: ReadonlySet<string>): { lost: number; lostMs: number; faults: string[] } {
  const lost = [...works].filter(([call]) => !stored.has(call))
  const lostMs = lost.reduce((sum, [, ms]) => sum + ms, 0)
  const faults = lostMs > LOSS_MS_MAX ? [`calls of ${lostMs.toFixed(1)} ms are lost: ${lost.map(([call]) => call).join(', ')}`] : []
  return { lost: lost.length, lostMs, faults }
}

/** Opens the store of a killed writer, looks at all that is in it, and runs the program to its end. */
export async function judge(files: { path: string; logPath: string }, steps: number, expected: unknown): Promise<Verdict> {
  const { works, hasEnded } = readLog(files.logPath)
  await using storage = openStore(files.path)
  const faults = [...(await storage.check())]
  const { stored, faults: halves } = await listStored(storage)
  const loss = findLoss(works, stored)
  const executed = await runAgain(storage, steps, expected, faults)
  for (const call of executed) if (stored.has(call)) faults.push(`${call} is stored and was executed again`)
  const after = await listStored(storage)
  for (const call of [...stored, ...executed]) if (!after.stored.has(call)) faults.push(`${call} is not stored after the end`)
  faults.push(...halves, ...loss.faults, ...after.faults, ...(await storage.check()))
  return { faults, hasEnded, resolved: works.size, stored: stored.size, lost: loss.lost, lostMs: loss.lostMs, executedAgain: executed.length }
}

/** The calls that the rest of the program needed. */
async function runAgain(storage: Storage, steps: number, expected: unknown, faults: string[]): Promise<readonly string[]> {
  setPace(0)
  workOf.clear()
  const results = await storage.run(() => runChains(steps))
  if (!isDeepStrictEqual(results, expected)) faults.push('the results are others than without a kill')
  const executed = [...workOf.keys()]
  workOf.clear()
  await storage.run({ newCalls: 'error' }, () => runChains(steps))
  if (workOf.size > 0) faults.push('a retrace executed something')
  return executed
}
