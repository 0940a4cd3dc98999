import { digest } from '../value/digest.ts'
import { canonicaliseStatement } from './canonical-source.ts'
import type { ComponentTable } from './components.ts'
import type { FreeName, Names } from './names.ts'
import { isOpCall } from './op-functions.ts'
import { bindingOf, nameOf, type Binding } from './scope.ts'
import { eachChild, isCall, isFunction, isMember, isRunnable, someChild, withoutTypes, type SyntaxNode } from './syntax.ts'

/**
 * A statement in a function, for where that as a whole makes calls: what this one does to a value it may have done before them. Its text is that
 * of the statement with what says whether, and with what, it runs.
 */
export interface InnerStatement {
  readonly start: number
  readonly canonical: string
  readonly names: readonly FreeName[]
  /** Where its own names begin: the first are of what `this` is, and of what it stands in. */
  readonly own: number
  readonly members: readonly string[]
  /** Of the names, those of what it gives something to, or calls a method of: it may change them though it makes calls. */
  readonly changes: readonly FreeName[]
  /** What it does nothing with but to put something into it. */
  readonly filled: FreeName | null
  /** The locals that it mentions, by number; `given` for `this` and what its function is called with. */
  readonly locals: readonly (number | 'given')[]
  /** The innermost function that it stands in, by number. */
  readonly within: number
  /** Of what leaves a part of that before its end, where those begin that may not run then. */
  readonly skipsFrom: number | undefined
  /** The statements in it, those of functions included, for where it makes calls too. */
  readonly inner: readonly InnerStatement[]
}

/** What there is to a piece of code. */
type Content = Pick<InnerStatement, 'names' | 'members' | 'changes' | 'locals'> & { readonly text: string }

