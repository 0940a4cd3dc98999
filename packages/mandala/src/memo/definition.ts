import type { Kind } from '../model/kind.ts'
import type { OpIdentity } from '../model/derive-ids.ts'
import type { Parameters } from '../code/parameters.ts'

export interface OutputSpec {
  readonly name: string
  readonly kind: Kind
}

/** An op as the rest of `memo` sees it. */
export interface OpDefinition extends OpIdentity {
  readonly fn: (...args: any[]) => unknown
  readonly parameters: Parameters
  /** Kinds of inputs other than plain values. */
  readonly inputKinds: ReadonlyMap<string, Kind>
  readonly outputs: readonly OutputSpec[]
  /** `single`: the result is the output. `several`: an object with the outputs' names, or a tuple in their order. */
  readonly form: 'single' | 'several'
  readonly ignored: ReadonlySet<string>
  readonly transient: ReadonlySet<string>
  /** Inputs that the function had once, each with the value that it has in calls of today. */
  readonly removed: readonly (readonly [name: string, value: unknown])[]
  readonly isComposed: boolean
  /** Where it was defined: `file:line`. */
  readonly place: string
}

/** What an op's ids derive from. Undefined `inputName`: the inputs are stored under the names that they have. */
export interface StoredIdentity extends OpIdentity {
  /** The name under which an input is stored. */
  readonly inputName?: ((name: string) => string) | undefined
}

/** The name under which the history of the i-th output is derived. A single output's own name may change freely. */
export function outputKey(op: Pick<OpDefinition, 'form' | 'outputs'>, index: number): string {
  return op.form === 'single' ? 'output' : (op.outputs[index] as OutputSpec).name
}
