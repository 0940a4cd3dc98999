import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, extname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MandalaError } from '../base/mandala-error.ts'
import { digest } from '../value/digest.ts'
import { FactsCache } from './facts-cache.ts'
import type { FileFacts } from './file-facts.ts'
import { findInstalled, findPackage, versionOf } from './packages.ts'
import type { ProgramSource, ResolvedModule } from './program.ts'
import type { SourceKind } from './syntax.ts'
import { instrument, type Transformed } from './transform.ts'

/** A file as Node is to run it. */
export interface LoadedSource {
  readonly format: 'module' | 'commonjs' | 'module-typescript' | 'commonjs-typescript'
  readonly code: string
}

export interface KnownFile {
  readonly source: string
  readonly transformed: Transformed
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs']
const CANDIDATES = ['', ...EXTENSIONS, '.json', ...EXTENSIONS.map((extension) => `/index${extension}`)]

/** What a bundle has in it that reports by itself. */
const BUNDLED = '.registerBundled('

/** Files of the library itself. */
const OWN_FOLDER = resolve(import.meta.dirname, '..')

/** The files under a root: what they are, what their imports lead to, and how they run. */
export class SourceLoader implements ProgramSource {
  readonly root: string
  readonly #cache: FactsCache
  readonly #files = new Map<string, KnownFile | undefined>()
  readonly #resolved = new Map<string, ResolvedModule>()
  readonly warn: (text: string) => void

  constructor(root: string, warn: (text: string) => void) {
    if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
      throw new MandalaError('OPTION_INVALID', `there is no folder ${root} to track files of`, { hint: `name that of your code, seen from ${process.cwd()}` })
    }
    this.root = realpathSync(root)
    this.#cache = new FactsCache(this.root)
    this.warn = warn
  }

  /** The name under the root of a file that is tracked. */
  findName(path: string): string | undefined {
    const name = relative(this.root, path)
    const isUnder = name !== '' && !name.startsWith('..') && !name.split(sep).includes('node_modules')
    return isUnder && EXTENSIONS.includes(extname(path)) && !path.startsWith(OWN_FOLDER + sep) ? name.split(sep).join('/') : undefined
  }

  /** The file as it is to run; undefined if it can't be parsed, which Node will say better. */
  load(file: string): LoadedSource | undefined {
    const known = this.#known(file)
    if (!known) return undefined
    const { source, transformed } = known
    const code = instrument(source, transformed)
    const isTypeScript = /\.[cm]?tsx?$/.test(file)
    const format = transformed.facts.isModule ? 'module' : 'commonjs'
    if (transformed.special.some((syntax) => syntax !== 'decorators') || /x$/.test(file)) return { format, code: lower(this.pathOf(file), code) }
    const stripped = isTypeScript ? this.#cache.strip(code) : code
    return stripped === undefined ? { format: `${format}-typescript`, code } : { format, code: stripped }
  }

  loadFacts(file: string): FileFacts | undefined {
    if (file.endsWith('.json')) return this.#dataFacts(file)
    return this.#known(file)?.transformed.facts
  }

  resolveModule(file: string, source: string): ResolvedModule {
    const key = `${file}\n${source}`
    let module = this.#resolved.get(key)
    if (!module) {
      module = this.#resolve(file, source)
      this.#resolved.set(key, module)
    }
    return module
  }

