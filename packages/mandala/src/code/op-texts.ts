import { hashFunction } from './track.ts'

type AnyFunction = (...args: any[]) => unknown

const functions = new Map<string, WeakRef<AnyFunction>>()
const texts = new WeakMap<AnyFunction, ReturnType<typeof hashFunction>>()

/** The component that stands for an op where its function doesn't report itself: its own text is all that is known of its code. */
export function opTextId({ name, version }: { readonly name: string; readonly version: number }): string {
  return `op#${name}${version === 0 ? '' : `~${version}`}`
}

/** Remembers the function behind an op, as long as it lives. */
export function noteOpText(op: { readonly name: string; readonly version: number }, fn: AnyFunction): void {
  functions.set(opTextId(op), new WeakRef(fn))
}

export function findOpText(id: string): ReturnType<typeof hashFunction> | undefined {
  const fn = functions.get(id)?.deref()
  if (!fn) return undefined
  let text = texts.get(fn)
  if (!text) texts.set(fn, (text = hashFunction(fn)))
  return text
}
