import type { ClosesOver } from './site.ts'
import { eachChild, isFunction, isRunnable, withoutTypes, type SyntaxNode } from './syntax.ts'

/** What a name stands for. */
export interface Binding {
  readonly name: string
  readonly kind: 'var' | 'let' | 'const' | 'function' | 'class' | 'param' | 'import' | 'enum' | 'namespace'
  readonly scope: Scope
  /** Where an import comes from; `*` is the module as a whole. */
  readonly from?: { readonly source: string; readonly name: string }
  /** What gives it its value where it is declared, if that is one expression, or a function. */
  init?: SyntaxNode
  /** Assignments after the declaration. */
  writes: number
  /** Where its name stands, its declaration included; one more for each way in which it is exported. */
  mentions: number
  /** Those of which it is called. */
  calls: number
}

/** A stretch of source in which names are declared. */
export class Scope {
  readonly node: SyntaxNode
  readonly outer: Scope | undefined
  readonly isFunction: boolean
  /** Most blocks declare nothing. */
  #bindings: Map<string, Binding> | undefined

  constructor(node: SyntaxNode, outer: Scope | undefined, isFunctionLike: boolean) {
    this.node = node
    this.outer = outer
    this.isFunction = isFunctionLike
  }

  get(name: string): Binding | undefined {
    return this.#bindings?.get(name)
  }

  set(name: string, binding: Binding): void {
    this.#bindings ??= new Map()
    this.#bindings.set(name, binding)
  }

  get bindings(): Iterable<Binding> {
    return this.#bindings?.values() ?? []
  }
}

/** What the names of a file stand for; each identifier has it noted, see {@link bindingOf}. */
export interface Scopes {
  readonly module: Scope
  /** Identifiers that are assigned to, but not read. */
  readonly writes: ReadonlySet<SyntaxNode>
  /** Functions that use locals of those around them, or their `this`. */
  readonly closures: ReadonlyMap<SyntaxNode, ClosesOver>
  /** By function, initial value of a field and static block, the locals that it uses of those around it, their `this` and their `arguments`. */
  readonly captured: ReadonlyMap<SyntaxNode, ReadonlySet<Binding>>
  readonly special: ReadonlySet<SpecialSyntax>
}

/** Syntax that must be rewritten before Node runs it. */
export type SpecialSyntax = 'jsx' | 'decorators' | 'typescript'

export function analyseScopes(program: SyntaxNode): Scopes {
  const analysis = new Analysis(program)
  analysis.children(program, analysis.module)
  analysis.resolve()
  return analysis
}

type Identifier = SyntaxNode & { binding?: Binding | null }

/** What an identifier stands for; null for a name that no scope declares, undefined where it is none that is read or written. */
export function bindingOf(node: SyntaxNode): Binding | null | undefined {
  return node.binding
}

class Analysis implements Scopes {
  readonly module: Scope
  readonly writes = new Set<SyntaxNode>()
  readonly closures = new Map<SyntaxNode, ClosesOver>()
  readonly captured = new Map<SyntaxNode, Set<Binding>>()
  readonly special = new Set<SpecialSyntax>()
  readonly #found: Identifier[] = []
  /** Where each was found. */
  readonly #scopes: Scope[] = []
  readonly #assigned: Identifier[] = []
  readonly #called: Identifier[] = []
  readonly #exported: string[] = []

  constructor(program: SyntaxNode) {
    this.module = new Scope(program, undefined, true)
  }

  /** Only when every declaration has been seen: functions and `var` are known before their line. */
  resolve(): void {
    for (let i = 0; i < this.#found.length; i += 1) {
      const node = this.#found[i] as Identifier
      const scope = this.#scopes[i] as Scope
      const home = findHome(scope, node.name)
      const binding = home?.get(node.name) ?? null
      node.binding = binding
      if (binding) binding.mentions += 1
      if (binding && home && home !== scope && binding.scope !== this.module) this.#leave(scope, home, binding)
      else if (node.name === 'arguments' && !binding) this.#around(scope, 'arguments')
      // It may use whatever is there.
      else if (node.name === 'eval' && !binding) this.#leave(scope, this.module)
    }
    for (const { binding } of this.#assigned) if (binding) binding.writes += 1
    for (const { binding } of this.#called) if (binding) binding.calls += 1
    for (const name of this.#exported) {
      const binding = this.module.get(name)
      if (binding) binding.mentions += 1
    }
  }

  /** Notes the functions between a name and where it is declared. */
  #leave(scope: Scope, home: Scope, binding?: Binding): void {
    for (let at = scope; at !== home; at = at.outer as Scope) {
      if (at.node === home.node) continue
      if (isFunction(at.node)) this.closures.set(at.node, 'locals')
      if (binding && at.isFunction) this.captured.set(at.node, (this.captured.get(at.node) ?? new Set()).add(binding))
    }
  }

  /** `this`, and what goes with it, is that of the first function around that is no arrow. */
  #this(scope: Scope): void {
    for (const arrow of listArrows(scope)) this.closures.set(arrow, this.closures.get(arrow) ?? 'this')
  }

