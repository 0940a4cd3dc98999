import { op, Storage, unwrap } from '../../src/index.ts'

export const greet = op(function greet(name: string) { return { text: `hello ${name}` } })

const NOBODY = 65_534

async function report(what: string, action: () => unknown): Promise<void> {
  try {
    process.stdout.write(`${what}: ${JSON.stringify(await action())}\n`)
  } catch (error) {
    process.stdout.write(`${what}: ${(error as { code?: string }).code ?? String(error)}\n`)
  }
}

/** Run as a program: uses a store that it may only read, as somebody who is no administrator. */
if (import.meta.main) {
  const [path] = process.argv.slice(2) as [string]
  if (process.getuid?.() === 0) {
    process.setgid?.(NOBODY)
    process.setuid?.(NOBODY)
  }
  await report('open', async () => {
    const storage = new Storage({ path, logger: { warn: () => {}, show: () => {}, progress: () => {} } })
    const retrace = (): Promise<unknown> => storage.run({ newCalls: 'error' }, async () => unwrap(await greet('Ada')))
    await report('retrace', retrace)
    await report('hit', () => storage.run(async () => unwrap(await greet('Ada'))))
    await report('refused', () => storage.run({ newCalls: 'error' }, () => greet('Bob')))
    await report('new', () => storage.run(async () => unwrap(await greet('Bob'))))
    await report('new again', () => storage.run(async () => unwrap(await greet('Bob'))))
    await report('retrace', retrace)
    await report('calls', async () => (await storage.calls(greet)).length)
    await report('check', () => storage.check())
    await report('close', async () => { await storage.close(); return 'done' })
    return 'done'
  })
}
