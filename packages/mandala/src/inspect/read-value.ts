import type { ContentId } from '../base/ids.ts'
import { decodeStructure } from '../memo/structures.ts'
import type { RefKind } from '../model/ref.ts'
import { renderBytes } from '../render/units.ts'
import { StandIn } from '../render/stand-in.ts'
import type { ValueFacts } from '../store/look.ts'
import type { Store } from '../store/store.ts'
import { decode } from '../value/codec.ts'
import { hasId } from '../value/identify.ts'

/** How much of values is read. */
export interface ReadLimits {
  /** Larger ones aren't read at all. */
  readonly bytesMax: number
  /** So many elements of a collection of Refs, each a value of its own. */
  readonly elementsMax: number
}

interface Slot {
  readonly cid: ContentId
  readonly kind: RefKind
}

/** As for the memory that they take: values of one look are read once, unless they are large. */
const KEPT_BYTES_MAX = 10_000

/**
 * Values to be looked at, as they are stored: nothing is computed again, and no class has to be known. What can't be had is told by a
 * {@link StandIn} in its place.
 */
export class ValueReader {
  readonly #store: Store
  readonly #limits: ReadLimits
  readonly #facts = new Map<ContentId, ValueFacts>()
  readonly #kept = new Map<ContentId, unknown>()

  constructor(store: Store, limits: ReadLimits) {
    this.#store = store
    this.#limits = limits
  }

  /** Learns of many values at once what {@link facts} gives. */
  async learn(slots: readonly Slot[]): Promise<void> {
    const unknown = new Set(slots.map(({ cid }) => cid).filter((cid) => !this.#facts.has(cid)))
    if (unknown.size === 0) return
    for (const facts of await this.#store.readValueFacts([...unknown])) this.#facts.set(facts.cid, facts)
  }

  async facts(slot: Slot): Promise<ValueFacts | undefined> {
    await this.learn([slot])
    return this.#facts.get(slot.cid)
  }

  async read(slot: Slot): Promise<unknown> {
    if (this.#kept.has(slot.cid)) return this.#kept.get(slot.cid)
    const facts = await this.facts(slot)
    const value = await this.#load(slot, facts)
    if ((facts?.bytes ?? 0) <= KEPT_BYTES_MAX) this.#kept.set(slot.cid, value)
    return value
  }

  async #load({ cid, kind }: Slot, facts: ValueFacts | undefined): Promise<unknown> {
    if (facts === undefined) return new StandIn('(not in the store)')
    if (kind === 'external') return new StandIn(`external ${JSON.stringify(facts.name)}`)
    if (!facts.isStored) return new StandIn('(not stored)')
    if (facts.bytes > this.#limits.bytesMax) return new StandIn(`(${renderBytes(facts.bytes)})`)
    const stored = await this.#store.loadValue(cid)
    if (!stored?.bytes) return new StandIn('(missing)')
    try {
      return kind === 'value' ? open(stored.bytes, cid, stored.digits) : await this.#readElements(kind, stored.bytes)
    } catch (error) {
      return new StandIn(`(damaged: ${(error as Error).message.split('\n')[0]})`)
    }
  }

  /** The first elements of a collection. The rest of a list are holes, as what prints it counts them. */
  async #readElements(kind: 'list' | 'dict' | 'set', bytes: Uint8Array): Promise<unknown> {
    const entries = decodeStructure(bytes)
    const shown = entries.slice(0, this.#limits.elementsMax)
    await this.learn(shown)
    const values: unknown[] = []
    for (const entry of shown) values.push(await this.read(entry))
    if (kind === 'list') {
      values.length = entries.length
      return values
    }
    const left = entries.length - shown.length
    const more = left > 0 ? [new StandIn(`… ${left.toLocaleString('en-US')} more`)] : []
    if (kind === 'set') return new Set([...values, ...more])
    return Object.fromEntries([...shown.map(({ key }, i) => [key, values[i]]), ...more.map((each) => ['…', each])])
  }
}

function open(bytes: Uint8Array, cid: ContentId, digits: number | undefined): unknown {
  let isWhole = true
  const makeStandIn = (type: string, data: unknown): StandIn => {
    isWhole = false
    return new StandIn(`${type} (class not registered here)`, data)
  }
  const value = decode(bytes, { makeStandIn })
  // What holds a stand-in is no value that could be identified.
  return !isWhole || hasId(value, cid, digits) ? value : new StandIn("(damaged: its bytes are not what its id says)", value)
}
