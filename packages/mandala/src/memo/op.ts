import { mapAll } from '../base/awaitable.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { markSelfReporting } from '../code/self-reporting.ts'
import { noteOpText } from '../code/op-texts.ts'
import { getTracer } from '../code/tracer.ts'
import type { Kind } from '../model/kind.ts'
import { matchCall, type MatchOptions } from '../model/match.ts'
import type { Ref } from '../model/ref.ts'
import type { Inputs, Tracked, TrackedAs, Untracked } from '../model/tracked.ts'
import type { Variable } from '../model/variable.ts'
import { callOp } from './call.ts'
import { findContext } from './context.ts'
import { define, shapeOf, type RawOptions } from './define.ts'
import type { OpDefinition } from './definition.ts'
import { unwrapAny } from './unwrap.ts'

/** The names of parameters are unknown to the type system, except those of one named object. */
type InputName<Args extends readonly unknown[]> = Args extends readonly [infer Only extends object] ? (keyof Only & string) | (string & {}) : string
type Names<R> = R extends readonly unknown[] ? { readonly [I in keyof R]: string } : readonly (keyof R & string)[]
type Kinds<R> = R extends readonly unknown[] ? Readonly<Record<string, Kind>> : { readonly [K in keyof R]?: Kind } & NoArray
/** Or an array of wrong names would pass as an object without any of the optional kinds. */
interface NoArray { readonly [Symbol.iterator]?: never }

/** What an op may be told about its function; `Result` is what the function resolves to. */
export interface OpOptions<Args extends readonly unknown[], Result> {
  /** Several outputs: their names, or their kinds by name. The function returns an object with these keys, or a tuple in this order. */
  readonly outputs?: Names<Result> | Kinds<Result>
  /** The single output's name, kind, or both. */
  readonly output?: string | Kind | Readonly<Record<string, Kind>>
  /** Names of the inputs, where the source can't tell; or kinds of some. */
  readonly inputs?: readonly string[] | Readonly<Record<string, Kind>>
  /** Inputs that are passed on but are no part of a call's identity. */
  readonly ignore?: readonly InputName<Args>[]
  /** Another number is another function; 0 if left out. */
  readonly version?: number
  /** Outputs of which only the identity is stored; the value is computed again when it is needed. `true` for all. */
  readonly transient?: boolean | readonly (string & (Result extends readonly unknown[] ? string : unknown))[]
  /**
   * The function gets and returns Refs, and its inner calls are linked to it. A parameter may have the type of the value where it is only
   * passed on; one that the function itself works with has that of its Ref (`xs: ListRef<number>` where it iterates): callers pass a
   * `number[]` to either.
   */
  readonly compose?: boolean
  /**
   * Inputs that the function had once, each with the value that it works with now: a call is the one that was given that value, and calls
   * with other values are left alone.
   */
  readonly removed?: Readonly<Record<string, unknown>>
}

type SingleKind<O> = O extends { readonly kind: string } ? O : O extends string ? unknown : O[keyof O]

type Several<R, O> = R extends readonly unknown[]
  ? { -readonly [I in keyof R]: Tracked<Untracked<R[I]>> }
  : O extends readonly (infer Name)[]
    ? { [K in Name & keyof R]: Tracked<Untracked<R[K]>> }
    : { [K in keyof O & keyof R]: TrackedAs<Untracked<R[K]>, O[K]> }

/** What a call of an op resolves to. */
export type OpResult<R, Options> =
  Options extends { readonly outputs: infer O } ? Several<R, O>
    : Options extends { readonly output: infer O } ? TrackedAs<Untracked<R>, SingleKind<O>>
      : Tracked<Untracked<R>>

/** What may stand for an input in a pattern: a variable, a Ref, or a value. */
export type PatternInput<T> = Variable<T> | Variable<any> | Ref<T> | T

/** The inputs that a pattern speaks of, by name; left-out ones may be anything. */
export type PatternInputs<Args extends readonly unknown[]> = Args extends readonly [(infer Only extends object)?]
  ? Only extends readonly unknown[] ? AnyInputs<Args>
    : string extends keyof Only ? AnyInputs<Args>
      : { readonly [K in keyof Only]?: PatternInput<Untracked<Only[K]>> } & Readonly<Record<string, unknown>>
  : AnyInputs<Args>

