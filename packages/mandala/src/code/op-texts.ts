import { fileURLToPath } from 'node:url'
import { Closures, type Closure } from './closed-over.ts'
import { hashFunction } from './track.ts'
import { getTracer } from './tracer.ts'

export type AnyFunction = (...args: any[]) => unknown

/** By component, the last function that was made an op of that name in the process. */
const functions = new Map<string, WeakRef<AnyFunction>>()
/** What calls the op that a function is. */
const calls = new WeakMap<AnyFunction, WeakRef<AnyFunction>>()
const unreported = new Map<string, string>()
const texts = new WeakMap<AnyFunction, ReturnType<typeof hashFunction>>()
let closures: Closures | undefined

/** The component that stands for an op where its function doesn't report itself: its own text is all that is known of its code. */
export function opTextId({ name, version }: { readonly name: string; readonly version: number }): string {
  return `op#${name}${version === 0 ? '' : `~${version}`}`
}

/** Remembers the function behind an op, and what calls it, as long as they live. */
export function noteOpText(op: { readonly name: string; readonly version: number; readonly place: string }, { fn, call }: { fn: AnyFunction; call: AnyFunction }): void {
  functions.set(opTextId(op), new WeakRef(fn))
  calls.set(fn, new WeakRef(call))
  const path = op.place.replace(/:\d+$/, '')
  const file = getTracer().findUnreported(path.startsWith('file:') ? fileURLToPath(path) : path)
  if (file !== undefined) unreported.set(opTextId(op), file)
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
  return closuresOf().find(fn, calls.get(fn)?.deref(), except)
}

/** The same for people. */
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
