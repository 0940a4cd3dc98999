import { fileURLToPath } from 'node:url'
import type { CallTrace } from './call-trace.ts'
import { Closures, type Closure } from './closed-over.ts'
import { hashFunction } from './track.ts'
import { getTracer } from './tracer.ts'

type AnyFunction = (...args: any[]) => unknown

interface NotedOp {
  readonly fn: WeakRef<AnyFunction>
  readonly call: WeakRef<AnyFunction>
  /** The call that it was made in. */
  readonly madeIn: WeakRef<CallTrace> | undefined
}

const ops = new Map<string, NotedOp>()
const unreported = new Map<string, string>()
const texts = new WeakMap<AnyFunction, ReturnType<typeof hashFunction>>()
let closures: Closures | undefined

/** The component that stands for an op where its function doesn't report itself: its own text is all that is known of its code. */
export function opTextId({ name, version }: { readonly name: string; readonly version: number }): string {
  return `op#${name}${version === 0 ? '' : `~${version}`}`
}

/**
 * Remembers the function behind an op, and what calls it, as long as they live.
 * @returns to be called whenever the op is: others may have been made under its name
 */
export function noteOpText(
  op: { readonly name: string; readonly version: number; readonly place: string }, { fn, call }: { fn: AnyFunction; call: AnyFunction },
): () => void {
  const id = opTextId(op)
  const tracer = getTracer()
  // What a module makes when it is evaluated it makes for all.
  const trace = tracer.lazy.isEvaluating ? undefined : tracer.markers.current
  const noted = { fn: new WeakRef(fn), call: new WeakRef(call), madeIn: trace && new WeakRef(trace) }
  ops.set(id, noted)
  const path = op.place.replace(/:\d+$/, '')
  const file = tracer.findUnreported(path.startsWith('file:') ? fileURLToPath(path) : path)
  if (file !== undefined) unreported.set(id, file)
  return () => void ops.set(id, noted)
}

/** The call that an op was made in: what goes into that is known from what the call is given. */
export function findMadeIn(id: string): CallTrace | undefined {
  return ops.get(id)?.madeIn?.deref()
}

/** The file that an op was made in, if its code doesn't report itself though it should. */
export function findUnreported(id: string): string | undefined {
  return unreported.get(id)
}

/** What an op's function closes over; undefined if that is nothing. */
export function findClosure(id: string): Closure | undefined {
  const noted = ops.get(id)
  const fn = noted?.fn.deref()
  return fn && closuresOf().find(fn, noted?.call.deref())
}

/** The same for people. */
export function showClosure(id: string): string {
  const fn = ops.get(id)?.fn.deref()
  return fn ? closuresOf().show(fn) : ''
}

function closuresOf(): Closures {
  const tracer = getTracer()
  tracer.begin()
  return (closures ??= new Closures(tracer))
}

export function findOpText(id: string): ReturnType<typeof hashFunction> | undefined {
  const fn = ops.get(id)?.fn.deref()
  if (!fn) return undefined
  let text = texts.get(fn)
  if (!text) texts.set(fn, (text = hashFunction(fn)))
  return text
}