  /** Arrow functions keep these as they do locals. */
  #around(scope: Scope, name: 'this' | 'arguments'): void {
    this.#this(scope)
    const home = ownerOfThis(scope)
    if (home === this.module) return
    const binding: Binding = home.get(name) ?? { name, kind: 'param', scope: home, writes: 0, mentions: 0, calls: 0 }
    home.set(name, binding)
    for (const arrow of listArrows(scope)) this.captured.set(arrow, (this.captured.get(arrow) ?? new Set()).add(binding))
  }

  children(node: SyntaxNode, scope: Scope): void {
    eachChild(node, (child) => this.visit(child, scope))
  }

  visit(node: SyntaxNode, scope: Scope): void {
    switch (node.type) {
      case 'Identifier': this.#refer(node, scope); return
      case 'ThisExpression': case 'Super': this.#around(scope, 'this'); return
      case 'MetaProperty': if (node.meta.name === 'new') this.#this(scope); return
      case 'JSXIdentifier': if (/^[A-Z_$]/.test(node.name as string)) this.#refer(node, scope); return
      case 'JSXMemberExpression': this.#visitJsxObject(node, scope); return
      case 'ImportDeclaration': this.#import(node); return
      case 'VariableDeclaration': this.#variables(node, scope); return
      case 'BlockStatement': case 'ForStatement': case 'ForInStatement': case 'ForOfStatement': case 'SwitchStatement': case 'TSModuleBlock':
        this.#loop(node, new Scope(node, scope, node.type === 'TSModuleBlock')); return
      case 'StaticBlock': this.children(node, new Scope(node, scope, true)); return
      case 'CatchClause': this.#catch(node, scope); return
      case 'AssignmentExpression': this.#assign(node, scope); return
      case 'UpdateExpression': this.#target(node.argument, scope, true); return
      case 'TSEnumDeclaration': this.#enum(node, scope); return
      case 'TSModuleDeclaration': this.special.add('typescript'); this.#declare(node.id, 'namespace', scope); this.children(node, scope); return
      case 'TSImportEqualsDeclaration': this.#importEquals(node, scope); return
      case 'FunctionDeclaration': case 'FunctionExpression': case 'ArrowFunctionExpression': case 'ObjectMethod': case 'ClassMethod':
      case 'ClassPrivateMethod': this.#function(node, scope); return
      case 'ClassDeclaration': case 'ClassExpression': this.#class(node, scope); return
      case 'ClassProperty': case 'ClassPrivateProperty': case 'ClassAccessorProperty': this.#field(node, scope); return
      case 'JSXElement': case 'JSXFragment': this.special.add('jsx'); this.children(node, scope); return
      case 'ExportNamedDeclaration': case 'ExportDefaultDeclaration':
        if (!node.source) this.#exported.push(...listExported(node))
        this.children(node, scope)
        return
      case 'CallExpression':
        if (node.callee.type === 'Identifier') this.#called.push(node.callee)
        this.children(node, scope)
        return
      case 'TSExportAssignment': this.special.add('typescript'); this.children(node, scope); return
      default: this.children(node, scope)
    }
  }

  #decorators(node: SyntaxNode, scope: Scope): void {
    if (!node.decorators?.length) return
    this.special.add('decorators')
    for (const decorator of node.decorators as SyntaxNode[]) this.visit(decorator, scope)
  }

  #refer(node: SyntaxNode, scope: Scope): void {
    this.#found.push(node as Identifier)
    this.#scopes.push(scope)
  }

  #visitJsxObject(node: SyntaxNode, scope: Scope): void {
    let object: SyntaxNode = node.object
    while (object.type === 'JSXMemberExpression') object = object.object
    this.#refer(object, scope)
  }

  #declare(id: SyntaxNode, kind: Binding['kind'], scope: Scope, from?: Binding['from']): void {
    const known = scope.get(id.name)
    const binding: Binding = known ?? { name: id.name, kind, scope, writes: 0, mentions: 0, calls: 0, ...(from && { from }) }
    if (known && kind === 'function' && known.kind === 'function') known.writes += 1
    scope.set(id.name, binding)
    this.#refer(id, scope)
  }

  #import(node: SyntaxNode): void {
    if (!isRunnable(node)) return
    for (const specifier of node.specifiers as SyntaxNode[]) {
      if (specifier.importKind === 'type') continue
      const name = specifier.type === 'ImportDefaultSpecifier' ? 'default' : specifier.type === 'ImportNamespaceSpecifier' ? '*' : nameOf(specifier.imported)
      this.#declare(specifier.local, 'import', this.module, { source: node.source.value, name })
    }
  }

  #importEquals(node: SyntaxNode, scope: Scope): void {
    this.special.add('typescript')
    const { moduleReference } = node
    if (moduleReference.type === 'TSExternalModuleReference') {
      this.#declare(node.id, 'import', scope, { source: moduleReference.expression.value, name: '*' })
    } else {
      this.#declare(node.id, 'const', scope)
      let first: SyntaxNode = moduleReference
      while (first.type === 'TSQualifiedName') first = first.left
      this.#refer(first, scope)
    }
  }

  #variables(node: SyntaxNode, scope: Scope): void {
    const kind = node.kind === 'var' ? 'var' : node.kind === 'let' ? 'let' : 'const'
    const home = node.kind === 'var' ? functionScope(scope) : scope
    for (const declarator of node.declarations as SyntaxNode[]) {
      this.#pattern(declarator.id, home, scope, kind)
      if (!declarator.init) continue
      const declared = declarator.id.type === 'Identifier' && kind !== 'var' ? home.get(declarator.id.name) : undefined
      if (declared) declared.init = withoutTypes(declarator.init)
      this.visit(declarator.init, scope)
    }
  }

  /** Declares the names of a pattern in one scope; its defaults are read in another. */
  #pattern(node: SyntaxNode, home: Scope, scope: Scope, kind: Binding['kind']): void {
    switch (node.type) {
      case 'Identifier': if (node.name !== 'this') this.#declare(node, kind, home); return
      case 'AssignmentPattern': this.#pattern(node.left, home, scope, kind); this.visit(node.right, scope); return
      case 'RestElement': this.#pattern(node.argument, home, scope, kind); return
      case 'TSParameterProperty': this.special.add('typescript'); this.#pattern(node.parameter, home, scope, kind); return
      case 'ArrayPattern': for (const each of node.elements) if (each) this.#pattern(each, home, scope, kind); return
      case 'ObjectPattern':
        for (const each of node.properties as SyntaxNode[]) {
          if (each.computed) this.visit(each.key, scope)
          this.#pattern(each.type === 'RestElement' ? each.argument : each.value, home, scope, kind)
        }
        return
      default: this.visit(node, scope)
    }
  }

  #function(node: SyntaxNode, scope: Scope): void {
    if (node.type === 'FunctionDeclaration' && node.id) this.#declareFunction(node, scope)
    // What stands before its parameters is seen as a part of it.
    const head = node.computed || node.decorators ? new Scope(node, scope, false) : scope
    this.#decorators(node, head)
    if (node.computed) this.visit(node.key, head)
    let outer = scope
    if (node.type === 'FunctionExpression' && node.id) {
      outer = new Scope(node, scope, false)
      this.#declare(node.id, 'function', outer)
    }
    const inner = new Scope(node, outer, true)
    for (const param of node.params as SyntaxNode[]) {
      for (const decorator of (param.decorators ?? []) as SyntaxNode[]) this.visit(decorator, scope)
      this.#pattern(param, inner, inner, 'param')
    }
    if (node.body.type === 'BlockStatement') this.children(node.body, inner)
    else this.visit(node.body, inner)
  }

  /** In a sloppy script a function in a block is seen outside of it too. */
  #declareFunction(fn: SyntaxNode, scope: Scope): void {
    const { id } = fn
    this.#declare(id, 'function', scope)
    const binding = scope.get(id.name) as Binding
    binding.init = fn
    const home = functionScope(scope)
    if (home !== scope && !home.get(id.name)) home.set(id.name, binding)
  }

  #class(node: SyntaxNode, scope: Scope): void {
    let outer = scope
    if (node.id && node.type === 'ClassDeclaration') this.#declare(node.id, 'class', scope)
    else if (node.id) {
      outer = new Scope(node, scope, false)
      this.#declare(node.id, 'class', outer)
    }
    this.#decorators(node, scope)
    if (node.superClass) this.visit(node.superClass, outer)
    this.children(node.body, outer)
  }

  #field(node: SyntaxNode, scope: Scope): void {
    this.#decorators(node, scope)
    if (node.computed) this.visit(node.key, scope)
    if (node.value) this.visit(node.value, new Scope(node, scope, true))
  }

  #loop(node: SyntaxNode, scope: Scope): void {
    if ((node.type === 'ForInStatement' || node.type === 'ForOfStatement') && node.left.type !== 'VariableDeclaration') {
      this.#target(node.left, scope, false)
      this.visit(node.right, scope)
      this.visit(node.body, scope)
    } else this.children(node, scope)
  }

  #catch(node: SyntaxNode, scope: Scope): void {
    const inner = new Scope(node, scope, false)
    if (node.param) this.#pattern(node.param, inner, inner, 'let')
    this.visit(node.body, inner)
  }

  #assign(node: SyntaxNode, scope: Scope): void {
    this.#target(node.left, scope, node.operator !== '=')
    this.visit(node.right, scope)
  }

  /** The left side of an assignment. */
  #target(node: SyntaxNode, scope: Scope, isRead: boolean): void {
    switch (node.type) {
      case 'Identifier':
        if (!isRead) this.writes.add(node)
        this.#assigned.push(node as Identifier)
        this.#refer(node, scope)
        return
      case 'AssignmentPattern': this.#target(node.left, scope, false); this.visit(node.right, scope); return
      case 'RestElement': this.#target(node.argument, scope, false); return
      case 'ArrayPattern': for (const each of node.elements) if (each) this.#target(each, scope, false); return
      case 'ObjectPattern':
        for (const each of node.properties as SyntaxNode[]) {
          if (each.computed) this.visit(each.key, scope)
          this.#target(each.type === 'RestElement' ? each.argument : each.value, scope, false)
        }
        return
      case 'TSAsExpression': case 'TSNonNullExpression': case 'TSSatisfiesExpression': case 'ParenthesizedExpression': case 'TSTypeAssertion':
        this.#target(node.expression, scope, isRead); return
      default: this.visit(node, scope)
    }
  }

  #enum(node: SyntaxNode, scope: Scope): void {
    this.special.add('typescript')
    this.#declare(node.id, 'enum', scope)
    const inner = new Scope(node, scope, true)
    for (const member of node.body.members as SyntaxNode[]) {
      const name = nameOf(member.id)
      inner.set(name, { name, kind: 'const', scope: inner, writes: 0, mentions: 0, calls: 0 })
    }
    for (const member of node.body.members as SyntaxNode[]) if (member.initializer) this.visit(member.initializer, inner)
  }
}

