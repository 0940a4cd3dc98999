import { isStructureOp } from '../model/structure.ts'
import type { OpTotals, Store } from '../store/store.ts'

/** An op with what its calls come to. */
export interface OpSummary extends OpTotals {
  /** How many sets of code its calls used; 0 where no code was tracked. */
  readonly codeVersions: number
}

/** The ops that have calls, by name and version number; not those that collections are built with. */
export async function listOps(store: Store): Promise<readonly OpSummary[]> {
  const versions = Map.groupBy(await store.readVersions(), ({ op }) => op)
  const totals = (await store.readTotals()).filter(({ name, calls }) => calls > 0 && !isStructureOp(name))
  return totals.map((each) => ({ ...each, codeVersions: versions.get(each.name)?.length ?? 0 }))
}
