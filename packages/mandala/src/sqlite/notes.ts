import type { Notes } from '../model/notes.ts'

/** As they stand in a row. */
export function toNotes(stored: string | null): Notes | undefined {
  return stored === null ? undefined : (JSON.parse(stored) as Notes)
}
