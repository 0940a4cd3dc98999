import type { ParserPlugin } from '@babel/parser'
import { createRequire } from 'node:module'

/**
 * A node of the syntax tree as the parser gives it. Its further fields differ by type and are read by the few files that
 * walk trees; {@link CHILDREN} says which of them hold nodes.
 */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  // The tree has some hundred shapes; naming each would say nothing that the walkers don't.
  readonly [field: string]: any
}

type Parser = typeof import('@babel/parser')

/** Loaded by the first file that is in no cache. */
let parser: Parser | undefined

/** How a file is to be read: what decides it is its name and the package it belongs to. */
export type SourceKind = 'module' | 'commonjs' | 'unknown'

export interface ParsedFile {
  readonly source: string
  readonly program: SyntaxNode
  readonly isModule: boolean
}

/** @throws SyntaxError as the parser puts it, with line and column */
export function parseSource(file: string, source: string, kind: SourceKind): ParsedFile {
  parser ??= createRequire(import.meta.url)('@babel/parser') as Parser
  const { parse } = parser
  const plugins: ParserPlugin[] = ['decorators', 'decoratorAutoAccessors']
  if (/\.[cm]?tsx?$/.test(file)) plugins.push('typescript')
  if (!/\.[cm]?ts$/.test(file)) plugins.push('jsx')
  const attempt = (sourceType: 'module' | 'commonjs'): SyntaxNode => parse(source, { sourceType, plugins, attachComment: false, locations: false }).program as SyntaxNode
  if (kind !== 'unknown') return { source, program: attempt(kind), isModule: kind === 'module' }
  // As Node decides for a file whose package says nothing: CommonJS if it can be, else a module.
  try {
    if (!LOOKS_LIKE_MODULE.test(source)) return { source, program: attempt('commonjs'), isModule: false }
    const program = attempt('module')
    const isModule = (program.body as SyntaxNode[]).some(({ type }) => /^(Import|Export).*Declaration$/.test(type))
    return isModule ? { source, program, isModule } : { source, program: attempt('commonjs'), isModule: false }
  } catch {
    return { source, program: attempt('module'), isModule: true }
  }
}

const LOOKS_LIKE_MODULE = /^[ \t]*(import|export)\b/m

const FUNCTION = ['params', 'body']
const EXPRESSION = ['expression']
const MEMBER = ['object', 'property']
const CALL = ['callee', 'arguments']
const FIELD = ['decorators', 'key', 'value']
const CLASS = ['decorators', 'id', 'superClass', 'body']
const BODY = ['body']
const NONE: readonly string[] = []

/** The fields that hold what runs, in the order in which it runs; types stand in none of them. */
export const CHILDREN: Readonly<Record<string, readonly string[]>> = {
  Program: ['directives', 'body'], Directive: NONE, BlockStatement: ['directives', 'body'], EmptyStatement: NONE, DebuggerStatement: NONE,
  ExpressionStatement: EXPRESSION, IfStatement: ['test', 'consequent', 'alternate'], ForStatement: ['init', 'test', 'body', 'update'],
  ForInStatement: ['right', 'left', 'body'], ForOfStatement: ['right', 'left', 'body'], WhileStatement: ['test', 'body'], DoWhileStatement: ['body', 'test'],
  ReturnStatement: ['argument'], ThrowStatement: ['argument'], TryStatement: ['block', 'handler', 'finalizer'], CatchClause: ['param', 'body'],
  SwitchStatement: ['discriminant', 'cases'], SwitchCase: ['test', 'consequent'], LabeledStatement: BODY, BreakStatement: NONE, ContinueStatement: NONE,
  WithStatement: ['object', 'body'], VariableDeclaration: ['declarations'], VariableDeclarator: ['init', 'id'],
  FunctionDeclaration: FUNCTION, FunctionExpression: FUNCTION, ArrowFunctionExpression: FUNCTION, ObjectMethod: ['decorators', 'key', ...FUNCTION],
  ClassMethod: ['decorators', 'key', ...FUNCTION], ClassPrivateMethod: ['decorators', 'key', ...FUNCTION], ClassDeclaration: CLASS, ClassExpression: CLASS,
  ClassBody: BODY, ClassProperty: FIELD, ClassPrivateProperty: FIELD, ClassAccessorProperty: FIELD, StaticBlock: BODY, Decorator: EXPRESSION,
  Identifier: NONE, PrivateName: NONE, ThisExpression: NONE, Super: NONE, Import: NONE, MetaProperty: NONE, NullLiteral: NONE, BooleanLiteral: NONE,
  NumericLiteral: NONE, StringLiteral: NONE, BigIntLiteral: NONE, RegExpLiteral: NONE, TemplateElement: NONE,
  ArrayExpression: ['elements'], ObjectExpression: ['properties'], ObjectProperty: ['key', 'value'], SpreadElement: ['argument'], RestElement: ['argument'],
  UnaryExpression: ['argument'], UpdateExpression: ['argument'], AwaitExpression: ['argument'], YieldExpression: ['argument'],
  BinaryExpression: ['left', 'right'], LogicalExpression: ['left', 'right'], AssignmentExpression: ['left', 'right'], AssignmentPattern: ['left', 'right'],
  ConditionalExpression: ['test', 'consequent', 'alternate'], CallExpression: CALL, OptionalCallExpression: CALL, NewExpression: CALL,
  MemberExpression: MEMBER, OptionalMemberExpression: MEMBER, SequenceExpression: ['expressions'], TemplateLiteral: ['quasis', 'expressions'],
  TaggedTemplateExpression: ['tag', 'quasi'], ImportExpression: ['source', 'options'], ArrayPattern: ['elements'], ObjectPattern: ['properties'],
  ParenthesizedExpression: EXPRESSION, ImportDeclaration: NONE, ExportAllDeclaration: NONE, ExportNamedDeclaration: ['declaration'],
  ExportDefaultDeclaration: ['declaration'], JSXElement: ['openingElement', 'children'], JSXOpeningElement: ['name', 'attributes'], JSXFragment: ['children'],
  JSXAttribute: ['value'], JSXSpreadAttribute: ['argument'], JSXExpressionContainer: EXPRESSION, JSXSpreadChild: EXPRESSION, JSXEmptyExpression: NONE,
  JSXText: NONE, JSXIdentifier: NONE, JSXNamespacedName: NONE, JSXMemberExpression: ['object'],
  TSAsExpression: EXPRESSION, TSSatisfiesExpression: EXPRESSION, TSNonNullExpression: EXPRESSION, TSTypeAssertion: EXPRESSION,
  TSInstantiationExpression: EXPRESSION, TSParameterProperty: ['parameter'], TSEnumDeclaration: ['body'], TSEnumBody: ['members'],
  TSEnumMember: ['initializer'], TSModuleDeclaration: BODY, TSModuleBlock: BODY, TSExportAssignment: EXPRESSION, TSImportEqualsDeclaration: ['moduleReference'],
}

