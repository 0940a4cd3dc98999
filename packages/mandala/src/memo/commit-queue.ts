import { isThenable, type Awaitable } from '../base/awaitable.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { Batch, Store } from '../store/store.ts'
import type { Events } from './events.ts'

/** A call that took this long is committed before anything else runs. */
const CALL_MS_MAX = 1
/** Cheaper ones wait for each other, but never more than this together: below the 10 ms that a killed process may lose. */
const WORK_MS_MAX = 8
const CALLS_MAX = 10_000
const BYTES_MAX = 8 << 20

const withPending = new Set<CommitQueue>()
process.on('exit', () => {
  for (const queue of withPending) queue.flushLast()
})

/** Groups finished calls into transactions, bounded by the work that a killed process would lose. */
export class CommitQueue {
  readonly #store: Store
  readonly #events: Events
  readonly #onLoss: () => void
  #pending: Batch[] = []
  /** What the store is being given right now, and when that ends. */
  #underWay: { readonly batches: readonly Batch[]; readonly ended: Promise<void> } | undefined
  #next: Promise<void> | undefined
  #bytes = 0
  #workMs = 0
  #timer: NodeJS.Immediate | undefined
  #failure: { readonly error: unknown } | undefined

  /** @param onLoss called when calls were given up that may already be in memory */
  constructor(store: Store, events: Events, onLoss: () => void) {
    this.#store = store
    this.#events = events
    this.#onLoss = onLoss
  }

  /** Calls that wait for their commit. */
  get count(): number {
    return this.#pending.length + (this.#underWay?.batches.length ?? 0)
  }

  /** Hands a call over with all that it needs; returns once it is as durable as promised. */
  add(batch: Batch, workMs: number): Awaitable<void> {
    this.#pending.push(batch)
    for (const value of batch.values) this.#bytes += value.bytes?.length ?? 0
    this.#workMs += workMs
    withPending.add(this)
    if (workMs >= CALL_MS_MAX || this.#workMs >= WORK_MS_MAX || this.#pending.length >= CALLS_MAX || this.#bytes >= BYTES_MAX) return this.flush()
    this.#timer ??= setImmediate(() => this.#flushLater())
  }

  /** Commits what is pending, in order: after it nothing is left under way. Raises what went wrong since the last time. */
  flush(): Awaitable<void> {
    if (this.#timer) clearImmediate(this.#timer)
    this.#timer = undefined
    if (this.#failure) {
      const { error } = this.#failure
      this.#failure = undefined
      throw error
    }
    if (this.#underWay) return (this.#next ??= this.#flushNext(this.#underWay.ended))
    if (this.#pending.length === 0) return
    const batches = this.#pending
    this.#pending = []
    this.#bytes = 0
    this.#workMs = 0
    const done = this.#commit(batches)
    if (!isThenable(done)) return
    const ended = done.finally(() => {
      this.#underWay = undefined
      this.#noteRest()
    })
    this.#underWay = { batches, ended }
    return ended
  }

  /** All who ask while a commit is under way share the one after it. */
  async #flushNext(ended: Promise<void>): Promise<void> {
    // What fails there is raised to who asked for it.
    await ended.catch(() => {})
    this.#next = undefined
    await this.flush()
  }

  #commit(batches: readonly Batch[]): Awaitable<void> {
    try {
      const done = this.#store.putBatch(merge(batches))
      return isThenable(done) ? done.then(() => this.#noteCommit(batches), (error: unknown) => this.#retry(batches, error)) : this.#noteCommit(batches)
    } catch (error) {
      return this.#retry(batches, error)
    }
  }

  /** Commits what is pending as the process ends, when nobody is left to catch an error. */
  flushLast(): void {
    const calls = this.count
    // Nobody waits for what is under way any more, and putting again what is there is harmless.
    this.#pending.unshift(...(this.#underWay?.batches ?? []))
    this.#underWay = undefined
    try {
      if (isThenable(this.flush())) throw new Error('the process ends before the store answers')
    } catch (error) {
      this.#events.emit({ kind: 'calls-lost', calls, error })
    }
  }

  /** Gives up what could not be stored to the end; who closes the store has been told. */
  abandon(): void {
    this.#pending = []
    this.#failure = undefined
    withPending.delete(this)
  }

  #noteCommit(batches: readonly Batch[]): void {
    this.#noteRest()
    if (this.#events.isHeard) this.#events.emit({ kind: 'calls-committed', calls: batches.reduce((n, batch) => n + batch.calls.length, 0) })
  }

  #noteRest(): void {
    if (this.count === 0) withPending.delete(this)
  }

  /** Where the store can't be written to at all, everything stays pending; else each call is tried alone, and only the faulty one is lost. */
  #retry(batches: readonly Batch[], error: unknown): Awaitable<void> {
    const isOfTheStore = error instanceof MandalaError && error.code.startsWith('STORE_')
    if (isOfTheStore || batches.length === 1) {
      if (isOfTheStore && error.code !== 'STORE_CLOSED' && error.code !== 'STORE_READ_ONLY') this.#putBack(batches)
      else {
        this.#noteCommit([])
        this.#onLoss()
      }
      throw error
    }
    let failure: { readonly error: unknown } | undefined
    const putAlone = async (): Promise<void> => {
      for (const batch of batches) {
        try {
          const done = this.#store.putBatch(batch)
          // As a process ends, nothing goes on after an await.
          if (isThenable(done)) await done
          this.#noteCommit([batch])
        } catch (alone) {
          failure ??= { error: alone }
        }
      }
      if (failure) {
        this.#onLoss()
        throw failure.error
      }
    }
    return putAlone()
  }

  /** Every further call asks at once whether the store takes them now. */
  #putBack(batches: readonly Batch[]): void {
    this.#pending.unshift(...batches)
    this.#workMs = WORK_MS_MAX
  }

  /** Nobody waits for a timer: its error is raised by the next call or the end of the run. */
  async #flushLater(): Promise<void> {
    this.#timer = undefined
    try {
      await this.flush()
    } catch (error) {
      this.#failure = { error }
    }
  }
}

function merge(batches: readonly Batch[]): Batch {
  const [first] = batches
  if (batches.length === 1 && first) return first
  return {
    calls: batches.flatMap((batch) => batch.calls), values: batches.flatMap((batch) => batch.values),
    commits: batches.flatMap((batch) => batch.commits ?? []), versions: batches.flatMap((batch) => batch.versions ?? []),
    failures: batches.flatMap((batch) => batch.failures ?? []),
  }
}
