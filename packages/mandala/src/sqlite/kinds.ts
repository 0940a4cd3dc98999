import { DamagedRow } from './sqlite-error.ts'

/** How kinds of refs are written; the place in this list never changes. */
export const KINDS = ['value', 'list', 'dict', 'set', 'external'] as const

export function kindAt(place: number): (typeof KINDS)[number] {
  const kind = KINDS[place]
  if (kind === undefined) throw new DamagedRow(`${place} is no kind of ref`)
  return kind
}
