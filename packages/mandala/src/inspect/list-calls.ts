import { aCount, aText, anArray, expectOptions, nearest, type Rule } from '../base/expect.ts'
import type { CallHistoryId, HistoryId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { Notes } from '../model/notes.ts'
import { renderCell } from '../render/value-text.ts'
import type { LinkedCall, Store, StoredSlot } from '../store/store.ts'
import { compare, fulfils, parseCondition } from './condition.ts'
import { toJson } from './json.ts'
import { ValueReader } from './read-value.ts'

/** Which calls of an op are listed, and what of them. */
export interface ListOptions {
  /**
   * What all of them fulfil: `'depth > 3'`, `'kind = "tree"'`. A column, one of `= != < <= > >=`, and a value in JSON or a text. Columns are
   * inputs, outputs and notes by name (`inputs.x`, `outputs.x`, `notes.x` where one name is several), `time` in seconds, `when`, `version`.
   */
  readonly where?: readonly string[]
  /** A column; with `-` before it, the highest comes first. Left out, the latest comes first. */
  readonly sort?: string
  /** So many at most; 20 if left out. */
  readonly limit?: number
  /** So many are skipped. */
  readonly offset?: number
  /** The inputs, outputs and notes that are read; all, if left out. */
  readonly columns?: readonly string[]
}

const OPTIONS: Readonly<Record<keyof ListOptions, Rule>> = {
  where: anArray("list the conditions: ['depth > 3']"),
  sort: aText("name a column: 'acc', or '-acc' for the highest first"),
  limit: aCount('it is how many calls are listed at most'),
  offset: aCount('it is how many calls are skipped'),
  columns: anArray("list the names: ['depth', 'acc']"),
}

/** A value in a listed call, shortened to a line. */
export interface ListedValue {
  readonly hid: HistoryId
  readonly text: string
  /** The value itself, where it is small and JSON can say it. */
  readonly value?: unknown
}

/** A call with values to look at. */
export interface ListedCall {
  readonly hid: CallHistoryId
  readonly version: number
  readonly inputs: Readonly<Record<string, ListedValue>>
  readonly outputs: Readonly<Record<string, ListedValue>>
  readonly notes: Notes
  readonly startedAtMs: number
  readonly durationMs: number
  /** Whether its function ran for another call, on equal inputs that had come about otherwise. */
  readonly isAdopted: boolean
}

export interface CallList {
  readonly op: string
  /** How many calls fulfil the conditions, those included that aren't listed. */
  readonly total: number
  readonly offset: number
  readonly calls: readonly ListedCall[]
  /** How many inputs and outputs of one call are left out at most, as they are too many to be looked at side by side: `columns` chooses. */
  readonly left: number
}

const LIMIT = 20
const CALLS_AT_ONCE = 10_000
/** Of inputs, and of outputs. */
const COLUMNS_MAX = 24
const SHOWN = { bytesMax: 100_000, elementsMax: 6 }
/** Values that are compared are read whole, but none that is too large to be written in a condition. */
const COMPARED = { bytesMax: 1_000_000, elementsMax: Infinity }

/** Calls of an op, latest first unless sorted; without conditions and sorting no more of them is read than is listed. */
export async function listCalls(store: Store, op: string, options: ListOptions): Promise<CallList> {
  expectOptions('storage.listCalls', options, OPTIONS)
  const { limit = LIMIT, offset = 0, columns } = options
  const { total, calls } = await choose(store, op, { ...options, limit, offset })
  if (columns) await expectColumns(store, op, columns, calls)
  const isKept = chooseColumns(columns)
  const reader = new ValueReader(store, SHOWN)
  await reader.learn(calls.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]))
  let left = 0
  const show = async (side: Side, slots: readonly StoredSlot[]): Promise<Record<string, ListedValue>> => {
    const shown: Record<string, ListedValue> = {}
    const kept = slots.filter(({ name }) => isKept(side, name))
    left = Math.max(left, kept.length - COLUMNS_MAX)
    for (const slot of kept.slice(0, COLUMNS_MAX)) {
      const value = await reader.read(slot)
      shown[slot.name] = { hid: slot.hid, text: renderCell(value), ...toJson(value) }
    }
    return shown
  }
  const listed: ListedCall[] = []
  for (const { hid, version, inputs, outputs, notes, startedAtMs, durationMs, isAdopted } of calls) {
    const noted = Object.fromEntries(Object.entries(notes ?? {}).filter(([name]) => isKept('notes', name)))
    listed.push({ hid, version, inputs: await show('inputs', inputs), outputs: await show('outputs', outputs), notes: noted, startedAtMs, durationMs, isAdopted })
  }
  return { op, total, offset, calls: listed, left }
}

type Side = 'inputs' | 'outputs' | 'notes'

function chooseColumns(columns: readonly string[] | undefined): (side: Side, name: string) => boolean {
  if (!columns) return () => true
  const names = new Set(columns)
  return (side, name) => names.has(name) || names.has(`${side}.${name}`)
}

