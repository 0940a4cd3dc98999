import { isThenable } from '../base/awaitable.ts'
import type { CallHistoryId, ContentId } from '../base/ids.ts'
import { getTracer } from '../code/tracer.ts'
import type { Dropped } from '../store/store.ts'

/** Everything notable that a storage does. Names in the past tense, except for what is about to happen. */
export type StorageEvent =
  /** A `run` began or ended. */
  | { readonly kind: 'run-started' | 'run-finished' }
  /** A call was answered without executing: by its history, by its contents, or by an equal call that was under way. `savedMs` is what it adds to the summary. */
  | { readonly kind: 'call-hit'; readonly op: string; readonly hid: CallHistoryId; readonly by: 'history' | 'content' | 'in-flight'; readonly savedMs: number }
  /** A call was found nowhere, and its function runs next. */
  | { readonly kind: 'call-will-execute'; readonly op: string; readonly hid: CallHistoryId }
  /** A call's function returned, and the call was handed to the store. */
  | { readonly kind: 'call-recorded'; readonly op: string; readonly hid: CallHistoryId; readonly durationMs: number }
  /** A call's function threw, or its result can't be stored; nothing was recorded. */
  | { readonly kind: 'call-failed'; readonly op: string; readonly hid: CallHistoryId; readonly error: unknown }
  /** Recorded calls are now safe from a killed process. */
  | { readonly kind: 'calls-committed'; readonly calls: number }
  /** The process ends, and the store still doesn't take what is pending. */
  | { readonly kind: 'calls-lost'; readonly calls: number; readonly error: unknown }
  /** A stored value is missing or isn't what its id says; its call executes again. */
  | { readonly kind: 'value-damaged'; readonly cid: ContentId; readonly reason: string; readonly op: string | undefined }
  /** The bytes of a value were read from the store. */
  | { readonly kind: 'value-loaded'; readonly cid: ContentId; readonly bytes: number }
  | { readonly kind: 'calls-dropped'; readonly dropped: Dropped }

/** Hears of every event; what it throws is a warning and fails no call. */
export type Listener = (event: StorageEvent) => void

/** Hands each event to all listeners, in the order in which they subscribed. */
export class Events {
  readonly #listeners = new Set<Listener>()
  readonly #failed = new WeakSet<Listener>()
  readonly #onFailure: (error: unknown) => void

  /** @param onFailure told once of each listener that throws: who listens must not fail the call that it hears of */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure
  }

  /** Whether anyone listens: events of the hot path are made only then. */
  get isHeard(): boolean {
    return this.#listeners.size > 0
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(event: StorageEvent): void {
    for (const listener of this.#listeners) {
      try {
        // What it does is nothing that the call does which it hears of.
        const given = getTracer().markers.unwatched((): unknown => listener(event))
        if (isThenable(given)) given.then(undefined, (error: unknown) => this.#noteFailure(listener, error))
      } catch (error) {
        this.#noteFailure(listener, error)
      }
    }
  }

  #noteFailure(listener: Listener, error: unknown): void {
    if (this.#failed.has(listener)) return
    this.#failed.add(listener)
    this.#onFailure(error)
  }
}
