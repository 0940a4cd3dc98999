import { fileURLToPath } from 'node:url'
import type { CallTrace } from './call-trace.ts'
import { Closures, type Closure } from './closed-over.ts'
import { hashFunction } from './track.ts'
import { getTracer } from './tracer.ts'

export type AnyFunction = (...args: any[]) => unknown

/** By component, the last function that was made an op of that name in the process. */
const functions = new Map<string, WeakRef<AnyFunction>>()

interface NotedOp {
  /** What calls it. */
  readonly call: WeakRef<AnyFunction>
  /** The call that it was made in. */
  readonly madeIn: WeakRef<CallTrace> | undefined
}

const noted = new WeakMap<AnyFunction, NotedOp>()
const unreported = new Map<string, string>()
const texts = new WeakMap<AnyFunction, ReturnType<typeof hashFunction>>()
let closures: Closures | undefined

/** The component that stands for an op where its function doesn't report itself: its own text is all that is known of its code. */
export function opTextId({ name, version }: { readonly name: string; readonly version: number }): string {
  return `op#${name}${version === 0 ? '' : `~${version}`}`
}

/** Remembers the function behind an op, and what calls it, as long as they live. */
export function noteOpText(op: { readonly name: string; readonly version: number; readonly place: string }, { fn, call }: { fn: AnyFunction; call: AnyFunction }): void {
  const id = opTextId(op)
  const tracer = getTracer()
  // What a module makes when it is evaluated it makes for all.
  const trace = tracer.lazy.isEvaluating ? undefined : tracer.markers.current
  functions.set(id, new WeakRef(fn))
  noted.set(fn, { call: new WeakRef(call), madeIn: trace && new WeakRef(trace) })
  const path = op.place.replace(/:\d+$/, '')
  const file = tracer.findUnreported(path.startsWith('file:') ? fileURLToPath(path) : path)
  if (file !== undefined) unreported.set(id, file)
}

/** The call that an op was made in: what goes into that is known from what the call is given. */
export function findMadeIn(fn: AnyFunction): CallTrace | undefined {
  return noted.get(fn)?.madeIn?.deref()
}

/** The file that an op was made in, if its code doesn't report itself though it should. */
export function findUnreported(id: string): string | undefined {
  return unreported.get(id)
}

export function findOpFunction(id: string): AnyFunction | undefined {
  return functions.get(id)?.deref()
}

/** What an op's function closes over, but for some of it; undefined if that is nothing. */
export function findClosure(fn: AnyFunction, except: readonly string[]): Closure | undefined {
  return closuresOf().find(fn, noted.get(fn)?.call.deref(), except)
}

/** Which parts of what an op's function closes over change while ops run, given those that just did. */
export function listUnsteady(closure: Closure, changed: readonly string[]): string[] {
  closuresOf().noteUnsteady(closure, changed)
  return closuresOf().listUnsteady(closure)
}

/** What an op's function closes over, for people. */
export function showClosure(fn: AnyFunction): string {
  return closuresOf().show(fn)
}

function closuresOf(): Closures {
  const tracer = getTracer()
  tracer.begin()
  return (closures ??= new Closures(tracer))
}

export function findOpText(fn: AnyFunction): ReturnType<typeof hashFunction> {
  let text = texts.get(fn)
  if (!text) texts.set(fn, (text = hashFunction(fn)))
  return text
}
