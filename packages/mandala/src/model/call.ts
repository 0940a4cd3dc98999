import { inspect } from 'node:util'
import type { CallContentId, CallHistoryId } from '../base/ids.ts'
import type { ProcessInfo } from '../base/this-process.ts'
import type { Notes } from './notes.ts'
import type { Ref } from './ref.ts'

type Refs = Readonly<Record<string, Ref<unknown>>>

/** One recorded execution of an op. */
export class Call {
  readonly hid: CallHistoryId
  readonly cid: CallContentId
  readonly op: string
  readonly version: number
  readonly inputs: Refs
  readonly outputs: Refs
  /** When its function ran; of a call that was found by content, that of the call that did run. */
  readonly startedAt: Date
  readonly durationMs: number
  /** What its function noted with `note(…)`. */
  readonly notes: Notes | undefined
  /** Where its function ran; undefined where nothing ran, or a release before 0.2 recorded it. */
  readonly process: ProcessInfo | undefined
  /** Whether it was found by its contents, when its inputs had come about in another way: nothing ran for it. */
  readonly isAdopted: boolean

  constructor(fields: Omit<Call, 'toString' | 'toJSON'>) {
    this.hid = fields.hid
    this.cid = fields.cid
    this.op = fields.op
    this.version = fields.version
    this.inputs = fields.inputs
    this.outputs = fields.outputs
    this.startedAt = fields.startedAt
    this.durationMs = fields.durationMs
    this.notes = fields.notes
    this.process = fields.process
    this.isAdopted = fields.isAdopted
  }

  /** As text: its Refs are no values. */
  toJSON(): string {
    return this.toString()
  }

  toString(): string {
    const outputs = Object.keys(this.outputs).join(', ')
    return `Call(${outputs} = ${this.op}(${Object.keys(this.inputs).join(', ')}), hid=${this.hid.slice(0, 6)}…)`
  }
}

// Outside the class body: computed names there can't be declared in isolation.
Object.defineProperty(Call.prototype, inspect.custom, { value: Call.prototype.toString })
Object.defineProperty(Call.prototype, Symbol.for('Jupyter.display'), {
  value(this: Call) { return { 'text/plain': this.toString() } },
})
