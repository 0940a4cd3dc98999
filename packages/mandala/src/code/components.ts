import type { Names } from './names.ts'
import { isOpCall } from './op-functions.ts'
import { nameOf, type Scopes } from './scope.ts'
import { eachChild, isClass, isFunction, isRunnable, someChild, withoutTypes, type ParsedFile, type SyntaxNode } from './syntax.ts'

/** A part of a file that can change by itself: a function, a method, a class without its methods, a value, or a statement. */
export interface Component {
  readonly name: string
  readonly kind: 'function' | 'method' | 'class' | 'value' | 'statement'
  /** What its text is. */
  readonly node: SyntaxNode
  /** The function's own names for itself count as no name. */
  readonly selves: ReadonlySet<string>
  /** An expression that gives its value in its module. */
  readonly getter: string | undefined
  /** So small that marking its entry would cost more than running it: it is reported where it is named, a method with its class. */
  readonly isTrivial: boolean
  /** A value whose parts all stand in its text: nothing is called to make it. */
  readonly isPlain: boolean
  readonly className?: string
  /** An op made inside a function: it is told apart from the function that made it. */
  readonly isInner?: boolean
  /** What it does, it does in calls. */
  readonly isOp?: boolean
}

/** The components of a file, and which of them a node starts. */
export interface ComponentTable {
  readonly list: readonly Component[]
  readonly byNode: ReadonlyMap<SyntaxNode, Component>
}

export function listComponents({ program, isModule, source }: ParsedFile, scopes: Scopes, names: Names): ComponentTable {
  const finder = new Finder(scopes, names, source.includes('mandala-ts'))
  for (const statement of program.body as SyntaxNode[]) if (isRunnable(statement)) finder.statement(statement)
  if (!isModule && exportsLoosely(program, names)) finder.wholeModule(program)
  return { list: finder.list, byNode: finder.byNode }
}

class Finder {
  readonly list: Component[] = []
  readonly byNode = new Map<SyntaxNode, Component>()
  readonly #taken = new Set<string>()
  /** By name, the first number that may not be taken. */
  readonly #next = new Map<string, number>()
  readonly #scopes: Scopes
  readonly #names: Names
  readonly #mayHaveOps: boolean

  constructor(scopes: Scopes, names: Names, mayHaveOps: boolean) {
    this.#scopes = scopes
    this.#names = names
    this.#mayHaveOps = mayHaveOps
  }

  statement(statement: SyntaxNode): void {
    switch (statement.type) {
      case 'ImportDeclaration': case 'ExportAllDeclaration': return
      case 'ExportNamedDeclaration': if (statement.declaration && isRunnable(statement.declaration)) this.statement(statement.declaration); return
      case 'ExportDefaultDeclaration': this.#default(statement.declaration); return
      case 'FunctionDeclaration': this.#function(statement.id.name, statement, statement.id.name); return
      case 'ClassDeclaration': this.#class(statement.id.name, statement, statement.id.name); return
      case 'VariableDeclaration': for (const declarator of statement.declarations) this.#declarator(declarator); return
      case 'TSEnumDeclaration': this.#add({ name: statement.id.name, kind: 'value', node: statement, getter: statement.id.name }); return
      case 'TSModuleDeclaration': this.#namespace(statement); return
      case 'TSExportAssignment': this.#assigned('module.exports', statement.expression); return
      default: this.#loose(statement)
    }
  }

  /** All that a CommonJS module exports, where its text doesn't tell what that is. */
  wholeModule(program: SyntaxNode): void {
    if (!this.#taken.has('module.exports')) this.#add({ name: 'module.exports', kind: 'value', node: program, getter: 'module.exports' })
  }

  #add(given: Pick<Component, 'name' | 'kind' | 'node' | 'getter'> & Partial<Component>, start: SyntaxNode = given.node): Component {
    const name = this.#nameFor(given.name)
    const isPlain = given.kind === 'value' && isPlainExpression(given.node)
    const component: Component = { selves: new Set([given.name]), isTrivial: false, isPlain, ...given, name }
    this.list.push(component)
    this.byNode.set(start, component)
    this.#innerOps(component)
    return component
  }

