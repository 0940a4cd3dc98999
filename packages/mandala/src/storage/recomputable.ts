import type { CallHistoryId, ContentId } from '../base/ids.ts'
import { STRUCTURE_OPS } from '../model/structure.ts'
import type { Store, StoredCall, StoredSlot } from '../store/store.ts'
import { readStored } from '../inspect/read-stored.ts'

/** Tells which calls can be executed again from what is stored: what they were given is there, or can be computed in its turn. */
export class RecomputableCalls {
  readonly #store: Store
  readonly #known = new Map<CallHistoryId, boolean>()

  constructor(store: Store) {
    this.#store = store
  }

  /** The calls that gave one of these values and can't be executed again. */
  async listOthers(values: readonly ContentId[]): Promise<readonly CallHistoryId[]> {
    const found = new Set<CallHistoryId>()
    for (const cid of values) {
      for (const hid of await this.#store.listHistories(cid)) {
        const maker = await this.#findMaker({ hid })
        if (maker && !(await this.#isRecomputable(maker))) found.add(maker.hid)
      }
    }
    return [...found]
  }

  async #isRecomputable(call: StoredCall): Promise<boolean> {
    let known = this.#known.get(call.hid)
    if (known === undefined) {
      known = true
      for (const input of call.inputs) known &&= await this.#isAvailable(input)
      this.#known.set(call.hid, known)
    }
    return known
  }

  async #isAvailable(slot: StoredSlot): Promise<boolean> {
    if (slot.kind === 'external') return false
    if (await readStored(this.#store, slot)) return true
    const maker = await this.#findMaker(slot)
    return maker !== undefined && this.#isRecomputable(maker)
  }

  /** The call behind a ref; an element of a collection comes from the call that made the whole. */
  async #findMaker({ hid }: Pick<StoredSlot, 'hid'>): Promise<StoredCall | undefined> {
    const creator = await this.#store.findCreator(hid)
    const taking = creator && Object.values(STRUCTURE_OPS).find(({ get }) => get === creator.op)
    const whole = taking && creator.inputs.find(({ name }) => name === taking.collection)
    return whole ? this.#findMaker(whole) : creator
  }
}
