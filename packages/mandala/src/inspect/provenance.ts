import type { CallHistoryId, HistoryId } from '../base/ids.ts'
import { groupName, isStructureOp } from '../model/structure.ts'
import { operationTitle } from '../render/operation-title.ts'
import { renderCell } from '../render/value-text.ts'
import type { LinkedCall, Store, StoredSlot } from '../store/store.ts'
import type { ValueReader } from './read-value.ts'

/** How far a web of calls is followed. */
export interface TreeLimits {
  /** So many calls deep. */
  readonly depth: number
  /** So many branches of one call. */
  readonly width: number
}

/** A call in a tree, or a value that was given; the same call is opened once. */
export interface TreeNode {
  /** The refs that lead here: inputs of the call above, or its outputs under the names that they have as inputs of this one. */
  readonly names: readonly string[]
  readonly op: string | undefined
  readonly hid: CallHistoryId | HistoryId
  /** A value that was given; below refs what the call gave. */
  readonly text: string | undefined
  readonly branches: readonly TreeNode[]
  /** Branches that are left out, because there are too many; of a value's uses as far as they were counted. */
  readonly left: number
  /** Why it has no branches, though there are some: they are shown elsewhere in the tree, or are too deep. */
  readonly cut?: 'elsewhere' | 'deep'
}

/** What lies above or below some refs. */
export interface Tree {
  readonly branches: readonly TreeNode[]
  readonly left: number
}

/** Of a tree; a page of them can be read, more can't. */
const NODES_MAX = 200
const USES_COUNTED_MAX = 10_000
const OUTPUTS_SHOWN = 4

interface Draft {
  names: string[]
  op: string | undefined
  hid: CallHistoryId | HistoryId
  text: string | undefined
  branches: Draft[]
  left: number
  cut?: 'elsewhere' | 'deep'
}

/** Grows trees level by level, so that what is near comes first where there is too much. */
class Grower {
  readonly #store: Store
  readonly #reader: ValueReader
  readonly #limits: TreeLimits
  readonly #opened = new Set<string>()
  #nodes = 0

  constructor(store: Store, reader: ValueReader, limits: TreeLimits) {
    this.#store = store
    this.#reader = reader
    this.#limits = limits
  }

