import type { StoredVersion, VersionUse } from '../store/store.ts'

/** A component whose content is a new one. */
export interface CodeChange {
  /** `file#qualified.name` */
  readonly component: string
  /** The content that was last in use, and the one that came. */
  readonly before: string
  readonly after: string
  /** What rests on the content before, by op. */
  readonly affected: readonly AffectedOp[]
}

export interface AffectedOp {
  readonly op: string
  readonly calls: number
  /** What the calls took, and would take again. */
  readonly durationMs: number
}

/** The code as it is now, held against what stored calls used. */
export interface CodeStatus {
  /** How many components stored calls used; 0 where none knows its code. */
  readonly components: number
  /** Components with a content that no call used so far, and that nothing was decided of. */
  readonly changed: readonly CodeChange[]
  /** Functions and classes that calls used and that aren't there any more. */
  readonly gone: readonly string[]
  /** Values that only the program can tell, where it isn't loaded. */
  readonly unseen: readonly string[]
}

/** Whether calls that used the content before are executed again with the new one, or hold for it too. */
export type Decision = 'recompute' | 'reuse'

/** The calls of these versions, by op. */
export function sumUses(versions: readonly StoredVersion[], uses: readonly VersionUse[]): AffectedOp[] {
  const byVersion = new Map(uses.map((use) => [use.version, use]))
  return Array.from(Map.groupBy(versions, ({ op }) => op), ([op, ofOp]) => {
    const used = ofOp.flatMap(({ id }) => byVersion.get(id) ?? [])
    return { op, calls: used.reduce((sum, { calls }) => sum + calls, 0), durationMs: used.reduce((sum, { durationMs }) => sum + durationMs, 0) }
  }).filter(({ calls }) => calls > 0)
}
