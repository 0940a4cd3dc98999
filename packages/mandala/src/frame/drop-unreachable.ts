import type { FrameData } from './frame-data.ts'
import { keepParts } from './parts.ts'
import { findEnds, Reachability, type Direction, type Reach } from './reach.ts'

/** What is left when everything goes that can't be reached from the refs at the ends: those that nothing made, or nothing uses. */
export function dropUnreachable(data: FrameData, direction: Direction, how: Reach): FrameData {
  return keepParts(data, new Reachability(data, direction, how).from(findEnds(data, direction === 'forward' ? 'outputs' : 'inputs')))
}
