import { createInterface } from 'node:readline'
import { describe } from '../base/expect.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { renderCodeChange } from '../render/code-change.ts'
import type { CodeChange, Decision } from '../versions/change.ts'

/** Who says what a new content of a component means for the calls that used the one before. */
export type OnChange = 'ask' | 'recompute' | 'reuse' | 'error' | ((change: CodeChange) => Decision | Promise<Decision>)

export async function decide(change: CodeChange, policy: OnChange): Promise<Decision> {
  switch (policy) {
    case 'recompute':
    case 'reuse': return policy
    case 'ask': return ask(change)
    case 'error': throw changed(change, WAY_OUT)
    default: return expectDecision(change, await policy(change))
  }
}

function expectDecision({ component }: CodeChange, given: unknown): Decision {
  if (given === 'recompute' || given === 'reuse') return given
  throw new MandalaError('OPTION_INVALID', `onChange gave ${describe(given)} for ${component}`, { hint: "give 'recompute' or 'reuse'" })
}

const WAY_OUT = "run with onChange: 'recompute' or 'reuse', or go back to the code before"
const QUESTION = 'Execute these calls again? [y]es / [n]o, it means the same / [a]bort  '

async function ask(change: CodeChange): Promise<Decision> {
  process.stderr.write(`${renderCodeChange(change)}\n`)
  const { stdin } = process
  // Of an input that has ended no end is told any more.
  if (stdin.readableEnded || stdin.destroyed) throw unanswered(change)
  const terminal = createInterface({ input: stdin, output: process.stderr, prompt: QUESTION })
  try {
    terminal.prompt()
    for await (const line of terminal) {
      switch (line.trim().toLowerCase()) {
        case 'y': case 'yes': return 'recompute'
        case 'n': case 'no': return 'reuse'
        case 'a': case 'abort': throw changed(change, 'nothing was decided or run')
      }
      terminal.prompt()
    }
  } finally {
    terminal.close()
  }
  throw unanswered(change)
}

/** The input ended, as at a Ctrl-D or where there is no terminal. */
function unanswered(change: CodeChange): MandalaError {
  return changed(change, `nobody answered, so nothing was decided or run: ${WAY_OUT}`)
}

function changed({ component, affected }: CodeChange, hint: string): MandalaError {
  const ops = affected.map(({ op, calls }) => `${calls} of ${op}`).join(', ')
  return new MandalaError('CODE_CHANGED', `${component} has changed, which calls used: ${ops}`, { hint })
}
