import { isAbsolute, posix, sep } from 'node:path'
import { aBoolean, aText, describe, expectOptions, oneOf, type Rule } from '../base/expect.ts'
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

const POLICIES = oneOf('ask', 'recompute', 'reuse', 'error')
const LOGGER_METHODS = ['warn', 'show', 'progress'] as const

const OPTIONS: Readonly<Record<keyof StorageOptions, Rule>> = {
  path: aText("give a file's path, or none for a storage in memory"),
  overflow: [(given) => typeof given === 'object' && given !== null, "for example { dir: 'blobs', thresholdMB: 50 }"],
  detectMutation: aBoolean,
  deps: [(given) => typeof given === 'string' || typeof given === 'boolean', "it is a folder of your package, such as 'src', or true for all of it, or false"],
  onChange: [(given) => typeof given === 'function' || POLICIES[0](given), `${POLICIES[1]}, or a function that gives one of the middle two`],
  logger: [isLogger, `it is an object with the methods ${LOGGER_METHODS.join(', ')}`],
}

const OVERFLOW: Readonly<Record<string, Rule>> = {
  dir: aText("it is a folder's path"),
  thresholdMB: [(given) => typeof given === 'number' && given >= 0, 'it is a number of megabytes; leave it out for 4'],
}

function isLogger(given: unknown): boolean {
  return typeof given === 'object' && given !== null && LOGGER_METHODS.every((name) => typeof (given as Record<string, unknown>)[name] === 'function')
}

export function resolveOptions(given: string | StorageOptions | undefined): ResolvedOptions {
  if (given !== undefined && typeof given !== 'string' && (typeof given !== 'object' || given === null || given instanceof URL)) {
    throw invalid('new Storage', `it was given ${describe(given)}`, "give a file's path (fileURLToPath makes one of a URL), or options")
  }
  const options: StorageOptions = typeof given === 'string' ? { path: given } : (given ?? {})
  expectOptions('new Storage', options, OPTIONS)
  const path = options.path ?? ':memory:'
  if (/^\w+:\/\//.test(path)) throw invalid('new Storage', `"${path.split('://')[0]}://" is no kind of store that this release knows`, "give a file's path")
  if (options.overflow) expectOptions('new Storage: overflow', options.overflow, OVERFLOW)
  const thresholdMB = options.overflow?.thresholdMB ?? OVERFLOW_MB
  const dir = options.overflow?.dir ?? (path === ':memory:' ? undefined : `${path}.values`)
  return {
    path,
    overflow: dir === undefined ? undefined : { dir, bytesMin: thresholdMB * 1_000_000 },
    detectMutation: options.detectMutation ?? false,
    isFollowed: resolveDeps(options.deps ?? getTracer().hasLoader),
    onChange: options.onChange ?? (process.stdin.isTTY && process.stderr.isTTY ? 'ask' : 'recompute'),
    logger: options.logger ?? consoleLogger,
  }
}

function resolveDeps(deps: string | boolean): ((file: string) => boolean) | undefined {
  if (typeof deps === 'boolean') return deps ? () => true : undefined
  if (deps === '' || isAbsolute(deps) || deps.startsWith('..')) throw invalid('new Storage', `deps is ${describe(deps)}`, OPTIONS.deps[1])
  const folder = posix.normalize(deps.split(sep).join('/')).replace(/\/$/, '')
  if (!getTracer().program.hasFolder(folder)) {
    throw invalid('new Storage', `deps is ${describe(deps)}, and your package has no such folder`, 'name the folder that holds your code, seen from package.json')
  }
  return folder === '.' ? () => true : (file) => file.startsWith(`${folder}/`)
}

function invalid(place: string, what: string, hint: string): MandalaError {
  return new MandalaError('OPTION_INVALID', `${place}: ${what}`, { hint })
}