  #nameFor(wanted: string): string {
    let name = wanted
    let number = this.#next.get(wanted) ?? 2
    for (; this.#taken.has(name); number += 1) name = `${wanted}~${number}`
    this.#next.set(wanted, number)
    this.#taken.add(name)
    return name
  }

  #default(node: SyntaxNode): void {
    const name = node.id?.name ?? 'default'
    if (node.type === 'FunctionDeclaration') this.#function(name, node, node.id?.name)
    else if (node.type === 'ClassDeclaration') this.#class(name, node, node.id?.name)
    else if (node.type !== 'Identifier') this.#expression('default', node, undefined)
  }

  #declarator(declarator: SyntaxNode): void {
    const { id, init } = declarator
    if (id.type === 'Identifier') {
      const binding = this.#scopes.module.get(id.name)
      if (binding && this.#names.importOf(binding)) return
      if (init) this.#expression(id.name, init, id.name)
      else this.#add({ name: id.name, kind: 'value', node: id, getter: id.name })
      return
    }
    for (const name of listPatternNames(id)) {
      const binding = this.#scopes.module.get(name)
      if (binding && this.#names.importOf(binding)) continue
      if (init) this.#add({ name, kind: 'value', node: declarator, getter: name }, withoutTypes(init))
    }
  }

  /** What a name of the module level, a member of `exports` or the default export stands for. */
  #expression(name: string, expression: SyntaxNode, getter: string | undefined): void {
    const node = withoutTypes(expression)
    const isFixed = (this.#scopes.module.get(name)?.writes ?? 0) === 0
    const opFunction = this.#opFunction(node)
    if (isFunction(node) && isFixed) this.#function(name, node, getter)
    else if (isClass(node) && isFixed) this.#class(name, node, getter)
    else if (opFunction && isFixed) this.#add({ name, kind: 'function', node: opFunction, getter, selves: selvesOf(name, opFunction), isOp: true })
    else {
      const value = this.#add({ name, kind: 'value', node, getter })
      if (node.type === 'ObjectExpression') this.#members(value.name, node)
    }
  }

  #function(name: string, node: SyntaxNode, getter: string | undefined): void {
    const { writes = 0, mentions = 0, calls = 0 } = this.#scopes.module.get(name) ?? {}
    const isFixed = writes === 0
    const isOnlyCalled = mentions === calls + 1
    const trivial = isFixed && getter !== undefined && isTrivial(node, this.#names, isOnlyCalled ? TRIVIAL_CALLED_NODES_MAX : TRIVIAL_NODES_MAX)
    this.#add({ name, kind: isFixed ? 'function' : 'value', node, getter, isTrivial: trivial, selves: selvesOf(name, node) })
  }

  #class(name: string, node: SyntaxNode, getter: string | undefined): void {
    const { name: className } = this.#add({ name, kind: 'class', node, getter, selves: selvesOf(name, node) })
    for (const member of node.body.body as SyntaxNode[]) {
      if (!isFunction(member) || !isRunnable(member)) continue
      const trivial = member.kind !== 'constructor' && isTrivial(member, this.#names, TRIVIAL_NODES_MAX)
      const name = `${className}.${memberName(member)}`
      if (!trivial) this.#add({ name, kind: 'method', node: member, getter: undefined, className, selves: new Set() })
    }
  }

  /** Functions in an object literal, at any depth. */
  #members(owner: string, node: SyntaxNode): void {
    for (const member of node.properties as SyntaxNode[]) {
      if (member.type === 'SpreadElement') continue
      const name = `${owner}.${memberName(member)}`
      const value = member.type === 'ObjectMethod' ? member : withoutTypes(member.value)
      if (isFunction(value)) this.#add({ name, kind: 'method', node: value, getter: undefined, selves: new Set() })
      else if (value.type === 'ObjectExpression') this.#members(name, value)
    }
  }

  #namespace(statement: SyntaxNode): void {
    if (statement.id.type === 'Identifier' && statement.body) this.#add({ name: statement.id.name, kind: 'value', node: statement, getter: statement.id.name })
  }

  #loose(statement: SyntaxNode): void {
    const expression = statement.type === 'ExpressionStatement' ? withoutTypes(statement.expression) : undefined
    const target = expression?.type === 'AssignmentExpression' ? pathOf(expression.left) : undefined
    if (expression && target !== undefined && target.includes('.')) this.#assigned(target, expression.right)
    else if (holdsFunction(statement)) this.#add({ name: `<${calleeOf(expression) ?? 'statement'}>`, kind: 'statement', node: statement, getter: undefined })
  }

  /** `exports.f = …`, `Foo.prototype.m = …` and the like. */
  #assigned(target: string, expression: SyntaxNode): void {
    const right = withoutTypes(expression)
    const getter = /^(module\.)?exports(\.|$)/.test(target) ? target : undefined
    const name = target === 'module.exports' ? target : target.replace(/^(module\.)?exports\./, 'exports.')
    if (right.type === 'AssignmentExpression') {
      const next = pathOf(right.left)
      if (next !== undefined && next.includes('.')) this.#assigned(next, right.right)
    } else if (right.type !== 'Identifier') this.#expression(name, right, getter)
  }

  /** The function literal of `op(function …)` or `op('name', …)`. */
  #opFunction(node: SyntaxNode): SyntaxNode | undefined {
    if (!isOpCall(node, this.#names)) return undefined
    return (node.arguments as SyntaxNode[]).slice(0, 2).map(withoutTypes).find(isFunction)
  }

  #innerOps(outer: Component): void {
    const visit = (node: SyntaxNode): void => {
      const fn = this.#opFunction(node)
      const isOwn = fn !== undefined && !this.byNode.has(fn)
      if (isOwn && outer.kind !== 'class') {
        this.#add({ name: `${outer.name}.${opNameOf(node, fn)}`, kind: 'function', node: fn, getter: undefined, selves: selvesOf('', fn), isInner: true })
      } else eachChild(node, visit)
    }
    if (outer.kind === 'class' || !this.#mayHaveOps) return
    eachChild(outer.node, visit)
  }
}

