import { AsyncLocalStorage, createHook, type AsyncHook } from 'node:async_hooks'
import { isThenable } from '../base/awaitable.ts'
import { BytePool } from './pool.ts'

/** Who is told of the markers that are passed while a function runs, and while what it started goes on. */
export interface Watcher {
  /** The watcher of the call that this one is a part of: it is told too. */
  readonly outer: Watcher | undefined
  /** The markers that were passed. */
  readonly passed: Set<number>
  /** Told once for each marker. */
  pass(site: number): void
}

/** What the markers of a module work with. */
export interface ModuleMarkers {
  readonly first: number
  /** 1 where passing a marker is news. */
  readonly bytes: Uint8Array
  /** For markers whose byte is 1. */
  report(index: number): void
  /** For any: looks at the byte itself. */
  pass(index: number): void
}

/** So many reports without news, and it pays to know exactly when another call goes on. */
const REPEATS_MAX = 2_000

/**
 * Tells each watcher which markers its call passed. A marker costs one byte test; only the first time in a call does it report.
 *
 * With several calls under way at once a byte can be cleared only when all of them have passed it. Where that makes markers
 * report over and over, an async hook tells when another call goes on, and a byte holds for the call that runs now.
 */
export class Markers<W extends Watcher> {
  readonly #pool = new BytePool()
  readonly #running = new AsyncLocalStorage<W | undefined>()
  readonly #active = new Set<W>()
  /** By marker, how many of the active watchers have passed it. */
  #counts = new Int32Array(1024)
  #sites = 0
  #repeats = 0
  #hook: AsyncHook | undefined
  #isSwitching = false
  #isDirty = false

  /** The watcher of the call that is running. */
  get current(): W | undefined {
    let watcher = this.#running.getStore()
    // What a call left running when it ended belongs to the call around it.
    while (watcher && !this.#active.has(watcher)) watcher = watcher.outer as W | undefined
    return watcher
  }

  get isWatching(): boolean {
    return this.#active.size > 0
  }

  /** Takes in the markers of a module. */
  add(length: number): ModuleMarkers {
    const first = this.#sites
    this.#sites += length
    if (this.#sites > this.#counts.length) {
      const counts = new Int32Array(this.#sites * 2)
      counts.set(this.#counts)
      this.#counts = counts
    }
    const bytes = this.#pool.take(length)
    if (this.#active.size > 0) bytes.fill(1)
    const report = this.#reporter(first, bytes)
    // Small enough to be inlined.
    const pass = (index: number): void => {
      if (bytes[index]) report(index)
    }
    return { first, bytes, report, pass }
  }

  /** Its body is here, and not behind another call, to be too large to be inlined: what it took would be missing where the user's functions want to be. */
  #reporter(first: number, bytes: Uint8Array): (index: number) => void {
    return (index) => {
      const site = first + index
      const watcher = this.current
      if (watcher && !watcher.passed.has(site)) this.#tell(watcher, site)
      else if (!this.#isSwitching && (this.#repeats += 1) > REPEATS_MAX) this.#startSwitching()
      if (this.#isSwitching) {
        bytes[index] = 0
        this.#isDirty = true
      } else if (this.#counts[site] === this.#active.size) bytes[index] = 0
    }
  }

  #tell(watcher: W, site: number): void {
    let end: W | undefined = watcher
    for (; end && !end.passed.has(site); end = end.outer as W | undefined) {
      end.passed.add(site)
      if (this.#active.has(end)) this.#counts[site] = (this.#counts[site] as number) + 1
    }
    // After all have it: finding out what a marker means may itself pass markers.
    for (let each = watcher; each !== end; each = each.outer as W) each.pass(site)
  }

  /** Runs a function and tells the watcher of the markers that it passes until it returns, or its promise settles. */
  watch<T>(watcher: W, fn: () => T): T {
    this.#start(watcher)
    let result: T
    try {
      result = this.#running.run(watcher, fn)
    } catch (error) {
      this.#end(watcher)
      throw error
    }
    if (!isThenable(result)) {
      this.#end(watcher)
      return result
    }
    return result.then(
      (value) => {
        this.#end(watcher)
        return value
      },
      (error: unknown) => {
        this.#end(watcher)
        throw error
      },
    ) as T
  }

  /** Runs a function whose markers are nobody's business. */
  unwatched<T>(fn: () => T): T {
    if (this.#active.size === 0) return fn()
    try {
      return this.#running.run(undefined, fn)
    } finally {
      this.#renew()
    }
  }

  #start(watcher: W): void {
    this.#active.add(watcher)
    this.#pool.fill(1)
    this.#isDirty = false
  }

  #end(watcher: W): void {
    this.#active.delete(watcher)
    for (const site of watcher.passed) this.#counts[site] = (this.#counts[site] as number) - 1
    if (this.#active.size === 0) {
      this.#pool.fill(0)
      this.#stopSwitching()
    } else if (this.#isSwitching) this.#renew()
  }

  #startSwitching(): void {
    this.#isSwitching = true
    // A hook sees every callback and every continuation of a promise before it runs.
    this.#hook ??= createHook({ before: () => this.#renew() })
    this.#hook.enable()
    this.#pool.fill(1)
  }

  #stopSwitching(): void {
    this.#repeats = 0
    if (!this.#isSwitching) return
    this.#isSwitching = false
    this.#hook?.disable()
  }

  #renew(): void {
    if (!this.#isDirty) return
    this.#isDirty = false
    this.#pool.fill(1)
  }
}
