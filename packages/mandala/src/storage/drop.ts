import { aBoolean, describe, expectOptions, isRecord, nearest } from '../base/expect.ts'
import { isThenable } from '../base/awaitable.ts'
import type { CallHistoryId, HistoryId, VersionId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { findId, isIdStart } from '../inspect/find-id.ts'
import { ComputationFrame, type PendingFrame } from '../frame/computation-frame.ts'
import type { Memo } from '../memo/memo.ts'
import { findDefinition, isOpName, type AnyOp } from '../memo/op.ts'
import { Call } from '../model/call.ts'
import { Ref } from '../model/ref.ts'
import { isStructureOp, STRUCTURE_OPS } from '../model/structure.ts'
import { Variable } from '../model/variable.ts'
import type { Dropped, Store } from '../store/store.ts'

/** The variables that are the columns of a table, by name. */
export type Selection = Readonly<Record<string, Variable<any>>>

type OneChoice = Call | CallHistoryId | VersionId | (string & {}) | AnyOp | Ref<unknown> | ComputationFrame | PendingFrame

/** Calls by themselves or their ids, all of an op, of a version or of a frame, those that gave Refs, or those that gave the answers to a query. */
export type CallChoice = OneChoice | readonly OneChoice[] | Selection

export interface DropOptions {
  /** Also what was computed from them; true if left out. */
  readonly dependents?: boolean
  /** Only say what would go. */
  readonly dryRun?: boolean
}

export interface Chosen {
  readonly calls: readonly CallHistoryId[]
  /** Versions that are chosen whole: they are forgotten with their calls. */
  readonly versions: readonly VersionId[]
}

type Query = (selection: Selection) => AsyncIterable<Readonly<Record<string, unknown>>>

interface Choosing {
  /** The method, for errors. */
  readonly place: string
  /** Gives the answers to a query as Refs. */
  readonly query: Query
}

export async function chooseCalls(memo: Memo, given: CallChoice, { place, query }: Choosing): Promise<Chosen> {
  await memo.queue.flush()
  if (isSelection(given)) return { calls: await listAnswerers(memo.store, query(given)), versions: [] }
  const chosen: Chosen[] = []
  const refs: HistoryId[] = []
  for (const choice of Array.isArray(given) ? (given as readonly unknown[]) : [given]) {
    if (choice instanceof Ref) refs.push(choice.hid)
    else chosen.push(await choose(memo.store, choice, place))
  }
  const creators = await listCreators(memo.store, refs)
  return { calls: [...chosen.flatMap(({ calls }) => calls), ...creators], versions: chosen.flatMap(({ versions }) => versions) }
}

/** Drops what was chosen, with the versions that were. */
export async function dropChosen(memo: Memo, { calls, versions }: Chosen, options: DropOptions): Promise<Dropped> {
  expectOptions('storage.drop', options, { dependents: aBoolean, dryRun: aBoolean })
  const { dependents = true, dryRun = false } = options
  const dropped = await dropCalls(memo, calls, { dependents, dryRun })
  if (!dryRun) for (const id of versions) await (memo.code ? memo.code.versions.drop(id) : memo.store.dropVersion(id))
  return dropped
}

/** Drops calls because somebody wants them gone: the room that they took is given back. */
export async function dropCalls(memo: Memo, hids: readonly CallHistoryId[], options: { readonly dependents: boolean; readonly dryRun: boolean }): Promise<Dropped> {
  const dropped = await memo.drop(hids, options)
  if (!options.dryRun) await memo.store.shrink()
  return dropped
}

async function choose(store: Store, choice: unknown, place: string): Promise<Chosen> {
  if (typeof choice === 'string') return chooseByName(store, choice, place)
  if (choice instanceof Call) return { calls: [choice.hid], versions: [] }
  const definition = findDefinition(choice)
  if (definition) return { calls: await store.listCallIds(definition.name), versions: [] }
  const frame: unknown = isThenable(choice) ? await choice : choice
  if (frame instanceof ComputationFrame) return { calls: Object.values(frame.calls()).flat().map(({ hid }) => hid), versions: [] }
  throw new MandalaError('INPUT_INVALID', `${place}: ${describe(choice)} is not an op, and no call, id, frame or Ref`, {
    hint: 'pass what op(…) returned, or its name; calls or their ids; a frame; Refs; or the variables of a query by name: { acc }',
  })
}

/** The name of an op, or the id of a call, a ref or a version, or how that begins. */
async function chooseByName(store: Store, name: string, place: string): Promise<Chosen> {
  const isOp = isOpName(name) || (!isStructureOp(name) && (await store.listVersions(name)).length > 0)
  if (isOp) return { calls: await store.listCallIds(name), versions: [] }
  if (isIdStart(name)) {
    const [version, ...others] = (await store.readVersions()).filter(({ id }) => id.startsWith(name))
    if (version && others.length === 0) return { calls: await store.listVersionCalls(version.id), versions: [version.id] }
    const { kind, hid } = await findId(store, name)
    return { calls: kind === 'call' ? [hid] : await listCreators(store, [hid]), versions: [] }
  }
  const known = (await store.readTotals()).filter(({ calls }) => calls > 0).map((op) => op.name).filter((each) => !isStructureOp(each))
  throw new MandalaError('NOT_FOUND', `${place}: there is no call, version or op ${name} in this storage`, {
    hint: known.length === 0 ? 'no call is stored' : `look ids up with storage.calls(op) or storage.versions(op); there are calls of ${nearest(name, known)}`,
  })
}

/** The calls that gave what stands in the columns; what was given to them has none. */
async function listAnswerers(store: Store, rows: AsyncIterable<Readonly<Record<string, unknown>>>): Promise<readonly CallHistoryId[]> {
  const hids = new Set<HistoryId>()
  for await (const row of rows) for (const ref of Object.values(row)) if (ref instanceof Ref) hids.add(ref.hid)
  return listCreators(store, [...hids])
}

const REFS_AT_ONCE = 10_000

/** An element of a collection comes from the call that gave the collection. */
async function listCreators(store: Store, refs: readonly HistoryId[]): Promise<readonly CallHistoryId[]> {
  const found: CallHistoryId[] = []
  const wholes = new Set<HistoryId>()
  for (let i = 0; i < refs.length; i += REFS_AT_ONCE) {
    for (const { op, hid, inputs } of await store.readCreators(refs.slice(i, i + REFS_AT_ONCE))) {
      const taken = Object.values(STRUCTURE_OPS).find(({ get }) => get === op)
      if (!taken) found.push(hid)
      else for (const { name, hid: whole } of inputs) if (name === taken.collection) wholes.add(whole)
    }
  }
  return wholes.size === 0 ? found : [...found, ...(await listCreators(store, [...wholes]))]
}

function isSelection(given: unknown): given is Selection {
  const isPlain = isRecord(given) && Object.getPrototypeOf(given) === Object.prototype
  return isPlain && Object.values(given).some((each) => each instanceof Variable)
}
