import type { Awaitable } from '../base/awaitable.ts'
import type { HistoryId } from '../base/ids.ts'
import type { CallReader, KnownCall, LinkedCall } from '../store/store.ts'
import type { Web } from '../web/web.ts'
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
  await meetCalls(web, listUnmade(web, sightings), (hids) => reader.readCreators(hids))
  const found: Found = new Map()
  for (const sighting of sightings) addCreators(found, draft, sighting)
  return found
}

function listUnmade(web: Web, sightings: readonly Sighting[]): ReadonlySet<number> {
  const unmade = new Set<number>()
  for (const { refs } of sightings) {
    refs.forEach((ref) => {
      if (web.creator(ref) === undefined) unmade.add(ref)
    })
  }
  return unmade
}

function addCreators(found: Found, { web, operations }: Draft, { variable, refs }: Sighting): void {
  const kept = resolve(variable)
  const makers = operations.flatMap(({ calls, outputs }) => Array.from(outputs).flatMap(([label, at]) => (at.includes(kept) ? [{ calls, label }] : [])))
  const none = new Glue()
  refs.forEach((ref) => {
    const number = web.creator(ref)
    if (number === undefined) return
    const { outputs, signature } = web.call(number)
    const label = signature.outputs[outputs.indexOf(ref)] as string
    for (let i = 0; i < makers.length; i += 1) if (makers[i]?.label === label && makers[i]?.calls.has(number)) return
    found.set(number, (found.get(number) ?? none).with(label, kept))
  })
}

/** The calls that use refs. */
export async function findConsumers({ web }: Draft, sightings: readonly Sighting[], reader: CallReader): Promise<Found> {
  const variablesOf = listFollowed(web, sightings)
  const found: Found = new Map()
  const none = new Glue()
  await meetCalls(web, variablesOf.keys(), (hids) => reader.readConsumers(hids, (hid) => web.hasCall(hid)), (number) => {
    const { inputs, signature } = web.call(number)
    let glue = found.get(number) ?? none
    for (let i = 0; i < inputs.length; i += 1) {
      const variables = variablesOf.get(inputs[i] as number)
      variables?.forEach((variable) => {
        glue = glue.with(signature.inputs[i] as string, variable)
      })
    }
    found.set(number, glue)
  })
  return found
}

/** Refs with the variables that they came into. */
function listFollowed(web: Web, sightings: readonly Sighting[]): ReadonlyMap<number, readonly DraftVariable[]> {
  const variablesOf = new Map<number, readonly DraftVariable[]>()
  for (const { variable, refs, followsGiven } of sightings) {
    const kept = resolve(variable)
    const alone = [kept]
    refs.forEach((ref) => {
      if (!followsGiven && web.isGiven(ref)) return
      const known = variablesOf.get(ref)
      variablesOf.set(ref, known ? [...known, kept] : alone)
    })
  }
  return variablesOf
}

async function meetCalls(
  web: Web, refs: Iterable<number>, read: (hids: readonly HistoryId[]) => Awaitable<readonly (LinkedCall | KnownCall)[]>,
  note: (number: number) => void = () => {},
): Promise<void> {
  const hids = Array.from(refs, (ref) => web.hid(ref))
  for (let start = 0; start < hids.length; start += REFS_AT_ONCE) {
    const calls = await read(hids.slice(start, start + REFS_AT_ONCE))
    calls.forEach((call) => note(web.addCall(call)))
  }
}
