import { aBoolean, expectOptions, isRecord, type Rule } from '../base/expect.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { findParameters, type Parameters } from '../code/parameters.ts'
import { isKind, type Kind } from '../model/kind.ts'
import type { OpShape } from '../model/match.ts'
import { deriveHistoryId } from '../model/derive-ids.ts'
import type { Fallback } from '../model/variable.ts'
import type { OpDefinition, OutputSpec } from './definition.ts'
import { identifyAs } from './structures.ts'

/** The options of an op, as a program without types may have given them. */
export interface RawOptions {
  readonly outputs?: readonly string[] | Readonly<Record<string, Kind>> | undefined
  readonly output?: string | Kind | Readonly<Record<string, Kind>> | undefined
  readonly inputs?: readonly string[] | Readonly<Record<string, Kind>> | undefined
  readonly ignore?: readonly string[] | undefined
  readonly version?: number | undefined
  readonly transient?: boolean | readonly string[] | undefined
  readonly compose?: boolean | undefined
  readonly removed?: Readonly<Record<string, unknown>> | undefined
}

const areNames = (given: unknown): boolean => Array.isArray(given) && given.every((each) => typeof each === 'string')
const areNamesOrKinds: Rule = [(given) => areNames(given) || isRecord(given) && !isKind(given), "name them: ['X', 'y'], or say of which kind they are: { X: list() }"]

const OPTIONS: Readonly<Record<keyof RawOptions, Rule>> = {
  outputs: areNamesOrKinds,
  output: [(given) => typeof given === 'string' || isRecord(given), "write 'acc', list() or { acc: list() }"],
  inputs: areNamesOrKinds,
  ignore: [areNames, "list the inputs: ['batchSize']"],
  version: [Number.isFinite, 'a version is a number'],
  transient: [(given) => typeof given === 'boolean' || areNames(given), "it is true, or lists outputs: ['X']"],
  compose: aBoolean,
  removed: [isRecord, 'give each removed input the value that the function works with now: { strict: true }'],
}
const KINDS = 'use value(), list(), dict(), set() or approx(digits)'
const opaque: Kind = { kind: 'value' }

/** Checks what `op` was given and puts it into the form that the life of a call works with. */
export function define(name: string, fn: (...args: any[]) => unknown, options: RawOptions): OpDefinition {
  if (typeof fn !== 'function') throw invalid(name || 'op', 'was given no function', 'op(function name(…) { … }) or op("name", (…) => …)')
  if (!name) throw invalid('op', 'an op needs a name, by which its calls are stored', 'name the function, or write op("name", fn)')
  if (/^__.*__$/.test(name)) throw invalid(name, 'names of this form are those of the built-in ops', 'leave the underscores out')
  expectOptions(name, options, OPTIONS, 'OP_INVALID')
  const version = options.version ?? 0
  const parameters = parametersOf(name, fn, options.inputs)
  const outputs = outputsOf(name, options)
  const names = parameters.parameters.map((parameter) => parameter.name)
  if (parameters.kind === 'positional' && parameters.rest !== undefined) names.push(parameters.rest)
  expectDistinct(name, names, 'parameter')
  const open = parameters.kind === 'named' && parameters.hasRest
  const ignored = known(name, 'ignore', { given: options.ignore ?? [], names, open })
  const inputKinds = options.inputs && !isNames(options.inputs) ? new Map(Object.entries(options.inputs)) : new Map<string, Kind>()
  for (const [input, kind] of inputKinds) if (!isKind(kind)) throw invalid(name, `the kind of input "${input}" is none`, KINDS)
  known(name, 'inputs', { given: [...inputKinds.keys()], names, open })
  const outputNames = outputs.map((output) => output.name)
  const transient = options.transient === true ? outputNames : (options.transient || [])
  return {
    name, version, fn, parameters, inputKinds, outputs, ignored,
    form: options.outputs ? 'several' : 'single',
    transient: known(name, 'transient', { given: transient, names: outputNames, open: false }),
    isComposed: options.compose ?? false,
    removed: removedOf(name, options, { names, open }),
    place: findPlace(),
  }
}

function invalid(name: string, what: string, hint: string): MandalaError {
  return new MandalaError('OP_INVALID', `${name}: ${what}`, { hint })
}

/** The names are stated, or read off the source; a kind alone doesn't say in which order they come. */
function parametersOf(name: string, fn: OpDefinition['fn'], inputs: RawOptions['inputs']): Parameters {
  const found = findParameters(fn, name)
  if (inputs && isNames(inputs)) return renamed(name, found, inputs)
  if (!found) throw invalid(name, 'its parameters can\'t be read off its source (a native or bound function?)', "state them: { inputs: ['x', 'y'] }")
  return found
}

