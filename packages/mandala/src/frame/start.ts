import type { CallHistoryId, HistoryId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { Ref } from '../model/ref.ts'
import type { CallReader } from '../store/store.ts'
import { Draft } from './draft.ts'
import type { FrameData } from './frame-data.ts'
import { attachOpen } from './place-calls.ts'
import type { Web } from '../web/web.ts'

const CALLS_AT_ONCE = 1_000

/** All stored calls of an op, with a variable for each of its inputs and outputs. */
export async function startFromOp(web: Web, reader: CallReader, op: string): Promise<FrameData> {
  const draft = new Draft(web)
  const operation = draft.addOperation(op)
  for (let after = 0; ; ) {
    const page = await reader.readCalls({ op, after, limit: CALLS_AT_ONCE }, (hid) => web.hasCall(hid))
    page.forEach((call) => operation.calls.add(web.addCall(call)))
    if (page.length < CALLS_AT_ONCE) break
    after = page.at(-1)?.order as number
  }
  const signatures = new Set(Array.from(operation.calls, (call) => web.call(call).signature))
  for (const side of ['inputs', 'outputs'] as const) {
    for (const label of new Set(Array.from(signatures, (signature) => signature[side]).flat())) draft.attach(operation, side, label, draft.addVariable())
  }
  return draft.finish()
}

/** Calls of any ops, linked where one takes what another gave. */
export async function startFromCalls(web: Web, reader: CallReader, hids: readonly CallHistoryId[]): Promise<FrameData> {
  const draft = new Draft(web)
  const calls = await reader.readCallsById(hids)
  const found = new Set(calls.map(({ hid }) => hid))
  const missing = hids.find((hid) => !found.has(hid))
  if (missing !== undefined) throw notFound('call', missing)
  for (const [op, ofOp] of Map.groupBy(calls, (call) => call.op)) {
    const operation = draft.addOperation(op)
    const numbers = ofOp.map((call) => web.addCall(call))
    for (const side of ['inputs', 'outputs'] as const) attachOpen(draft, operation, side, numbers)
    draft.addCalls(operation, numbers)
  }
  return draft.finish()
}

/** Variables of the given names, nothing else. */
export async function startFromRefs(web: Web, reader: CallReader, named: ReadonlyMap<string, readonly (Ref<unknown> | HistoryId)[]>): Promise<FrameData> {
  const draft = new Draft(web)
  for (const [name, given] of named) {
    const variable = draft.addVariable(name)
    const stored = new Map((await reader.readRefs(given.filter((each) => typeof each === 'string'))).map((slot) => [slot.hid, slot]))
    for (const each of given) {
      const slot = typeof each === 'string' ? stored.get(each) : each
      if (!slot) throw notFound('ref', each as string)
      draft.addRef(variable, slot instanceof Ref ? web.addGivenRef(slot) : web.addRef(slot))
    }
  }
  return draft.finish()
}

function notFound(what: string, hid: string): MandalaError {
  return new MandalaError('NOT_FOUND', `There is no ${what} ${hid} in this storage`, { hint: 'look ids up with storage.calls(op) or on a Ref (.hid)' })
}
