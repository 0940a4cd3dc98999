import { aBoolean, expectOptions } from '../base/expect.ts'
import type { ContentId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { Memo } from '../memo/memo.ts'
import { decodeStructure, deriveStructureId } from '../memo/structures.ts'
import type { StoredValue } from '../store/store.ts'
import { decode } from '../value/codec.ts'
import { identify } from '../value/identify.ts'
import { rebuildCollections } from './rebuild.ts'
import { RecomputableCalls } from './recomputable.ts'

/** What a repair came to, in sentences. */
export interface Repair {
  /** What was wrong. */
  readonly faults: readonly string[]
  readonly done: readonly string[]
  /** What is wrong still: nothing, unless the store was damaged again meanwhile. */
  readonly left: readonly string[]
}

/** Lists what is wrong: tables that contradict each other, files that are missing, values that aren't what their ids say. */
export async function checkAll(memo: Memo): Promise<readonly string[]> {
  await memo.queue.flush()
  const faults = [...(await memo.store.check())]
  for await (const { fault } of findDamaged(memo)) faults.push(fault)
  return faults
}

/** The same, or a repair, as the options say. */
export async function checkOrRepair(memo: Memo, options: { readonly repair?: boolean }): Promise<readonly string[] | Repair> {
  expectOptions('storage.check', options, { repair: aBoolean })
  return options.repair ? repairAll(memo) : checkAll(memo)
}

/**
 * Turns damage into misses. Each step is whole or not at all, and the next repair goes on where one was killed. Values that are damaged are
 * forgotten: they are computed again when they are needed. Calls go that can't be, as what they were given is gone too.
 */
async function repairAll(memo: Memo): Promise<Repair> {
  await memo.queue.flush()
  const faults = [...(await memo.store.check())]
  const { done, forgotten } = await memo.store.repair()
  const damaged: ContentId[] = []
  for await (const { cid, fault } of findDamaged(memo)) {
    faults.push(fault)
    damaged.push(cid)
  }
  for (const cid of damaged) await memo.store.forgetValue(cid, 'damaged')
  const lost = await rebuildCollections(memo.store, [...forgotten, ...damaged])
  const calls = await new RecomputableCalls(memo.store).listOthers(lost)
  const dropped = calls.length > 0 ? (await memo.drop(calls, { dependents: false, dryRun: false })).calls : 0
  memo.forget()
  const steps = [
    ...done, ...sentence(forgotten.length + damaged.length - lost.length, 'collections put together again'),
    ...sentence(lost.length, 'values forgotten, to be computed again'),
    ...sentence(dropped, 'calls dropped whose values are gone with what they came from'),
  ]
  return { faults, done: steps, left: await checkAll(memo) }
}

const sentence = (n: number, what: string): string[] => (n === 0 ? [] : [`${n} ${what}`])

async function* findDamaged(memo: Memo): AsyncGenerator<{ readonly cid: ContentId; readonly fault: string }> {
  for (const cid of await memo.store.listValues()) {
    const value = await memo.store.loadValue(cid)
    const fault = value?.bytes && findFault(cid, value)
    if (fault) yield { cid, fault }
  }
}

function findFault(cid: ContentId, { kind, bytes, digits }: StoredValue): string | undefined {
  try {
    const isCollection = kind === 'list' || kind === 'dict' || kind === 'set'
    const found = isCollection ? deriveStructureId(kind, decodeStructure(bytes as Uint8Array)) : identify(decode(bytes as Uint8Array), digits).cid
    return found === cid ? undefined : `value ${cid} is stored with other bytes`
  } catch (error) {
    // Of a class that this process hasn't registered: whether it is whole can't be told here.
    if (error instanceof MandalaError && error.code === 'TYPE_INVALID') return undefined
    return `value ${cid} can't be read: ${(error as Error).message}`
  }
}