function renamed(name: string, found: Parameters | undefined, names: readonly string[]): Parameters {
  if (found?.kind === 'named') throw invalid(name, 'takes one destructured object, whose keys are its inputs\' names', 'leave out `inputs`, or give kinds only')
  const none = { kind: 'none' } as const
  if (!found) return { kind: 'positional', parameters: names.map((parameter) => ({ name: parameter, default: none })), rest: undefined }
  const given = found.parameters.length + (found.rest === undefined ? 0 : 1)
  if (given !== names.length) throw invalid(name, `has ${given} parameters and \`inputs\` names ${names.length}`, 'name each parameter once, in order')
  const parameters = found.parameters.map((parameter, i) => ({ ...parameter, name: names[i] as string }))
  return { kind: 'positional', parameters, rest: found.rest === undefined ? undefined : names.at(-1) }
}

function outputsOf(name: string, { output, outputs }: RawOptions): OutputSpec[] {
  if (output !== undefined && outputs !== undefined) throw invalid(name, 'has both `output` and `outputs`', 'use `outputs` for several, `output` for one')
  if (outputs === undefined) return [outputOf(name, output)]
  const specs = isNames(outputs) ? outputs.map((each) => ({ name: each, kind: opaque })) : Object.entries(outputs).map(([each, kind]) => ({ name: each, kind }))
  if (specs.length === 0) throw invalid(name, '`outputs` is empty', 'leave it out for one output')
  expectDistinct(name, specs.map((spec) => spec.name), 'output')
  for (const spec of specs) expectKind(name, spec)
  return specs
}

function outputOf(name: string, output: RawOptions['output']): OutputSpec {
  if (output === undefined) return { name: 'output', kind: opaque }
  if (typeof output === 'string') return { name: output, kind: opaque }
  if (isKind(output)) return expectKind(name, { name: 'output', kind: output })
  const [entry, ...more] = Object.entries(output)
  if (!entry || more.length > 0) throw invalid(name, '`output` names one output', "write { output: 'acc' }, { output: list() } or { output: { acc: list() } }")
  return expectKind(name, { name: entry[0], kind: entry[1] })
}

function expectKind(name: string, spec: OutputSpec): OutputSpec {
  if (typeof spec.name === 'string' && isKind(spec.kind)) return spec
  throw invalid(name, `the kind of output "${String(spec.name)}" is none`, KINDS)
}

function removedOf(
  name: string, { removed = {} }: RawOptions, { names, open }: { readonly names: readonly string[]; readonly open: boolean },
): OpDefinition['removed'] {
  const entries = Object.entries(removed)
  const [first] = entries.find(([each]) => open || names.includes(each)) ?? []
  const hint = open ? 'it takes any input: leave `removed` out, and pass the value' : 'leave that out'
  if (first !== undefined) throw invalid(name, `\`removed\` speaks of "${first}", which it takes`, hint)
  return entries
}

function isNames(given: readonly string[] | Readonly<Record<string, Kind>>): given is readonly string[] {
  return Array.isArray(given)
}

function known(name: string, option: string, { given, names, open }: { given: readonly string[]; names: readonly string[]; open: boolean }): ReadonlySet<string> {
  for (const each of given) {
    if (!open && !names.includes(each)) throw invalid(name, `\`${option}\` speaks of "${each}", which it doesn't have`, `it has ${names.join(', ') || 'none'}`)
  }
  return new Set(given)
}

function expectDistinct(name: string, names: readonly string[], what: string): void {
  const twice = names.find((each, i) => names.indexOf(each) !== i)
  if (twice !== undefined) throw invalid(name, `has two ${what}s called "${twice}"`, 'give each a name of its own')
}

/** Where `op` was called: the first frame outside this file and `op` itself. */
function findPlace(): string {
  const frames = (new Error().stack ?? '').split('\n').slice(1)
  const frame = frames.find((line) => !line.includes('/memo/define.') && !line.includes('/memo/op.'))
  return frame?.replace(/^\s*at\s+(?:.*\()?/, '').replace(/\)$/, '').replace(/:\d+$/, '') ?? 'an unknown place'
}

/** What a pattern has to know of an op. */
export function shapeOf(op: OpDefinition): OpShape {
  const { name, version, parameters, ignored, outputs, form } = op
  return {
    fallbacks: fallbacksOf(op),
    name, version, ignored, form,
    inputs: parameters.parameters.map((parameter) => parameter.name),
    rest: parameters.kind === 'positional' ? parameters.rest : undefined,
    isOpen: parameters.kind === 'named' && parameters.hasRest,
    outputs: outputs.map((output) => output.name),
  }
}

/** The defaults of inputs that were added later, which calls are stored without. */
export function fallbacksOf({ parameters, inputKinds }: Pick<OpDefinition, 'parameters' | 'inputKinds'>): ReadonlyMap<string, Fallback> {
  return new Map(parameters.parameters.flatMap(({ name, default: { kind, ...of } }) => {
    if (kind !== 'new-arg' || !('value' in of)) return []
    const cid = identifyAs(inputKinds.get(name) ?? opaque, of.value)
    return [[name, { cid, hid: deriveHistoryId(cid), value: of.value }]]
  }))
}
