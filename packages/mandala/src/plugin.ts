/**
 * `import mandala from 'mandala-ts/plugin'`: what `mandala-ts/register` does when files are loaded, done when they are bundled or served.
 * `mandala.vite()` (Vitest too), `.rollup()`, `.rolldown()`, `.esbuild()`, `.webpack()`.
 */
import { existsSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, resolve as resolvePath } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createUnplugin, type NativeBuildContext, type UnpluginBuildContext, type UnpluginInstance } from 'unplugin'
import { consoleLogger } from './base/logger.ts'
import { MandalaError } from './base/mandala-error.ts'
import { BundleWriter, findDescribed, type Resolve } from './code/bundle-writer.ts'
import { findPackage } from './code/packages.ts'
import { SourceLoader } from './code/source-loader.ts'

export interface PluginOptions {
  /** The folder that names of files are relative to, from the working folder; left out, that of the nearest package.json, as with the loader. */
  readonly root?: string
  /** The folder under the root whose files are tracked, as for `new Storage({ deps })`; left out, or `true`, all of them. */
  readonly deps?: string | true
}

/** Begins the id of a module that describes a file. */
const DESCRIPTION = '\0mandala-ts:'

const plugin: UnpluginInstance<PluginOptions | undefined> = createUnplugin<PluginOptions | undefined>((options = {}) => {
  let isServer = false
  let tracked = trackedBy(options, process.cwd())
  return {
    name: 'mandala-ts',
    enforce: 'pre',
    vite: {
      configResolved({ command, root }: { readonly command: string; readonly root: string }) {
        isServer = command === 'serve'
        tracked = trackedBy(options, root)
      },
    },
    resolveId(specifier) {
      return findDescribed(specifier) === undefined ? undefined : DESCRIPTION + specifier
    },
    loadInclude: (id) => id.startsWith(DESCRIPTION),
    load(id) {
      const file = findDescribed(id) as string
      this.addWatchFile(tracked().loader.pathOf(file))
      return tracked().writer.describe(file, resolverOf(this))
    },
    transformInclude: (id) => tracked().findFile(id) !== undefined,
    async transform(code, id) {
      const { loader, writer, findFile } = tracked()
      const file = findFile(id) as string
      loader.forget(file)
      const source = loader.findSource(file)
      // One that can't be parsed is the bundler's to complain about.
      if (source === undefined) return undefined
      if (withoutMark(source) !== withoutMark(code)) {
        if (id.includes('?')) return undefined
        throw changedBefore(file)
      }
      const written = await (isServer ? writer.serve(file, resolverOf(this)) : writer.instrument(file, resolverOf(this)))
      // Every line is where it was.
      return written === undefined ? undefined : { code: written, map: null }
    },
  }
})

export default plugin

interface Tracked {
  readonly loader: SourceLoader
  readonly writer: BundleWriter
  /** The name of a file that is tracked, by the id of its module. */
  findFile(id: string): string | undefined
}

/** Made when it is first needed: a server says late where it works. */
function trackedBy({ root, deps = true }: PluginOptions, folder: string): () => Tracked {
  let made: Tracked | undefined
  return () => made ??= makeTracked(root === undefined ? findPackage(folder)?.folder ?? folder : resolvePath(root), deps)
}

function makeTracked(root: string, deps: string | true): Tracked {
  const loader = new SourceLoader(root, (text) => consoleLogger.warn(text))
  if (deps !== true && !loader.hasFolder(deps)) {
    throw new MandalaError('OPTION_INVALID', `mandala-ts/plugin: deps is ${JSON.stringify(deps)}, and ${root} has no such folder`, {
      hint: 'name the folder that holds your code, seen from package.json; or say with root where that lies',
    })
  }
  const prefix = deps === true ? '' : `${deps.replace(/^\.\/|\/$/g, '')}/`
  return {
    loader,
    writer: new BundleWriter(loader),
    findFile(id) {
      const path = id.replace(/[?#].*$/, '')
      if (id.includes('\0') || !isAbsolute(path) || !existsSync(path)) return undefined
      const name = loader.findName(realpathSync(path))
      return name?.startsWith(prefix) ? name : undefined
    },
  }
}

/** Some tools leave out a byte order mark. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '')
}

function changedBefore(file: string): MandalaError {
  return new MandalaError('OPTION_INVALID', `mandala-ts/plugin: another plugin changed ${file} first, so that its code can't be told from its source`, {
    hint: 'put mandala before all others in `plugins`; what reads sources by itself (@rollup/plugin-typescript) can\'t be used with it: '
      + 'let esbuild, swc or Vite take the types away',
  })
}

/** Rollup, Rolldown and Vite have their own way to ask. */
interface RollupContext {
  resolve?(source: string, importer: string, options: { skipSelf: boolean }): Promise<{ id: string; external: unknown } | null>
}

function resolverOf(context: UnpluginBuildContext & RollupContext): Resolve {
  const native = context.getNativeBuildContext?.()
  return async (source, importer) => {
    const path = context.resolve ? await askRollup(context, source, importer) : native && await askNative(native, source, importer)
    return path !== undefined && isAbsolute(path) ? pathToFileURL(path.replace(/[?#].*$/, '')).href : undefined
  }
}

async function askRollup(context: RollupContext, source: string, importer: string): Promise<string | undefined> {
  const found = await context.resolve?.(source, importer, { skipSelf: true })
  return found && !found.external ? found.id : undefined
}

async function askNative(native: NativeBuildContext, source: string, importer: string): Promise<string | undefined> {
  if (native.framework === 'esbuild') {
    const { path, external, namespace } = await native.build.resolve(source, { importer, resolveDir: dirname(importer), kind: 'import-statement' })
    return external || namespace !== 'file' ? undefined : path
  }
  if (native.framework !== 'webpack' && native.framework !== 'rspack') return undefined
  const find = native.loaderContext?.getResolve({ dependencyType: 'esm' })
  // What it can't find is for the build to complain about.
  return find && (find(dirname(importer), source) as Promise<string>).catch(() => undefined)
}
