import type { ComponentTable } from './components.ts'
import { SYNC_METHODS } from './globals.ts'
import type { Marks } from './marks.ts'
import type { Names } from './names.ts'
import { functionOf, isOpCall } from './op-functions.ts'
import { bindingOf, nameOf, type Binding, type Scopes } from './scope.ts'
import type { Insertion } from './site.ts'
import { eachChild, isClass, isFunction, isMember, isRunnable, withoutTypes, type SyntaxNode } from './syntax.ts'

/** A local that a function keeps when the one around it has ended. */
export interface KeptLocal {
  /** The component that it stands in, and its number there: what it is called doesn't count. */
  readonly key: string
  readonly name: string
  /** Whether it is given its value once. */
  readonly isFixed: boolean
}

/** A place in the source where something is made that keeps locals. */
export interface Keeper {
  /** Numbers in the list of all locals. */
  readonly locals: readonly number[]
  /** Of an object, its members that are functions and keep them; all that are functions, where some have computed names. */
  readonly members?: readonly string[] | 'all'
}

export interface KeeperInput {
  readonly program: SyntaxNode
  readonly table: ComponentTable
  readonly names: Names
  readonly scopes: Pick<Scopes, 'captured'>
  readonly marks: Pick<Marks, 'keep' | 'left' | 'ready'>
}

/** What keeps locals there. */
interface Found {
  readonly number: number
  /** What a function is declared as. */
  readonly declared?: string
  /** What a function without a name of its own takes over for one. */
  readonly inferred?: string | undefined
}