/** Each fits some parameter; which one its name belongs to is unknown to the type system. */
type AnyInputs<Args extends readonly unknown[]> = Readonly<Record<string, PatternInput<Untracked<Args[number]>>>>

/** The variables that a pattern gets for the outputs of an op. */
export type PatternOutputs<R, Options> = Options extends { readonly outputs: infer O }
  ? R extends readonly unknown[] ? { -readonly [I in keyof R]: Variable<Untracked<R[I]>> }
    : { [K in (O extends readonly (infer Name)[] ? Name : keyof O) & keyof R]: Variable<Untracked<R[K]>> }
  : Variable<Untracked<R>>

/** A function whose calls are saved inside `storage.run(...)`, and that acts normally outside. */
export interface Op<Args extends readonly unknown[] = any, Result = any, Fn = (...args: any[]) => unknown, Matched = any> {
  (...args: Inputs<Args>): Promise<Result>
  /**
   * Says in a pattern that there is a call of this op; inputs that are left out may be anything.
   * @returns variables for its outputs
   * @throws MandalaError `QUERY_INVALID` for an input that the op doesn't have, or what can't be a value.
   * @example
   * const acc = getAcc.match({ model })
   * await storage.df({ model, acc })
   */
  match(inputs?: PatternInputs<Args>, options?: MatchOptions): Matched
  /** The untouched function. */
  readonly fn: Fn
  /** The name under which its calls are stored. */
  readonly opName: string
}

/** Any op: that of a generic function has the type of a plain one. */
export type AnyOp = Op | ((...args: any[]) => Promise<any>)

const definitions = new WeakMap<object, OpDefinition>()

/** By name, for who has only that. What a program drops, such as ops made in a loop, isn't kept alive by it. */
const byName = new Map<string, Set<WeakRef<OpDefinition>>>()
const dropped = new FinalizationRegistry<{ readonly name: string; readonly ref: WeakRef<OpDefinition> }>(({ name, ref }) => void byName.get(name)?.delete(ref))

/** The definition behind an op. */
export function findDefinition(op: unknown): OpDefinition | undefined {
  return typeof op === 'function' ? definitions.get(op) : undefined
}

/** Whether the program has an op of this name, called or not. */
export function isOpName(name: string): boolean {
  return byName.has(name)
}

/** The definitions of a name in this program, of every version number, oldest first; several functions may have been given one name. */
export function listDefinitions(name: string): readonly OpDefinition[] {
  return [...(byName.get(name) ?? [])].flatMap((ref) => ref.deref() ?? [])
}

function noteName(definition: OpDefinition): void {
  const { name } = definition
  const ref = new WeakRef(definition)
  const refs = byName.get(name)
  if (refs) refs.add(ref)
  else byName.set(name, new Set([ref]))
  dropped.register(definition, { name, ref })
}

// The constraint `Function` has no signature on purpose: with one, a parameter `n = 10` would get its type from it instead of from its default.
type ArgsOf<F> = F extends (...args: infer Args) => unknown ? Args : never
type ResultOf<F> = F extends (...args: any[]) => infer R ? Awaited<R> : never

/** Options of whatever function. */
interface AnyOptions extends Omit<OpOptions<readonly unknown[], unknown>, 'outputs'> {
  readonly outputs?: readonly string[] | Readonly<Record<string, Kind>>
}

/** The function, unless it is generic: then what it takes and gives is more than its arguments and result with `unknown` for each type. */
type Plain<F> = ((...args: ArgsOf<F>) => F extends (...args: any[]) => infer R ? R : never) extends F ? F : never

/**
 * Keeps options to those that exist, and outputs to those that the function returns. TypeScript 5 looks at the options before it looks at a
 * `function`, for which `Function` then stands: nothing must be wrong with them yet.
 */
type Checked<Options, F> = Options & (Function extends F ? unknown : {
  readonly [K in keyof Options]: K extends keyof OptionsOf<F>
    ? OptionsOf<F>[K] & (K extends 'outputs' ? OnlyOf<Options[K], ResultOf<F>> : unknown)
    : never
})

type OptionsOf<F> = OpOptions<ArgsOf<F>, ResultOf<F>>

type OnlyOf<Outputs, R> = R extends readonly unknown[] ? unknown
  : Outputs extends readonly unknown[] ? unknown
    : { readonly [N in keyof Outputs]: N extends keyof R ? unknown : never }

