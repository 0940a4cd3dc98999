import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallContentId, CallHistoryId } from '../base/ids.ts'
import type { Notes } from '../model/notes.ts'
import type { Trace } from '../versions/code-state.ts'
import type { OpDefinition } from './definition.ts'
import type { Memo } from './memo.ts'
import type { Request } from './request.ts'

/** How the ops inside a run behave. */
export interface RunSettings {
  readonly mode: 'run' | 'noop' | 'drop'
  readonly newCalls: 'execute' | 'error'
  readonly refresh: ReadonlySet<OpDefinition>
  /** Calls that were executed again in this run already. */
  readonly refreshed: Set<CallContentId>
  /** Told of each call that is about to be executed. */
  readonly onMiss: ((request: Request) => Promise<void>) | undefined
  /** Calls of this run that are being executed. */
  readonly underWay: Set<Promise<unknown>>
  /** Stored calls that a run in mode `'drop'` found, and deletes at its end. */
  readonly met: Set<CallHistoryId>
}

/** An op's function under way. */
export interface Execution {
  readonly op: OpDefinition
  readonly cid: CallContentId
  /** Calls that the function made. */
  readonly inner: CallHistoryId[]
  readonly outer: Execution | undefined
  /** What code the function uses, where the storage tracks it. */
  readonly trace: Trace | undefined
  /** What the function noted so far. */
  notes: Notes | undefined
}

/** Where in a program an op is called: in a run's block, or in the function of another op. */
export interface Context {
  readonly memo: Memo
  readonly settings: RunSettings
  readonly execution: Execution | undefined
  /** Refs in a run's block and in a composed op; plain values in the function of an ordinary op. */
  readonly givesRefs: boolean
}

const contexts = new AsyncLocalStorage<Context | undefined>()

export function findContext(): Context | undefined {
  return contexts.getStore()
}

export function runInContext<T>(context: Context | undefined, fn: () => T): T {
  return contexts.run(context, fn)
}
