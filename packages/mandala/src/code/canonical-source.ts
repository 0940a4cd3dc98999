import type { Component, ComponentTable } from './components.ts'
import type { FreeName, Names } from './names.ts'
import { bindingOf, nameOf, type Binding } from './scope.ts'
import { CHILDREN, isCall, isFunction, isRunnable, withoutTypes, type SyntaxNode } from './syntax.ts'

/** Raised with every change of what {@link canonicalise} writes: fingerprints of two versions can't be compared. */
export const CANON_VERSION = 4

/** A component's code without comments, layout, types and local names; names beyond it stand as numbers into `names`. */
export interface CanonicalSource {
  readonly text: string
  readonly names: readonly FreeName[]
  /** Which of the names are read when the module is: a class's heritage, decorators and static parts, and of a value what stands in no function. */
  readonly eager: readonly number[]
  /** The properties that it mentions by name, and UNNAMED if it calls, or takes, what has none. */
  readonly members: readonly string[]
}

/** Among members: one that isn't there by name, or a function that isn't and was called. */
export const UNNAMED = '[]'

export interface CanonicalStatement extends CanonicalSource {
  /** Whether a function in it was left out. */
  readonly hasSkipped: boolean
}

export function canonicalise(component: Component, table: ComponentTable, names: Names): CanonicalSource {
  return write(new Writer({ component, table, names, skipsFunctions: false }))
}

/** The same of a statement, or of what it does but for the functions in it. */
export function canonicaliseStatement(node: SyntaxNode, options: { table: ComponentTable; names: Names; skipsFunctions: boolean }): CanonicalStatement {
  const component: Component = { name: '', kind: 'statement', node, selves: new Set(), getter: undefined, isTrivial: false, isPlain: false }
  return write(new Writer({ component, ...options }))
}

function write(writer: Writer): CanonicalStatement {
  writer.component()
  const { text, names, eager, members, hasSkipped } = writer
  return { text, names, eager: [...eager], members: [...members], hasSkipped }
}

/** What else of a node counts, beside its type and its children. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  BinaryExpression: ['operator'], LogicalExpression: ['operator'], UnaryExpression: ['operator'], AssignmentExpression: ['operator'],
  UpdateExpression: ['operator', 'prefix'], FunctionDeclaration: ['async', 'generator'], FunctionExpression: ['async', 'generator'],
  ArrowFunctionExpression: ['async'], ObjectMethod: ['kind', 'async', 'generator'], ClassMethod: ['kind', 'static', 'async', 'generator'],
  ClassPrivateMethod: ['kind', 'static', 'async', 'generator'], ClassProperty: ['static'], ClassPrivateProperty: ['static'], ClassAccessorProperty: ['static'],
  ForOfStatement: ['await'], YieldExpression: ['delegate'], BooleanLiteral: ['value'], NumericLiteral: ['value'], StringLiteral: ['value'],
  BigIntLiteral: ['value'], RegExpLiteral: ['pattern', 'flags'], CallExpression: ['optional'], OptionalCallExpression: ['optional'],
  OptionalMemberExpression: ['optional'], ImportExpression: ['phase'], JSXIdentifier: ['name'],
}

const IMPORT: FreeName = { kind: 'global', name: 'import()' }

const isBody = (field: string): boolean => field === 'body' || field === 'consequent' || field === 'alternate'
const HAS_BODIES = new Set(['IfStatement', 'ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement'])

/** What takes parts of something without a name of theirs. */
const TAKING_ANY = new Set(['ArrayPattern', 'SpreadElement', 'ForOfStatement'])

interface WriterInput {
  readonly component: Component
  readonly table: ComponentTable
  readonly names: Names
  readonly skipsFunctions: boolean
}

/** The property that an expression is of, as far as it stands there. */
function memberNameOf({ computed, property }: SyntaxNode): string | undefined {
  if (computed) return property.type === 'StringLiteral' ? property.value : undefined
  return property.type === 'PrivateName' ? `#${property.id.name}` : property.name
}

class Writer {
  text = ''
  readonly names: FreeName[] = []
  readonly eager = new Set<number>()
  readonly members = new Set<string>()
  hasSkipped = false
  #isEager: boolean
  readonly #component: Component
  readonly #table: ComponentTable
  readonly #names: Names
  readonly #skipsFunctions: boolean
  readonly #locals = new Map<Binding, string>()
  /** Of the locals, how many are those of the functions around. */
  #captured = 0
  readonly #free = new Map<FreeName, number>()
  readonly #labels = new Map<string, number>()

  constructor({ component, table, names, skipsFunctions }: WriterInput) {
    this.#component = component
    this.#table = table
    this.#names = names
    this.#skipsFunctions = skipsFunctions
    this.#isEager = component.kind === 'value'
  }

  component(): void {
    const { node, kind } = this.#component
    if (isFunction(node)) this.#function(node)
    else if (kind === 'class') this.#class(node)
    else this.#node(node)
  }

