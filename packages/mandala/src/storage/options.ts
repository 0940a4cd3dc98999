import { isAbsolute, posix, sep } from 'node:path'
import { consoleLogger, type Logger } from '../base/logger.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { getTracer } from '../code/tracer.ts'
import type { OnChange } from './decide.ts'

/** From here on a file is faster to write and read than rows of the database, and copies cost one writing instead of two. */
const OVERFLOW_MB = 4

/** How a storage is opened. */
export interface StorageOptions {
  /** The file of the store, made if it isn't there; in memory if left out. */
  readonly path?: string
  /** Larger values become files of their own, in `dir` (default: `<path>.values`), from `thresholdMB` megabytes up (default: 4). */
  readonly overflow?: { readonly dir?: string; readonly thresholdMB?: number }
  /** Identify inputs again after each function ran, and throw `INPUT_MUTATED` if one changed. Costs about as much as identifying them. */
  readonly detectMutation?: boolean
  /**
   * Which code calls depend on: that of files under a folder of the package (`'src'`), or of all its files (`true`; what is left out where the
   * loader is at work, `node --import mandala-ts/register`). Without the loader an op's own text counts, and what `track` marks. `false`: none.
   */
  readonly deps?: string | boolean
  /**
   * What happens when code that stored calls used has really changed: `'ask'` shows the change and asks in the terminal (default where there
   * is one), `'recompute'` executes the calls again (default elsewhere), `'reuse'` keeps them, `'error'` throws `CODE_CHANGED`; or a function
   * that decides. What is decided is stored.
   */
  readonly onChange?: OnChange
  /** Takes warnings and progress lines; standard error if left out. */
  readonly logger?: Logger
}

export interface ResolvedOptions {
  readonly path: string
  readonly overflow: { readonly dir: string; readonly bytesMin: number } | undefined
  readonly detectMutation: boolean
  /** Undefined where no code is followed. */
  readonly isFollowed: ((file: string) => boolean) | undefined
  readonly onChange: OnChange
  readonly logger: Logger
}

const OPTIONS: readonly string[] = ['path', 'overflow', 'detectMutation', 'deps', 'onChange', 'logger']

export function resolveOptions(given: string | StorageOptions | undefined): ResolvedOptions {
  if (given === null || given instanceof URL) {
    throw invalid('new Storage', `it was given ${given === null ? 'null' : 'a URL'}`, "give a file's path (fileURLToPath makes one of a URL)")
  }
  const options: StorageOptions = typeof given === 'string' ? { path: given } : (given ?? {})
  expectOptions('new Storage', options, OPTIONS)
  const path = options.path ?? ':memory:'
  if (typeof path !== 'string' || path === '') throw invalid('new Storage', `the path is ${JSON.stringify(path)}`, "give a file's path, or none for a storage in memory")
  if (/^\w+:\/\//.test(path)) throw invalid('new Storage', `"${path.split('://')[0]}://" is no kind of store that this release knows`, "give a file's path")
  if (options.overflow) expectOptions('new Storage: overflow', options.overflow, ['dir', 'thresholdMB'])
  const thresholdMB = options.overflow?.thresholdMB ?? OVERFLOW_MB
  if (typeof thresholdMB !== 'number' || !(thresholdMB >= 0)) throw invalid('new Storage', 'overflow.thresholdMB must be a number of megabytes', 'leave it out for 4')
  const dir = options.overflow?.dir ?? (path === ':memory:' ? undefined : `${path}.values`)
  return {
    path,
    overflow: dir === undefined ? undefined : { dir, bytesMin: thresholdMB * 1_000_000 },
    detectMutation: options.detectMutation ?? false,
    isFollowed: resolveDeps(options.deps ?? getTracer().hasLoader),
    onChange: resolveOnChange(options.onChange),
    logger: options.logger ?? consoleLogger,
  }
}

function resolveDeps(deps: string | boolean): ((file: string) => boolean) | undefined {
  if (typeof deps === 'boolean') return deps ? () => true : undefined
  if (typeof deps !== 'string' || deps === '' || isAbsolute(deps) || deps.startsWith('..')) {
    throw invalid('new Storage', `deps is ${JSON.stringify(deps)}`, "it is a folder of your package, such as 'src', or true for all of it, or false")
  }
  const folder = posix.normalize(deps.split(sep).join('/')).replace(/\/$/, '')
  if (!getTracer().program.hasFolder(folder)) {
    throw invalid('new Storage', `deps is ${JSON.stringify(deps)}, and your package has no such folder`, 'name the folder that holds your code, seen from package.json')
  }
  return folder === '.' ? () => true : (file) => file.startsWith(`${folder}/`)
}

const POLICIES: readonly unknown[] = ['ask', 'recompute', 'reuse', 'error']

function resolveOnChange(given: OnChange | undefined): OnChange {
  if (given === undefined) return process.stdin.isTTY && process.stderr.isTTY ? 'ask' : 'recompute'
  if (typeof given === 'function' || POLICIES.includes(given)) return given
  throw invalid('new Storage', `onChange is ${JSON.stringify(given)}`, "it is 'ask', 'recompute', 'reuse', 'error', or a function that gives one of the middle two")
}

/** A misspelt option would silently do nothing. */
export function expectOptions(place: string, given: object, known: readonly string[]): void {
  const unknown = typeof given === 'object' && given !== null ? Object.keys(given).find((option) => !known.includes(option)) : String(given)
  if (unknown !== undefined) throw invalid(place, `there is no option "${unknown}"`, `the options are ${known.join(', ')}`)
}

export function invalid(place: string, what: string, hint: string): MandalaError {
  return new MandalaError('OPTION_INVALID', `${place}: ${what}`, { hint })
}
