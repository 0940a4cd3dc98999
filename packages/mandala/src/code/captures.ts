import { listPatternNodes } from './components.ts'
import type { Names } from './names.ts'
import { isOpCall } from './op-functions.ts'
import { bindingOf, nameOf, type Binding, type Scopes } from './scope.ts'
import { eachChild, isCall, isClass, isFunction, isMember, withoutTypes, type SyntaxNode } from './syntax.ts'

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
  readonly #names: Names
  /** What gave locals their values. */
  readonly #given = new Map<Binding, SyntaxNode[]>()
  /** What put something into them. */
  readonly #put = new Map<Binding, SyntaxNode[]>()
  /** Calls that may have put something into them, where that is what they are for. */
  readonly #handedOn = new Map<Binding, SyntaxNode[]>()
  /** Locals that were given another, or a part of it, or hold it: what is put into them may be put into that. */
  readonly #parts = new Map<Binding, Binding[]>()
  /** Locals that were given parts of one value: `const [get, set] = make()`. */
  readonly #beside = new Map<Binding, readonly Binding[]>()
  /** What members of `this` were given, or had put into them, by class. */
  readonly #members = new Map<SyntaxNode, Map<string, SyntaxNode[]>>()
  /** Locals that are given by whoever calls, or throws. */
  readonly #handedIn = new Set<Binding>()
  /** What leaves a part of a function before its end, by function. */
  readonly #jumps = new Map<SyntaxNode, SyntaxNode[]>()
  /** The names of locals by where they are declared. */
  readonly #declared = new Map<SyntaxNode, Set<string>>()
  readonly #outer = new Map<SyntaxNode, SyntaxNode>()

  constructor(program: SyntaxNode, { module }: Scopes, names: Names) {
    this.#module = module
    this.#names = names
    const visit = (node: SyntaxNode): void => {
      eachChild(node, (child) => {
        this.#outer.set(child, node)
        visit(child)
      })
      this.#note(node)
    }
    visit(program)
  }

  #note(node: SyntaxNode): void {
    switch (node.type) {
      case 'Identifier': this.#noteName(node); return
      case 'VariableDeclarator': if (node.init) this.#declare(node.id, node.init); return
      case 'AssignmentExpression': this.#give(node.left, node.right, node); return
      case 'AssignmentPattern': this.#give(node.left, node.right); return
      case 'ForOfStatement': case 'ForInStatement': this.#give(node.left, node.right); return
      case 'CallExpression': case 'OptionalCallExpression': if (isPutting(node)) this.#noteMethod(node); return
      case 'ExpressionStatement': this.#noteStatement(node.expression); return
      case 'BreakStatement': case 'ContinueStatement': case 'ReturnStatement': case 'ThrowStatement': this.#noteJump(node); return
      case 'CatchClause': if (node.param) this.#handIn(node.param); return
      case 'ClassProperty': case 'ClassPrivateProperty': case 'ClassAccessorProperty': this.#noteField(node); return
      case 'ClassDeclaration': case 'ClassExpression': if (node.id) this.#give(node.id, node); return
    }
    if (isFunction(node)) this.#noteFunction(node)
  }

  #noteName(node: SyntaxNode): void {
    const binding = this.#localOf(node)
    if (!binding) return
    const { name, scope } = binding
    const known = this.#declared.get(scope.node)
    if (known) known.add(name)
    else this.#declared.set(scope.node, new Set([name]))
  }

  #noteJump(node: SyntaxNode): void {
    const fn = this.#innermost(node, isFunction)
    if (fn) append(this.#jumps, fn, node)
  }

  #noteFunction(node: SyntaxNode): void {
    if (node.body.type !== 'BlockStatement' && this.#isOfForEach(node)) this.#noteStatement(node.body)
    if (node.type === 'FunctionDeclaration' && node.id) this.#give(node.id, node)
    for (const param of node.params as SyntaxNode[]) {
      const pattern = param.type === 'TSParameterProperty' ? param.parameter as SyntaxNode : param
      this.#handIn(pattern)
      if (pattern !== param) for (const name of listPatternNodes(pattern)) this.#giveMember(nameOf(name), node, name)
    }
  }

  /** Other functions are called for what they give. */
  #isOfForEach(arrow: SyntaxNode): boolean {
    const call = this.#outer.get(arrow)
    return call !== undefined && isCall(call) && isMember(call.callee) && call.callee.property.name === 'forEach'
  }

  #noteField(node: SyntaxNode): void {
    if (!node.computed && !node.static) this.#giveMember(keyOf(node.key), node, node.value)
  }

  /** `steps.set('add', adder(2))`, `Object.assign(steps, { add: adder(2) })` */
  #noteStatement(expression: SyntaxNode): void {
    const node = withoutTypes(expression)
    switch (node.type) {
      case 'AwaitExpression': case 'UnaryExpression': this.#noteStatement(node.argument); return
      case 'SequenceExpression': for (const each of node.expressions as SyntaxNode[]) this.#noteStatement(each); return
      case 'LogicalExpression': this.#noteStatement(node.right); return
      case 'ConditionalExpression': this.#noteStatement(node.consequent); this.#noteStatement(node.alternate); return
      case 'CallExpression': case 'OptionalCallExpression':
        if (isPutting(node)) return
        if (isMember(node.callee)) this.#noteMethod(node)
        else {
          this.#putInto(node.callee, node)
          for (const each of node.arguments as SyntaxNode[]) this.#noteHandedOn(each, node)
        }
    }
  }

  #noteMethod(call: SyntaxNode): void {
    const { callee: { object, property }, arguments: [target] } = call
    if (isSetter(object, property)) this.#putInto(target, call)
    else if (object.type !== 'ThisExpression') this.#putInto(call.callee, call)
  }

  #noteHandedOn(argument: SyntaxNode, call: SyntaxNode): void {
    const binding = this.#localOf(argument)
    if (binding) append(this.#handedOn, binding, call)
  }

  #declare(target: SyntaxNode, value: SyntaxNode): void {
    this.#give(target, value)
    const locals = target.type === 'Identifier' ? [] : listPatternNodes(target).flatMap((name) => this.#localOf(name) ?? [])
    for (const local of locals) this.#beside.set(local, locals)
  }

  /** @param whole what puts a value into something, with the place where it does */
  #give(target: SyntaxNode, value: SyntaxNode, whole: SyntaxNode = value): void {
    if (target.type === 'VariableDeclaration') {
      this.#give((target.declarations as SyntaxNode[])[0]?.id, value)
      return
    }
    for (const each of listPatternNodes(target)) {
      const binding = this.#localOf(holderOf(each, isMember).holder)
      if (isMember(each)) this.#putInto(each, whole)
      else if (binding) append(this.#given, binding, withoutTypes(value))
      for (const given of binding ? listGiven(value) : []) {
        const local = this.#localOf(given)
        if (local) append(this.#parts, local, binding as Binding)
      }
    }
  }

  #giveMember(name: string, at: SyntaxNode, value: SyntaxNode | null = at): void {
    const owner = this.#innermost(at, isClass)
    if (!owner) return
    const members = this.#members.get(owner) ?? new Map<string, SyntaxNode[]>()
    this.#members.set(owner, members)
    const given = members.get(name) ?? []
    members.set(name, value ? [...given, withoutTypes(value)] : given)
  }

  /** To what a member belongs, at any depth, something was done. */
  #putInto(target: SyntaxNode, what: SyntaxNode): void {
    const { holder, member } = holderOf(target, (node) => isMember(node) || isCall(node))
    const binding = this.#localOf(holder)
    if (binding) append(this.#put, binding, what)
    else if (holder.type === 'ThisExpression' && member && !member.computed) this.#giveMember(keyOf(member.property), what)
  }

  #handIn(pattern: SyntaxNode): void {
    for (const name of listPatternNodes(pattern)) {
      const binding = this.#localOf(name)
      if (binding) this.#handedIn.add(binding)
    }
  }

  #localOf(node: SyntaxNode): Binding | undefined {
    const binding = bindingOf(node)
    return binding && binding.scope !== this.#module ? binding : undefined
  }

  /** The one function that a local stands for. */
  findFunction(name: SyntaxNode): SyntaxNode | undefined {
    const local = this.#localOf(name)
    const [fn, ...others] = local && !this.#handedIn.has(local) ? this.#given.get(local) ?? [] : []
    return fn && isFunction(fn) && others.length === 0 ? fn : undefined
  }

  /**
   * @param given what an op is made of
   * @returns undefined where that closes over nothing, or its making isn't known
   */
  of(given: SyntaxNode): Captured | undefined {
    const values: CapturedValue[] = []
    const numbers = new Map<Key, number>()
    const local = this.#localOf(given)
    // A function of the module level, or made by one, is known there.
    if (given.type === 'Identifier' && !local) return undefined
    const nodes = local ? this.#makersOf(local, given) : [given]
    const own = nodes ?? []
    const make = (nodes: readonly SyntaxNode[]): Making => {
      const keys = new Set(nodes.flatMap((node) => this.#keysIn(node, given)))
      return { nodes: nodes.filter((node) => !isFunction(node)), values: [...keys].map(numberOf) }
    }
    const numberOf = (key: Key): number => {
      const known = numbers.get(key)
      if (known !== undefined) return known
      const name = typeof key === 'string' ? key : key.name
      const isSeen = typeof key === 'string' ? key !== ELSEWHERE : this.#isSeenBeside(given, key)
      const number = values.push({ name, isSeen, making: undefined }) - 1
      numbers.set(key, number)
      // What the op itself does is in its text.
      const nodes = this.#makersOf(key, given)?.filter((node) => !own.some((fn) => isFunction(fn) && isInside(node, fn)))
      // Ops report themselves.
      const isOp = isSeen && nodes?.every((node) => isOpCall(node, this.#names))
      if (nodes && !isOp) values[number] = { name, isSeen, making: make(nodes) }
      return number
    }
    values.push({ name: '', isSeen: false, making: undefined })
    if (local) numbers.set(local, 0)
    const making = nodes && make(nodes)
    values[0] = { name: '', isSeen: false, making }
    return making && making.nodes.length + making.values.length > 0 ? values : undefined
  }

  /** What a class says of the members of its instances, each by itself. */
  #membersAt(op: SyntaxNode): string[] {
    const owner = this.#innermost(op, isClass)
    return [...(owner && this.#members.get(owner))?.keys() ?? []].map((name) => `this.${name}`)
  }

  #makersOf(key: Key, op: SyntaxNode): readonly SyntaxNode[] | undefined {
    if (typeof key !== 'string') return this.#handedIn.has(key) ? undefined : this.#makersOfLocal(key)
    const owner = key.startsWith('this.') ? this.#innermost(op, isClass) : undefined
    const given = owner && this.#members.get(owner)?.get(key.slice('this.'.length)) || []
    return owner && given.length > 0 ? this.#withConditions(given, owner) : undefined
  }

  #makersOfLocal(local: Binding): readonly SyntaxNode[] | undefined {
    const all = new Set([local, ...this.#beside.get(local) ?? []])
    for (const each of all) for (const part of this.#parts.get(each) ?? []) all.add(part)
    const given = this.#given.get(local) ?? []
    const handedOn = given.some(isContainer) ? this.#handedOn.get(local) ?? [] : []
    const nodes = [...given, ...[...all].flatMap((each) => this.#put.get(each) ?? []), ...handedOn]
    return nodes.length === 0 ? undefined : this.#withConditions(nodes, local.scope.node)
  }

  /** And what says, within a piece of code, which of them are evaluated. */
  #withConditions(nodes: readonly SyntaxNode[], whole: SyntaxNode): readonly SyntaxNode[] {
    const fn = isFunction(whole) ? whole : this.#innermost(whole, isFunction)
    const jumps = nodes.length > 1 && fn ? this.#jumps.get(fn) ?? [] : []
    return [...new Set([...nodes, ...[...nodes, ...jumps].flatMap((node) => this.#conditionsAround(node, whole))])]
  }

  #conditionsAround(node: SyntaxNode, { start, end }: SyntaxNode): SyntaxNode[] {
    const conditions: SyntaxNode[] = []
    let inner = node
    for (let around = this.#outer.get(inner); around && around.start >= start && around.end <= end; around = this.#outer.get(inner)) {
      const condition = conditionOf(around)
      if (condition && condition !== inner) conditions.push(condition)
      inner = around
    }
    return conditions
  }

  /** What a piece of code has of the functions around it. */
  #keysIn(root: SyntaxNode, op: SyntaxNode): Key[] {
    const keys: Key[] = []
    const owner = this.#ownerOf(root)
    const hasSameThis = owner === this.#ownerOf(op)
    /** @param isOuter whether `this` is that of the functions around */
    const visit = (node: SyntaxNode, isOuter: boolean): void => {
      for (const key of isOuter && owner ? specialOf(node) : []) {
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
    const owner = this.#innermost(node, hasOwnThis)
    return owner && /^Class/.test(owner.type) && !owner.static ? this.#innermost(owner, isClass) : owner
  }

  /** Whether a name stands for a local beside a piece of code. */
  #isSeenBeside(node: SyntaxNode, { name, scope }: Binding): boolean {
    return this.#innermost(node, (around) => this.#declared.get(around)?.has(name) === true) === scope.node
  }

  #innermost(node: SyntaxNode, isFound: (around: SyntaxNode) => boolean): SyntaxNode | undefined {
    let around = this.#outer.get(node)
    while (around && !isFound(around)) around = this.#outer.get(around)
    return around
  }
}

function hasOwnThis(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'ArrowFunctionExpression': return false
    case 'StaticBlock': return true
    case 'ClassProperty': case 'ClassPrivateProperty': case 'ClassAccessorProperty': return Boolean(node.value)
    default: return isFunction(node)
  }
}

/** A literal, or a new collection: what is to be filled. */
function isContainer(node: SyntaxNode): boolean {
  return /^(Array|Object)Expression$/.test(node.type) || node.type === 'NewExpression' && /^(Map|Set|Array)$/.test(node.callee.name)
}

/** It puts something into what it is a method of, wherever it stands. */
function isPutting(node: SyntaxNode): boolean {
  return isCall(node) && isMember(node.callee) && /^(push|unshift|splice|fill|set|add)$/.test(node.callee.property.name)
}

/** What an expression may give, or hold: names, or what they are members of. */
function listGiven(value: SyntaxNode): SyntaxNode[] {
  const node = withoutTypes(value)
  switch (node.type) {
    case 'Identifier': return [node]
    case 'MemberExpression': case 'OptionalMemberExpression': return listGiven(node.object)
    case 'ConditionalExpression': return [...listGiven(node.consequent), ...listGiven(node.alternate)]
    case 'LogicalExpression': return [...listGiven(node.left), ...listGiven(node.right)]
    case 'AssignmentExpression': return listGiven(node.right)
    case 'SequenceExpression': return listGiven((node.expressions as SyntaxNode[]).at(-1) as SyntaxNode)
    case 'AwaitExpression': case 'SpreadElement': return listGiven(node.argument)
    case 'ArrayExpression': return (node.elements as (SyntaxNode | null)[]).flatMap((each) => (each ? listGiven(each) : []))
    case 'ObjectExpression': return (node.properties as SyntaxNode[]).flatMap((each) => listGiven(each.type === 'ObjectProperty' ? each.value : each))
    default: return []
  }
}

/** What says whether a part of it is evaluated, and how often. */
function conditionOf(node: SyntaxNode): SyntaxNode | undefined {
  switch (node.type) {
    case 'IfStatement': case 'ConditionalExpression': case 'ForStatement': case 'WhileStatement': case 'DoWhileStatement': case 'SwitchCase':
      return node.test ?? undefined
    case 'ForOfStatement': case 'ForInStatement': return node.right
    case 'SwitchStatement': return node.discriminant
    case 'LogicalExpression': return node.left
    default: return undefined
  }
}

/** `Object.assign`, `Object.defineProperty`, `Reflect.set` and the like. */
function isSetter(object: SyntaxNode, property: SyntaxNode): boolean {
  return /^(Object|Reflect)$/.test(object.name) && bindingOf(object) === null && /^(assign|define|set)/.test(property.name)
}

/** What members are of, and the first of them. */
function holderOf(node: SyntaxNode, isPassed: (node: SyntaxNode) => boolean): { readonly holder: SyntaxNode; readonly member: SyntaxNode | undefined } {
  let member: SyntaxNode | undefined
  let holder = withoutTypes(node)
  while (isPassed(holder)) {
    if (isMember(holder)) member = holder
    holder = withoutTypes(isMember(holder) ? holder.object : holder.callee)
  }
  return { holder, member }
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

function isInside(inner: SyntaxNode, { start, end }: SyntaxNode): boolean {
  return start <= inner.start && inner.end <= end && (inner.start > start || inner.end < end)
}

function isOutside({ scope: { node } }: Binding, { start, end }: SyntaxNode): boolean {
  return node.start < start || node.end > end
}

function append<K, V>(lists: Map<K, V[]>, key: K, each: V): void {
  const list = lists.get(key)
  if (list) list.push(each)
  else lists.set(key, [each])
}
