import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { SourceLoader } from './source-loader.ts'
import { getTracer } from './tracer.ts'

/** From here on Node loads the files of a loader's root with their markers, be they imported or required. */
export function installHooks(loader: SourceLoader): void {
  const findTracked = (url: string | undefined): string | undefined => (url?.startsWith('file:') ? loader.findName(fileURLToPath(url)) : undefined)
  getTracer().useSource(loader)
  registerHooks({
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
}
