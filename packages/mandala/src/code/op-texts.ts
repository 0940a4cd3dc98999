import { fileURLToPath } from 'node:url'
import { hashFunction } from './track.ts'
import { getTracer } from './tracer.ts'

type AnyFunction = (...args: any[]) => unknown

const functions = new Map<string, WeakRef<AnyFunction>>()
const unreported = new Map<string, string>()
const texts = new WeakMap<AnyFunction, ReturnType<typeof hashFunction>>()

/** The component that stands for an op where its function doesn't report itself: its own text is all that is known of its code. */
export function opTextId({ name, version }: { readonly name: string; readonly version: number }): string {
  return `op#${name}${version === 0 ? '' : `~${version}`}`
}

/** Remembers the function behind an op, as long as it lives. */
export function noteOpText(op: { readonly name: string; readonly version: number; readonly place: string }, fn: AnyFunction): void {
  functions.set(opTextId(op), new WeakRef(fn))
  const path = op.place.replace(/:\d+$/, '')
  const file = getTracer().findUnreported(path.startsWith('file:') ? fileURLToPath(path) : path)
  if (file !== undefined) unreported.set(opTextId(op), file)
}

/** The file that an op was made in, if its code doesn't report itself though it should. */
export function findUnreported(id: string): string | undefined {
  return unreported.get(id)
}

/** What an op's function closes over, where it was made inside another function; undefined if it closes over nothing. */
export function findOpCaptures(id: string): { readonly values: readonly unknown[]; readonly names: readonly string[] } | undefined {
  const fn = functions.get(id)?.deref()
  const captured = fn && getTracer().findCaptured(fn)
  return captured && captured.names.length > 0 ? { names: captured.names, values: captured.values() } : undefined
}

export function findOpText(id: string): ReturnType<typeof hashFunction> | undefined {
  const fn = functions.get(id)?.deref()
  if (!fn) return undefined
  let text = texts.get(fn)
  if (!text) texts.set(fn, (text = hashFunction(fn)))
  return text
}
