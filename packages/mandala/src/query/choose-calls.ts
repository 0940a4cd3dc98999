import type { VersionId } from '../base/ids.ts'
import type { MatchOp } from '../store/match.ts'
import type { CallVersion } from '../model/variable.ts'

/** Of each op that has versions: which of them hold for the code of today, and how many there are. */
export type CurrentCode = ReadonlyMap<string, { readonly ids: readonly VersionId[]; readonly count: number }>

export interface CallChoice {
  /** Undefined where the storage follows no code. */
  readonly current: CurrentCode | undefined
  /** What a call of which no version is said means. */
  readonly version: 'current' | 'any'
}

/** The calls of an op that a statement means. */
export function chooseCalls(op: string, version: CallVersion, { current, version: unsaid }: CallChoice): MatchOp {
  switch (version.kind) {
    case 'any': return { name: op, version: undefined, code: undefined }
    case 'number': return { name: op, version: version.version, code: undefined }
    case 'code': return { name: op, version: undefined, code: { ids: [version.id], isLatest: false } }
    case 'current': {
      if (unsaid === 'any') return { name: op, version: version.isStated ? version.version : undefined, code: undefined }
      return { name: op, version: version.version, code: current && { ids: current.get(op)?.ids ?? [], isLatest: true } }
    }
  }
}