async function choose(
  store: Store, op: string, { where = [], sort, limit, offset }: ListOptions & { readonly limit: number; readonly offset: number },
): Promise<{ readonly total: number; readonly calls: readonly LinkedCall[] }> {
  if (where.length === 0 && sort === undefined) {
    const totals = (await store.readTotals()).filter(({ name }) => name === op)
    return { total: totals.reduce((sum, { calls }) => sum + calls, 0), calls: await store.readLatest({ op, offset, limit }) }
  }
  const found = await scan(store, op, where, sort)
  const hids = found.slice(offset, offset + limit)
  const byHid = new Map((await store.readCallsById(hids)).map((call) => [call.hid, call]))
  return { total: found.length, calls: hids.flatMap((hid) => byHid.get(hid) ?? []) }
}

/** Looks at every call of an op. */
async function scan(store: Store, op: string, where: readonly string[], sort: string | undefined): Promise<readonly CallHistoryId[]> {
  const conditions = where.map(parseCondition)
  const [key, direction] = sort?.startsWith('-') ? [sort.slice(1), -1] : [sort, 1]
  const asked = new Set([...conditions.map(({ column }) => column), ...(key === undefined ? [] : [key])])
  const met = new Set<string>()
  const names = new Set<string>()
  const found: { readonly hid: CallHistoryId; readonly key: unknown }[] = []
  for await (const calls of everyCall(store, op)) {
    const looked = calls.map((call) => ({ call, cells: [...asked].flatMap((column) => findCell(call, column) ?? []) }))
    // Anew for so many calls: values of all of them may not fit into memory.
    const reader = new ValueReader(store, COMPARED)
    await reader.learn(looked.flatMap(({ cells }) => cells.flatMap((cell) => ('slot' in cell ? [cell.slot] : []))))
    for (const { call, cells } of looked) {
      const values = new Map<string, unknown>()
      for (const cell of cells) values.set(cell.column, 'slot' in cell ? await reader.read(cell.slot) : cell.value)
      for (const column of values.keys()) met.add(column)
      for (const name of met.size < asked.size ? namesOf(call) : []) names.add(name)
      const isFound = conditions.every((condition) => values.has(condition.column) && fulfils(values.get(condition.column), condition))
      if (isFound) found.push({ hid: call.hid, key: key === undefined ? undefined : values.get(key) })
    }
  }
  const missing = [...asked].find((column) => !met.has(column))
  if (missing !== undefined) throw noColumn(op, missing, names)
  // The latest first, also among equal ones.
  found.reverse()
  return (key === undefined ? found : found.sort((a, b) => direction * compare(a.key, b.key))).map(({ hid }) => hid)
}

async function* everyCall(store: Store, op: string): AsyncGenerator<readonly LinkedCall[]> {
  let after = 0
  for (;;) {
    const calls = await store.readCalls({ op, after, limit: CALLS_AT_ONCE })
    yield calls
    const last = calls.at(-1)
    if (!last || calls.length < CALLS_AT_ONCE) return
    after = last.order
  }
}

type Cell = { readonly column: string } & ({ readonly slot: StoredSlot } | { readonly value: unknown })

/** What a call has under a name; undefined for nothing. */
function findCell(call: LinkedCall, column: string): Cell | undefined {
  for (const side of ['inputs', 'outputs'] as const) {
    const slot = call[side].find(({ name }) => name === column || `${side}.${name}` === column)
    if (slot) return { column, slot }
  }
  const noted = Object.entries(call.notes ?? {}).find(([name]) => name === column || `notes.${name}` === column)
  if (noted) return { column, value: noted[1] }
  return Object.hasOwn(BUILT_IN, column) ? { column, value: BUILT_IN[column as keyof typeof BUILT_IN](call) } : undefined
}

const BUILT_IN = {
  time: ({ durationMs }: LinkedCall): unknown => durationMs / 1000,
  when: ({ startedAtMs }: LinkedCall): unknown => new Date(startedAtMs),
  version: ({ version }: LinkedCall): unknown => version,
}

const namesOf = ({ inputs, outputs, notes }: LinkedCall): string[] => [...[...inputs, ...outputs].map(({ name }) => name), ...Object.keys(notes ?? {})]

/** Calls of one op may have other inputs than those that are listed. */
async function expectColumns(store: Store, op: string, columns: readonly string[], listed: readonly LinkedCall[]): Promise<void> {
  const calls = [...listed, ...(await store.readLatest({ op, offset: 0, limit: 100 }))]
  const missing = columns.find((column) => !calls.some((call) => findCell(call, column)))
  if (missing !== undefined) throw noColumn(op, missing, new Set(calls.flatMap(namesOf)))
}

function noColumn(op: string, column: string, names: ReadonlySet<string>): MandalaError {
  return new MandalaError('QUERY_INVALID', `Calls of ${op} have no ${column}`, { hint: `they have ${nearest(column, [...names, ...Object.keys(BUILT_IN)])}` })
}
