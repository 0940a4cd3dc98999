import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { makeFolder } from '../helpers.ts'

const execute = promisify(execFile)
const library = resolve(import.meta.dirname, '../..')

export interface Report {
  readonly result: unknown
  readonly executed: string[]
  readonly warnings: string[]
}

/** A project in a folder of its own, whose program prints a line of JSON and is run with the loader. */
export function makeProject(t: TestContext, files: Record<string, string>) {
  const folder = makeFolder(t)
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  write('package.json', '{ "name": "project", "type": "module" }')
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(library, join(folder, 'node_modules/mandala-ts'), 'junction')
  for (const [name, text] of Object.entries(files)) write(name, text)
  const start = async (args: readonly string[], env: Record<string, string> = {}): Promise<Report> => {
    const options = { cwd: folder, env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env } }
    return JSON.parse((await execute(process.execPath, ['--no-warnings', ...args], options)).stdout) as Report
  }
  const run = (env: Record<string, string> = {}, args: readonly string[] = []): Promise<Report> => start(['--import', 'mandala-ts/register', 'src/main.ts', ...args], env)
  return { folder, write, start, run }
}

/** A program around a block that gives a result. */
export const program = (before: string, block: string): string => `
import { op, Storage, unwrap } from 'mandala-ts'
${before}
const [executed, warnings]: [string[], string[]] = [[], []]
const logger = { warn: (text: string) => { warnings.push(text) }, show: () => {}, progress: () => {} }
const storage = new Storage({ path: 'store.db', deps: 'src', logger })
storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
const result = await storage.run(async () => { ${block} })
await storage.close()
console.log(JSON.stringify({ result, executed, warnings }))
`
