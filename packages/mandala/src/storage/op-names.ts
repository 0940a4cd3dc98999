import { describe, expectInput, nearest } from '../base/expect.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { OpDefinition } from '../memo/definition.ts'
import { findDefinition, isOpName, type AnyOp } from '../memo/op.ts'
import { isStructureOp } from '../model/structure.ts'
import type { NamedStore } from '../store/named-store.ts'

/** @throws MandalaError `INPUT_INVALID` for what is no op. */
export function definitionOf(place: string, given: unknown): OpDefinition {
  const definition = findDefinition(given)
  if (!definition) throw new MandalaError('INPUT_INVALID', `${place}: ${describe(given)} is not an op`, { hint: 'pass what op(...) returned' })
  return definition
}

/**
 * The name that an op has now; code may still go by an old one.
 * @throws MandalaError `INPUT_INVALID` for what is no op, `NOT_FOUND` for a name that none has.
 */
export async function nameOfOp(store: NamedStore, op: AnyOp | string, place: string): Promise<string> {
  const name = typeof op === 'string' ? op : definitionOf(place, op).name
  if (typeof op === 'string') await expectOpName(store, op, place)
  const names = await store.followNames()
  return names.currentOp(names.storedOp(name))
}

/** Refuses the name of an op that isn't defined and has no stored calls: a misspelt one would silently find nothing. */
export async function expectOpName(store: NamedStore, name: string, place: string): Promise<void> {
  expectInput(place, name, [(given) => typeof given === 'string', 'pass an op or its name'])
  if (isOpName(name) || isStructureOp(name)) return
  const names = await store.followNames()
  const all = (await store.readTotals()).filter((op) => !isStructureOp(op.name))
  if (all.some((op) => op.calls > 0 && op.name === names.currentOp(names.storedOp(name)))) return
  const hint = all.length === 0 ? 'no call is stored yet' : `there are calls of ${nearest(name, all.map((op) => op.name))}`
  throw new MandalaError('NOT_FOUND', `${place}: there is no op "${name}" in this storage`, { hint })
}