  /** How refs came about: each with the call that gave it, and the inputs of that. */
  async up(slots: readonly StoredSlot[]): Promise<Tree> {
    const root = { branches: [] as Draft[], left: 0 }
    let level: { readonly into: { branches: Draft[]; left: number }; readonly slots: readonly StoredSlot[] }[] = [{ into: root, slots }]
    for (let depth = 0; level.length > 0; depth += 1) {
      const shown = level.map(({ into, slots: all }) => ({ into, slots: all, first: all.slice(0, this.#slotsMax) }))
      const makers = await this.#findMakers(shown.flatMap(({ first }) => first))
      await this.#reader.learn(shown.flatMap(({ first }) => first.filter(({ hid }) => !makers.has(hid))))
      const next: typeof level = []
      for (const { into, slots: all, first } of shown) {
        const groups = [...Map.groupBy(first, ({ hid }) => makers.get(hid)?.hid ?? hid).values()]
        const kept = groups.slice(0, this.#room())
        into.left = all.length - kept.flat().length
        for (const group of kept) {
          const [slot] = group as [StoredSlot, ...StoredSlot[]]
          const call = makers.get(slot.hid)
          const node = this.#add(into, call, slot.hid, group.map(({ name }) => name))
          if (!call) node.text = renderCell(await this.#reader.read(slot))
          else if (call.inputs.length > 0 && this.#open(node, call, depth)) next.push({ into: node, slots: inputsOf(call) })
        }
      }
      level = next
    }
    return root
  }

  /** What was computed from refs: each with the calls that it is an input of, and what came of their outputs. */
  async down(slots: readonly StoredSlot[]): Promise<Tree> {
    const root = { branches: [] as Draft[], left: 0 }
    let level: { readonly into: { branches: Draft[]; left: number }; readonly slots: readonly StoredSlot[] }[] = [{ into: root, slots }]
    for (let depth = 0; level.length > 0; depth += 1) {
      const next: typeof level = []
      for (const { into, slots: all } of level) {
        const uses = new Map<CallHistoryId, { readonly call: LinkedCall; readonly names: string[] }>()
        let left = 0
        for (const { hid } of all.slice(0, this.#slotsMax)) {
          const { calls, count } = await this.#store.readSomeConsumers(hid, this.#limits.width, USES_COUNTED_MAX)
          const named = calls.map((call) => ({ call, names: inputsOf(call).filter((input) => input.hid === hid).map(({ name }) => name) }))
          left += count - named.reduce((sum, { names }) => sum + names.length, 0)
          for (const { call, names } of named) {
            const use = uses.get(call.hid) ?? { call, names: [] }
            use.names.push(...names)
            uses.set(call.hid, use)
          }
        }
        const kept = [...uses.values()].slice(0, this.#room())
        into.left = left + uses.size - kept.length
        for (const { call, names } of kept) {
          const node = this.#add(into, call, call.hid, names)
          node.text = await this.#renderOutputs(call.outputs)
          if ((await this.#hasUses(call.outputs)) && this.#open(node, call, depth)) next.push({ into: node, slots: call.outputs })
        }
      }
      level = next
    }
    return root
  }

  /** Refs of one call are one branch: more of them than branches are looked at. */
  get #slotsMax(): number {
    return 4 * this.#limits.width
  }

  #room(): number {
    return Math.max(0, Math.min(this.#limits.width, NODES_MAX - this.#nodes))
  }

  #add(into: { branches: Draft[] }, call: LinkedCall | undefined, hid: HistoryId | CallHistoryId, names: string[]): Draft {
    const node: Draft = { names: names.filter((name) => name !== ''), op: call && titleOf(call), hid: call?.hid ?? hid, text: undefined, branches: [], left: 0 }
    into.branches.push(node)
    this.#nodes += 1
    return node
  }

  /** Whether what lies behind a call is to be shown; what isn't says why. */
  #open(node: Draft, { hid }: LinkedCall, depth: number): boolean {
    const cut = this.#opened.has(hid) ? 'elsewhere' : depth + 1 >= this.#limits.depth ? 'deep' : undefined
    if (cut) node.cut = cut
    else this.#opened.add(hid)
    return cut === undefined
  }

  async #renderOutputs(outputs: readonly StoredSlot[]): Promise<string> {
    const texts: string[] = []
    for (const slot of outputs.slice(0, OUTPUTS_SHOWN)) texts.push(`${slot.name} = ${renderCell(await this.#reader.read(slot))}`)
    return [...texts, ...(outputs.length > OUTPUTS_SHOWN ? ['…'] : [])].join(', ')
  }

  async #hasUses(outputs: readonly StoredSlot[]): Promise<boolean> {
    for (const { hid } of outputs) if ((await this.#store.readSomeConsumers(hid, 0, 1)).count > 0) return true
    return false
  }

  async #findMakers(slots: readonly StoredSlot[]): Promise<ReadonlyMap<HistoryId, LinkedCall>> {
    const wanted = new Set(slots.map(({ hid }) => hid))
    const makers = new Map<HistoryId, LinkedCall>()
    for (const call of await this.#store.readCreators([...wanted])) {
      for (const { hid } of call.outputs) if (wanted.has(hid) && !makers.has(hid)) makers.set(hid, call)
    }
    return makers
  }
}

const inOrder = new Intl.Collator('en', { numeric: true })

/** Under the names by which they are read; elements of a collection in their order. */
function inputsOf({ op, inputs }: LinkedCall): readonly StoredSlot[] {
  if (!isStructureOp(op)) return inputs
  const named = inputs.map((slot) => (groupName(op, slot.name) === 'elts' ? { ...slot, name: slot.name.replace(/^elt_(.*)$/, '[$1]') } : slot))
  return named.sort((a, b) => inOrder.compare(a.name, b.name))
}

const titleOf = ({ op, version }: LinkedCall): string => `${operationTitle({ name: op, op })}${version === 0 ? '' : ` v${version}`}`

/** The trees above some refs and below others. */
export async function growTrees(
  store: Store, reader: ValueReader, limits: TreeLimits, { up, down }: { readonly up: readonly StoredSlot[]; readonly down: readonly StoredSlot[] },
): Promise<{ readonly upstream: Tree; readonly downstream: Tree }> {
  if (limits.depth === 0) return { upstream: { branches: [], left: 0 }, downstream: { branches: [], left: 0 } }
  return { upstream: await new Grower(store, reader, limits).up(up), downstream: await new Grower(store, reader, limits).down(down) }
}
