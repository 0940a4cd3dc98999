/** What the output of `mandala-ts/plugin` imports: files of a bundle make themselves known here. Nothing to import by hand. */
import { fileURLToPath } from 'node:url'
import { getCallSites } from 'node:util'
import { BundledSource, isInstalled } from './code/bundled-source.ts'
import { getTracer, type BundleTracer, type ModuleMarks } from './code/tracer.ts'

/** Nobody is told. */
const UNTRACKED: ModuleMarks = {
  bytes: new Uint8Array(), report: () => {}, pass: () => {}, capture: (fn) => fn, tell: () => {}, keep: (_, made) => made, left: new Uint16Array(), end: () => {},
}

function makeTracer(): BundleTracer {
  const program = getTracer()
  let source: BundledSource | undefined
  return {
    registerBundled(bundled, announced) {
      const path = findCaller()
      if (isInstalled(path)) return UNTRACKED
      source ??= program.useBundle((elsewhere) => new BundledSource(elsewhere))
      program.forget(source.add(bundled, path))
      return program.register(bundled.file, announced, true)
    },
    name: (fn, name) => program.name(fn, name),
  }
}

/** The file of the bundle, from which the method of the tracer was called; this library may be in it too. */
function findCaller(): string {
  const [own, caller] = getCallSites(3, { sourceMap: false }).slice(1).map(({ scriptName }) => scriptName)
  const path = caller === undefined || caller === '' || caller.startsWith('node:') ? own ?? '' : caller
  return path.startsWith('file:') ? fileURLToPath(path) : path
}

/** One for all copies of the library in the process. */
export const tracer: BundleTracer = (getTracer().bundles ??= makeTracer())

/** What some bundlers give to a script that requires it. */
const whole: { readonly tracer: BundleTracer } = { tracer }
export default whole
