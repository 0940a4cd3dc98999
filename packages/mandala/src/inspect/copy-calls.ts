import type { CallHistoryId, ContentId } from '../base/ids.ts'
import { isStructureOp, STRUCTURE_OPS } from '../model/structure.ts'
import type { LinkedCall, Store, StoredCall, StoredValue } from '../store/store.ts'

const CALLS_AT_ONCE = 500
const BYTES_AT_ONCE = 16 << 20

/** What a copy brought; again, it brings nothing. */
export interface Copied {
  /** Calls that the other store did not have; those by which collections are tied to their elements count too. */
  readonly calls: number
  /** Calls that it had. */
  readonly known: number
  /** Calls whose history it knows with another result: there its own stands. Functions with hidden inputs bring that about. */
  readonly conflicts: number
  readonly values: number
  readonly bytes: number
}

/**
 * Copies calls with their values, code and tags from one store to another; ids stay what they are, byte for byte. In batches, each whole:
 * what was copied before something fails stays, and copying again goes on from there.
 * @param hids all calls if undefined
 */
export async function copyCalls(from: Store, to: Store, hids: readonly CallHistoryId[] | undefined): Promise<Copied> {
  await copyCode(from, to)
  const sum = { calls: 0, known: 0, conflicts: 0, values: 0, bytes: 0 }
  const copied = new Set<ContentId>()
  for await (const calls of hids ? listChosen(from, hids) : listAll(from)) {
    const there = new Map((await to.readCallsById(calls.map(({ hid }) => hid))).map((call) => [call.hid, call]))
    const added = calls.filter(({ hid }) => !there.has(hid))
    for (const call of calls) if (there.has(call.hid) && !sameOutputs(call, there.get(call.hid) as LinkedCall)) sum.conflicts += 1
    sum.known += there.size
    await copyValues({ from, to, copied }, added, sum)
    await to.putBatch({ calls: await Promise.all(added.map(async ({ hid }) => (await from.findCall(hid)) as StoredCall)), values: [] })
    const taken = await to.readCallsById(added.map(({ hid }) => hid))
    sum.calls += taken.length
    sum.conflicts += added.length - taken.length
  }
  await copyNames(from, to)
  for (const { target, tags } of await from.readAllTags()) {
    const isThere = (await to.readCallsById([target as string as CallHistoryId])).length > 0 || (await to.readRefs([target])).length > 0
    if (isThere) await to.putTags(target, { ...tags, ...(await to.readTags(target)) })
  }
  return sum
}

/** A name that is in use there stays with who has it; what was renamed there keeps the name that it got. */
async function copyNames(from: Store, to: Store): Promise<void> {
  const known = await to.readAliases()
  for (const alias of await from.readAliases()) {
    const isTaken = known.some(({ op, input, name }) => op === alias.op && input === alias.input || (name === alias.name && input === alias.input))
      || (alias.input === undefined && (await to.listVersions(alias.name)).length > 0)
    if (!isTaken) await to.rename({ aliases: [alias], revision: await to.aliasRevision(), unused: [] })
  }
}

/** What is decided there of a content stands. */
async function copyCode(from: Store, to: Store): Promise<void> {
  await to.putBatch({ calls: [], values: [], commits: await from.readCommits(), versions: await from.readVersions() })
}

interface Copying {
  readonly from: Store
  readonly to: Store
  /** Contents that were looked at already. */
  readonly copied: Set<ContentId>
}

async function copyValues({ from, to, copied }: Copying, calls: readonly LinkedCall[], sum: { values: number; bytes: number }): Promise<void> {
  let values: StoredValue[] = []
  let bytes = 0
  for (const { cid } of calls.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])) {
    if (copied.has(cid)) continue
    copied.add(cid)
    if ((await to.loadValue(cid))?.bytes) continue
    const value = await from.loadValue(cid)
    if (!value) continue
    values.push(value)
    bytes += value.bytes?.length ?? 0
    sum.values += 1
    sum.bytes += value.bytes?.length ?? 0
    if (bytes < BYTES_AT_ONCE) continue
    await to.putBatch({ calls: [], values })
    values = []
    bytes = 0
  }
  await to.putBatch({ calls: [], values })
}

function sameOutputs(a: LinkedCall, b: LinkedCall): boolean {
  return a.outputs.every(({ cid }, i) => b.outputs[i]?.cid === cid)
}

async function* listAll(store: Store): AsyncGenerator<readonly LinkedCall[]> {
  for (let after = 0; ; ) {
    const calls = await store.readCalls({ op: undefined, after, limit: CALLS_AT_ONCE })
    const last = calls.at(-1)
    if (!last) return
    yield calls
    after = last.order
  }
}

/** In the order in which they were stored: the calls that a function made come before its own. */
async function* listChosen(store: Store, hids: readonly CallHistoryId[]): AsyncGenerator<readonly LinkedCall[]> {
  const orders = [...(await findAllBehind(store, hids))].sort(([, a], [, b]) => a - b).map(([hid]) => hid)
  for (let i = 0; i < orders.length; i += CALLS_AT_ONCE) yield await store.readCallsById(orders.slice(i, i + CALLS_AT_ONCE))
}

/** The calls, those that their inputs came from, those that their functions made, and those that take their collections apart; each with its order. */
async function findAllBehind(store: Store, hids: readonly CallHistoryId[]): Promise<ReadonlyMap<CallHistoryId, number>> {
  const found = new Map<CallHistoryId, number>()
  let next: readonly CallHistoryId[] = hids
  while (next.length > 0) {
    const calls = await store.readCallsById(next)
    for (const { hid, order } of calls) found.set(hid, order)
    const creators = await store.readCreators(calls.flatMap(({ inputs }) => inputs.map(({ hid }) => hid)))
    const takers = await store.readConsumers(calls.flatMap(({ outputs }) => outputs.filter(({ kind }) => kind !== 'value').map(({ hid }) => hid)))
    const inner = await Promise.all(calls.filter(({ op }) => !isStructureOp(op)).map(async ({ hid }) => (await store.findCall(hid))?.inner ?? []))
    const met = [...creators.map(({ hid }) => hid), ...takers.filter(({ op }) => isTakingApart(op)).map(({ hid }) => hid), ...inner.flat()]
    next = [...new Set(met)].filter((hid) => !found.has(hid))
  }
  return found
}

const takingApart: ReadonlySet<string> = new Set(Object.values(STRUCTURE_OPS).map(({ get }) => get))
const isTakingApart = (op: string): boolean => takingApart.has(op)
