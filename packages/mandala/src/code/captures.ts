import { listPatternNodes } from './components.ts'
import { bindingOf, nameOf, type Binding, type Scopes } from './scope.ts'
import { eachChild, isClass, isFunction, isMember, withoutTypes, type SyntaxNode } from './syntax.ts'

/** What a function that becomes an op closes over, at first hand and behind it; the first is the function itself. */
export type Captured = readonly CapturedValue[]

export interface CapturedValue {
  /** An expression; that of the function itself is empty. */
  readonly name: string
  /** Whether it gives the value where the op is made: something else may have that name there. */
  readonly isSeen: boolean
  /** Undefined of what comes from elsewhere: a parameter, what is caught, what a member of `this` was given by others. */
  readonly making: Making | undefined
}

/** What made a value, for where that doesn't show it all: functions don't tell what they close over, nor does what holds some. */
export interface Making {
  /** Expressions, but for functions that stand there themselves: their text is that of the function around. */
  readonly nodes: readonly SyntaxNode[]
  /** The values that they, and those functions, name: numbers in the list. */
  readonly values: readonly number[]
}

/** A local; `this`, or one of its members, and what goes with it. */
type Key = Binding | string

/** `this` of another function than that in which the op is made, and what goes with it. */
const ELSEWHERE = 'this of another function'

/** Finds what functions that become ops close over, and what that was made of. */
export class Captures {
  readonly #module: Scopes['module']
  /** What gave locals their values, or put something into them. */
  readonly #given = new Map<Binding, SyntaxNode[]>()
  /** The same of members of `this`, by class. */
  readonly #members = new Map<SyntaxNode, Map<string, SyntaxNode[]>>()
  /** Locals that are given by whoever calls, or throws. */
  readonly #handedIn = new Set<Binding>()
  readonly #byName = new Map<string, Set<Binding>>()
  readonly #classes: SyntaxNode[] = []
  /** What has a `this` of its own. */
  readonly #owners: SyntaxNode[] = []

  constructor(program: SyntaxNode, { module }: Scopes) {
    this.#module = module
    const visit = (node: SyntaxNode): void => {
      this.#note(node)
      eachChild(node, visit)
    }
    visit(program)
  }

