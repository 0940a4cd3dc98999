import { createInterface } from 'node:readline'

/** Whether somebody can be asked. */
export const hasTerminal = (): boolean => Boolean(process.stdin.isTTY && process.stderr.isTTY)

/** Asks in the terminal until the answer is one. The end of the input, as at a Ctrl-D, is a no. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr, prompt: `${question} [y]es / [n]o  ` })
  try {
    terminal.prompt()
    for await (const line of terminal) {
      const answer = line.trim().toLowerCase()
      if (['y', 'yes', 'n', 'no'].includes(answer)) return answer.startsWith('y')
      terminal.prompt()
    }
    return false
  } finally {
    terminal.close()
  }
}
