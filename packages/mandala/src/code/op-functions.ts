import type { Captures } from './captures.ts'
import type { FreeName, Names } from './names.ts'
import { eachChild, isFunction, withoutTypes, type SyntaxNode } from './syntax.ts'

/** What an op is made of, where it stands: its name and its parameters are read off it, and a bundler may rename both. */
export interface OpFunction {
  readonly start: number
  readonly end: number
  /** Where its text is, if that is in place or a local's. */
  readonly text: { readonly start: number; readonly end: number } | undefined
  /** What it takes over for a name, if it has none of its own. */
  readonly local: string | undefined
  /** What it is called, where it is of the module level. */
  readonly target: FreeName | undefined
}

export function isOpCall(node: SyntaxNode, names: Names): boolean {
  if (node.type !== 'CallExpression') return false
  const callee = names.find(node.callee)
  return callee?.kind === 'import' && callee.source === 'mandala-ts' && callee.name === 'op'
}

export function listOpFunctions(program: SyntaxNode, names: Names, captures: Captures): OpFunction[] {
  const found: OpFunction[] = []
  const visit = (node: SyntaxNode): void => {
    const given = isOpCall(node, names) ? functionOf(node.arguments as SyntaxNode[]) : undefined
    if (given) {
      const { start, end } = given
      const fn = isFunction(given) ? given : captures.findFunction(given)
      found.push({
        start, end, text: fn && { start: fn.start, end: fn.end }, local: fn && fn !== given ? given.name : undefined, target: names.find(given),
      })
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
