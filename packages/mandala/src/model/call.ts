import type { CallContentId, CallHistoryId } from '../base/ids.ts'
import type { Ref } from './ref.ts'

/** One recorded execution of an op. */
export interface Call {
  readonly hid: CallHistoryId
  readonly cid: CallContentId
  readonly op: string
  readonly version: number
  readonly inputs: Readonly<Record<string, Ref<unknown>>>
  readonly outputs: Readonly<Record<string, Ref<unknown>>>
  /** When its function ran; of a call that was found by content, that of the call that did run. */
  readonly startedAt: Date
  readonly durationMs: number
}
