import { parse } from '@babel/parser'

/** A node of the parser, read as loosely as a mutation needs it. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: any
}

export function parseText(text: string): Node {
  return parse(text, { sourceType: 'module', plugins: ['typescript'] }).program as unknown as Node
}

const TYPES = new Set(['typeAnnotation', 'returnType', 'typeParameters', 'typeArguments', 'superTypeArguments', 'implements', 'comments', 'loc', 'extra',
  'attributes'])

/** The children that run; types stand in none. */
export function childrenOf(node: Node): Node[] {
  return Object.entries(node).flatMap(([field, value]) => (TYPES.has(field) ? [] : Array.isArray(value) ? value : [value])).filter(isRunnableNode)
}

function isRunnableNode(value: unknown): value is Node {
  const type = (value as Node | null)?.type
  return typeof type === 'string' && typeof (value as Node).start === 'number' && !/^TS(InterfaceDeclaration|TypeAlias|DeclareMethod)/.test(type)
}

export function isFunctionNode(node: Node): boolean {
  return /^(Function(Declaration|Expression)|ArrowFunctionExpression|ObjectMethod|Class(Private)?Method)$/.test(node.type)
}

/** Every node with those around it, outermost first. */
export function* walk(node: Node, outer: readonly Node[] = []): Generator<readonly [node: Node, outer: readonly Node[]]> {
  yield [node, outer]
  const inside = [...outer, node]
  for (const child of childrenOf(node)) yield* walk(child, inside)
}
