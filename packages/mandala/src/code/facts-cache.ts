import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { digest } from '../value/digest.ts'
import type { SourceKind } from './syntax.ts'
import { TRANSFORM_VERSION, transform, type Transformed, type TransformInput } from './transform.ts'

/** Keeps what was found out about a file until its content changes; the folder may be deleted at any time. */
export class FactsCache {
  readonly #folder: string

  constructor(root: string) {
    this.#folder = join(nearestModules(root), '.cache', 'mandala-ts', TRANSFORM_VERSION)
  }

  transform(input: TransformInput): Transformed {
    const path = join(this.#folder, `${digest('source', JSON.stringify([input.file, input.kind satisfies SourceKind, input.source]))}.json`)
    const kept = readKept(path)
    if (kept) return kept
    const transformed = transform(input)
    this.#keep(path, transformed)
    return transformed
  }

  #keep(path: string, transformed: Transformed): void {
    const unfinished = `${path}.${process.pid}`
    try {
      mkdirSync(this.#folder, { recursive: true })
      writeFileSync(unfinished, JSON.stringify(transformed))
      renameSync(unfinished, path)
    } catch {
      // A folder that can't be written to costs time, nothing else.
    }
  }
}

function readKept(path: string): Transformed | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Transformed
  } catch {
    return undefined
  }
}

function nearestModules(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules')
    if (existsSync(modules)) return modules
    if (dirname(folder) === folder) return join(root, 'node_modules')
  }
}
