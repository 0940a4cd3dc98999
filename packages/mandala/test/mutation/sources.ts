import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A program's files by name; `env:NAME` is a variable of its environment. */
export type Sources = ReadonlyMap<string, string>

const TEMPLATE = join(import.meta.dirname, 'project')

export function readTemplate(): Sources {
  const files = readdirSync(TEMPLATE, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(TEMPLATE, name)).isFile()).sort()
  // Where it stands in the repository it would be ignored.
  const named = files.map((name) => [name.replace(/^packages\//, 'node_modules/'), readFileSync(join(TEMPLATE, name), 'utf8')] as const)
  return new Map([...named, ['env:SHOP_REGION', 'north'], ['env:SHOP_DEBUG', 'no']])
}

/** A folder under which programs find the library, and share what is known of their files. */
export function prepareHome(home: string): void {
  write(join(home, 'node_modules/mandala-ts/package.json'), '{ "name": "mandala-ts", "version": "1.0.0", "type": "module", "exports": "./index.js" }')
  const library = new URL('../../src/index.ts', import.meta.url).href
  write(join(home, 'node_modules/mandala-ts/index.js'), `export * from '${library}'\n`)
  mkdirSync(join(home, 'cache'))
}

export function writeProgram(home: string, name: string, sources: Sources): string {
  const root = join(home, name)
  for (const [file, text] of sources) if (!file.startsWith('env:')) write(join(root, file), text)
  symlinkSync(join(home, 'cache'), join(root, 'node_modules/.cache'))
  return root
}

/** The variables of the environment that a program is to see. */
export function environmentOf(sources: Sources): Record<string, string> {
  return Object.fromEntries([...sources].flatMap(([name, text]) => (name.startsWith('env:') ? [[name.slice(4), text]] : [])))
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
