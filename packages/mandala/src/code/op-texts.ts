import { fileURLToPath } from 'node:url'
import { UNTRACKED_HASH } from './call-trace.ts'
import { hashFunction } from './track.ts'
import { getTracer, type Captured } from './tracer.ts'

type AnyFunction = (...args: any[]) => unknown

const functions = new Map<string, WeakRef<AnyFunction>>()
const calls = new Map<string, WeakRef<AnyFunction>>()
const unreported = new Map<string, string>()
const texts = new WeakMap<AnyFunction, ReturnType<typeof hashFunction>>()

/** The component that stands for an op where its function doesn't report itself: its own text is all that is known of its code. */
export function opTextId({ name, version }: { readonly name: string; readonly version: number }): string {
  return `op#${name}${version === 0 ? '' : `~${version}`}`
}

/** Remembers the function behind an op, and what calls it, as long as they live. */
export function noteOpText(op: { readonly name: string; readonly version: number; readonly place: string }, { fn, call }: { fn: AnyFunction; call: AnyFunction }): void {
  functions.set(opTextId(op), new WeakRef(fn))
  calls.set(opTextId(op), new WeakRef(call))
  const path = op.place.replace(/:\d+$/, '')
  const file = getTracer().findUnreported(path.startsWith('file:') ? fileURLToPath(path) : path)
  if (file !== undefined) unreported.set(opTextId(op), file)
}

/** The file that an op was made in, if its code doesn't report itself though it should. */
export function findUnreported(id: string): string | undefined {
  return unreported.get(id)
}

/** What an op's function closes over. */
export interface OpCaptures {
  readonly names: readonly string[]
  readonly values: readonly unknown[]
  /** What made the function, where it closes over more than that. */
  readonly origin: { readonly hash: string; readonly text: string } | undefined
}

/** Undefined if it closes over nothing. */
export function findOpCaptures(id: string): OpCaptures | undefined {
  const fn = functions.get(id)?.deref()
  if (!fn) return undefined
  const captured = getTracer().findCaptured(fn)
  const origin = captured && !captured.isMade || !getTracer().isClosure(fn) ? undefined : findOrigin(fn, calls.get(id)?.deref(), captured)
  const names = captured?.names ?? []
  return names.length === 0 && origin === undefined ? undefined : { names, values: captured ? valuesOf(captured) : [], origin }
}

/** Of a value of the module level what made it, of another function the code where it becomes an op; where that is unknown, it is another one in each process. */
function findOrigin(fn: AnyFunction, call: AnyFunction | undefined, captured: Captured | undefined): NonNullable<OpCaptures['origin']> {
  const tracer = getTracer()
  tracer.begin()
  const { program, values } = tracer
  const made = values.findId(fn) ?? (call && values.findId(call)) ?? captured?.id
  const hash = made && (program.find(made)?.component.kind === 'value' ? values.originOf(made) : program.findFingerprint(made))
  return { hash: hash ?? UNTRACKED_HASH, text: (made && program.findText(made)) ?? '' }
}

function valuesOf(captured: Captured): readonly unknown[] {
  try {
    return captured.values()
  } catch {
    // One of them isn't initialised yet: what the function calls may name more than it uses.
    return []
  }
}

export function findOpText(id: string): ReturnType<typeof hashFunction> | undefined {
  const fn = functions.get(id)?.deref()
  if (!fn) return undefined
  let text = texts.get(fn)
  if (!text) texts.set(fn, (text = hashFunction(fn)))
  return text
}