  #note(node: SyntaxNode): void {
    switch (node.type) {
      case 'Identifier': this.#noteName(node); return
      case 'VariableDeclarator': if (node.init) this.#give(node.id, node.init); return
      case 'AssignmentExpression': this.#noteAssigned(node); return
      case 'AssignmentPattern': this.#give(node.left, node.right); return
      case 'ForOfStatement': case 'ForInStatement': this.#give(node.left, node.right); return
      case 'ExpressionStatement': this.#noteStatement(node.expression); return
      case 'CatchClause': if (node.param) this.#handIn(node.param); return
      case 'ClassProperty': case 'ClassPrivateProperty': case 'ClassAccessorProperty': this.#noteField(node); return
      case 'StaticBlock': this.#owners.push(node); return
      case 'ClassDeclaration': case 'ClassExpression': this.#classes.push(node); if (node.id) this.#give(node.id, node); return
    }
    if (isFunction(node)) this.#noteFunction(node)
  }

  #noteName(node: SyntaxNode): void {
    const binding = this.#localOf(node)
    if (!binding) return
    const known = this.#byName.get(binding.name)
    if (known) known.add(binding)
    else this.#byName.set(binding.name, new Set([binding]))
  }

  #noteFunction(node: SyntaxNode): void {
    if (node.type !== 'ArrowFunctionExpression') this.#owners.push(node)
    else if (node.body.type !== 'BlockStatement') this.#noteStatement(node.body)
    if (node.type === 'FunctionDeclaration' && node.id) this.#give(node.id, node)
    for (const param of node.params as SyntaxNode[]) {
      const pattern = param.type === 'TSParameterProperty' ? param.parameter as SyntaxNode : param
      this.#handIn(pattern)
      if (pattern !== param) for (const name of listPatternNodes(pattern)) this.#giveMember(nameOf(name), name)
    }
  }

  #noteField(node: SyntaxNode): void {
    if (node.value) this.#owners.push(node)
    if (!node.computed && !node.static) this.#giveMember(keyOf(node.key), node, node.value)
  }

  #noteAssigned(node: SyntaxNode): void {
    if (isMember(node.left)) this.#put(node.left, node)
    else this.#give(node.left, node.right)
  }

  /** `steps.set('add', adder(2))` */
  #noteStatement(expression: SyntaxNode): void {
    const whole = withoutTypes(expression)
    const node = whole.type === 'AwaitExpression' ? withoutTypes(whole.argument) : whole
    if (node.type === 'CallExpression' && isMember(node.callee) && node.callee.object.type !== 'ThisExpression') this.#put(node.callee, node)
  }

  #give(target: SyntaxNode, value: SyntaxNode): void {
    if (target.type === 'VariableDeclaration') this.#give((target.declarations as SyntaxNode[])[0]?.id, value)
    else for (const name of listPatternNodes(target)) this.#giveLocal(name, withoutTypes(value))
  }

  #giveLocal(name: SyntaxNode, value: SyntaxNode): void {
    const binding = this.#localOf(name)
    if (binding) append(this.#given, binding, value)
  }

  #giveMember(name: string, at: SyntaxNode, value: SyntaxNode | null = at): void {
    const owner = innermost(this.#classes, at)
    if (!owner) return
    const members = this.#members.get(owner) ?? new Map<string, SyntaxNode[]>()
    this.#members.set(owner, members)
    const given = members.get(name) ?? []
    members.set(name, value ? [...given, withoutTypes(value)] : given)
  }

  /** To what a member belongs, at any depth, something was done. */
  #put(member: SyntaxNode, what: SyntaxNode): void {
    let last = member
    let holder = member
    while (isMember(holder) || holder.type === 'CallExpression') {
      if (isMember(holder)) last = holder
      holder = withoutTypes(isMember(holder) ? holder.object : holder.callee)
    }
    if (holder.type !== 'ThisExpression') this.#giveLocal(holder, what)
    else if (!last.computed) this.#giveMember(keyOf(last.property), what)
  }

  #handIn(pattern: SyntaxNode): void {
    for (const name of listPatternNodes(pattern)) {
      const binding = this.#localOf(name)
      if (binding) this.#handedIn.add(binding)
    }
  }

  #localOf(node: SyntaxNode): Binding | undefined {
    const binding = node.type === 'Identifier' ? bindingOf(node) : undefined
    return binding && binding.scope !== this.#module ? binding : undefined
  }

  /**
   * @param given what an op is made of
   * @returns undefined where that closes over nothing, or its making isn't known
   */
  of(given: SyntaxNode): Captured | undefined {
    const values: CapturedValue[] = []
    const numbers = new Map<Key, number>()
    const make = (nodes: readonly SyntaxNode[]): Making => {
      const keys = new Set(nodes.flatMap((node) => this.#keysIn(node, given)))
      return { nodes: nodes.filter((node) => !isFunction(node) && !isClass(node)), values: [...keys].map(numberOf) }
    }
    const numberOf = (key: Key): number => {
      const known = numbers.get(key)
      if (known !== undefined) return known
      const name = typeof key === 'string' ? key : key.name
      const isSeen = typeof key === 'string' ? key !== ELSEWHERE : this.#isSeenAt(given, key)
      const number = values.push({ name, isSeen, making: undefined }) - 1
      numbers.set(key, number)
      const nodes = this.#makersOf(key, given)
      if (nodes) values[number] = { name, isSeen, making: make(nodes) }
      return number
    }
    const local = this.#localOf(given)
    // A function of the module level, or made by one, is known there.
    if (given.type === 'Identifier' && !local) return undefined
    const own = { name: '', isSeen: false, making: undefined }
    values.push(own)
    if (local) numbers.set(local, 0)
    const nodes = local ? this.#makersOf(local, given) : [given]
    const making = nodes && make(nodes)
    values[0] = { ...own, making }
    return making && making.nodes.length + making.values.length > 0 ? values : undefined
  }

  /** What a class says of the members of its instances, each by itself. */
  #membersAt(op: SyntaxNode): string[] {
    const owner = innermost(this.#classes, op)
    return [...(owner && this.#members.get(owner))?.keys() ?? []].map((name) => `this.${name}`)
  }

  #makersOf(key: Key, op: SyntaxNode): readonly SyntaxNode[] | undefined {
    if (typeof key !== 'string') return this.#handedIn.has(key) ? undefined : this.#given.get(key)
    const owner = key.startsWith('this.') ? innermost(this.#classes, op) : undefined
    const given = owner && this.#members.get(owner)?.get(key.slice('this.'.length))
    return given?.length === 0 ? undefined : given
  }

  /** What a piece of code has of the functions around it. */
  #keysIn(root: SyntaxNode, op: SyntaxNode): Key[] {
    const keys: Key[] = []
    const hasSameThis = this.#ownerOf(root) === this.#ownerOf(op)
    /** @param isOuter whether `this` is that of the functions around */
    const visit = (node: SyntaxNode, isOuter: boolean): void => {
      for (const key of isOuter ? specialOf(node) : []) {
        keys.push(hasSameThis ? key : ELSEWHERE)
        if (key === 'this' && hasSameThis) keys.push(...this.#membersAt(op))
      }
      const binding = this.#localOf(node)
      if (binding && isOutside(binding, root)) keys.push(binding)
      if (isOuter && isMember(node) && node.object.type === 'ThisExpression' && !node.computed) return
      const isStill = isOuter && (node.type === 'ArrowFunctionExpression' || !isFunction(node) && !isClass(node))
      eachChild(node, (child) => visit(child, isStill))
    }
    visit(root, true)
    return keys
  }

  /** What gives a piece of code its `this`: to all members of an instance that is their class. */
  #ownerOf(node: SyntaxNode): SyntaxNode | undefined {
    const owner = innermost(this.#owners, node)
    return owner && /^Class/.test(owner.type) && !owner.static ? innermost(this.#classes, owner) : owner
  }

  /** Whether a name stands for a local at a place. */
  #isSeenAt(place: SyntaxNode, { name, scope }: Binding): boolean {
    const around = [...this.#byName.get(name) ?? []].map((each) => each.scope.node).filter((node) => isAround(node, place))
    return isAround(scope.node, place) && around.every((node) => node === scope.node || isAround(node, scope.node))
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
    case 'MemberExpression': case 'OptionalMemberExpression': return node.object.type === 'ThisExpression' && !node.computed ? [`this.${keyOf(node.property)}`] : []
    default: return []
  }
}

/** Private members are seen by naming them only. */
function keyOf(property: SyntaxNode): string {
  return property.type === 'PrivateName' ? `#${property.id.name}` : nameOf(property)
}

function isOutside({ scope: { node } }: Binding, { start, end }: SyntaxNode): boolean {
  return node.start < start || node.end > end
}

function isAround(outer: SyntaxNode, inner: SyntaxNode): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}

/** The last that begins before a node and ends after it. */
function innermost(nodes: readonly SyntaxNode[], inner: SyntaxNode): SyntaxNode | undefined {
  return nodes.findLast((node) => node !== inner && isAround(node, inner))
}

function append<K>(lists: Map<K, SyntaxNode[]>, key: K, node: SyntaxNode): void {
  const list = lists.get(key)
  if (list) list.push(node)
  else lists.set(key, [node])
}
