import { Draft } from './draft.ts'
import type { FrameData } from './frame-data.ts'
import { attachOpen } from './place-calls.ts'

/** Adds variables for all inputs and outputs of the frame's calls that have none. */
export function complete(data: FrameData): FrameData {
  const draft = Draft.of(data)
  for (const operation of draft.operations) for (const side of ['inputs', 'outputs'] as const) attachOpen(draft, operation, side, [...operation.calls])
  return draft.finish()
}
