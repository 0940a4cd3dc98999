import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname, extname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MandalaError } from '../base/mandala-error.ts'
import { digest } from '../value/digest.ts'
import { FactsCache } from './facts-cache.ts'
import type { FileFacts } from './file-facts.ts'
import { ImportCircles, type ModuleImports } from './import-circles.ts'
import { findInstalled, findOwner, findPackage, isInstalled, versionOf } from './packages.ts'
import { isLibrary } from './library-name.ts'
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

/** Where an import by path leads. */
interface FoundFile {
  readonly path: string | undefined
  /** Its name under the root. */
  readonly file: string | undefined
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
  /** As the file system spells it. */
  readonly #realRoot: string
  readonly #cache: FactsCache
  readonly #files = new Map<string, KnownFile | undefined>()
  readonly #resolved = new Map<string, ResolvedModule>()
  readonly #found = new Map<string, FoundFile>()
  readonly #circles = new ImportCircles((file) => this.#importsOf(file))
  /** By folder and name of a package. */
  readonly #installed = new Map<string, boolean>()
  readonly warn: (text: string) => void

  constructor(root: string, warn: (text: string) => void) {
    if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
      throw new MandalaError('OPTION_INVALID', `there is no folder ${root} to track files of`, { hint: `name that of your code, seen from ${process.cwd()}` })
    }
    this.root = realpathSync(root)
    this.#realRoot = realpathSync.native(root)
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
    const code = instrument(source, transformed, { mayRunEarly: transformed.facts.isModule && this.#circles.mayRunEarly(file) })
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
    this.#found.clear()
    this.#circles.forget()
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
    const value = {
      name: 'default', kind: 'value' as const, start: 0, end: 0, canonical, names: [], eager: [], members: [], changes: [], isTrivial: false, isPlain: true, isOp: false,
    }
    const nothing = { statements: [], inner: [], stars: [], imports: [], refs: [], sites: [], captured: [], locals: [], keepers: [] }
    return { file, isModule: false, ...nothing, components: [value], exports: { default: { kind: 'own', name: 'default' } } }
  }

  /** Neither code nor data of the root, but something that only a bundler makes a module of: no package's version covers it. */
  #isOther(path: string): boolean {
    const name = relative(this.root, path)
    return !name.startsWith('..') && !name.split(sep).includes('node_modules') && !/\.([cm]?[jt]sx?|wasm|node)$/.test(name)
  }

  #resolve(file: string, source: string): ResolvedModule {
    if (isBuiltin(source)) return { kind: 'builtin', name: source }
    const folder = dirname(this.pathOf(file))
    const base = pathOfImport(folder, source)
    if (base !== undefined) {
      const { path } = this.#findFile(base)
      return path === undefined ? { kind: 'unknown' } : this.#moduleAt(path)
    }
    const name = packageNameOf(source)
    const installed = name === undefined ? undefined : findInstalled(name, folder)
    return installed ? { kind: 'package', name: name as string, version: versionOf(installed) } : { kind: 'unknown' }
  }

  /**
   * By the code alone, as Node has resolved nothing yet of what it is about to load. Undefined for what may run as something else than the file
   * of this name: it can't be parsed, it has another path too, or there is TypeScript beside it that tsx prefers.
   */
  #importsOf(file: string): ModuleImports | undefined {
    const path = this.pathOf(file)
    const known = this.#known(file)
    if (!known || realpathSync.native(path) !== join(this.#realRoot, file) || hasTypeScriptBeside(path)) return undefined
    const { source, transformed: { facts: { isModule, imports } } } = known
    const folder = dirname(path)
    const files: string[] = []
    // JSX becomes an import of what makes its elements.
    let leadsAnywhere = path.endsWith('x')
    for (const each of imports) {
      const base = pathOfImport(folder, each)
      const target = base === undefined ? undefined : this.#findFile(base).file
      if (target === undefined) leadsAnywhere ||= base !== undefined || !this.#isForeign(folder, each)
      else if (!target.endsWith('.json')) files.push(target)
    }
    const mayRequire = !isModule || imports.some(givesRequire) || source.includes('getBuiltinModule') || this.#requiresFile(folder, source)
    return { files, leadsAnywhere, mayRequire }
  }

  /** Whether a module may require what could be a file of the root, where it finds a `require` that others left. */
  #requiresFile(folder: string, source: string): boolean {
    if (!source.includes('require')) return false
    const names = source.matchAll(/\brequire(?:\?\.)?\((?:(['"])([^'"]*)\1\))?/g)
    return [...names].some(([, , name]) => name === undefined || givesRequire(name) || pathOfImport(folder, name) !== undefined || !this.#isForeign(folder, name))
  }

  /** Whether a name is of something that imports no file of the root; a package that is linked here from where it is worked on may. */
  #isForeign(folder: string, source: string): boolean {
    if (isLibrary(source) || isBuiltin(source)) return true
    const name = packageNameOf(source)
    if (name === undefined) return false
    const key = `${folder}\n${name}`
    let isKnown = this.#installed.get(key)
    if (isKnown === undefined) {
      // Packages may import each other, and a package itself by its name.
      const isOwn = isInstalled(this.root) || findPackage(folder)?.name === name
      const found = isOwn ? undefined : findInstalled(name, folder)
      isKnown = found !== undefined && isInstalled(found.folder)
      this.#installed.set(key, isKnown)
    }
    return isKnown
  }

  #findFile(base: string): FoundFile {
    const known = this.#found.get(base)
    if (known) return known
    const path = isFile(base) ? base : CANDIDATES.map((ending) => base + ending).find(isFile) ?? typescriptOf(base)
    const found = { path, file: path === undefined ? undefined : this.#fileAt(path) }
    // What isn't there may come yet.
    if (path !== undefined) this.#found.set(base, found)
    return found
  }

  /** The name of a file of the root that is code or data. */
  #fileAt(path: string): string | undefined {
    const name = this.findName(path) ?? (path.endsWith('.json') && path.startsWith(this.root + sep) ? relative(this.root, path).split(sep).join('/') : undefined)
    return name?.includes('node_modules/') ? undefined : name
  }

  #moduleAt(path: string): ResolvedModule {
    const file = this.#fileAt(path)
    if (file !== undefined) return { kind: 'file', file }
    if (this.#isOther(path)) return { kind: 'unknown' }
    const found = findOwner(dirname(path))
    return found?.name === undefined ? { kind: 'unknown' } : { kind: 'package', name: found.name, version: versionOf(found) }
  }
}

/** Undefined for the name of a package, or an alias. */
function pathOfImport(folder: string, source: string): string | undefined {
  const path = source.startsWith('file:') ? fileURLToPath(source) : source
  return /^\.{0,2}\//.test(path) ? resolve(folder, path.replace(/[?#].*$/, '')) : undefined
}

function givesRequire(source: string): boolean {
  return /^(node:)?module$/.test(source)
}

function packageNameOf(source: string): string | undefined {
  return /^(@[^/]+\/)?[^/#@][^/]*/.exec(source)?.[0]
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** `./x.js` written for a file `x.ts`. */
function typescriptOf(base: string): string | undefined {
  const source = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')
  return source !== base && isFile(source) ? source : undefined
}

function hasTypeScriptBeside(path: string): boolean {
  const stem = /^(.*)\.[cm]?jsx?$/.exec(path)?.[1]
  return stem !== undefined && ['.ts', '.tsx', '.mts', '.cts'].some((extension) => isFile(stem + extension))
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
