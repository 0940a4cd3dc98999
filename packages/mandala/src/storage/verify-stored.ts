import { expectInput } from '../base/expect.ts'
import type { CallHistoryId } from '../base/ids.ts'
import type { Logger } from '../base/logger.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { Verification } from '../inspect/verification.ts'
import { expectVerifyOptions, Verifier, type VerifyOptions } from '../inspect/verify.ts'
import { Memo } from '../memo/memo.ts'
import type { AnyOp } from '../memo/op.ts'
import { Call } from '../model/call.ts'
import { SqliteStore } from '../sqlite/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { nameOfOp } from './op-names.ts'

/** An op or its name, calls or their ids. */
export type Verifiable = AnyOp | string | readonly (Call | CallHistoryId)[]

/** Executes stored calls again, each in a storage of its own, which lasts as long. */
export async function verifyStored(
  memo: Memo, what: Verifiable | undefined, { options, logger }: { readonly options: VerifyOptions; readonly logger: Logger },
): Promise<Verification> {
  const { store } = memo
  expectVerifyOptions(options)
  await memo.queue.flush()
  const verifier = new Verifier(memo, () => new Memo(new SqliteStore({ path: ':memory:', overflow: undefined }), { detectMutation: false, logger }))
  if (Array.isArray(what)) return verifier.verifyCalls(await Promise.all(what.map((each) => findHid(store, each))))
  return verifier.verifyOps(what === undefined ? undefined : await nameOfOp(store, what as AnyOp | string, 'storage.verify'), options)
}

async function findHid(store: Store, given: unknown): Promise<CallHistoryId> {
  expectInput('storage.verify', given, [(each) => each instanceof Call || typeof each === 'string', 'list calls or their ids (.hid)'])
  const hid = given instanceof Call ? given.hid : (given as CallHistoryId)
  if (await store.findCall(hid)) return hid
  throw new MandalaError('NOT_FOUND', `storage.verify: there is no call ${hid} in this storage`, { hint: 'look ids up with storage.calls(op)' })
}
