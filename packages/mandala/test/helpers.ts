import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { MandalaError, type ErrorCode, type Storage, type StorageEvent } from '../src/index.ts'

/** A folder that goes when the test ends. */
export function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mandala-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The path of a store that isn't there yet. */
export function makePath(t: TestContext): string {
  return join(makeFolder(t), 'test.db')
}

/** What happened in a storage, a line an event; `take` gives what is new since the last time. */
export interface EventLog {
  readonly events: readonly StorageEvent[]
  take(): string[]
}

export function logOf(storage: Storage): EventLog {
  const events: StorageEvent[] = []
  let taken = 0
  storage.subscribe((event) => events.push(event))
  return {
    events,
    take() {
      const lines = events.slice(taken).flatMap(toLine)
      taken = events.length
      return lines
    },
  }
}

/** What ran, what did not and why, what failed, what was read. */
function toLine(event: StorageEvent): string[] {
  switch (event.kind) {
    case 'call-will-execute': return [`run ${event.op}`]
    case 'call-hit': return [`hit ${event.op} by ${event.by}`]
    case 'call-failed': return [`fail ${event.op}`]
    case 'value-loaded': return ['load']
    case 'value-damaged': return [`damaged, made by ${event.op}`]
    case 'calls-dropped': return [`drop ${event.dropped.calls}`]
    default: return []
  }
}

/** A check for `assert.throws` and `assert.rejects`: an error of the library with this code, whose text matches. */
export function hasCode(code: ErrorCode, text: RegExp = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof MandalaError, `expected a MandalaError, got ${String(error)}`)
    assert.equal(error.code, code, error.message)
    assert.match(error.message, text)
    assert.ok(error.hint.length > 0)
    return true
  }
}

/** A promise with its ends. */
export function makeGate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}
