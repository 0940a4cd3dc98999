import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import Module from 'node:module'
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
    this.#keep(path, JSON.stringify(transformed))
    return transformed
  }

  /** The text without its types, of the same lines and columns; undefined where Node can't do that. */
  strip(code: string): string | undefined {
    const path = join(this.#folder, `${digest('source', code)}.js`)
    const kept = readText(path)
    if (kept !== undefined) return kept
    const stripped = stripTypes(code)
    if (stripped !== undefined) this.#keep(path, stripped)
    return stripped
  }

  #keep(path: string, text: string): void {
    const unfinished = `${path}.${process.pid}`
    try {
      mkdirSync(this.#folder, { recursive: true })
      writeFileSync(unfinished, text)
      renameSync(unfinished, path)
    } catch {
      // A folder that can't be written to costs time, nothing else.
    }
  }
}

function readKept(path: string): Transformed | undefined {
  try {
    return JSON.parse(readText(path) ?? '') as Transformed
  } catch {
    return undefined
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** As Node itself does it for a file, which warns of nothing. */
function stripTypes(code: string): string | undefined {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return Module.stripTypeScriptTypes(code)
  } catch {
    return undefined
  } finally {
    process.emitWarning = emitWarning
  }
}

function nearestModules(root: string): string {
  for (let folder = root; ; folder = dirname(folder)) {
    const modules = join(folder, 'node_modules')
    if (existsSync(modules)) return modules
    if (dirname(folder) === folder) return join(root, 'node_modules')
  }
}
