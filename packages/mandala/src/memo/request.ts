import type { CallHistoryId } from '../base/ids.ts'
import { deriveCallHistoryId, writeCallHistory } from '../model/derive-ids.ts'
import type { OpDefinition } from './definition.ts'
import { isLight, Parts, type MemoInput } from './identified.ts'

/** A call with its identity, before it is known whether it hits. */
export class Request {
  readonly op: OpDefinition
  readonly args: readonly unknown[]
  readonly inputs: readonly MemoInput[]
  readonly parts: Parts
  /** Tells calls apart as `hid` does; what is in memory is found by it without hashing. */
  readonly history: string
  #hid: CallHistoryId | undefined

  constructor({ op, args, inputs, parts, hid }: { op: OpDefinition; args: readonly unknown[]; inputs: readonly MemoInput[]; parts?: Parts; hid?: CallHistoryId }) {
    this.op = op
    this.args = args
    this.inputs = inputs
    this.parts = parts ?? new Parts()
    this.history = writeCallHistory(op, inputs)
    this.#hid = hid
  }

  /** The inputs, unless they take much memory. */
  get lightInputs(): readonly MemoInput[] | undefined {
    return this.inputs.every(isLight) ? this.inputs : undefined
  }

  get hid(): CallHistoryId {
    return (this.#hid ??= deriveCallHistoryId(this.history))
  }
}
