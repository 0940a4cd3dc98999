/** The clean process of `mandala verify`: loads a program for its ops, executes stored calls, tells its parent what came of it. */
import { pathToFileURL } from 'node:url'
import type { ErrorCode, MandalaError } from '../base/mandala-error.ts'
import type { Verification } from '../inspect/verification.ts'
import type { Storage } from '../storage/storage.ts'

export interface Asked {
  readonly program: string
  readonly store: string
  readonly deps: string | boolean
  readonly op: string | undefined
  readonly sample: number | 'all' | undefined
  readonly seed: number | undefined
}

export type Answered =
  | { readonly kind: 'report'; readonly report: Omit<Verification, 'toString'> }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly message: string; readonly hint: string }
  /** Told by nobody: its process ended. */
  | { readonly kind: 'ended'; readonly how: string }

interface Library {
  readonly Storage: typeof Storage
  readonly MandalaError: typeof MandalaError
}

process.once('message', (asked: Asked & { readonly library: string }) => void tell(asked))

// Nobody waits for the answer any more.
process.once('disconnect', () => process.exit())

async function tell({ library, ...asked }: Asked & { readonly library: string }): Promise<void> {
  const { Storage: Opened, MandalaError: Refusal } = (await import(library)) as Library
  process.send?.(await verify(asked, Opened).catch((error: unknown) => describe(error, asked, Refusal)))
}

async function verify({ program, store, deps, op, sample, seed }: Asked, Opened: typeof Storage): Promise<Answered> {
  await import(pathToFileURL(program).href)
  await using storage = new Opened({ path: store, deps })
  const options = { ...(sample === undefined ? {} : { sample: sample === 'all' ? Infinity : sample }), ...(seed === undefined ? {} : { seed }) }
  return { kind: 'report', report: { ...(await storage.verify(op, options)) } }
}

function describe(error: unknown, { program }: Asked, Refusal: typeof MandalaError): Answered {
  if (error instanceof Refusal) return { kind: 'refused', code: error.code, message: error.message.split('\n  → ')[0] as string, hint: error.hint }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { kind: 'refused', code: 'PROGRAM_FAILED', message: `${program} can't be loaded: ${stack}`, hint: 'mend it, or name a module that only defines ops' }
}
