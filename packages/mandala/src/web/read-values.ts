import { isThenable, type Awaitable } from '../base/awaitable.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { Ref } from '../model/ref.ts'
import type { Web } from './web.ts'

/** The value of a Ref; of what isn't stored and can't be computed here, such as an external, the Ref itself. */
export function readValue(ref: Ref<unknown>): Awaitable<unknown> {
  if (ref.kind === 'external') return ref
  const orRef = (error: unknown): Ref<unknown> => {
    if (error instanceof MandalaError && error.code === 'VALUE_DAMAGED') return ref
    throw error
  }
  try {
    const value = ref.immediate ? ref.immediate.value : ref.owner.load(ref)
    return isThenable(value) ? Promise.resolve(value).catch(orRef) : value
  } catch (error) {
    return orRef(error)
  }
}

/** The values of refs, by their numbers. */
export async function readValues(web: Web, refs: Iterable<number>): Promise<ReadonlyMap<number, unknown>> {
  const values = new Map<number, unknown>()
  for (const ref of refs) {
    const value = readValue(web.ref(ref))
    values.set(ref, isThenable(value) ? await value : value)
  }
  return values
}
