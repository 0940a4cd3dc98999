import { consoleLogger } from '../base/logger.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { digest } from '../value/digest.ts'
import { SourceLoader } from './source-loader.ts'
import { getTracer, type Announced, type ModuleMarks } from './tracer.ts'

/** A file as the plugin saw it when it put the markers in. */
export interface ServedFile {
  readonly root: string
  readonly file: string
  /** Of its source. */
  readonly digest: string
  /** What the bundler found for imports that are no paths. */
  readonly urls: Readonly<Record<string, string>>
}

/** Called by the first line of a file that a server of modules gave out: its source is at hand. */
export function registerServed({ root, file, digest: expected, urls }: ServedFile, announced: Announced): ModuleMarks {
  const tracer = getTracer()
  const loader = tracer.useServer(root, () => new SourceLoader(root, (text) => consoleLogger.warn(text)))
  // A module that is loaded anew is so because of a change, be it of a file that isn't loaded yet.
  if (tracer.isRegistered(file) || digestOf(loader, file) !== expected) {
    loader.forget()
    tracer.forget('all')
  }
  if (digestOf(loader, file) !== expected) throw changed(file)
  for (const [source, url] of Object.entries(urls)) loader.noteResolved({ file, source, url })
  return tracer.register(file, announced)
}

function digestOf(from: SourceLoader, file: string): string {
  return digest('source', from.findSource(file) ?? '')
}

function changed(file: string): MandalaError {
  return new MandalaError('BUNDLE_OUTDATED', `${file} isn't what it was when it was loaded`, { hint: 'start again: what it holds now would be taken for what runs' })
}
