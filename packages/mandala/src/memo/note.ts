import { expectInput, isRecord } from '../base/expect.ts'
import type { Notes } from '../model/notes.ts'
import { findContext } from './context.ts'

/**
 * Attaches figures to the call that is being executed: tokens, dollars, the model that answered. They are kept with it, are no part of its
 * identity, and a hit gives them back. Numbers of one name add up, so that a helper may note each of its requests; of texts the last holds.
 * Outside the function of an op that is called in a run, nothing happens.
 * @throws MandalaError `INPUT_INVALID` for anything but finite numbers and texts, by name.
 * @example
 * note({ tokens: usage.total_tokens, usd: 0.0021 })
 */
export function note(notes: Notes): void {
  expectInput('note', notes, [isNotes, 'pass finite numbers or texts by name: note({ tokens: 1234, usd: 0.002 })'])
  const execution = findContext()?.execution
  if (!execution) return
  const before = execution.notes ?? {}
  const added = Object.entries(notes).map(([name, value]) => {
    const known = Object.hasOwn(before, name) ? before[name] : undefined
    return [name, typeof value === 'number' && typeof known === 'number' ? known + value : value] as const
  })
  execution.notes = { ...before, ...Object.fromEntries(added) }
}

function isNotes(given: unknown): boolean {
  return isRecord(given) && Object.values(given).every((value) => typeof value === 'string' || Number.isFinite(value))
}