  /** What Node found for an import that only it can tell: aliases, packages. */
  noteResolved({ file, source, url }: { readonly file: string; readonly source: string; readonly url: string }): void {
    if (/^\.{0,2}\//.test(source) || !url.startsWith('file:')) return
    this.#resolved.set(`${file}\n${source}`, this.#moduleAt(fileURLToPath(url)))
  }

  findVersion(name: string): string | undefined {
    const installed = findInstalled(name, this.root)
    return installed && versionOf(installed)
  }

  hasFolder(folder: string): boolean {
    return statSync(this.pathOf(folder), { throwIfNoEntry: false })?.isDirectory() ?? false
  }

  findSource(file: string): string | undefined {
    return file.endsWith('.json') ? undefined : this.#known(file)?.source
  }

  /** What is known of a file's code, and the code that is about; undefined if there is none, or it can't be parsed. */
  findTransformed(file: string): KnownFile | undefined {
    return this.#known(file)
  }

  /** A file, or any, may have been changed: they are read again. */
  forget(file?: string): void {
    if (file === undefined) this.#files.clear()
    else this.#files.delete(file)
  }

  pathOf(file: string): string {
    return join(this.root, file)
  }

  #known(file: string): KnownFile | undefined {
    if (!this.#files.has(file)) this.#files.set(file, this.#read(file))
    return this.#files.get(file)
  }

  #read(file: string): KnownFile | undefined {
    const path = this.pathOf(file)
    if (this.findName(path) === undefined || !existsSync(path)) return undefined
    const source = readFileSync(path, 'utf8')
    if (source.includes(BUNDLED)) return undefined
    try {
      return { source, transformed: this.#cache.transform({ file, source, kind: kindOf(path) }) }
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      this.warn(`${file} isn't tracked: ${error.message}`)
      return undefined
    }
  }

  /** A JSON file is one value. */
  #dataFacts(file: string): FileFacts | undefined {
    const path = this.pathOf(file)
    if (!existsSync(path)) return undefined
    const canonical = digest('source', readFileSync(path, 'utf8'))
    const value = { name: 'default', kind: 'value' as const, start: 0, end: 0, canonical, names: [], eager: [], isTrivial: false, isPlain: true, isOp: false }
    const nothing = { statements: [], stars: [], imports: [], refs: [], sites: [], captured: [] }
    return { file, isModule: false, ...nothing, components: [value], exports: { default: { kind: 'own', name: 'default' } } }
  }

  /** Neither code nor data of the root, but something that only a bundler makes a module of: no package's version covers it. */
  #isOther(path: string): boolean {
    const name = relative(this.root, path)
    return !name.startsWith('..') && !name.split(sep).includes('node_modules') && !/\.([cm]?[jt]sx?|wasm|node)$/.test(name)
  }

  #resolve(file: string, source: string): ResolvedModule {
    if (isBuiltin(source)) return { kind: 'builtin', name: source }
    const path = source.startsWith('file:') ? fileURLToPath(source) : source
    if (/^\.{0,2}\//.test(path)) return this.#findFile(resolve(dirname(this.pathOf(file)), path.replace(/[?#].*$/, '')))
    const name = /^(@[^/]+\/)?[^/#@][^/]*/.exec(source)?.[0]
    const installed = name === undefined ? undefined : findInstalled(name, dirname(this.pathOf(file)))
    return installed ? { kind: 'package', name: installed.name ?? name as string, version: versionOf(installed) } : { kind: 'unknown' }
  }

  #findFile(base: string): ResolvedModule {
    const found = CANDIDATES.map((ending) => base + ending).find(isFile) ?? typescriptOf(base)
    return found === undefined ? { kind: 'unknown' } : this.#moduleAt(found)
  }

  #moduleAt(path: string): ResolvedModule {
    const name = this.findName(path) ?? (path.endsWith('.json') && path.startsWith(this.root + sep) ? relative(this.root, path).split(sep).join('/') : undefined)
    if (name !== undefined && !name.includes('node_modules/')) return { kind: 'file', file: name }
    if (this.#isOther(path)) return { kind: 'unknown' }
    const found = findPackage(dirname(path))
    return found?.name === undefined ? { kind: 'unknown' } : { kind: 'package', name: found.name, version: versionOf(found) }
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** `./x.js` written for a file `x.ts`. */
function typescriptOf(base: string): string | undefined {
  const source = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')
  return source !== base && isFile(source) ? source : undefined
}

function kindOf(path: string): SourceKind {
  if (/\.m[jt]s$/.test(path)) return 'module'
  if (/\.c[jt]s$/.test(path)) return 'commonjs'
  const type = findPackage(dirname(path))?.type
  return type === 'module' || type === 'commonjs' ? type : 'unknown'
}

/** Rewrites what Node can't run by taking types away: JSX, enums, namespaces, parameter properties. */
function lower(path: string, code: string): string {
  const { transformSync } = createRequire(import.meta.url)('oxc-transform') as typeof import('oxc-transform')
  // Lines move: where an error came from is read off the map.
  process.setSourceMapsEnabled(true)
  const { code: lowered, map, errors } = transformSync(path, code, { sourcemap: true, target: 'esnext', typescript: { onlyRemoveTypeImports: true } })
  const [error] = errors
  if (error) throw new SyntaxError(`${path}: ${error.message}`)
  return map ? `${lowered}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}` : lowered
}
