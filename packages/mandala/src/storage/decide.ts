import { createInterface } from 'node:readline/promises'
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
    case 'error': throw changed(change, "run with onChange: 'recompute' or 'reuse', or go back to the code before")
    default: return expectDecision(change, await policy(change))
  }
}

function expectDecision({ component }: CodeChange, given: unknown): Decision {
  if (given === 'recompute' || given === 'reuse') return given
  throw new MandalaError('OPTION_INVALID', `onChange gave ${JSON.stringify(given)} for ${component}`, { hint: "give 'recompute' or 'reuse'" })
}

async function ask(change: CodeChange): Promise<Decision> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    process.stderr.write(`${renderCodeChange(change)}\n`)
    for (;;) {
      switch ((await terminal.question('Execute these calls again? [y]es / [n]o, it means the same / [a]bort  ')).trim().toLowerCase()) {
        case 'y': case 'yes': return 'recompute'
        case 'n': case 'no': return 'reuse'
        case 'a': case 'abort': throw changed(change, 'nothing was decided or run')
      }
    }
  } finally {
    terminal.close()
  }
}

function changed({ component, affected }: CodeChange, hint: string): MandalaError {
  const ops = affected.map(({ op, calls }) => `${calls} of ${op}`).join(', ')
  return new MandalaError('CODE_CHANGED', `${component} has changed, which calls used: ${ops}`, { hint })
}