/** Whether `exports` or `module` is used in another way than `exports.x = …` and `module.exports = …` at the module level. */
function exportsLoosely(program: SyntaxNode, names: Names): boolean {
  const isExports = (node: SyntaxNode): boolean => {
    if (node.type !== 'Identifier' || node.name !== 'exports' && node.name !== 'module') return false
    return names.find(node)?.kind === 'global'
  }
  const isLoose = (node: SyntaxNode): boolean => {
    const target = node.type === 'AssignmentExpression' ? pathOf(node.left) : undefined
    if (target !== undefined && /^(exports\.|module\.exports(\.|$))/.test(target)) return isLoose(node.right)
    return isExports(node) || someChild(node, isLoose)
  }
  return (program.body as SyntaxNode[]).some((statement) => isLoose(statement))
}

function opNameOf(call: SyntaxNode, fn: SyntaxNode): string {
  const [first] = call.arguments as SyntaxNode[]
  return first?.type === 'StringLiteral' ? first.value : fn.id?.name ?? 'op'
}

function selvesOf(name: string, node: SyntaxNode): ReadonlySet<string> {
  return new Set(node.id ? [name, node.id.name] : [name])
}

function memberName(member: SyntaxNode): string {
  const key = member.computed ? `[${pathOf(member.key) ?? 'computed'}]` : member.key.type === 'PrivateName' ? `#${member.key.id.name}` : nameOf(member.key)
  const accessor = member.kind === 'get' || member.kind === 'set' ? `${member.kind} ` : ''
  return `${member.static ? 'static ' : ''}${accessor}${key}`
}

/** `a.b.c` as text. */
function pathOf(node: SyntaxNode): string | undefined {
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression' || node.computed) return undefined
  const object = pathOf(node.object)
  return object && `${object}.${nameOf(node.property)}`
}

function calleeOf(expression: SyntaxNode | undefined): string | undefined {
  const call = expression?.type === 'AwaitExpression' ? expression.argument : expression
  return call?.type === 'CallExpression' ? pathOf(call.callee) : undefined
}

