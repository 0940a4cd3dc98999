import { MandalaError } from '../base/mandala-error.ts'
import { External, Ignored } from '../model/marks.ts'
import type { Default, Parameter } from '../code/parameters.ts'
import type { OpDefinition } from './definition.ts'

/** An argument under the name by which the call's identity knows it. */
export interface BoundInput {
  readonly name: string
  readonly value: unknown
  readonly default: Default
}

/** Names the arguments of a call. An input that equals "left out" (undefined, and no default) isn't named at all. */
export function bind(op: OpDefinition, args: readonly unknown[]): BoundInput[] {
  const inputs: BoundInput[] = []
  const { parameters } = op
  if (parameters.kind === 'named') {
    bindNamed(op, args, inputs)
  } else {
    for (let i = 0; i < parameters.parameters.length; i += 1) bindOne(op, parameters.parameters[i] as Parameter, args[i], inputs)
    if (args.length > parameters.parameters.length) bindRest(op, args, inputs)
  }
  for (const [name, value] of op.removed) inputs.push({ name, value, default: none })
  return inputs
}

function bindOne(op: OpDefinition, parameter: Parameter, given: unknown, inputs: BoundInput[]): void {
  const { name } = parameter
  if (given instanceof Ignored || op.ignored.has(name)) return
  if (given !== undefined) inputs.push({ name, value: given, default: parameter.default })
  else if (parameter.default.kind === 'literal' && parameter.default.value !== undefined) {
    inputs.push({ name, value: parameter.default.value, default: parameter.default })
  }
}

const none: Default = { kind: 'none' }

function bindRest(op: OpDefinition, args: readonly unknown[], inputs: BoundInput[]): void {
  const { parameters } = op
  if (parameters.kind === 'named') return
  const { rest } = parameters
  if (rest === undefined) {
    throw new MandalaError('INPUT_INVALID', `${op.name} takes ${count(parameters.parameters.length)} and got ${args.length}`, {
      hint: `drop the last ones, or add parameters to ${op.name}`,
    })
  }
  if (op.ignored.has(rest)) return
  for (let i = parameters.parameters.length; i < args.length; i += 1) {
    // Unlike a named input, a missing member of a rest list shifts the others.
    if (!(args[i] instanceof Ignored)) inputs.push({ name: `${rest}[${i - parameters.parameters.length}]`, value: args[i], default: none })
  }
}

const count = (inputs: number): string => `${inputs} input${inputs === 1 ? '' : 's'}`

function bindNamed(op: OpDefinition, args: readonly unknown[], inputs: BoundInput[]): void {
  if (op.parameters.kind !== 'named') return
  const { whole } = op.parameters
  const given = (args[0] === undefined && whole.kind === 'literal' ? whole.value : args[0]) as Record<string, unknown>
  if (args.length > 1 || typeof given !== 'object' || given === null || Array.isArray(given) || given instanceof Ignored || given instanceof External) {
    throw new MandalaError('INPUT_INVALID', `${op.name} takes one object of named inputs`, { hint: `call ${op.name}({ … })` })
  }
  const known = new Set<string>()
  for (const parameter of op.parameters.parameters) {
    known.add(parameter.name)
    bindOne(op, parameter, given[parameter.name], inputs)
  }
  if (!op.parameters.hasRest) return
  for (const [name, value] of Object.entries(given)) if (!known.has(name)) bindOne(op, { name, default: none }, value, inputs)
}
