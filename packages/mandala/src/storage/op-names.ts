import { describe, expectInput, nearest } from '../base/expect.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { OpDefinition } from '../memo/definition.ts'
import { findDefinition, isOpName, type AnyOp } from '../memo/op.ts'
import { isStructureOp } from '../model/structure.ts'
import type { Store } from '../store/store.ts'

/** @throws MandalaError `INPUT_INVALID` for what is no op. */
export function definitionOf(place: string, given: unknown): OpDefinition {
  const definition = findDefinition(given)
  if (!definition) throw new MandalaError('INPUT_INVALID', `${place}: ${describe(given)} is not an op`, { hint: 'pass what op(...) returned' })
  return definition
}

/**
 * The name under which the calls of an op are stored.
 * @throws MandalaError `INPUT_INVALID` for what is no op, `NOT_FOUND` for a name that none has.
 */
export async function nameOfOp(store: Store, op: AnyOp | string, place: string): Promise<string> {
  if (typeof op !== 'string') return definitionOf(place, op).name
  await expectOpName(store, op, place)
  return op
}

/** Refuses the name of an op that isn't defined and has no stored calls: a misspelt one would silently find nothing. */
export async function expectOpName(store: Store, name: string, place: string): Promise<void> {
  expectInput(place, name, [(given) => typeof given === 'string', 'pass an op or its name'])
  if (isOpName(name) || isStructureOp(name)) return
  const known = (await store.readTotals()).filter(({ calls }) => calls > 0).map((op) => op.name).filter((each) => !isStructureOp(each))
  if (known.includes(name)) return
  const hint = known.length === 0 ? 'no call is stored yet' : `there are calls of ${nearest(name, known)}`
  throw new MandalaError('NOT_FOUND', `${place}: there is no op "${name}" in this storage`, { hint })
}
