import type { Logger } from '../base/logger.ts'
import type { Memo } from '../memo/memo.ts'
import { showFailed, showSaved, type Summary } from '../memo/tally.ts'

const INTERVAL_MS = 100

/** Shows how a run gets on, until the returned function is called. */
export function showProgress(memo: Memo, logger: Logger): () => void {
  const before = memo.tally.since(undefined)
  let shownAt = 0
  const show = (isLast: boolean): void => {
    shownAt = performance.now()
    logger.progress(renderProgress(memo.tally.since(before), memo.inFlight.size), isLast)
  }
  const unsubscribe = memo.events.subscribe(() => {
    if (performance.now() - shownAt > INTERVAL_MS) show(false)
  })
  return () => {
    unsubscribe()
    show(true)
  }
}

function renderProgress(summary: Summary, running: number): string {
  const { hits, executed, failed } = summary
  return `${hits} hits · ${executed} executed${showFailed(failed)} · ${running} running · ${showSaved(summary)} saved`
}
