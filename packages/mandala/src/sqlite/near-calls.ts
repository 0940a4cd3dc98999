import type { NearCalls, Store } from '../store/store.ts'
import { CALLS_AT, readLinked } from './read-calls.ts'
import { allRows, type Statements } from './statements.ts'

/** Of each input so many uses are looked at: those of a common one may be in the millions. */
const USES_MAX = 1_000
const OF_EACH_MAX = 50

const OPS = 'SELECT id FROM ops WHERE name = ?'
const LATEST = 'SELECT id FROM calls WHERE op = ? ORDER BY id DESC LIMIT ?'
// In the order of the index; whose calls they are is looked at afterwards.
const USES = `
  SELECT calls.id FROM (SELECT io.call FROM io JOIN refs ON refs.id = io.ref WHERE refs.hid = unhex(?) AND io.slot = ? ORDER BY io.call DESC LIMIT ?) AS used
  JOIN calls ON calls.id = used.call WHERE calls.op IN (${OPS})`

export function readNear(statements: Statements, { op, inputs, limit }: Parameters<Store['readNear']>[0]): NearCalls {
  const latest = allRows<[number]>(statements.get(OPS), op).flatMap(([id]) => allRows<[number]>(statements.get(LATEST), id, limit + 1).map(([call]) => call))
  const shared = new Map<number, number>()
  const chosen = new Set(latest.toSorted(descending).slice(0, limit))
  for (const hid of inputs) {
    // Slots are in the order of names: one input more or less moves the others.
    const slots = Array.from({ length: inputs.length + 1 }, (_, slot) => slot)
    const uses = slots.flatMap((slot) => allRows<[number]>(statements.get(USES), hid, slot, USES_MAX, op).map(([call]) => call)).sort(descending)
    for (const call of uses) shared.set(call, (shared.get(call) ?? 0) + 1)
    // A rare input says more than any number of later calls that share a common one.
    for (const call of uses.slice(0, OF_EACH_MAX)) chosen.add(call)
  }
  for (const [call] of [...shared].sort(([a, x], [b, y]) => y - x || b - a).slice(0, limit)) chosen.add(call)
  return { calls: readLinked(statements, CALLS_AT, JSON.stringify([...chosen])).reverse(), isAll: latest.length <= limit }
}

const descending = (a: number, b: number): number => b - a