export function holdsFunction(node: SyntaxNode): boolean {
  return isFunction(node) || isClass(node) || someChild(node, holdsFunction)
}

/** The identifiers that a pattern gives values to, and of an assignment the members. */
export function listPatternNodes(given: SyntaxNode): SyntaxNode[] {
  const node = withoutTypes(given)
  switch (node.type) {
    case 'Identifier': case 'MemberExpression': return [node]
    case 'AssignmentPattern': return listPatternNodes(node.left)
    case 'RestElement': return listPatternNodes(node.argument)
    case 'ArrayPattern': return (node.elements as (SyntaxNode | null)[]).flatMap((each) => (each ? listPatternNodes(each) : []))
    case 'ObjectPattern': return (node.properties as SyntaxNode[]).flatMap((each) => listPatternNodes(each.type === 'RestElement' ? each : each.value))
    default: return []
  }
}

export function listPatternNames(node: SyntaxNode): string[] {
  return listPatternNodes(node).map(nameOf)
}

const MAKERS = new Set(['CallExpression', 'OptionalCallExpression', 'TaggedTemplateExpression', 'AwaitExpression', 'ImportExpression', 'JSXElement', 'JSXFragment'])
const CONTAINERS = new Set(['Map', 'Set', 'Array'])

/** Calls that only look at what they are given. */
const LOOKING = /^(Object\.(keys|values|entries)|Math\.\w+|Number|String|Boolean|BigInt)$/

/** Whether evaluating it may change something beyond it. */
export function isActive(node: SyntaxNode): boolean {
  return !isFunction(node) && (isMade(node) && !isLooking(node) || someChild(node, isActive))
}

/** The same of a class that is declared. */
export function isActiveClass({ decorators, superClass, body }: SyntaxNode): boolean {
  const isHeadActive = decorators?.length > 0 || superClass && isActive(superClass)
  return isHeadActive || (body.body as SyntaxNode[]).filter(isRunnable).some(isActiveMember)
}

function isActiveMember(member: SyntaxNode): boolean {
  if (member.type === 'StaticBlock' || member.decorators?.length > 0 || member.computed && isActive(member.key)) return true
  return member.static && !isFunction(member) && member.value && isActive(member.value)
}

function isLooking(node: SyntaxNode): boolean {
  return node.type === 'CallExpression' && LOOKING.test(pathOf(node.callee) ?? '')
}

function isMade(node: SyntaxNode): boolean {
  return MAKERS.has(node.type) || isClass(node) || node.type === 'NewExpression' && !CONTAINERS.has(node.callee.name)
}

function isPlainExpression(node: SyntaxNode): boolean {
  if (isFunction(node)) return true
  if (isMade(node)) return false
  return !someChild(node, (child) => !isPlainExpression(child))
}

const TRIVIAL_NODES_MAX = 24
/** The same of a function that its file does nothing with but to call it, so that nobody else can. */
const TRIVIAL_CALLED_NODES_MAX = 100
const NOT_TRIVIAL = new Set([
  'CallExpression', 'OptionalCallExpression', 'NewExpression', 'TaggedTemplateExpression', 'ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement',
  'DoWhileStatement', 'AwaitExpression', 'YieldExpression', 'ImportExpression', 'JSXElement', 'JSXFragment', 'SpreadElement', 'TryStatement', 'WithStatement', 'Super',
])

/** A few nodes that only compute: they call nothing and read nothing of the module. */
function isTrivial(fn: SyntaxNode, names: Names, nodesMax: number): boolean {
  if (fn.async || fn.generator || (fn.params as SyntaxNode[]).some((param) => param.type !== 'Identifier') || fn.decorators?.length > 0) return false
  let count = 0
  const isFit = (node: SyntaxNode): boolean => {
    count += 1
    if (count > nodesMax || NOT_TRIVIAL.has(node.type) || isFunction(node) || isClass(node)) return false
    if (node.type === 'Identifier' && names.find(node) !== undefined && node.name !== 'undefined') return false
    return !someChild(node, (child) => !isFit(child))
  }
  return !someChild(fn, (child) => !isFit(child))
}