/** Visits the children that run, until one is found; keys only where they are computed. */
export function someChild(node: SyntaxNode, isFound: (child: SyntaxNode) => boolean | void): boolean {
  for (const field of CHILDREN[node.type] ?? NONE) {
    if ((field === 'key' || field === 'property') && !node.computed) continue
    const child: unknown = node[field]
    if (Array.isArray(child)) {
      for (const each of child) if (each && isRunnable(each) && isFound(each) === true) return true
    } else if (child && isRunnable(child as SyntaxNode) && isFound(child as SyntaxNode) === true) return true
  }
  return false
}

export function eachChild(node: SyntaxNode, visit: (child: SyntaxNode) => void): void {
  someChild(node, visit)
}

/** Whether anything of it is there at run time. */
export function isRunnable(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'TSDeclareFunction': case 'TSDeclareMethod': case 'TSInterfaceDeclaration': case 'TSTypeAliasDeclaration': case 'TSIndexSignature':
    case 'TSNamespaceExportDeclaration': return false
    case 'ClassProperty': case 'ClassAccessorProperty': return node.declare !== true && node.abstract !== true
    case 'ImportDeclaration': case 'ExportAllDeclaration': case 'ExportNamedDeclaration': case 'TSImportEqualsDeclaration':
      return node.importKind !== 'type' && node.exportKind !== 'type'
    case 'VariableDeclaration': case 'ClassDeclaration': case 'TSEnumDeclaration': case 'TSModuleDeclaration': return node.declare !== true
    default: return true
  }
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression', 'ObjectMethod', 'ClassMethod', 'ClassPrivateMethod'])

export function isFunction(node: SyntaxNode): boolean {
  return FUNCTIONS.has(node.type)
}

export function isClass(node: SyntaxNode): boolean {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression'
}

export function isCall({ type }: SyntaxNode): boolean {
  return type === 'CallExpression' || type === 'OptionalCallExpression'
}

export function isMember({ type }: SyntaxNode): boolean {
  return type === 'MemberExpression' || type === 'OptionalMemberExpression'
}

/** The statements that stand in something one after the other. */
export function statementsOf({ type, body, consequent }: SyntaxNode): readonly SyntaxNode[] {
  if (type === 'SwitchCase') return consequent as SyntaxNode[]
  return type === 'BlockStatement' || type === 'StaticBlock' || type === 'TSModuleBlock' ? body as SyntaxNode[] : []
}

const WRAPPERS = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression', 'TSTypeAssertion', 'TSInstantiationExpression', 'ParenthesizedExpression'])

/** An expression without the type assertions around it. */
export function withoutTypes(node: SyntaxNode): SyntaxNode {
  let inner = node
  while (WRAPPERS.has(inner.type)) inner = inner.expression
  return inner
}
