import type { PlainCall } from './view.ts'

/* Which calls an expansion has to find, straight from what is promised. */

export interface Start {
  readonly calls: ReadonlySet<string>
  /** Refs that are looked at first. */
  readonly refs: ReadonlySet<string>
  /** Whether values that no call made are looked at too, the first time. */
  readonly followsGiven: boolean
}

export interface Reach {
  readonly back: boolean
  readonly forward: boolean
  readonly depth: number
  readonly follows: (op: string) => boolean
}

const isStructure = (op: string): boolean => op.startsWith('__')

/** `ops` and `skip` as a test for ops: what ties collections to elements is followed unless it is skipped. */
export function followsBy(ops: readonly string[] | undefined, skip: readonly string[] | undefined): (op: string) => boolean {
  return (op) => !skip?.includes(op) && (!ops || ops.includes(op) || isStructure(op))
}

/** Step by step: the makers or users of the refs that came in with the last step. */
export function expandPlainly(all: readonly PlainCall[], start: Start, { back, forward, depth, follows }: Reach): Set<string> {
  const calls = new Set(start.calls)
  const computed = new Set(all.flatMap(({ outputs }) => outputs.map(([, hid]) => hid)))
  const seen = new Set(start.refs)
  let frontier = new Set(start.refs)
  for (let n = 0; n < depth && frontier.size > 0; n += 1) {
    const next = new Set<string>()
    for (const call of all) {
      const isMaker = back && call.outputs.some(([, hid]) => frontier.has(hid))
      const isUser = forward && call.inputs.some(([, hid]) => frontier.has(hid) && (computed.has(hid) || (n === 0 && start.followsGiven)))
      if (!(isMaker || isUser) || !follows(call.op)) continue
      calls.add(call.hid)
      for (const [, hid] of [...call.inputs, ...(forward ? call.outputs : [])]) if (!seen.has(hid)) next.add(hid)
    }
    for (const hid of next) seen.add(hid)
    frontier = next
  }
  return calls
}

/** Sets of calls that hang together through what was computed. */
export function findComponents(all: readonly PlainCall[]): Set<string>[] {
  const computed = new Set(all.flatMap(({ outputs }) => outputs.map(([, hid]) => hid)))
  const components: { readonly calls: Set<string>; readonly refs: Set<string> }[] = []
  for (const { hid, inputs, outputs } of all) {
    const refs = new Set([...inputs, ...outputs].map(([, ref]) => ref).filter((ref) => computed.has(ref)))
    const touching = components.filter((each) => !each.refs.isDisjointFrom(refs))
    const merged = touching.reduce((sum, each) => ({ calls: sum.calls.union(each.calls), refs: sum.refs.union(each.refs) }), { calls: new Set([hid]), refs })
    components.splice(0, components.length, ...components.filter((each) => !touching.includes(each)), merged)
  }
  return components.map(({ calls }) => calls)
}