/** Code without any of these makes no calls, but for that of files which name this library. */
const MAY_CALL = /\bawait\b|\.run\(/

/** Finds the statements in the functions of a file. */
export class InnerStatements {
  readonly #source: string
  readonly #context: { readonly table: ComponentTable; readonly names: Names }
  readonly #makesCalls: boolean

  constructor(source: string, context: { readonly table: ComponentTable; readonly names: Names }) {
    this.#source = source
    this.#context = context
    this.#makesCalls = source.includes('mandala-ts')
  }

  /**
   * Those in a function, or in the functions of a statement of the module level.
   *
   * @param holder the component that the function is a method of
   */
  of(node: SyntaxNode, holder?: FreeName): InnerStatement[] {
    return this.#makesCalls || MAY_CALL.test(this.#source.slice(node.start, node.end)) ? new Listing(node, holder, this.#context).statements() : []
  }
}

class Listing {
  readonly #owner: SyntaxNode
  readonly #holder: FreeName | undefined
  readonly #context: { readonly table: ComponentTable; readonly names: Names }
  /** Parameters that may be given something where nobody else does. */
  readonly #defaults: readonly SyntaxNode[]
  readonly #locals = new Map<Binding, number>()
  readonly #heads = new Map<SyntaxNode, Content>()
  #functions = 0
  /** The one that is looked at, and the outermost loop around what is. */
  #within = 0
  #loop: SyntaxNode | undefined

  constructor(owner: SyntaxNode, holder: FreeName | undefined, context: { readonly table: ComponentTable; readonly names: Names }) {
    this.#owner = owner
    this.#holder = holder
    this.#defaults = isFunction(owner) ? (owner.params as SyntaxNode[]).filter(({ type }) => /Pattern$/.test(type)) : []
    this.#context = context
  }

  statements(): InnerStatement[] {
    return isFunction(this.#owner) ? this.#in(this.#owner, []) : this.#inside(this.#owner, [])
  }

  /** @param heads what they stand in */
  #in(fn: SyntaxNode, heads: readonly SyntaxNode[]): InnerStatement[] {
    const { body } = fn
    const outer = { within: this.#within, loop: this.#loop }
    this.#within = this.#functions += 1
    this.#loop = undefined
    const found = (body.type === 'BlockStatement' ? body.body as SyntaxNode[] : [body]).flatMap((each) => this.#statement(each, heads))
    this.#within = outer.within
    this.#loop = outer.loop
    return found
  }

  #statement(node: SyntaxNode, heads: readonly SyntaxNode[]): InnerStatement[] {
    if (!isRunnable(node)) return []
    if (node.type === 'BlockStatement') return (node.body as SyntaxNode[]).flatMap((each) => this.#statement(each, heads))
    const own = headsOf(node)
    if (own) {
      const outer = this.#loop
      if (/^(For|While|Do)/.test(node.type)) this.#loop ??= node
      const found = [...own.filter(isActing).map((head) => this.#leaf(head, heads, [])), ...this.#inside(node, [...heads, ...own])]
      this.#loop = outer
      return found
    }
    const jumps = isJump(node) && heads.length > 0 ? [{ ...this.#leaf(node.label ?? heads.at(-1), heads, []), skipsFrom: (this.#loop ?? node).start }] : []
    return isActing(node) ? [...jumps, this.#leaf(node, heads, this.#inside(node, [...heads, node.type === 'FunctionDeclaration' ? node.id : node]))] : jumps
  }

  #leaf(node: SyntaxNode, heads: readonly SyntaxNode[], inner: readonly InnerStatement[]): InnerStatement {
    const own = this.#contentOf(node, false)
    const contents = [...heads.map((head) => this.#headOf(head)), own]
    const locals = [...new Set(contents.flatMap((each) => each.locals))]
    const isGiven = locals.includes('given')
    const all = isGiven ? [...this.#defaults.map((each) => this.#headOf(each)), ...contents] : contents
    const names = [...(this.#holder && isGiven ? [this.#holder] : []), ...all.flatMap((each) => each.names)]
    return {
      start: node.start,
      canonical: digest('source', JSON.stringify(all.map(({ text }) => text))),
      names,
      own: names.length - own.names.length,
      members: [...new Set(all.flatMap(({ members }) => members))],
      changes: contents.flatMap(({ changes }) => changes),
      filled: filledBy(node, this.#context.names),
      locals,
      within: this.#within,
      skipsFrom: undefined,
      inner,
    }
  }

  /** The statements and functions in a node. */
  #inside(node: SyntaxNode, heads: readonly SyntaxNode[]): InnerStatement[] {
    if (isFunction(node)) return this.#in(node, heads)
    // Ops do what they do in calls.
    if (isOpCall(node, this.#context.names)) return []
    const found: InnerStatement[] = []
    const within = node.type === 'SwitchCase' && node.test ? [...heads, node.test as SyntaxNode] : heads
    eachChild(node, (child) => {
      found.push(...(isStatement(child) ? this.#statement(child, within) : this.#inside(child, within)))
    })
    return found
  }

  #headOf(node: SyntaxNode): Content {
    const known = this.#heads.get(node) ?? this.#contentOf(node, true)
    this.#heads.set(node, known)
    return known
  }

  #contentOf(node: SyntaxNode, skipsFunctions: boolean): Content {
    const { text, names, members } = canonicaliseStatement(node, { ...this.#context, skipsFunctions })
    return { text, names, members, changes: listChanges(node, this.#context.names), locals: this.#localsOf(node, skipsFunctions) }
  }

  #localsOf(root: SyntaxNode, skipsFunctions: boolean): (number | 'given')[] {
    const found = new Set<number | 'given'>()
    const visit = (node: SyntaxNode): void => {
      if (skipsFunctions && isFunction(node)) return
      if (node.type === 'ThisExpression') found.add('given')
      const binding = bindingOf(node)
      if (binding?.scope.outer) found.add(binding.kind === 'param' && binding.scope.node === this.#owner ? 'given' : this.#numberOf(binding))
      eachChild(node, visit)
    }
    visit(root)
    if (/^(Function|Class)Declaration$/.test(root.type)) visit(root.id)
    return [...found]
  }

  #numberOf(binding: Binding): number {
    const number = this.#locals.get(binding) ?? this.#locals.size
    this.#locals.set(binding, number)
    return number
  }
}

/** What it gives something to, or calls a method of; what the functions in it do is theirs. */
export function listChanges(root: SyntaxNode, names: Names): FreeName[] {
  const found: FreeName[] = []
  const visit = (node: SyntaxNode): void => {
    if (isFunction(node)) return
    for (let part = changedBy(node); part; part = isMember(part) ? part.object : isCall(part) ? part.callee : undefined) {
      const name = names.find(withoutTypes(part))
      if (name && name.kind !== 'global') found.push(name)
    }
    eachChild(node, visit)
  }
  visit(root)
  return found
}

/** Ways to put something into a collection, or to change it in place. */
const FILLING = /^(set|add|push|unshift|fill|sort|reverse|clear|delete)$/

/** What a statement does nothing with but to put something into it. */
export function filledBy(statement: SyntaxNode, names: Names): FreeName | null {
  const node = statement.type === 'ExpressionStatement' ? withoutTypes(statement.expression) : statement
  const isFilling = node.type === 'AssignmentExpression' || isCall(node) && isMember(node.callee) && !node.callee.computed && FILLING.test(nameOf(node.callee.property))
  const changed = isFilling ? changedBy(node) : undefined
  const target = changed && withoutTypes(isMember(changed) && node.type === 'AssignmentExpression' ? changed.object : changed)
  const name = target && names.find(target)
  const isUsing = (each: SyntaxNode): boolean => each !== target && (names.find(each) === name || someChild(each, isUsing))
  return name && name.kind !== 'global' && !someChild(node, isUsing) ? name : null
}

/** Of a statement that others stand in, what says whether, how often and with what these run. */
function headsOf(node: SyntaxNode): SyntaxNode[] | undefined {
  if (!/^(If|For|ForIn|ForOf|While|DoWhile|Switch|Try|Labeled|With)Statement$/.test(node.type)) return undefined
  const heads: SyntaxNode[] = []
  eachChild(node, (child) => {
    if ((!isStatement(child) || child.type === 'VariableDeclaration') && !/^(SwitchCase|CatchClause)$/.test(child.type)) heads.push(child)
  })
  return heads
}

function isJump({ type }: SyntaxNode): boolean {
  return /^(Break|Continue|Return|Throw)Statement$/.test(type)
}

function isStatement({ type }: SyntaxNode): boolean {
  return /Statement$|^(Variable|Function|Class)Declaration$/.test(type)
}

function changedBy(node: SyntaxNode): SyntaxNode | undefined {
  if (node.type === 'AssignmentExpression') return node.left
  if (node.type === 'UpdateExpression' || node.type === 'UnaryExpression' && node.operator === 'delete') return node.argument
  return isCall(node) && isMember(node.callee) ? node.callee.object : undefined
}

/** Whether it may change something, or give a local its value; what it says on the console changes nothing. */
function isActing(given: SyntaxNode): boolean {
  const node = withoutTypes(given)
  switch (node.type) {
    case 'VariableDeclaration': case 'FunctionDeclaration': case 'ClassDeclaration': case 'AssignmentExpression': case 'UpdateExpression':
    case 'NewExpression': case 'TaggedTemplateExpression': case 'ImportExpression': return true
    case 'UnaryExpression': return node.operator === 'delete' || isActing(node.argument)
    case 'CallExpression': case 'OptionalCallExpression': return !isOfConsole(node.callee) || (node.arguments as SyntaxNode[]).some(isActing)
    default: return someChild(node, isActing)
  }
}

/** Whether a statement does nothing but to say something on the console that no call has to find out. */
export function isSaying({ type, expression }: SyntaxNode): boolean {
  return type === 'ExpressionStatement' && isCall(withoutTypes(expression)) && !isActing(expression)
}

function isOfConsole(callee: SyntaxNode): boolean {
  return isMember(callee) && callee.object.name === 'console' && bindingOf(callee.object) === null
}
