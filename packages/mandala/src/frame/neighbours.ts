import type { Awaitable } from '../base/awaitable.ts'
import type { HistoryId } from '../base/ids.ts'
import type { CallReader, KnownCall, LinkedCall } from '../store/store.ts'
import { resolve, type Draft, type DraftVariable } from './draft.ts'
import { Glue } from './glue.ts'

/** Refs that came into a variable. */
export interface Sighting {
  readonly variable: DraftVariable
  readonly refs: readonly number[]
  /** Whether it matters where values that no call made are used. */
  readonly followsGiven: boolean
}

/** Calls by number, each with the variables through which it was found. */
export type Found = Map<number, Glue>

/** So many refs are asked for at once: enough for the cost of asking not to show, few enough for answers to be collected young. */
const REFS_AT_ONCE = 1_000

/** The calls that made refs whose variable doesn't have them yet. */
export async function findCreators(draft: Draft, sightings: readonly Sighting[], reader: CallReader): Promise<Found> {
  const { web } = draft
  const unknown = new Set<number>()
  for (const { refs } of sightings) for (const ref of refs) if (web.creator(ref) === undefined) unknown.add(ref)
  await meetCalls(draft, unknown, (hids) => reader.readCreators(hids))
  const found: Found = new Map()
  const none = new Glue()
  for (const { variable, refs } of sightings) {
    const kept = resolve(variable)
    const makers = draft.operations.flatMap(({ calls, outputs }) => Array.from(outputs).flatMap(([label, at]) => (at.includes(kept) ? [{ calls, label }] : [])))
    for (const ref of refs) {
      const number = web.creator(ref)
      if (number === undefined) continue
      const { outputs, signature } = web.call(number)
      const label = signature.outputs[outputs.indexOf(ref)] as string
      if (!makers.some((maker) => maker.label === label && maker.calls.has(number))) found.set(number, (found.get(number) ?? none).with(label, kept))
    }
  }
  return found
}

/** The calls that use refs. */
export async function findConsumers(draft: Draft, sightings: readonly Sighting[], reader: CallReader): Promise<Found> {
  const { web } = draft
  const variablesOf = new Map<number, DraftVariable | DraftVariable[]>()
  for (const { variable, refs, followsGiven } of sightings) {
    const kept = resolve(variable)
    for (const ref of refs) {
      if (!followsGiven && web.isGiven(ref)) continue
      const known = variablesOf.get(ref)
      variablesOf.set(ref, known === undefined ? kept : [known, kept].flat())
    }
  }
  const found: Found = new Map()
  const none = new Glue()
  await meetCalls(draft, variablesOf.keys(), (hids) => reader.readConsumers(hids, (hid) => web.hasCall(hid)), (number) => {
    const { inputs, signature } = web.call(number)
    let glue = found.get(number) ?? none
    for (let i = 0; i < inputs.length; i += 1) {
      const variables = variablesOf.get(inputs[i] as number)
      if (variables === undefined) continue
      for (const variable of Array.isArray(variables) ? variables : [variables]) glue = glue.with(signature.inputs[i] as string, variable)
    }
    found.set(number, glue)
  })
  return found
}

async function meetCalls(
  { web }: Draft, refs: Iterable<number>, read: (hids: readonly HistoryId[]) => Awaitable<readonly (LinkedCall | KnownCall)[]>,
  note: (number: number) => void = () => {},
): Promise<void> {
  const meet = async (hids: readonly HistoryId[]): Promise<void> => {
    for (const call of await read(hids)) note(web.addCall(call))
  }
  let hids: HistoryId[] = []
  for (const ref of refs) {
    if (hids.push(web.hid(ref)) < REFS_AT_ONCE) continue
    await meet(hids)
    hids = []
  }
  if (hids.length > 0) await meet(hids)
}
