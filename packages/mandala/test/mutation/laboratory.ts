import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { transformSync } from 'oxc-transform'
import { Storage, type Logger } from '../../src/index.ts'
import { installHooks } from '../../src/code/install-hooks.ts'
import { REGISTRY } from '../../src/code/registry-name.ts'
import { SourceLoader } from '../../src/code/source-loader.ts'
import { environmentOf, writeProgram, type Sources } from './sources.ts'
import { addProbes, type Entered } from './probes.ts'

/** What every call of the program gave, and which of them executed. */
export interface Outcome {
  readonly outputs: Readonly<Record<string, string>>
  readonly executed: readonly string[]
}

/** What the program gives without a store, and which functions each call enters. */
export interface Truth {
  readonly outputs: Readonly<Record<string, string>>
  readonly entered: ReadonlyMap<string, Entered>
}

/** More turns of loops than any of its calls needs, and more time than all of them. */
const TURNS_MAX = 20_000
const RUN_MS_MAX = 10_000

type Around = (name: string, call: () => Promise<unknown>) => Promise<unknown>

interface Main {
  runAll(storage: Storage | undefined, options?: { readonly atOnce?: boolean; readonly around?: Around }): Promise<Outcome>
}

const silent: Logger = { warn() {}, progress() {}, show() {} }

/**
 * Runs one version of the program after the other in this process. Each stands in a folder of its own, so that its modules are its own
 * instances; for runs with a store the tracer and the loader are new each time, as in a process that has just begun.
 */
export class Laboratory {
  readonly #home: string
  readonly #onChange: 'recompute' | 'reuse'
  readonly #truths = new Map<string, Truth | undefined>()
  #count = 0

  /** @param onChange what a change means to stores; 'reuse' makes every result stale, to see that this is found out */
  constructor(home: string, onChange: 'recompute' | 'reuse' = 'recompute') {
    this.#home = home
    this.#onChange = onChange
    installPlainHooks(home)
  }

  /** Undefined for a program that can't be loaded, doesn't end, or gives functions. */
  async truth(sources: Sources): Promise<Truth | undefined> {
    const key = JSON.stringify([...sources])
    if (!this.#truths.has(key)) this.#truths.set(key, await this.#findTruth(sources))
    return this.#truths.get(key)
  }

  async #findTruth(sources: Sources): Promise<Truth | undefined> {
    Object.assign(process.env, environmentOf(sources))
    const root = writeProgram(this.#home, `plain-${(this.#count += 1)}`, sources)
    const entered = new Map<string, Entered>()
    let current: Set<string> = new Set()
    let turns = 0
    Object.assign(globalThis, {
      $probe: (place: string) => current.add(place),
      $turn() { if ((turns += 1) > TURNS_MAX) throw new Error('endless') },
    })
    const main = await load(root)
    let isFit = true
    const around: Around = async (name, call) => {
      current = new Set()
      entered.set(name, current)
      const value = await call()
      isFit &&= isPlain(value)
      return value
    }
    const given = new AbortController()
    const tooLong = setTimeout(RUN_MS_MAX, undefined, given).catch(() => undefined)
    const outcome = await Promise.race([main?.runAll(undefined, { around }), tooLong])
    given.abort()
    return outcome && isFit && turns <= TURNS_MAX ? { outputs: outcome.outputs, entered } : undefined
  }

  /** As a new process would run it; undefined for a program that can't be loaded. */
  async run(sources: Sources, path: string, atOnce: boolean): Promise<Outcome | undefined> {
    Object.assign(process.env, environmentOf(sources))
    delete (globalThis as unknown as Record<symbol, unknown>)[Symbol.for(REGISTRY)]
    const root = writeProgram(this.#home, `tracked-${(this.#count += 1)}`, sources)
    const hooks = installHooks(new SourceLoader(root, () => undefined))
    try {
      const main = await load(root)
      if (!main) return undefined
      await using storage = new Storage({ path, deps: 'src', onChange: this.#onChange, logger: silent })
      return await main.runAll(storage, { atOnce })
    } finally {
      hooks.deregister()
    }
  }
}

/** Functions are no results; nor is their text, which differs by what was put into it. */
function isPlain(value: unknown): boolean {
  try {
    return !JSON.stringify(structuredClone(value) ?? null).includes('$probe')
  } catch {
    return false
  }
}

async function load(root: string): Promise<Main | undefined> {
  try {
    return (await import(pathToFileURL(join(root, 'main.ts')).href)) as Main
  } catch {
    return undefined
  }
}

/** For the truth nothing of the library is at work: types are taken away, and entered functions say so to nobody but the test. */
function installPlainHooks(home: string): void {
  registerHooks({
    load(url, context, nextLoad) {
      const isPlain = url.startsWith(`${pathToFileURL(home).href}/plain-`) && url.endsWith('.ts')
      if (!isPlain) return nextLoad(url, context)
      const path = fileURLToPath(url)
      const text = readFileSync(path, 'utf8')
      const file = path.slice(home.length).split('/').slice(2).join('/')
      const probed = file.startsWith('src/') ? addProbes(file, text) : text
      const { code, errors } = transformSync(path, probed, { target: 'esnext', typescript: { onlyRemoveTypeImports: true } })
      if (errors.length > 0) throw new SyntaxError(errors[0]?.message)
      return { format: 'module', source: code, shortCircuit: true }
    },
  })
}
