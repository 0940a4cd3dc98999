import type { FrameData, Node } from './frame-data.ts'
import { keepReached } from './keep-reached.ts'
import type { Reach } from './reach.ts'

/** What rests on the given nodes: all that their refs and calls lead to. */
export function downstream(data: FrameData, nodes: readonly Node[], how: Reach): FrameData {
  return keepReached(data, nodes, { direction: 'forward', how })
}
