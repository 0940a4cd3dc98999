import { describe } from '../base/expect.ts'
import type { HistoryId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { chain } from '../frame/chained.ts'
import { ComputationFrame, type PendingFrame } from '../frame/computation-frame.ts'
import type { FrameData } from '../frame/frame-data.ts'
import type { FrameHost } from '../frame/frame-host.ts'
import { startFromCalls, startFromOp, startFromRefs } from '../frame/start.ts'
import { Web } from '../web/web.ts'
import type { Memo } from '../memo/memo.ts'
import { findDefinition, type AnyOp } from '../memo/op.ts'
import { isPlainObject } from '../memo/structures.ts'
import { Call } from '../model/call.ts'
import type { Names } from '../model/names.ts'
import { Ref } from '../model/ref.ts'
import { identify } from '../value/identify.ts'
import { dropCalls } from './drop.ts'
import { nameOfOp } from './op-names.ts'

/** The frames of a storage. They share what they met as long as one of them lives. */
export class Frames {
  readonly #memo: Memo
  readonly #host: FrameHost
  #web: WeakRef<Web> | undefined
  /** Those that the calls of the web go by. */
  #names: Names | undefined
  /** What was deleted may come again as something else. */
  #deletions: number | undefined

  constructor(memo: Memo) {
    this.#memo = memo
    this.#host = {
      reader: memo.store,
      rest: () => memo.store.rest(),
      identify: (value) => (value instanceof Ref ? value.cid : identify(value).cid),
      listVersionCalls: async (id) => new Set(await memo.store.listVersionCalls(id)),
      dropCalls: (hids, options) => dropCalls(memo, hids, options),
      nameOfOp: (op, place) => nameOfOp(memo.store, op as AnyOp | string, place),
    }
  }

  start(source: unknown): PendingFrame {
    return chain((async () => {
      await this.#memo.queue.flush()
      await this.#memo.store.followNames()
      await this.#followDeletions()
      try {
        return new ComputationFrame(await this.#read(source), this.#host)
      } finally {
        this.#host.rest()
      }
    })(), ComputationFrame.prototype)
  }

  async #read(source: unknown): Promise<FrameData> {
    const [web, reader] = [this.#getWeb(), this.#host.reader]
    if (typeof source === 'string' || isOp(source)) return startFromOp(web, reader, await nameOfOp(this.#memo.store, source as AnyOp | string, 'storage.cf'))
    if (source instanceof Ref) return startFromRefs(web, reader, new Map([['v', [source]]]))
    if (source instanceof Call) return startFromCalls(web, reader, [source.hid])
    if (isIterable(source)) return this.#readList([...source])
    if (typeof source === 'object' && source !== null && isPlainObject(source)) {
      return startFromRefs(web, reader, new Map(Object.entries(source).map(([name, given]) => [name, toSlots(given, name)])))
    }
    throw invalid(source)
  }

  async #readList(items: readonly unknown[]): Promise<FrameData> {
    const [web, reader] = [this.#getWeb(), this.#host.reader]
    if (items.length > 0 && items.every((item) => item instanceof Call)) return startFromCalls(web, reader, items.map(({ hid }) => hid))
    return startFromRefs(web, reader, new Map([['v', toSlots(items, 'v')]]))
  }

  async #followDeletions(): Promise<void> {
    const deletions = await this.#memo.store.deletionCount()
    if (deletions !== this.#deletions) this.#web = undefined
    this.#deletions = deletions
  }

  #getWeb(): Web {
    const { names } = this.#memo
    const known = this.#names === names ? this.#web?.deref() : undefined
    if (known) return known
    const web = new Web(this.#memo, names)
    this.#names = names
    this.#web = new WeakRef(web)
    return web
  }
}

function toSlots(given: unknown, name: string): (Ref<unknown> | HistoryId)[] {
  if (given instanceof Ref) return [given]
  if (typeof given === 'string') return [given as HistoryId]
  if (!isIterable(given)) throw invalid(given, name)
  return Array.from(given, (each) => {
    if (each instanceof Ref) return each
    if (typeof each === 'string') return each as HistoryId
    throw invalid(each, name)
  })
}

function isOp(source: unknown): source is { readonly opName: string } {
  return findDefinition(source) !== undefined
}

function isIterable(source: unknown): source is Iterable<unknown> {
  return typeof source === 'object' && source !== null && Symbol.iterator in source
}

function invalid(given: unknown, name?: string): MandalaError {
  const where = name === undefined ? '' : ` for "${name}"`
  return new MandalaError('INPUT_INVALID', `storage.cf was given ${describe(given)}${where}, which has no place in the web of calls`, {
    hint: 'pass an op or its name, a Ref or several, calls, ids of refs, or { name: refs }; inside a run the result of an op is a Ref',
  })
}
