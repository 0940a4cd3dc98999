import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { pathToFileURL } from 'node:url'
import { CallTrace, type Dependency, type Usage } from '../src/code/call-trace.ts'
import { installHooks } from '../src/code/install-hooks.ts'
import { SourceLoader } from '../src/code/source-loader.ts'

export type Files = Readonly<Record<string, string>>

/** What a program exports; tests know what they wrote. */
type Exports = Record<string, (...args: any[]) => any>

const root = mkdtempSync(join(tmpdir(), 'mandala-code-'))
after(() => rmSync(root, { recursive: true }))
writeFileSync(join(root, 'package.json'), '{ "name": "program", "type": "module" }')
mkdirSync(join(root, 'node_modules'))
export const loader = new SourceLoader(root, (text) => {
  throw new Error(text)
})
installHooks(loader)

let count = 0

/** Writes a program into a folder of its own. */
export function writeProgram(files: Files, folder: string = `p${(count += 1)}`): string {
  for (const [name, text] of Object.entries(files)) {
    const path = name.startsWith('/') ? join(root, name) : join(root, folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return folder
}

export async function loadProgram(files: Files, main: string = Object.keys(files)[0] as string): Promise<{ exports: Exports; folder: string }> {
  const folder = writeProgram(files)
  const exports = (await import(pathToFileURL(join(root, folder, main)).href)) as Exports
  return { exports, folder }
}

/** A dependency as it reads best: `f` ran, `=N` was read, `~N` was read and counts by where it comes from. Files are named where there are several. */
export function nameOf(dependency: Dependency, folder: string): string {
  const id = dependency.id.replace(`${folder}/`, '').replace(/^main\.[cm]?[jt]sx?#/, '')
  switch (dependency.kind) {
    case 'code': return id
    case 'value': return `=${id}`
    case 'outside': return `!${id}`
    case 'made': return `~${id}`
    case 'package': return `${id}@${dependency.version}`
    case 'env': return `$${id}`
  }
}

export async function traceCall(fn: () => unknown): Promise<{ result: unknown; usage: Usage }> {
  const trace = new CallTrace()
  const result = await trace.run(fn)
  return { result, usage: trace.usage() }
}

/** Runs `run(...args)` of a program as a call and names what it used. */
export async function useOf(files: Files, args: readonly unknown[] = []): Promise<{ result: unknown; names: string[]; usage: Usage }> {
  const { exports, folder } = await loadProgram(files)
  const run = exports.run as (...args: readonly unknown[]) => unknown
  const { result, usage } = await traceCall(() => run(...args))
  return { result, usage, names: usage.dependencies.map((dependency) => nameOf(dependency, folder)).sort() }
}