/** The same for a generic function, as far as it can be told. */
type CheckedGeneric<Options, R> = Options & {
  readonly [K in keyof Options]: K extends keyof OpOptions<any, any> ? K extends 'outputs' ? GenericOutputs<Options[K], R> : unknown : never
}
type GenericOutputs<Outputs, R> =
  // The compiler asks once before it knows what the function returns.
  unknown extends R ? unknown
    : Outputs extends readonly unknown[] ? Names<R>
      : R extends readonly unknown[] ? unknown
        : { readonly [N in keyof Outputs]: N extends keyof R ? unknown : never }

/**
 * Marks a function whose calls are worth keeping. Inside `storage.run(...)` a call with the same inputs and the same code is looked up
 * instead of executed; outside, the function just runs.
 *
 * A call is identified by the op's name and version and by its inputs, under the names of the parameters. Parameters with a literal
 * default that are left out count as given with it.
 *
 * The op of a generic function is generic too. The compiler keeps type parameters only in a type that is a call and nothing else, so
 * `fn` and `opName` are on it at run time but not in its type: name the function before it becomes an op to have it at hand.
 *
 * @throws MandalaError `OP_INVALID` if the op has no name, or an option doesn't fit the function.
 * @example
 * const increment = op(function increment(x: number) { return x + 1 })
 * const getAcc = op('getAcc', (model: Forest, X: number[][], y: number[]) => score(model, X, y), { output: 'acc' })
 */
export function op<F extends Function, const Options extends AnyOptions = {}>(
  fn: F & Plain<F>, options?: Checked<Options, F>,
): Op<ArgsOf<F>, OpResult<ResultOf<F>, Options>, F, PatternOutputs<ResultOf<F>, Options>>
export function op<F extends Function, const Options extends AnyOptions = {}>(
  name: string, fn: F & Plain<F>, options?: Checked<Options, F>,
): Op<ArgsOf<F>, OpResult<ResultOf<F>, Options>, F, PatternOutputs<ResultOf<F>, Options>>
export function op<Args extends unknown[], R, const Options extends OpOptions<any, any> = {}>(
  fn: (...args: Args) => R, options?: CheckedGeneric<Options, Awaited<R>>,
): (...args: Inputs<Args>) => Promise<OpResult<Awaited<R>, Options>>
export function op<Args extends unknown[], R, const Options extends OpOptions<any, any> = {}>(
  name: string, fn: (...args: Args) => R, options?: CheckedGeneric<Options, Awaited<R>>,
): (...args: Inputs<Args>) => Promise<OpResult<Awaited<R>, Options>>
export function op(first: unknown, second?: unknown, third?: unknown): Op {
  const isNamed = typeof first === 'string'
  const fn = (isNamed ? second : first) as OpDefinition['fn']
  const definition = define(isNamed ? first : nameOf(fn), fn, ((isNamed ? third : second) ?? {}) as RawOptions)
  const call = (...args: unknown[]): Promise<unknown> => {
    const context = findContext()
    if (!context || context.settings.mode === 'noop') return callPlainly(definition, args)
    noteCalled()
    return callOp(definition, args, context)
  }
  definitions.set(call, definition)
  noteName(definition)
  // It reports its calls itself: naming it makes nobody depend on it as a value.
  markSelfReporting(call)
  const noteCalled = noteOpText(definition, { fn, call })
  const match = (inputs?: Readonly<Record<string, unknown>>, options?: MatchOptions): unknown => matchCall(shapeOf(definition), inputs, options)
  return Object.defineProperties(call, {
    name: { value: definition.name }, fn: { value: fn, enumerable: true }, opName: { value: definition.name, enumerable: true },
    match: { value: match },
  }) as unknown as Op
}

/** A bundler may have given it another name, the next time that of another function: calls are stored under the one in the source. */
function nameOf(fn: OpDefinition['fn'] | undefined): string {
  const known = typeof fn === 'function' ? getTracer().findName(fn) : undefined
  if (!known) return fn?.name ?? ''
  if (known.name !== undefined) return known.name
  throw new MandalaError('OP_INVALID', `an op in a bundle is made of a function whose name can't be told from its source (here it is "${fn?.name}")`, {
    hint: 'name it: op("name", fn)',
  })
}

/** Outside a run: the function on the values themselves, nothing recorded. */
async function callPlainly(definition: OpDefinition, args: readonly unknown[]): Promise<unknown> {
  return definition.fn(...(await Promise.all(mapAll(args, unwrapAny))))
}
