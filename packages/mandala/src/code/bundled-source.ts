import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, sep } from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { MandalaError } from '../base/mandala-error.ts'
import { digest } from '../value/digest.ts'
import type { FileFacts } from './file-facts.ts'
import { findInstalled, findPackage, versionOf } from './packages.ts'
import type { ProgramSource, ResolvedModule } from './program.ts'
import { TRANSFORM_VERSION } from './transform.ts'

/** A file as a bundle brings it along. */
export interface BundledFile {
  readonly file: string
  readonly version: string
  /** {@link FileContent}, in letters that no tool takes for code: constants that are put in place of names stay out of it. */
  readonly packed: string
  /** The files that it refers to, be they loaded yet or not; undefined for those of a chunk that began to run and imports this one. */
  links(): readonly (BundledFile | undefined)[]
}

/** What is known of a file when the bundle is made. */
export interface FileContent {
  readonly facts: FileFacts
  /** As it was written; undefined for data. */
  readonly source: string | undefined
  /** What its imports lead to. */
  readonly resolved: Readonly<Record<string, ResolvedModule>>
  /** Packages, by name, as the root saw them. */
  readonly packages: Readonly<Record<string, string>>
  /** Functions of the same parameters, by the number of the marker that tells of one, or by its name. */
  readonly signatures: Readonly<Record<string, string>>
}

interface Placed {
  readonly bundled: BundledFile
  /** The bundle. */
  readonly path: string
  /** Whether it came with its own code rather than with a file that refers to it. */
  readonly isOwn: boolean
  content: FileContent | undefined
}

/** Whether a bundle is an installed package that the program uses: that counts by its version, as all packages do. */
export function isInstalled(path: string): boolean {
  const { folder } = findPackage(dirname(path)) ?? {}
  const entry = process.argv[1]
  const program = entry !== undefined && existsSync(entry) ? findPackage(dirname(realpathSync(entry)))?.folder : undefined
  return folder !== undefined && folder.split(sep).includes('node_modules') && folder !== program
}

/** The files of a program that runs from a bundle; those that no bundle brought are looked for elsewhere. */
export class BundledSource implements ProgramSource {
  readonly #files = new Map<string, Placed>()
  readonly #versions = new Map<string, string>()
  /** What was found for the root, by name of the package. */
  readonly #found = new Map<string, string | undefined>()
  /** Those that refer to what isn't there yet. */
  readonly #waiting = new Set<BundledFile>()
  readonly #elsewhere: ProgramSource

  constructor(elsewhere: ProgramSource) {
    this.#elsewhere = elsewhere
  }

  /**
   * Takes in a file that begins to run, and those that it refers to.
   * @returns the files that are known since, or are others than before
   */
  add(bundled: BundledFile, path: string): string[] {
    this.#found.clear()
    const news: string[] = []
    const met = new Set([bundled, ...this.#waiting])
    this.#waiting.clear()
    for (const each of met) {
      if (each.version !== TRANSFORM_VERSION) throw outdated(each)
      if (this.#put(each, path, each === bundled)) news.push(each.file)
      for (const link of each.links()) {
        if (link) met.add(link)
        else this.#waiting.add(each)
      }
    }
    return news
  }

  /** What came with its own code tells what that code is. */
  #put(bundled: BundledFile, path: string, isOwn: boolean): boolean {
    const known = this.#files.get(bundled.file)
    if (known && known.isOwn && !isOwn) return false
    const isSame = known?.bundled.packed === bundled.packed
    if (known && known.isOwn && !isSame && known.path !== path) throw inTwo(bundled, known.path, path)
    this.#files.set(bundled.file, { bundled, path, isOwn, content: isSame ? known.content : undefined })
    return !isSame
  }

  has(file: string): boolean {
    return this.#files.has(file)
  }

  #find(file: string): FileContent | undefined {
    const placed = this.#files.get(file)
    return placed && (placed.content ??= JSON.parse(inflateRawSync(Buffer.from(placed.bundled.packed, 'base64')).toString()) as FileContent)
  }

  loadFacts(file: string): FileFacts | undefined {
    return (this.#find(file) ?? { facts: this.#elsewhere.loadFacts(file) }).facts
  }

  findSource(file: string): string | undefined {
    return this.has(file) ? this.#find(file)?.source : this.#elsewhere.findSource(file)
  }

  findSignature(file: string, key: string): string | undefined {
    return this.#find(file)?.signatures[key]
  }

  resolveModule(file: string, source: string): ResolvedModule {
    if (!this.has(file)) return this.#elsewhere.resolveModule(file, source)
    const module = this.#find(file)?.resolved[source] ?? { kind: 'unknown' }
    return module.kind === 'package' ? { ...module, version: this.#versionNow(file, module) } : module
  }

  findVersion(name: string): string | undefined {
    if (!this.#found.has(name)) this.#found.set(name, this.#lookForVersion(name))
    return this.#found.get(name)
  }

  #lookForVersion(name: string): string | undefined {
    for (const file of this.#files.keys()) {
      const version = this.#find(file)?.packages[name]
      if (version !== undefined) return this.#versionNow(file, { name, version })
    }
    return this.#elsewhere.findVersion(name)
  }

  /** A package may be in the bundle, or be loaded from beside it: where the two differ, only this very bundle knows which of them runs. */
  #versionNow(file: string, { name, version }: { readonly name: string; readonly version: string }): string {
    const { path } = this.#files.get(file) as Placed
    const key = `${path} ${name}@${version}`
    let now = this.#versions.get(key)
    if (now === undefined) {
      const installed = findInstalled(name, dirname(path))
      const beside = installed === undefined ? version : versionOf(installed)
      now = beside === version ? version : `${version} or ${beside}, in ${digest('source', readFileSync(path, 'utf8'))}`
      this.#versions.set(key, now)
    }
    return now
  }

  hasFolder(folder: string): boolean {
    return [...this.#files.keys()].some((file) => folder === '.' || file.startsWith(`${folder}/`)) || this.#elsewhere.hasFolder(folder)
  }
}

function inTwo({ file }: BundledFile, one: string, other: string): MandalaError {
  return new MandalaError('BUNDLE_OUTDATED', `${file} is in two bundles, ${one} and ${other}, and not the same in both`, {
    hint: 'make both again from the same sources; those of two packages, whose files have the same names, can\'t run in one process',
  })
}

function outdated({ file, version }: BundledFile): MandalaError {
  return new MandalaError('BUNDLE_OUTDATED', `${file} was bundled by a mandala-ts that describes code otherwise (${version}, and this one ${TRANSFORM_VERSION})`, {
    hint: 'make the bundle again, with the mandala-ts that it runs with',
  })
}
