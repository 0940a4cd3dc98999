import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { digest } from '../value/digest.ts'

/** What a folder's package.json says. */
export interface PackageInfo {
  readonly folder: string
  readonly name: string | undefined
  readonly version: string
  readonly type: unknown
}

const known = new Map<string, PackageInfo | undefined>()

/** The package that a folder belongs to: the nearest package.json upwards. */
export function findPackage(folder: string): PackageInfo | undefined {
  if (known.has(folder)) return known.get(folder)
  const parent = dirname(folder)
  const info = readPackage(folder) ?? (parent === folder ? undefined : findPackage(parent))
  known.set(folder, info)
  return info
}

/**
 * The package that has the files of a folder; an installed one has the name that it is imported by. Deeper in it there may be a package.json for its own
 * sake, which tells neither name nor version.
 */
export function findOwner(folder: string): PackageInfo | undefined {
  const parts = folder.split(sep)
  const installed = parts.lastIndexOf('node_modules') + 1
  if (installed > 0) {
    const name = parts.slice(installed, installed + (parts[installed]?.startsWith('@') ? 2 : 1))
    const home = [...parts.slice(0, installed), ...name].join(sep)
    const info = findPackage(home)
    return info?.folder === home ? { ...info, name: name.join('/') } : undefined
  }
  const info = findPackage(folder)
  return info && info.name === undefined && dirname(info.folder) !== info.folder ? findOwner(dirname(info.folder)) : info
}

function readPackage(folder: string): PackageInfo | undefined {
  try {
    const { name, version, type } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
    return { folder, name: typeof name === 'string' ? name : undefined, version: typeof version === 'string' ? version : '0.0.0', type }
  } catch {
    return undefined
  }
}

/** The package of this name that a file in a folder would import. */
export function findInstalled(name: string, from: string): PackageInfo | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (existsSync(join(candidate, 'package.json'))) return findPackage(candidate)
    if (dirname(folder) === folder) return undefined
  }
}

const linked = new Map<string, string>()

/** Whether a folder is of a package that was installed, and not linked from where it is worked on. */
export function isInstalled(folder: string): boolean {
  return realpathSync(folder).split(sep).includes('node_modules')
}

/** What a package is known by: its version; of one that is linked here from where it is worked on, its files too. */
export function versionOf({ folder, version }: PackageInfo): string {
  if (isInstalled(folder)) return version
  const home = realpathSync(folder)
  let content = linked.get(home)
  if (content === undefined) {
    content = digest('source', JSON.stringify([...listSources(home)].sort().map((file) => [file, readFileSync(join(home, file), 'utf8')])))
    linked.set(home, content)
  }
  return `${version}+${content}`
}

function* listSources(folder: string, under = ''): Generator<string> {
  for (const entry of readdirSync(join(folder, under), { withFileTypes: true })) {
    const name = under === '' ? entry.name : `${under}/${entry.name}`
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) continue
    if (entry.isDirectory()) yield* listSources(folder, name)
    else if (/\.([cm]?[jt]sx?|json|wasm|node)$/.test(entry.name)) yield name
  }
}
