import Module from 'node:module'
import { fileURLToPath } from 'node:url'
import { REGISTRY } from './registry-name.ts'
import type { SourceLoader } from './source-loader.ts'
import { getTracer } from './tracer.ts'

/** Ends what `installHooks` began: files loaded after it come as they are. */
export interface InstalledHooks {
  deregister(): void
}

/** From here on Node loads the files of a loader's root with their markers, be they imported or required. */
export function installHooks(loader: SourceLoader): InstalledHooks {
  const findTracked = (url: string | undefined): string | undefined => (url?.startsWith('file:') ? loader.findName(fileURLToPath(url)) : undefined)
  getTracer().useSource(loader)
  const hooks = Module.registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const file = findTracked(context.parentURL)
      if (file !== undefined) loader.noteResolved({ file, source: specifier, url: resolved.url })
      return resolved
    },
    load(url, context, nextLoad) {
      const file = findTracked(url)
      const loaded = file === undefined ? undefined : loader.load(file)
      return loaded ? { format: loaded.format, source: loaded.code, shortCircuit: true } : nextLoad(url, context)
    },
  })
  const restore = compileTracked(loader)
  return {
    deregister() {
      hooks.deregister()
      restore()
    },
  }
}

interface Compiling {
  _compile(this: unknown, code: string, path: string, ...rest: unknown[]): unknown
}

/** Other loaders, tsx for one, load what is required without asking any hook: their last step is everybody's. */
function compileTracked(loader: SourceLoader): () => void {
  const { prototype } = Module as unknown as { prototype: Compiling }
  const compile = prototype._compile
  prototype._compile = function (code, path, ...rest) {
    const file = code.includes(REGISTRY) ? undefined : loader.findName(path)
    return Reflect.apply(compile, this, [(file !== undefined && trackedScript(loader, file)) || code, path, ...rest])
  }
  return () => {
    prototype._compile = compile
  }
}

function trackedScript(loader: SourceLoader, file: string): string | undefined {
  const loaded = loader.load(file)
  if (loaded?.format === 'commonjs') return loaded.code
  if (loaded) loader.warn(`${file} isn't tracked: another loader made CommonJS of it; "type": "module" in package.json keeps it what it is`)
  return undefined
}
