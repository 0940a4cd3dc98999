import { holdsFunction } from './components.ts'
import { bindingOf, type Binding, type Scopes } from './scope.ts'
import { eachChild, isClass, isFunction, isMember, type SyntaxNode } from './syntax.ts'

/** What a function that becomes an op has of those around it. */
export interface Captured {
  /** Expressions that give it where the op is made. */
  readonly expressions: readonly string[]
  /** Whether something else made the function, which may have given it more. */
  readonly isMade: boolean
}

/**
 * Finds what functions that become ops close over: locals of the functions around them, those of the local functions that they name, and
 * `this` with what goes with it.
 */
export class Captures {
  readonly #module: Scopes['module']
  /** For locals that are functions, or hold some, what makes them that. */
  readonly #functions = new Map<Binding, SyntaxNode[]>()
  /** For others, what they are when they are declared. */
  readonly #declared = new Map<Binding, SyntaxNode>()

  constructor(program: SyntaxNode, { module }: Scopes) {
    this.#module = module
    const visit = (node: SyntaxNode): void => {
      if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') this.#note(node.id, node)
      else if (node.type === 'VariableDeclarator' && node.init) this.#note(node.id, node.init, true)
      else if (node.type === 'AssignmentExpression') this.#note(node.left, node.right)
      eachChild(node, visit)
    }
    visit(program)
  }

  #note(target: SyntaxNode | null, given: SyntaxNode, isDeclared = false): void {
    const binding = this.#localOf(target)
    if (!binding) return
    const known = this.#functions.get(binding)
    if (!holdsFunction(given)) {
      if (isDeclared) this.#declared.set(binding, given)
    } else if (known) known.push(given)
    else this.#functions.set(binding, [given])
  }

  #localOf(node: SyntaxNode | null): Binding | undefined {
    const binding = node?.type === 'Identifier' ? bindingOf(node) : undefined
    return binding && binding.scope !== this.#module ? binding : undefined
  }

  /** @param given what an op is made of; undefined where that comes from elsewhere */
  of(given: SyntaxNode): Captured | undefined {
    const binding = this.#localOf(given)
    const roots = binding ? this.#functions.get(binding) : [given]
    if (!roots) {
      const declared = this.#declared.get(binding as Binding)
      return declared && this.of(declared)
    }
    const found = new Set<string>()
    const followed = new Set<SyntaxNode>()
    for (const root of roots) this.#follow(root, found, followed)
    if (isMember(given) && given.object.type === 'ThisExpression') found.add('this')
    return { expressions: [...found], isMade: !isFunction(given) && given.type !== 'Identifier' }
  }

  #follow(root: SyntaxNode, found: Set<string>, followed: Set<SyntaxNode>): void {
    if (followed.has(root)) return
    followed.add(root)
    /** @param isOuter whether `this` is that of the functions around */
    const visit = (node: SyntaxNode, isOuter: boolean): void => {
      for (const expression of isOuter ? specialOf(node) : []) found.add(expression)
      const binding = this.#localOf(node)
      if (binding && isOutside(binding, root)) {
        found.add(binding.name)
        for (const further of this.#functions.get(binding) ?? []) this.#follow(further, found, followed)
      }
      if (isOuter && isMember(node) && node.object.type === 'ThisExpression' && !node.computed) return
      const isStill = isOuter && (node.type === 'ArrowFunctionExpression' || !isFunction(node) && !isClass(node))
      eachChild(node, (child) => visit(child, isStill))
    }
    visit(root, true)
  }
}

/** What a function without a `this` of its own has of the one around it: a member that it reads, or all, if it calls a method. */
function specialOf(node: SyntaxNode): string[] {
  switch (node.type) {
    case 'ThisExpression': case 'Super': return ['this']
    case 'Identifier': return node.name === 'arguments' && bindingOf(node) === null ? ['arguments'] : []
    case 'MetaProperty': return node.meta.name === 'new' ? ['new.target'] : []
    case 'CallExpression': case 'OptionalCallExpression': return isMember(node.callee) && node.callee.object.type === 'ThisExpression' ? ['this'] : []
    case 'TaggedTemplateExpression': return isMember(node.tag) && node.tag.object.type === 'ThisExpression' ? ['this'] : []
    case 'MemberExpression': case 'OptionalMemberExpression': return node.object.type === 'ThisExpression' && !node.computed ? [memberOfThis(node)] : []
    default: return []
  }
}

/** Private ones are seen by naming them only. */
function memberOfThis({ property, optional }: SyntaxNode): string {
  return `this${optional ? '?.' : '.'}${property.type === 'PrivateName' ? `#${property.id.name}` : property.name}`
}

function isOutside({ scope: { node } }: Binding, { start, end }: SyntaxNode): boolean {
  return node.start < start || node.end > end
}
