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
  readonly startedAt: Date
  readonly durationMs: number
}
