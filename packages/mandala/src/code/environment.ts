import { identify } from '../value/identify.ts'
import { contentOfGlobal, envNameOf, GLOBALS } from './globals.ts'
import type { Getter } from './getter.ts'
import { NAMELESS, portray } from './portrait.ts'
import { nameSet } from './surroundings.ts'

/** What comes before the name of a global that nobody declares, beside variables of `process.env`. */
export const GLOBAL = 'globalThis.'

/** Data that the surroundings set: variables of the environment, globals, constants that a bundler puts in the place of either. */
export class Environment {
  readonly #getters = new Map<string, Getter>()
  readonly #unknown = crypto.randomUUID()
  #isBundled = false

  /** In a bundle a name may stand for what it was when that was made: only code in it can tell. */
  expectGetters(): void {
    this.#isBundled = true
  }

  set(name: string, getter: Getter): void {
    this.#getters.set(name, getter)
  }

  /** As code that runs finds it; undefined if there is more to it than data. */
  hashOf(name: string): string | undefined {
    const value = valueOf(this.#getters.get(name) ?? (() => readOutside(name)))
    if (typeof value !== 'object' || value === null) return typeof value === 'function' || typeof value === 'symbol' ? undefined : identify(value).cid
    const { hash, isPartial } = portray(value, NAMELESS)
    return isPartial ? undefined : hash
  }

  /** As code that hasn't run would find it; undefined too where that can't be told. */
  findHash(name: string): string | undefined {
    return this.#isBundled && !this.#getters.has(name) ? undefined : this.hashOf(name)
  }

  /** As what makes the values of modules finds a global, by any name; other in every process where that can't be told. */
  originOf(name: string): string {
    const isReplaceable = name.startsWith('process.env') || !GLOBALS.has(name.split('.')[0] as string)
    if (!this.#isBundled || !isReplaceable) return identify(contentOfGlobal(nameSet(name))).cid
    return this.findHash(envNameOf(name) ?? `${GLOBAL}${name}`) ?? this.#unknown
  }
}

function readOutside(reached: string): unknown {
  const name = nameSet(reached)
  if (!name.startsWith(GLOBAL)) return process.env[name]
  return name.slice(GLOBAL.length).split('.').reduce<unknown>((owner, key) => (owner as Record<string, unknown>)[key], globalThis)
}

/** A global that isn't there throws. */
function valueOf(getter: Getter): unknown {
  try {
    return getter()
  } catch {
    return undefined
  }
}
