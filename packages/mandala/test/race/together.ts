import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Outcome } from './program.ts'

/** Starts so many writers of a program, lets them loose at the same moment, and gives what each came to. */
export async function runTogether(path: string, program: string, count: number): Promise<readonly (Outcome & { readonly errors: readonly string[] })[]> {
  const writers = Array.from({ length: count }, (_, i) => fork(join(import.meta.dirname, 'writer.ts'), [path, program, String(i)], {
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  }))
  await Promise.all(writers.map(nextMessage))
  const outcomes = writers.map(nextMessage)
  for (const writer of writers) writer.send('go')
  return (await Promise.all(outcomes)) as (Outcome & { readonly errors: readonly string[] })[]
}

async function nextMessage(writer: ChildProcess): Promise<unknown> {
  const message = once(writer, 'message').then(([content]) => content as unknown)
  const end = once(writer, 'exit').then(([code]) => { throw new Error(`a writer ended with ${String(code)} and said nothing`) })
  end.catch(() => {})
  return Promise.race([message, end])
}
