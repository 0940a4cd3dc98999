import { runProgram, type Program } from './program.ts'
import { startFrame } from './frames.ts'

/** Everything about a few frames of a program, as text. */
export async function describe(program: Program): Promise<string> {
  const ran = await runProgram(program)
  const texts: string[] = []
  for (const op of ['inc', 'pair', 'total', undefined]) {
    const frame = await (await startFrame(ran, { op, picks: [3, 4, 5] })).expandAll()
    const rows = (await frame.df({ calls: false })).objects()
    texts.push(String(frame), frame.toDot(), frame.toMermaid(), JSON.stringify(rows), JSON.stringify(frame.graph().edges))
  }
  await ran.storage.close()
  return texts.join('\n')
}

if (process.argv[1] === import.meta.filename) {
  for (const program of JSON.parse(process.argv[2] ?? '[]') as Program[]) process.stdout.write(`${await describe(program)}\n`)
}
