import { parseExpressionAt, type Expression, type Function as FunctionNode, type ObjectPattern, type Pattern, type Property } from 'acorn'
import { MandalaError } from '../base/mandala-error.ts'
import { getTracer } from './tracer.ts'

/** What is left out of a call when a parameter is left out. */
export type Default =
  | { readonly kind: 'none' }
  | { readonly kind: 'literal'; readonly value: unknown }
  /** `newArg(value)`: a call with just this value is the call from before the parameter existed. */
  | { readonly kind: 'new-arg'; readonly value: unknown }
  /** An expression: it belongs to the code, not to the inputs. */
  | { readonly kind: 'code' }

export interface Parameter {
  readonly name: string
  readonly default: Default
}

/** The parameters of a function: one after the other, or by name in one destructured object. */
export type Parameters =
  | { readonly kind: 'positional'; readonly parameters: readonly Parameter[]; readonly rest: string | undefined }
  | {
    readonly kind: 'named'; readonly parameters: readonly Parameter[]; readonly hasRest: boolean
    /** What stands for the object where it is left out: a literal, or nothing does. */
    readonly whole: Extract<Default, { readonly kind: 'none' | 'literal' }>
  }

type NamedParameters = Extract<Parameters, { readonly kind: 'named' }>

/** Of something else: `super` stands in a method around an arrow function. */
const AS_PART = { ecmaVersion: 'latest', allowAwaitOutsideFunction: true, allowSuperOutsideMethod: true, checkPrivateFields: false } as const

const none = { kind: 'none' } as const

/** Reads names and defaults off a function's source; undefined where the source isn't to be had or can't be parsed (native, bound). */
export function findParameters(fn: (...args: any[]) => unknown, opName: string): Parameters | undefined {
  const node = parseFunction(getTracer().findSignature(fn) ?? Function.prototype.toString.call(fn))
  if (!node) return undefined
  const only = node.params.length === 1 ? withoutDefault(node.params[0] as Pattern) : undefined
  if (only?.type === 'ObjectPattern') return namedParameters(only, wholeOf(node.params[0] as Pattern, opName), opName)
  const positional: Parameter[] = []
  for (const [i, pattern] of node.params.entries()) {
    if (pattern.type === 'RestElement') {
      return { kind: 'positional', parameters: positional, rest: pattern.argument.type === 'Identifier' ? pattern.argument.name : `arg${i}` }
    }
    const target = withoutDefault(pattern)
    positional.push({ name: target.type === 'Identifier' ? target.name : `arg${i}`, default: defaultOf(pattern, opName) })
  }
  return { kind: 'positional', parameters: positional, rest: undefined }
}

