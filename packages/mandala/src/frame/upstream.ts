import type { FrameData, Node } from './frame-data.ts'
import { keepReached } from './keep-reached.ts'
import type { Reach } from './reach.ts'

/** What the given nodes rest on: all that leads to any of their refs and calls. */
export function upstream(data: FrameData, nodes: readonly Node[], how: Reach): FrameData {
  return keepReached(data, nodes, { direction: 'back', how })
}
