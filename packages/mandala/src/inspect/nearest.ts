import type { StoredCall, StoredSlot } from '../store/store.ts'
import { deriveHistoryId } from '../model/derive-ids.ts'
import type { Memo } from '../memo/memo.ts'
import type { Request } from '../memo/request.ts'

/** So many of an op's latest calls are looked at, and as many of those that share inputs. */
const CALLS_MAX = 200

export interface Nearest {
  /** Undefined where no call of the op is stored. */
  readonly call: StoredCall | undefined
  readonly looked: { readonly calls: number; readonly isAll: boolean }
}

/** The stored call of the same op that is most like one that isn't stored: with most equal inputs, fewest others, the same version number, the latest. */
export async function findNearest({ store, code, names }: Memo, { op, identity, inputs, cid }: Request): Promise<Nearest> {
  const equal = await store.findVersioned({ cid })
  const hids = inputs.map((input) => input.knownHid ?? deriveHistoryId(input.cid))
  const { calls, isAll } = await store.readNear({ op: op.name, inputs: hids, limit: CALLS_MAX })
  const looked = { calls: calls.length, isAll }
  // On equal inputs only the code differs: the latest is the one whose code was worked on.
  const known = equal[0]?.hid ?? (code ? (await store.listByContent(cid)).at(-1) : undefined)
  if (known !== undefined) return { call: await store.findCall(known), looked }
  const given = new Map(inputs.map((input) => [names.currentInput(identity.name, input.name), input.cid]))
  const ranked = calls.map((call) => ({ call, rank: rankOf(call.inputs, given), isSameVersion: call.version === op.version }))
  ranked.sort((a, b) => b.rank.equal - a.rank.equal || a.rank.others - b.rank.others || Number(b.isSameVersion) - Number(a.isSameVersion) || b.call.order - a.call.order)
  const [first] = ranked
  return { call: first && (await store.findCall(first.call.hid)), looked }
}

function rankOf(slots: readonly StoredSlot[], given: ReadonlyMap<string, string>): { readonly equal: number; readonly others: number } {
  const equal = slots.filter(({ name, cid }) => given.get(name) === cid).length
  return { equal, others: slots.length + given.size - 2 * equal }
}
