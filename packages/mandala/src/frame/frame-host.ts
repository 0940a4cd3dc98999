import type { CallHistoryId, ContentId, VersionId } from '../base/ids.ts'
import type { CallReader, Dropped } from '../store/store.ts'
import type { OpChoice } from './expand-options.ts'

/** What a frame needs of the storage that it looks at. */
export interface FrameHost {
  readonly reader: CallReader
  /** Ends a burst of reads: the next one sees what was written meanwhile. */
  rest(): void
  /** What a value is known by. */
  identify(value: unknown): ContentId
  /**
   * The name that an op has now.
   * @throws MandalaError `NOT_FOUND` for a name that no op has.
   */
  nameOfOp(op: OpChoice, place: string): Promise<string>
  /** The calls that used the code of a version. */
  listVersionCalls(id: VersionId): Promise<ReadonlySet<CallHistoryId>>
  dropCalls(hids: readonly CallHistoryId[], options: { readonly dependents: boolean; readonly dryRun: boolean }): Promise<Dropped>
}
