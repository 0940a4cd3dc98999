import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Cacheable } from 'cacheable'
import { MandalaError, op, Storage } from 'mandala-ts'
import memoizeFs from 'memoize-fs'
import objectHash from 'object-hash'
import { hash } from 'ohash'
import pMemoize from 'p-memoize'

/** How a library takes two values in turn: as one, as two, or not at all. */
export type Verdict = 'same' | 'different' | 'refused' | 'error'

export interface Memoizer {
  readonly name: string
  readonly version: string
  /** How it is used, as its documentation shows it. */
  readonly usage: string
  /** In a cache of its own for each pair. */
  judge(a: unknown, b: unknown): Promise<Verdict>
}

type Look = (value: unknown) => Promise<unknown>

/** Counts how often a memoized function runs for two values. */
async function countRuns(memoize: (fn: (value: unknown) => string) => Look | Promise<Look>, [a, b]: readonly [unknown, unknown]): Promise<Verdict> {
  let runs = 0
  const look = await memoize((value) => {
    runs += 1
    return typeof value
  })
  await look(a)
  await look(b)
  return runs === 1 ? 'same' : 'different'
}

function versionOf(name: string): string {
  // Not every package exports its package.json, so it is looked for beside the entry.
  for (let folder = dirname(fileURLToPath(import.meta.resolve(name))); ; folder = dirname(folder)) {
    const found = tryRead(join(folder, 'package.json'))
    if (found?.name === name && found.version) return found.version
  }
}

function tryRead(file: string): { name?: string; version?: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string }
  } catch {
    return undefined
  }
}

/** A library by which a key is made that a cache of the user's own then compares. */
function byKey(name: string, usage: string, keyOf: (value: unknown) => string): Memoizer {
  return { name, version: versionOf(name), usage, judge: async (a, b) => (keyOf(a) === keyOf(b) ? 'same' : 'different') }
}

const ours: Memoizer = {
  name: 'mandala-ts', version: 'this one', usage: 'storage.run(() => look(x))',
  async judge(a, b) {
    const storage = new Storage()
    try {
      return await countRuns((fn) => {
        const look = op('look', fn)
        return (value) => storage.run(async () => await look(value))
      }, [a, b])
    } catch (error) {
      if (error instanceof MandalaError && error.code === 'VALUE_REFUSED') return 'refused'
      throw error
    } finally {
      await storage.close()
    }
  },
}

const onDisk: Memoizer = {
  name: 'memoize-fs', version: versionOf('memoize-fs'), usage: 'memoizeFs({ cachePath }).fn(look)',
  async judge(a, b) {
    const cachePath = mkdtempSync(join(tmpdir(), 'mandala-peers-'))
    try {
      return await countRuns((fn) => memoizeFs({ cachePath }).fn(fn) as Promise<Look>, [a, b])
    } finally {
      rmSync(cachePath, { recursive: true, force: true })
    }
  },
}

export const MEMOIZERS: readonly Memoizer[] = [
  ours,
  byKey('object-hash', 'hash(x) as the key', (value) => objectHash(value as never)),
  byKey('ohash', 'hash(x) as the key', (value) => hash(value)),
  {
    name: 'cacheable', version: versionOf('cacheable'), usage: 'cache.wrap(look, { keyPrefix })',
    async judge(a, b) {
      const cache = new Cacheable()
      return countRuns((fn) => cache.wrap(async (value: unknown) => fn(value), { ttl: '1h', keyPrefix: 'look' }) as Look, [a, b])
    },
  },
  { name: 'p-memoize', version: versionOf('p-memoize'), usage: 'pMemoize(look)', judge: (a, b) => countRuns((fn) => pMemoize(async (x: unknown) => fn(x)), [a, b]) },
  {
    name: 'p-memoize', version: versionOf('p-memoize'), usage: 'pMemoize(look, { cacheKey: JSON.stringify })',
    judge: (a, b) => countRuns((fn) => pMemoize(async (x: unknown) => fn(x), { cacheKey: JSON.stringify }), [a, b]),
  },
  onDisk,
]
