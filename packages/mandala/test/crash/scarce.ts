import { op, Storage } from '../../src/index.ts'

/** 20 kB, or 600 kB from the 100th on. */
export const block = op(function block(n: number) {
  return Uint8Array.from({ length: n < 100 ? 20_000 : 600_000 }, (_, i) => ((i + 1) * (n + 3) * 2_654_435_761) >>> 11)
})

async function report(what: string, action: () => Promise<unknown>): Promise<void> {
  const outcome = await action().then(() => 'done', (error: unknown) => (error as { code?: string }).code ?? String(error))
  process.stdout.write(`${what}: ${outcome}\n`)
}

/** Run as a program: makes blocks on a store until something fails, and tells how that shows. */
if (import.meta.main) {
  const [path, thresholdMB, first, end] = process.argv.slice(2) as [string, string, string, string | undefined]
  const warn = (text: string): unknown => process.stdout.write(`warning: ${text}\n`)
  const storage = new Storage({ path, overflow: { thresholdMB: Number(thresholdMB) }, logger: { warn, show: () => {}, progress: () => {} } })
  await report('run', () => storage.run(async () => { for (let n = Number(first); n < Number(first) + 40 && n < 102; n += 1) await block(n) }))
  if (end !== 'leave') await report('close', () => storage.close())
}
