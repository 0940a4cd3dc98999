import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../../..')

/** The folder of a package that only these tests need; `npm run matrix` brings it. */
export function locateTool(name: string): string {
  const folder = join(root, 'matrix/node_modules', name)
  if (!existsSync(folder)) throw new Error(`${folder} is missing: npm run matrix`)
  return folder
}

export interface Outcome {
  readonly status: number | null
  readonly output: string
}

/** Runs a program to its end; its output and its complaints in one text. */
export async function execute(command: readonly string[], options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> }): Promise<Outcome> {
  const [program, ...args] = command as [string, ...string[]]
  // As npm starts programs, with the repository's Node first.
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter)
  const env = { ...process.env, PATH, NO_COLOR: '1', NODE_TEST_CONTEXT: undefined, ...options.env }
  const child = spawn(program, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => { output += text })
  const [status] = await once(child, 'close') as [number | null]
  return { status, output }
}

/** The same, where failing would be a fault. */
export async function succeed(command: readonly string[], options: Parameters<typeof execute>[1]): Promise<string> {
  const { status, output } = await execute(command, options)
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${output}`)
  return output
}

/** Packs a copy of the package, as a release would: other tests go on using what is built here. */
export async function pack(folder: string): Promise<string> {
  const copy = join(folder, 'repository')
  const names = ['README.md', 'LICENSE', 'tsconfig.json', ...['package.json', 'prepack.ts', 'tsconfig.build.json', 'src'].map((name) => join('packages/mandala', name))]
  for (const name of names) cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
  mkdirSync(join(copy, 'packages/mandala/dist'))
  writeFileSync(join(copy, 'packages/mandala/dist/gone.js'), 'left by an earlier build')
  await succeed(['npm', 'pack', '--pack-destination', folder], { cwd: join(copy, 'packages/mandala') })
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no tarball')
}

/** An empty project with the tarball installed, a program that uses it, and the tests of its types. */
export async function makeProject(folder: string, tarball: string): Promise<string> {
  const project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }))
  await succeed(['npm', 'install', '--prefix', project, '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: project })
  for (const name of ['experiment.ts', 'main.ts']) cpSync(join(import.meta.dirname, name), join(project, name))
  writeFileSync(join(project, 'wrong.ts'), "import { op } from 'mandala-ts'\n\nawait op((x: number) => x)('1')\n")
  writeFileSync(join(project, 'main.test.ts'), "import { test } from 'vitest'\n\ntest('main', async () => { await import('./main.ts') })\n")
  for (const name of ['equal.ts', 'op.test.ts', 'unwrap.test.ts']) {
    const text = readFileSync(join(import.meta.dirname, '../types', name), 'utf8')
    writeFileSync(join(project, `types-${name}`), text.replace('../../src/index.ts', 'mandala-ts').replace('./equal.ts', './types-equal.ts'))
  }
  // What a user would install beside it.
  mkdirSync(join(project, 'node_modules/@types'))
  for (const name of ['tsx', 'vitest']) symlinkSync(locateTool(name), join(project, 'node_modules', name), 'junction')
  symlinkSync(join(root, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'), 'junction')
  return project
}

/** Every way in which people start TypeScript, after the path of a Node. */
export const WAYS: Readonly<Record<string, readonly string[]>> = {
  node: ['main.ts'],
  tsx: ['node_modules/tsx/dist/cli.mjs', 'main.ts'],
  vitest: ['node_modules/vitest/vitest.mjs', 'run', 'main.test.ts'],
}

/** The Nodes that the package promises to work on: the oldest of 22, the one that runs this, and 26. */
export function listNodes(): readonly string[] {
  return [...(hasOtherNodes ? ['node-22', 'node-26'].map((name) => join(locateTool(name), 'bin/node')) : []), process.execPath]
}

export const hasOtherNodes = process.platform === 'linux' && process.arch === 'x64'

/** A Node of this machine that is too old, if there is one. */
export function findOldNode(): string | undefined {
  return (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node')).find((path) => {
    const [, major] = /^v(\d+)\./.exec(existsSync(path) ? spawnSync(path, ['-v'], { encoding: 'utf8' }).stdout : '') ?? []
    return major !== undefined && Number(major) < 22
  })
}

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'mandala-packed-'))
}
