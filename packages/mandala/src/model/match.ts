import { expectOptions, type Rule } from '../base/expect.ts'
import { isVersionId, type VersionId } from '../base/ids.ts'
import { invalid, state, toVariable, Variable, type CallVersion, type Fallback, type Label, type StatedEdge } from './variable.ts'

/** What a pattern has to know of an op. */
export interface OpShape {
  readonly name: string
  readonly version: number
  readonly inputs: readonly string[]
  /** The defaults of inputs that were added later. */
  readonly fallbacks: ReadonlyMap<string, Fallback>
  /** The rest parameter, whose members are stored as `rest[0]`, `rest[1]`, … */
  readonly rest: string | undefined
  /** Whether there are inputs of any name. */
  readonly isOpen: boolean
  readonly ignored: ReadonlySet<string>
  readonly outputs: readonly string[]
  readonly form: 'single' | 'several'
}

/** How a pattern matches the calls of an op. */
export interface MatchOptions {
  /**
   * Calls at this version number of the op; with the code of this id, which `storage.versions(op)` lists; or all. If left out, or the op's own
   * number: calls at that number which hold for the code of today, where the storage follows it.
   */
  readonly version?: number | 'any' | VersionId | (string & {})
}

const MATCH: Readonly<Record<keyof MatchOptions, Rule>> = {
  version: [
    (given) => given === 'any' || Number.isFinite(given) || isVersionId(given),
    "give a number, the id of a version that storage.versions(op) lists, or 'any'",
  ],
}

/**
 * Says that there is a call of an op. Inputs that are left out may be anything.
 * @returns variables for the outputs in the op's shape; several can be taken by name and by position
 */
export function matchCall(shape: OpShape, given: Readonly<Record<string, unknown>> = {}, options: MatchOptions = {}): unknown {
  const place = `${shape.name}.match`
  expectOptions(place, options, MATCH)
  const chosen = chooseVersion(shape, options.version)
  if (typeof given !== 'object' || given === null || given instanceof Variable) {
    throw invalid(place, 'takes one object of named inputs', `for example ${place}({ ${exampleOf(shape)} })`)
  }
  const inputs: StatedEdge[] = Object.entries(given).flatMap(([name, value]) => (
    value === undefined ? [] : [{ label: labelOf(shape, name), variable: toVariable(value, `${place}: input ${name}`), fallback: shape.fallbacks.get(name) }]))
  const variables = shape.outputs.map(() => new Variable<any>())
  const outputs = variables.map((variable, i): StatedEdge => (
    { label: shape.form === 'single' ? { kind: 'only' } : { kind: 'named', name: shape.outputs[i] as string }, variable }))
  state({ kind: 'call', op: shape.name, version: chosen, inputs, outputs })
  if (shape.form === 'single') return variables[0]
  const named = Object.fromEntries(shape.outputs.map((name, i) => [name, variables[i]]))
  return Object.defineProperty(named, Symbol.iterator, { value: () => variables.values() })
}

/** A number that isn't the op's own says nothing about the code of today, so none is asked for. */
function chooseVersion({ version: own }: OpShape, given: MatchOptions['version']): CallVersion {
  if (given === undefined || given === own) return { kind: 'current', version: own, isStated: given !== undefined }
  if (given === 'any') return { kind: 'any' }
  return typeof given === 'number' ? { kind: 'number', version: given } : { kind: 'code', id: given as VersionId }
}

function labelOf({ name, inputs, rest, isOpen, ignored }: OpShape, input: string): Label {
  const place = `${name}.match`
  if (ignored.has(input)) throw invalid(place, `input "${input}" is ignored by ${name}, so it isn't stored`, 'leave it out')
  if (input === rest) return { kind: 'member', of: input }
  const isKnown = isOpen || inputs.includes(input) || (rest !== undefined && input.startsWith(`${rest}[`) && /^\[\d+\]$/.test(input.slice(rest.length)))
  if (!isKnown) throw invalid(place, `${name} has no input "${input}"`, `its inputs are ${[...inputs, ...(rest === undefined ? [] : [rest])].join(', ') || 'none'}`)
  return { kind: 'named', name: input }
}

function exampleOf({ inputs }: OpShape): string {
  return inputs.slice(0, 2).join(', ') || '…'
}
