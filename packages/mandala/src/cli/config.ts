import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { aText, expectOptions, type Rule } from '../base/expect.ts'
import { MandalaError } from '../base/mandala-error.ts'

/**
 * What commands needn't be told: `mandala.config.ts` exports it as its default. Paths are seen from the folder of that file.
 * @example
 * import type { MandalaConfig } from 'mandala-ts'
 * export default { store: 'digits.db', deps: 'src' } satisfies MandalaConfig
 */
export interface MandalaConfig {
  /** The store's file. */
  readonly store?: string
  /** The folder of the store's large values, where it isn't `<store>.values`: as in `new Storage({ overflow: { dir } })`. */
  readonly overflow?: string
  /** As in `new Storage({ deps })`: which code calls depend on. */
  readonly deps?: string | boolean
  /** A module that defines the ops, for commands that execute them or look at their code. */
  readonly program?: string
}

const NAMES = ['ts', 'mts', 'js', 'mjs'].map((ending) => `mandala.config.${ending}`)

const OPTIONS: Readonly<Record<keyof MandalaConfig, Rule>> = {
  store: aText("it is a store's path"),
  deps: [(given) => typeof given === 'string' || typeof given === 'boolean', "it is a folder of the package, such as 'src', or true or false"],
  program: aText('it is the path of a module that defines the ops'),
  overflow: aText("it is the folder of the store's large values"),
}

/** The nearest configuration, from a folder upwards, its paths made absolute; empty if there is none. */
export async function findConfig(folder: string): Promise<MandalaConfig> {
  const path = findConfigFile(folder)
  if (path === undefined) return {}
  const config = await load(path)
  expectOptions(path, config, OPTIONS)
  const paths = (['store', 'overflow', 'program'] as const).flatMap((name) => (config[name] === undefined ? [] : [[name, resolve(dirname(path), config[name])]]))
  return { ...config, ...Object.fromEntries(paths) as MandalaConfig }
}

export function findConfigFile(folder: string): string | undefined {
  const path = NAMES.map((name) => join(folder, name)).find((each) => existsSync(each))
  return path ?? (dirname(folder) === folder ? undefined : findConfigFile(dirname(folder)))
}

async function load(path: string): Promise<MandalaConfig> {
  try {
    const module = (await import(pathToFileURL(path).href)) as { readonly default?: MandalaConfig }
    return module.default ?? {}
  } catch (cause) {
    throw new MandalaError('OPTION_INVALID', `${path} can't be loaded: ${(cause as Error).message}`, { hint: 'mend it, or say --store and leave it out', cause })
  }
}