/** Functions, arrows and classes parse as they stand; methods need an object around them. */
function parseFunction(source: string): FunctionNode | undefined {
  // `import.meta` stands in modules only, what strictness forbids in scripts only; the class of a private name is elsewhere.
  for (const sourceType of ['script', 'module'] as const) {
    for (const [text, pick] of [
      [`(${source})`, (node: Expression) => node],
      [`({${source}})`, (node: Expression) => (node.type === 'ObjectExpression' ? (node.properties[0] as Property).value : node)],
    ] as const) {
      try {
        const parsed = parseExpressionAt(text, 0, { ...AS_PART, sourceType })
        const node = pick(parsed.type === 'ParenthesizedExpression' ? parsed.expression : parsed) as Expression
        if (node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') return node
      } catch {
        // not of this form
      }
    }
  }
  return undefined
}

function withoutDefault(pattern: Pattern): Pattern {
  return pattern.type === 'AssignmentPattern' ? pattern.left : pattern
}

/** Anything but a literal would say what the inputs are only when the function runs. */
function wholeOf(pattern: Pattern, opName: string): NamedParameters['whole'] {
  const whole = defaultOf(pattern, opName)
  if (whole.kind === 'none' || whole.kind === 'literal' && typeof whole.value === 'object' && whole.value !== null) return whole
  throw new MandalaError('OP_INVALID', `${opName}: the default of its one object is no object literal`, {
    hint: 'write = {}, and give each name a default of its own',
  })
}

function namedParameters(pattern: ObjectPattern, whole: NamedParameters['whole'], opName: string): NamedParameters | undefined {
  const parameters: Parameter[] = []
  let hasRest = false
  for (const property of pattern.properties) {
    if (property.type === 'RestElement') hasRest = true
    else if (property.computed) return undefined
    else parameters.push({ name: keyOf(property.key as Expression), default: defaultOf(property.value as Pattern, opName) })
  }
  return { kind: 'named', parameters, hasRest, whole }
}

function keyOf(key: Expression): string {
  return key.type === 'Identifier' ? key.name : String((key as { value?: unknown }).value)
}

function defaultOf(pattern: Pattern, opName: string): Default {
  if (pattern.type !== 'AssignmentPattern') return none
  const { right } = pattern
  const marked = newArgOf(right)
  if (marked) {
    const literal = literalOf(marked)
    if (!literal) {
      throw new MandalaError('OP_INVALID', `${opName}: newArg(…) needs a literal, which can be read off the source`, {
        hint: 'write the value itself: newArg(5), newArg(null), newArg([1, 2])',
      })
    }
    return { kind: 'new-arg', value: literal.value }
  }
  const literal = literalOf(right)
  return literal ? { kind: 'literal', value: literal.value } : { kind: 'code' }
}

/** The argument of `newArg(…)`, also where a bundler wrote `(0, lib.newArg)(…)`. */
function newArgOf(node: Expression): Expression | undefined {
  if (node.type !== 'CallExpression' || node.arguments.length !== 1) return undefined
  let callee: { type: string } = node.callee
  if (callee.type === 'ParenthesizedExpression') callee = (callee as unknown as { expression: Expression }).expression
  if (callee.type === 'SequenceExpression') callee = (callee as unknown as { expressions: Expression[] }).expressions.at(-1) as Expression
  if (callee.type === 'MemberExpression') callee = (callee as unknown as { property: Expression }).property
  return callee.type === 'Identifier' && (callee as unknown as { name: string }).name === 'newArg' ? (node.arguments[0] as Expression) : undefined
}

const CONSTANTS: ReadonlyMap<string, unknown> = new Map([['undefined', undefined], ['Infinity', Infinity], ['NaN', NaN]])

/** The value of a literal: primitives, their negation, and arrays and objects of literals. */
function literalOf(node: Expression): { readonly value: unknown } | undefined {
  switch (node.type) {
    case 'Literal': return node.regex ? { value: new RegExp(node.regex.pattern, node.regex.flags) } : { value: node.bigint ? BigInt(node.bigint) : node.value }
    case 'TemplateLiteral': return node.expressions.length === 0 ? { value: node.quasis[0]?.value.cooked } : undefined
    case 'Identifier': return CONSTANTS.has(node.name) ? { value: CONSTANTS.get(node.name) } : undefined
    case 'UnaryExpression': return unaryOf(node.operator, literalOf(node.argument))
    case 'ArrayExpression': return arrayOf(node.elements as (Expression | null)[])
    case 'ObjectExpression': return objectOf(node.properties as Property[])
    default: return undefined
  }
}

function unaryOf(operator: string, of: { readonly value: unknown } | undefined): { readonly value: unknown } | undefined {
  if (!of) return undefined
  if (operator === '-' && (typeof of.value === 'number' || typeof of.value === 'bigint')) return { value: -of.value }
  if (operator === '!') return { value: !of.value }
  return operator === 'void' ? { value: undefined } : undefined
}

function arrayOf(elements: readonly (Expression | null)[]): { readonly value: unknown[] } | undefined {
  const literals = elements.map((element) => (element && element.type !== ('SpreadElement' as never) ? literalOf(element) : undefined))
  return literals.every((literal) => literal !== undefined) ? { value: literals.map((literal) => literal.value) } : undefined
}

function objectOf(properties: readonly Property[]): { readonly value: object } | undefined {
  const entries: [string, unknown][] = []
  for (const property of properties) {
    const literal = property.type === 'Property' && !property.computed && property.kind === 'init' ? literalOf(property.value as Expression) : undefined
    // `{ __proto__: x }` sets the prototype, not a property.
    const key = literal && keyOf(property.key as Expression)
    if (!literal || key === undefined || key === '__proto__') return undefined
    entries.push([key, literal.value])
  }
  return { value: Object.fromEntries(entries) }
}