/** These let go of what they are given, or keep it where nobody looks. */
const RELEASING_METHODS = new Set([...SYNC_METHODS, 'then', 'catch', 'finally'])
const RELEASING = new Set(['Promise', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'])

const LITERAL = /^(String|Numeric|BigInt|Boolean|Null|RegExp)Literal$/

/**
 * Finds where functions are made that keep locals of those around them, and gives access to these: `createStore = (state) => ({ get: () => state })`.
 * They may become something else between two calls, and nothing else tells.
 */
export class Keepers {
  readonly locals: KeptLocal[] = []
  readonly list: Keeper[] = []
  readonly #found = new Map<SyntaxNode, Found>()
  readonly #numbers = new Map<Binding, number>()
  /** How many of them are in a component, by its name. */
  readonly #counts = new Map<string, number>()
  readonly #input: KeeperInput
  /** What is declared by a statement of a block. */
  readonly #declarators = new Set<SyntaxNode>()
  /** Where a function or an object begins what `new` is called with: a call in its place would be what it is called with. */
  readonly #constructed = new Set<number>()
  /** Functions that are handed to others, with the components they stand in. */
  readonly #handedOn = new Map<SyntaxNode, string>()
  /** How many functions use a local of those around them. */
  readonly #users = new Map<Binding, number>()
  #component = ''

  constructor(input: KeeperInput) {
    this.#input = input
    for (const locals of input.scopes.captured.values()) for (const local of locals) this.#users.set(local, this.#usersOf(local) + 1)
    this.#visit(input.program)
    // Most run at once and are made over and over: what nobody else has, nobody else changes.
    for (const [fn, component] of this.#handedOn) {
      this.#component = component
      const locals = this.#localsOf(fn)
      if (locals.some((local) => !/^(this|arguments)$/.test(local.name) && this.#usersOf(local) > 1)) this.#keep(fn, locals)
    }
  }

  /**
   * @param node a function, an object or a class
   * @param rank see {@link Insertion}
   * @param isEarly whether it may run before the first line of its module
   * @param at where there may be a statement about it, if it is a function that is declared
   */
  insertionsAt(node: SyntaxNode, { rank, isEarly, at }: { readonly rank: number; readonly isEarly: boolean; readonly at?: number }): Insertion[] {
    const found = this.#found.get(node)
    if (!found || (found.declared === undefined) !== (at === undefined)) return []
    const { number, declared, inferred } = found
    const { keep, left, ready } = this.#input.marks
    const locals = (this.list[number] as Keeper).locals.map((each) => (this.locals[each] as KeptLocal).name)
    const reading = `()=>[${locals.join(',')}]`
    const stating = (made: string, place: { at: number; rank: number }): Insertion => {
      const [before, after] = isClass(node) ? ['static{', '}'] : [';', ';']
      const text = `${left}[${number}]&&${keep}(${number},${made},${reading})${after}`
      return { ...place, text: `${before}${text}`, ...(isEarly && { early: `${before}${ready}!==void 0&&${text}` }) }
    }
    if (isClass(node)) return [stating('this', { at: node.body.start + 1, rank: 0 })]
    if (declared !== undefined && at !== undefined) return [stating(declared, { at, rank })]
    const read = `${left}[${number}]&&(${reading})`
    const open = `(${number},${inferred === undefined ? '' : `{${inferred}:`}`
    const close = inferred === undefined ? '' : `}.${inferred}`
    return [
      // As it may follow a word: `return(x)=>x`.
      { at: node.start, text: ` ${keep}${open}`, ...(isEarly && { early: `(${ready}===void 0?(i,f)=>f:${keep})${open}` }), rank },
      { at: node.end, text: `${close},${read})`, ...(isEarly && { early: `${close},${ready}!==void 0&&${read})` }), rank: -rank },
    ]
  }

  #visit(node: SyntaxNode, inferred?: string): void {
    const outer = this.#component
    this.#component = this.#input.table.byNode.get(node)?.name ?? outer
    if (isFunction(node)) this.#function(node, inferred)
    else if (isClass(node)) this.#class(node)
    else this.#others(node, inferred)
    this.#component = outer
  }

  #others(node: SyntaxNode, inferred: string | undefined): void {
    switch (node.type) {
      case 'BlockStatement': case 'TSModuleBlock':
        for (const declarator of (node.body as SyntaxNode[]).flatMap(listDeclarators)) this.#declarators.add(declarator)
        eachChild(node, (child) => this.#visit(child))
        return
      case 'VariableDeclarator': case 'AssignmentExpression': case 'AssignmentPattern': this.#named(node); return
      case 'CallExpression': case 'OptionalCallExpression': case 'NewExpression': this.#call(node); return
      case 'ObjectExpression': this.#object(node); return
      default: eachChild(node, (child) => this.#visit(child, withoutTypes(node) === node ? undefined : inferred))
    }
  }

  #function(node: SyntaxNode, inferred: string | undefined): void {
    const hasName = node.type === 'FunctionExpression' && node.id
    const isDeclared = node.type === 'FunctionDeclaration' && node.id
    if (isDeclared && this.#mayLast(node.id)) this.#keep(node, this.#localsOf(node), { declared: node.id.name })
    else if (node.type.endsWith('Expression') && inferred !== '__proto__') this.#keep(node, this.#localsOf(node), hasName ? {} : { inferred })
    this.#inside(node)
  }

  /** Not if the function around it does nothing with it but to call it; what is in a namespace may be its export. */
  #mayLast(name: SyntaxNode): boolean {
    const binding = bindingOf(name)
    if (!binding || binding.scope.node.type === 'TSModuleBlock') return true
    return binding.mentions !== binding.calls + 1 || this.#usersOf(binding) > 0
  }

  #usersOf(local: Binding): number {
    return this.#users.get(local) ?? 0
  }

  #inside(fn: SyntaxNode): void {
    eachChild(fn, (child) => this.#visit(child))
  }

  /** What makes up a class has the locals of the functions around the class. */
  #class(node: SyntaxNode): void {
    const locals = (node.body.body as SyntaxNode[]).flatMap((member) => this.#localsOf(member))
    this.#keep(node, locals.filter(({ scope }) => scope.node.start < node.start || scope.node.end > node.end))
    eachChild(node, (child) => {
      if (child !== node.body) this.#visit(child)
    })
    for (const member of node.body.body as SyntaxNode[]) if (isRunnable(member)) this.#member(member)
  }

  #member(member: SyntaxNode): void {
    const value = member.value && withoutTypes(member.value)
    if (isFunction(member) || !value || !isFunction(value)) this.#visit(member)
    else this.#inside(value)
  }

  #named(node: SyntaxNode): void {
    const { id, left = id, init, right = init, operator = '=' } = node
    const fn = right && withoutTypes(right)
    this.#visit(left)
    if (this.#declarators.has(node) && fn && isFunction(fn)) {
      if (this.#mayLast(left)) this.#keep(fn, this.#localsOf(fn), { declared: left.name })
      this.#inside(fn)
    } else if (right) this.#visit(right, left.type === 'Identifier' && !left.extra?.parenthesized && /^(=|\|\|=|&&=|\?\?=)$/.test(operator) ? left.name : undefined)
  }

  #call(node: SyntaxNode): void {
    const { callee } = node
    if (node.type === 'NewExpression' && !callee.extra?.parenthesized) this.#constructed.add(callee.start)
    const op = isOpCall(node, this.#input.names) ? functionOf(node.arguments as SyntaxNode[]) : undefined
    const isReleasing = isMember(callee) ? !callee.computed && RELEASING_METHODS.has(nameOf(callee.property)) : RELEASING.has(callee.name)
    for (const each of [callee, ...node.arguments] as SyntaxNode[]) {
      const fn = withoutTypes(each)
      // What an op closes over is asked for when it is called.
      if (!isFunction(fn)) this.#visit(each)
      else {
        if (!isReleasing && each !== callee && fn !== op) this.#handedOn.set(fn, this.#component)
        this.#inside(fn)
      }
    }
  }

  #object(node: SyntaxNode): void {
    const members = (node.properties as SyntaxNode[]).flatMap((member) => {
      const fn = member.type === 'ObjectProperty' ? withoutTypes(member.value) : member
      return isFunction(fn) ? [{ member, fn, locals: this.#localsOf(fn) }] : []
    })
    const keeping = members.filter(({ locals }) => locals.length > 0)
    const named = keeping.filter(({ member }) => !member.computed).map(({ member }) => nameOf(member.key))
    this.#keep(node, keeping.flatMap(({ locals }) => locals), {}, named.length < keeping.length ? 'all' : named)
    for (const member of node.properties as SyntaxNode[]) {
      const fn = members.find((each) => each.member === member)?.fn
      const outer = this.#component
      this.#component = (fn && this.#input.table.byNode.get(fn)?.name) ?? outer
      if (member.computed) this.#visit(member.key)
      if (fn) this.#inside(fn)
      else eachChild(member, (child) => child === member.key || this.#visit(child))
      this.#component = outer
    }
  }

  #keep(node: SyntaxNode, locals: readonly Binding[], found: Omit<Found, 'number'> = {}, members?: Keeper['members']): void {
    if (locals.length === 0 || !isClass(node) && this.#constructed.has(node.start)) return
    const numbers = [...new Set(locals)].map((local) => this.#numberOf(local))
    this.#found.set(node, { ...found, number: this.list.push({ locals: numbers, ...(members && { members }) }) - 1 })
  }

  #localsOf(node: SyntaxNode): Binding[] {
    return [...this.#input.scopes.captured.get(node) ?? []].filter((local) => this.#isKept(local))
  }

  /** What is a literal for good, or a function that keeps nothing, becomes nothing else. */
  #isKept({ kind, init, writes }: Binding): boolean {
    if (!/^(var|let|const|param|function|class)$/.test(kind)) return false
    if (writes > 0 || !init) return true
    return isFunction(init) ? this.#input.scopes.captured.has(init) : !LITERAL.test(init.type)
  }

  #numberOf(local: Binding): number {
    const known = this.#numbers.get(local)
    if (known !== undefined) return known
    const count = this.#counts.get(this.#component) ?? 0
    this.#counts.set(this.#component, count + 1)
    const { name, kind, writes } = local
    const number = this.locals.push({ key: `${this.#component}~${count}`, name, isFixed: writes === 0 && kind !== 'var' }) - 1
    this.#numbers.set(local, number)
    return number
  }
}

/** Those with a name, of a statement of a block. */
function listDeclarators(statement: SyntaxNode): SyntaxNode[] {
  const declaration = (statement.declaration as SyntaxNode | null | undefined) ?? statement
  return declaration.type === 'VariableDeclaration' ? (declaration.declarations as SyntaxNode[]).filter(({ id }) => id.type === 'Identifier') : []
}
