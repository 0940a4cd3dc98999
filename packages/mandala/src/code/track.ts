import { tokenizer } from 'acorn'
import { aFunction, aText, expectInput } from '../base/expect.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { digest } from '../value/digest.ts'
import { ownNameOf, portray, type Naming, type Portrait } from './portrait.ts'
import { getTracer } from './tracer.ts'

/** What was marked by hand: a function by its text, a value by how it is read. */
export type Marked =
  | { readonly kind: 'code'; readonly hash: string; readonly text: string }
  | { readonly kind: 'value'; readonly read: () => unknown }

const marked = new Map<string, Marked>()

export function findMarked(id: string): Marked | undefined {
  return marked.get(id)
}

export interface Track {
  /**
   * Marks a function by hand, for programs that run without the loader and without the plugin: calls that enter it depend on its
   * text. Comments and layout don't count; the names of its locals do, and so does the compiler that made the text.
   * Where the loader is at work it gives back the function as it is: that reports itself.
   *
   * @throws MandalaError `OP_NAME_TAKEN` if another function or value was marked under the same name, `OP_INVALID` if it has none
   * @example
   * const scale = track(function scale(x: number) { return x * 2 })
   */
  <F extends (...args: any[]) => unknown>(fn: F): F
  /**
   * Marks a value of the module level by hand: gives a function to read it with, and calls that do depend on what it is then.
   * @example
   * const nClass = track.value('N_CLASS', () => N_CLASS)
   */
  value<T>(name: string, read: () => T): () => T
}

/** Marks by hand what calls depend on, where no loader does. */
export const track: Track = Object.assign(trackFunction, { value: trackValue })

function trackFunction<F extends (...args: any[]) => unknown>(fn: F): F {
  expectInput('track', fn, aFunction('for example track(function scale(x) { … })'), 'OP_INVALID')
  if (getTracer().hasLoader) return fn
  const { hash, text } = hashFunction(fn)
  const id = claim(fn.name, { kind: 'code', hash, text })
  const tracked = function (this: unknown, ...args: unknown[]): unknown {
    getTracer().markers.current?.add({ kind: 'code', id, hash })
    return Reflect.apply(fn, this, args)
  }
  return Object.defineProperties(tracked, { name: { value: fn.name }, length: { value: fn.length } }) as unknown as F
}

function trackValue<T>(name: string, read: () => T): () => T {
  expectInput('track.value(name, read)', name, aText('name the value, as it is called in the code'), 'OP_INVALID')
  expectInput('track.value(name, read)', read, aFunction("for example track.value('factor', () => factor)"), 'OP_INVALID')
  if (getTracer().hasLoader) return read
  const id = claim(name, { kind: 'value', read })
  return () => {
    const current = read()
    const { hash, isPartial } = portrayMarked(current)
    getTracer().markers.current?.add({ kind: 'value', id, hash, isOpaque: isPartial })
    return current
  }
}

/** A marked value; the functions in it are known by their names. */
export function portrayMarked(value: unknown): Portrait {
  const nameOf = (made: unknown): Naming => ({ name: ownNameOf(made), isWhole: false })
  return portray(value, { nameFunction: nameOf, nameInstance: ({ constructor }) => nameOf(constructor) })
}

function claim(name: string, what: Marked): string {
  if (name === '') throw new MandalaError('OP_INVALID', 'track was given a function without a name', { hint: 'name it: track(function scale(x) { … })' })
  const id = `track#${name}`
  const known = marked.get(id)
  const isSame = !known || known.kind === what.kind && (known.kind === 'value' || known.hash === (what as { hash: string }).hash)
  if (!isSame) {
    throw new MandalaError('OP_NAME_TAKEN', `two different things are tracked under the name "${name}"`, { hint: 'give one of them another name' })
  }
  marked.set(id, what)
  return id
}

/** A function by its own text alone: without comments and layout, as the compiler left it. */
export function hashFunction(fn: (...args: any[]) => unknown): { readonly hash: string; readonly text: string } {
  const text = Function.prototype.toString.call(fn)
  return { hash: digest('source', tokensOf(text)), text }
}

/** Methods are no expressions by themselves: their text is taken as it is. */
function tokensOf(text: string): string {
  try {
    return [...tokenizer(text, { ecmaVersion: 'latest', sourceType: 'module' })].map(({ start, end }) => text.slice(start, end)).join(' ')
  } catch {
    return text
  }
}
