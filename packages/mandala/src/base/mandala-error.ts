/** Every code a {@link MandalaError} can carry; `docs/errors.md` has a heading for each. */
export type ErrorCode =
  | 'NODE_UNSUPPORTED'
  | 'VALUE_REFUSED'
  | 'VALUE_DAMAGED'
  | 'TYPE_INVALID'
  | 'OP_INVALID'
  | 'OP_NAME_TAKEN'
  | 'INPUT_INVALID'
  | 'OUTPUT_INVALID'
  | 'REF_AS_VALUE'
  | 'INPUT_MUTATED'
  | 'NEW_CALL_REFUSED'
  | 'OPTION_INVALID'
  | 'CODE_CHANGED'
  | 'CODE_UNSTABLE'
  | 'BUNDLE_OUTDATED'
  | 'NOT_FOUND'
  | 'FRAME_INVALID'
  | 'QUERY_INVALID'
  | 'PROGRAM_FAILED'
  | 'STORE_NOT_OURS'
  | 'STORE_TOO_NEW'
  | 'STORE_UNREADABLE'
  | 'STORE_FULL'
  | 'STORE_READ_ONLY'
  | 'STORE_DAMAGED'
  | 'STORE_BUSY'
  | 'STORE_CLOSED'

/** An error of the world: what went wrong, by code, and what to do next. */
export class MandalaError extends Error {
  readonly code: ErrorCode
  /** The next step for the person who reads it. */
  readonly hint: string
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, details: { hint: string; cause?: unknown; retryable?: boolean }) {
    super(`${message}\n  → ${details.hint}`, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'MandalaError'
    this.code = code
    this.hint = details.hint
    this.retryable = details.retryable ?? false
  }
}
