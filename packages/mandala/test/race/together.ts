import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Outcome } from './program.ts'

type Told = Outcome & { readonly errors: readonly string[] }

/** Starts so many writers of a program, lets them loose at the same moment, and gives what each came to. */
export async function runTogether(path: string, program: string, count: number, thresholdMB: number = 4): Promise<readonly Told[]> {
  const writers = Array.from({ length: count }, (_, i) => fork(join(import.meta.dirname, 'writer.ts'), [path, program, String(i), String(thresholdMB)], {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  }))
  await Promise.all(writers.map(nextMessage))
  const outcomes = writers.map(nextMessage)
  for (const writer of writers) writer.send('go')
  return (await Promise.all(outcomes)) as Told[]
}

async function nextMessage(writer: ChildProcess): Promise<unknown> {
  const message = once(writer, 'message').then(([content]) => content as unknown)
  const end = once(writer, 'exit').then(([code]) => { throw new Error(`a writer ended with ${String(code)} and said nothing`) })
  end.catch(() => {})
  return Promise.race([message, end])
}
