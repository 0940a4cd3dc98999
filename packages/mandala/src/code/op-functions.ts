import type { FreeName, Names } from './names.ts'
import { eachChild, isFunction, withoutTypes, type SyntaxNode } from './syntax.ts'

/** What an op is made of, where it stands: its name and its parameters are read off it, and a bundler may rename both. */
export interface OpFunction {
  readonly start: number
  readonly end: number
  readonly isInPlace: boolean
  /** What it is called, where it isn't written in place. */
  readonly target: FreeName | undefined
}

export function isOpCall(node: SyntaxNode, names: Names): boolean {
  if (node.type !== 'CallExpression') return false
  const callee = names.find(node.callee)
  return callee?.kind === 'import' && callee.source === 'mandala-ts' && callee.name === 'op'
}

export function listOpFunctions(program: SyntaxNode, names: Names): OpFunction[] {
  const found: OpFunction[] = []
  const visit = (node: SyntaxNode): void => {
    const given = isOpCall(node, names) ? functionOf(node.arguments as SyntaxNode[]) : undefined
    if (given) {
      const { start, end } = given
      found.push({ start, end, isInPlace: isFunction(given), target: names.find(given) })
    }
    eachChild(node, visit)
  }
  visit(program)
  return found
}

/** `op(fn, …)` or `op('name', fn, …)`. */
export function functionOf(args: readonly SyntaxNode[]): SyntaxNode | undefined {
  const first = args.slice(0, 2).map(withoutTypes)
  const given = first.find(isFunction) ?? first.find(({ type }) => type !== 'StringLiteral' && type !== 'TemplateLiteral')
  return given?.type === 'SpreadElement' ? undefined : given
}