  #list(nodes: readonly (SyntaxNode | null)[]): void {
    this.text += '['
    for (const node of nodes) {
      if (node && !counts(node)) continue
      this.#node(node)
    }
    this.text += ']'
  }

  #node(given: SyntaxNode | null | undefined): void {
    if (!given) {
      this.text += '_'
      return
    }
    const node = withoutTypes(given)
    const name = this.#names.find(node)
    if (name) this.#name(name, node)
    else this.#plain(node)
  }

  #plain(node: SyntaxNode): void {
    switch (node.type) {
      case 'Identifier': this.text += this.#local(node); return
      case 'PrivateName': this.text += `#${node.id.name}`; return
      case 'MemberExpression': case 'OptionalMemberExpression': this.#member(node); return
      case 'ObjectProperty': case 'ObjectMethod': case 'ClassMethod': case 'ClassPrivateMethod': this.#keyed(node); return
      case 'ClassProperty': case 'ClassPrivateProperty': case 'ClassAccessorProperty': this.#keyed(node); return
      case 'ClassDeclaration': case 'ClassExpression': this.#class(node); return
      case 'FunctionDeclaration': case 'FunctionExpression': case 'ArrowFunctionExpression': this.#function(node); return
      case 'VariableDeclaration': this.text += `(${this.#declarationKind(node)}`; this.#list(node.declarations); this.text += ')'; return
      case 'VariableDeclarator': this.#declarator(node); return
      case 'TemplateElement': this.text += JSON.stringify([node.value.raw]); return
      case 'Directive': this.text += JSON.stringify(node.value.value); return
      case 'MetaProperty': this.text += `${node.meta.name}.${node.property.name}`; return
      case 'LabeledStatement': case 'BreakStatement': case 'ContinueStatement': this.#labelled(node); return
      case 'JSXText': this.text += JSON.stringify(trimJsx(node.value)); return
      case 'JSXAttribute': this.text += `(attr ${JSON.stringify(jsxName(node.name))}`; this.#node(node.value); this.text += ')'; return
      case 'TSParameterProperty': this.text += '(field '; this.#node(node.parameter); this.text += ')'; return
      case 'TSEnumDeclaration': this.#list(node.body.members); return
      case 'TSEnumMember': this.text += `(${JSON.stringify(nameOf(node.id))}`; this.#node(node.initializer); this.text += ')'; return
      default: this.#generic(node)
    }
  }

  #generic(node: SyntaxNode): void {
    const { type } = node
    this.text += `(${type}`
    this.#fields(node)
    if (node.type === 'ImportExpression') this.#name(IMPORT, node)
    if ((isCall(node) || type === 'NewExpression') && isNameless(withoutTypes(node.callee))) this.members.add(UNNAMED)
    if (TAKING_ANY.has(type)) this.members.add(UNNAMED)
    if (node.type === 'ObjectPattern') for (const { computed, key } of node.properties as SyntaxNode[]) if (key && !computed) this.members.add(nameOf(key))
    if (node.type === 'JSXElement' || node.type === 'JSXFragment') for (const factory of this.#names.jsxFactories) this.#name(factory, node)
    for (const field of CHILDREN[type] ?? []) {
      const child = node[field]
      if (Array.isArray(child)) this.#list(child)
      else this.#node(isBody(field) && HAS_BODIES.has(type) ? withoutBraces(child) : child)
    }
    this.text += ')'
  }

  #declarator(node: SyntaxNode): void {
    this.text += '('
    this.#node(node.id)
    const read = this.#names.findDestructured(node)
    if (read) for (const name of read) this.#name(name, node.init)
    else this.#node(node.init)
    this.text += ')'
  }

  #fields(node: SyntaxNode): void {
    for (const field of FIELDS[node.type] ?? []) {
      const value: unknown = node[field]
      if (value !== undefined && value !== null && value !== false) this.text += ` ${typeof value === 'bigint' ? value : JSON.stringify(value)}`
    }
  }

  #function(node: SyntaxNode): void {
    const inner = this.#table.byNode.get(node)
    // It is called as an op and reports itself; only that it is made here counts.
    if (inner?.isInner && inner !== this.#component) {
      this.text += `(op ${JSON.stringify(inner.name)})`
      return
    }
    if (this.#skipsFunctions) {
      this.text += '(function)'
      this.hasSkipped = true
      return
    }
    this.text += `(${/^(Class|Object)/.test(node.type) ? 'method' : node.type}`
    this.#fields(node)
    // Reading its own `name`, a function may see it; only a nested one's is its outer one's business.
    if (node.id && node !== this.#component.node) this.text += this.#local(node.id)
    const isEager = this.#isEager
    if (this.#component.kind === 'value') this.#isEager = false
    this.#list((node.params as SyntaxNode[]).filter((param) => param.name !== 'this'))
    this.#node(node.body)
    this.#isEager = isEager
    this.text += ')'
  }

  #class(node: SyntaxNode): void {
    const isOwn = node === this.#component.node
    this.text += '(class'
    this.#isEager ||= isOwn
    if (node.decorators?.length > 0) this.#list(node.decorators)
    this.#node(node.superClass)
    for (const member of node.body.body as SyntaxNode[]) {
      if (!isRunnable(member)) continue
      const method = this.#table.byNode.get(member)
      if (isOwn) this.#isEager = member.static === true && !isFunction(member) || member.type === 'StaticBlock' || method !== undefined || member.computed
      if (!method) this.#node(member)
      else this.#memberHead(member, method)
    }
    this.text += ')'
  }

  /** A method changes by itself; that it is there, and under which decorators, is the class's. */
  #memberHead(member: SyntaxNode, method: Component): void {
    this.text += `(${JSON.stringify(method.name.slice(method.className?.length ?? 0))}`
    if (member.computed) this.#node(member.key)
    if (member.decorators?.length > 0) this.#list(member.decorators)
    this.text += ')'
  }

  #keyed(node: SyntaxNode): void {
    this.text += '('
    if (node.decorators?.length > 0) this.#list(node.decorators)
    if (node.computed) this.#node(node.key)
    else this.text += node.key.type === 'PrivateName' ? `#${node.key.id.name}` : JSON.stringify(nameOf(node.key))
    if (isFunction(node)) this.#function(node)
    else {
      this.#fields(node)
      this.#node(node.value)
    }
    this.text += ')'
  }

  #member(node: SyntaxNode): void {
    this.text += node.optional ? '(?.' : node.type === 'MemberExpression' ? '(.' : '(~.'
    this.#node(node.object)
    const member = memberNameOf(node)
    this.members.add(member ?? UNNAMED)
    if (node.computed) this.#node(node.property)
    else this.text += ` ${member}`
    this.text += ')'
  }

  #labelled(node: SyntaxNode): void {
    this.text += `(${node.type}`
    if (node.label) {
      if (!this.#labels.has(node.label.name)) this.#labels.set(node.label.name, this.#labels.size)
      this.text += ` ${this.#labels.get(node.label.name)}`
    }
    if (node.body) this.#node(node.body)
    this.text += ')'
  }

  /** `let` and `const` differ only where a `const` is assigned to, which throws. */
  #declarationKind(node: SyntaxNode): string {
    if (node.kind === 'var' || node.kind.includes('using')) return node.kind
    const isWritten = (node.declarations as SyntaxNode[]).some(({ id }) => (bindingOf(id)?.writes ?? 0) > 0)
    return node.kind === 'const' && isWritten ? 'const' : 'let'
  }

  #name(name: FreeName, node: SyntaxNode): void {
    const isOwn = name.kind === 'own' && this.#component.selves.has(name.name) && this.#component.kind !== 'value' && this.#component.kind !== 'statement'
    if (isOwn) {
      this.text += 'S '
      return
    }
    let index = this.#free.get(name)
    if (index === undefined) {
      index = this.names.push(name) - 1
      this.#free.set(name, index)
    }
    if (this.#isEager) this.eager.add(index)
    this.text += `F${index}${node.type === 'OptionalMemberExpression' ? '?' : ''} `
    if (node.type === 'ImportExpression') this.text += 'import '
    else if (node.type === 'CallExpression') this.text += node.callee.type === 'Import' ? 'import ' : 'require '
  }

  #local(node: SyntaxNode): string {
    const binding = bindingOf(node)
    if (!binding) return ` ${node.name} `
    let index = this.#locals.get(binding)
    if (index === undefined) {
      const isCaptured = this.#isOutside(binding)
      index = isCaptured ? `C${this.#captured} ` : `L${this.#locals.size} `
      if (isCaptured) this.#captured += 1
      this.#locals.set(binding, index)
    }
    return index
  }

  #isOutside({ scope }: Binding): boolean {
    const { node } = this.#component
    return scope.node.start < node.start || scope.node.end > node.end
  }
}

/** Locals may hold any function. */
function isNameless(callee: SyntaxNode): boolean {
  return isCall(callee) || callee.type === 'Identifier' && bindingOf(callee)?.scope.outer !== undefined
}

function counts(node: SyntaxNode): boolean {
  return isRunnable(node) && node.type !== 'EmptyStatement'
}

/** A block of one statement that declares nothing is that statement. */
function withoutBraces(node: SyntaxNode | null): SyntaxNode | null {
  if (node?.type !== 'BlockStatement') return node
  const [only, next] = (node.body as SyntaxNode[]).filter(counts)
  return !only || next || /Declaration$/.test(only.type) ? node : only
}

function jsxName(node: SyntaxNode): string {
  return node.type === 'JSXNamespacedName' ? `${node.namespace.name}:${node.name.name}` : node.name
}

/** As JSX itself reads it: line breaks and the blanks around them are layout. */
function trimJsx(text: string): string {
  const lines = text.split('\n').map((line, i, all) => (i === 0 ? line : line.trimStart()).slice(0).replace(i === all.length - 1 ? /$^/ : /[ \t\r]+$/, ''))
  return lines.filter((line) => line !== '').join(' ')
}
