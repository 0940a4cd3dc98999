/** What a component of the code is: the hash of what it does (or of a value), and a text for people. */
export interface CodeContent {
  readonly hash: string
  readonly source: string
}

/** The code as it is now. */
export interface CodeState {
  /** Undefined for a component that isn't there any more. */
  find(component: string): CodeContent | undefined
  /** Components that the text of one refers to, each with its content; a look at the source, nothing runs. */
  findReferences(component: string): ReadonlyMap<string, CodeContent>
}

/** What one execution of an op uses, as it is noticed. */
export interface Trace {
  /** Runs the op's function; whatever it enters or reads until it ends belongs to this trace, also behind an `await`. */
  run<T>(fn: () => T): T
  /** Notes what an inner call used that was found rather than executed. */
  add(component: string, content: CodeContent): void
  /** All that was used. */
  end(): ReadonlyMap<string, CodeContent>
}

export interface Tracer {
  start(): Trace
}
