import type { AnyFunction } from '../code/op-texts.ts'
import type { OpIdentity } from '../model/derive-ids.ts'

/** What a component of the code is: the hash of what it does (or of a value), and a text for people. */
export interface CodeContent {
  readonly hash: string
  readonly source: string
}

/** The code as it is now. */
export interface CodeState {
  /** A block of calls begins: what values are by now is what code made them. */
  begin(): void
  /** Undefined for a component that isn't there any more. */
  find(component: string): CodeContent | undefined
  /** Its hash alone: asked for again and again. */
  findHash(component: string): string | undefined
  /** Whether it can be told without the program: it is text of a file. */
  isReadable(component: string): boolean
  /** Gives the hash over and over, of a component that may become another one while the program runs, as values do; undefined for others. */
  watch(component: string): (() => string | undefined) | undefined
  /** Takes in the function of an op that is used. */
  noteOp(op: OpIdentity, fn: AnyFunction): void
  /** The component that a function is; undefined where that isn't known, or doesn't count. */
  findComponentOf(fn: object): string | undefined
  /** Whether a component would do the same in another file and under another name: it sees neither. */
  mayMove(component: string): boolean
  /** Components that the text of one refers to, each with its content; a look at the source, nothing runs. */
  findReferences(component: string): ReadonlyMap<string, CodeContent>
}

/** What one execution of an op uses, as it is noticed. */
export interface Trace {
  /** Runs the op's function; whatever it enters or reads until it ends belongs to this trace, also behind an `await`. */
  run<T>(fn: () => T): T
  /** Notes what an inner call used that was found rather than executed. */
  add(component: string, hash: string): void
  end(): Used
}

/** All that an execution used, and what stands in the way of trusting that. */
export interface Used {
  /** The hash of each. */
  readonly components: ReadonlyMap<string, string>
  /** What it asked for that is no input: the clock, chance, files, the network. */
  readonly hidden: readonly string[]
  /** Values of the module level that it assigned to. */
  readonly written: readonly string[]
  /** Values that were others when it ended than when it read them. */
  readonly changed: readonly string[]
}

export interface Tracer {
  /** @param args what the op's function is given */
  start(op: OpIdentity, args: readonly unknown[]): Trace
}
