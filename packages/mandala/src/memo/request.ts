import type { CallContentId, CallHistoryId } from '../base/ids.ts'
import { deriveCallContentId, deriveCallHistoryId, writeCallHistory } from '../model/derive-ids.ts'
import type { OpDefinition, StoredIdentity } from './definition.ts'
import { isLight, Parts, type MemoInput } from './identified.ts'

interface RequestParts {
  readonly op: OpDefinition
  readonly identity: StoredIdentity
  readonly args: readonly unknown[]
  readonly inputs: readonly MemoInput[]
  readonly parts?: Parts
  readonly hid?: CallHistoryId
}

/** A call with its identity, before it is known whether it hits. */
export class Request {
  readonly op: OpDefinition
  /** The op as ids know it. */
  readonly identity: StoredIdentity
  readonly args: readonly unknown[]
  /** Under the names by which they are stored. */
  readonly inputs: readonly MemoInput[]
  readonly parts: Parts
  /**
   * Tells calls apart by the histories and the contents of their inputs; what is in memory is found by it without hashing. After a call
   * was refreshed or dropped, one history may stand for two contents.
   */
  readonly key: string
  /** Whether it is known that no call on equal inputs was stored when it was last looked for. */
  isNew = false
  readonly #history: string
  #hid: CallHistoryId | undefined
  #cid: CallContentId | undefined

  constructor({ op, identity, args, inputs, parts, hid }: RequestParts) {
    this.op = op
    this.identity = identity
    this.args = args
    this.inputs = inputs
    this.parts = parts ?? new Parts()
    this.#history = writeCallHistory(identity, inputs)
    this.key = this.#history
    for (const { knownHid, cid } of inputs) if (knownHid !== undefined) this.key += cid
    this.#hid = hid
  }

  /** The inputs, unless they take much memory. */
  get lightInputs(): readonly MemoInput[] | undefined {
    return this.inputs.every(isLight) ? this.inputs : undefined
  }

  get hid(): CallHistoryId {
    return (this.#hid ??= deriveCallHistoryId(this.#history))
  }

  get cid(): CallContentId {
    return (this.#cid ??= deriveCallContentId(this.identity, this.inputs))
  }

  /** Whether a stored call of this history is the one that is meant. */
  isAnsweredBy(stored: { readonly cid: CallContentId }): boolean {
    return this.inputs.every((input) => input.knownHid === undefined) || stored.cid === this.cid
  }
}