/** The names of the file that a declaration or a list of names exports. */
function listExported({ declaration, specifiers = [] }: SyntaxNode): string[] {
  const declared = (declaration?.declarations ?? [declaration ?? {}]) as SyntaxNode[]
  return [...declared.flatMap(({ id }) => (id?.type === 'Identifier' ? [id.name] : [])), ...(specifiers as SyntaxNode[]).map(({ local }) => nameOf(local))]
}

function ownerOfThis(scope: Scope): Scope {
  let at = scope
  while (!hasOwnThis(at)) at = at.outer as Scope
  return at
}

/** Those between a scope and where its `this` is from. */
function listArrows(scope: Scope): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (let at = scope; !hasOwnThis(at); at = at.outer as Scope) if (at.node.type === 'ArrowFunctionExpression') found.push(at.node)
  return found
}

function hasOwnThis({ isFunction: isFunctionLike, node }: Scope): boolean {
  return isFunctionLike && node.type !== 'ArrowFunctionExpression'
}

function functionScope(scope: Scope): Scope {
  let home = scope
  while (!home.isFunction && home.outer) home = home.outer
  return home
}

function findHome(scope: Scope, name: string): Scope | undefined {
  let at: Scope | undefined = scope
  while (at && !at.get(name)) at = at.outer
  return at
}

/** The name that an identifier or a string stands for as a key, an import or an export. */
export function nameOf(node: SyntaxNode): string {
  return String(node.name ?? node.value)
}
