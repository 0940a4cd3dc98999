import { createHash, hash } from 'node:crypto'
import { ID_LENGTH } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'

/** What an id is the id of; the first thing in every hash, so that records of two kinds never collide. */
export type RecordKind = 'value' | 'approx' | 'type-hash' | 'external' | 'list' | 'dict' | 'set' | 'call' | 'call-history' | 'history' | 'output'
  | 'versioned' | 'version' | 'semantic' | 'source' | 'component'

const FORMAT = 'mandala1'

/** The id of a record: the one door to hashing. `text` must be self-delimiting within its kind. */
export function digest(kind: RecordKind, text: string): string {
  const record = `${FORMAT}:${kind}\n${text}`
  // Strings in values are written in another way then; what is left are names, and two of these would become one.
  if (!record.isWellFormed()) {
    throw new MandalaError('INPUT_INVALID', 'A name holds half of a surrogate pair, which has no UTF-8', {
      hint: 'use whole characters in names of ops, inputs and externals',
    })
  }
  return hash('sha256', record, 'hex').slice(0, ID_LENGTH)
}

/** SHA-256 in hex of raw bytes, which only ever stand inside a record with their length and type. */
export function digestBytes(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

/** The same as {@link digest} for a text too long for one string. */
export class StreamingDigest {
  readonly #hash = createHash('sha256')

  constructor(kind: RecordKind) {
    this.#hash.update(`${FORMAT}:${kind}\n`)
  }

  add(text: string): void {
    this.#hash.update(text)
  }

  end(): string {
    return this.#hash.digest('hex').slice(0, ID_LENGTH)
  }
}
