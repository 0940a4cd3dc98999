import { execFile } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { makeFolder } from '../helpers.ts'

const execute = promisify(execFile)
const library = resolve(import.meta.dirname, '../..')

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
  const run = async (env: Record<string, string> = {}, args: readonly string[] = []): Promise<{ result: unknown; executed: string[]; warnings: string[] }> => {
    const options = { cwd: folder, env: { ...process.env, NODE_TEST_CONTEXT: undefined, ...env } }
    const { stdout } = await execute(process.execPath, ['--no-warnings', '--import', 'mandala-ts/register', 'src/main.ts', ...args], options)
    return JSON.parse(stdout) as { result: unknown; executed: string[]; warnings: string[] }
  }
  return { folder, write, run }
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
