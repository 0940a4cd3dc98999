import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

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
