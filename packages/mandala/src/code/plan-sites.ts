import { isLibrary } from './library-name.ts'
import type { Captured, Captures } from './captures.ts'
import type { Component, ComponentTable } from './components.ts'
import { envNameOf, GLOBALS, HIDDEN, SYNC_METHODS } from './globals.ts'
import type { Keepers } from './keepers.ts'
import type { Marks } from './marks.ts'
import type { FreeName, Names } from './names.ts'
import { functionOf, isOpCall } from './op-functions.ts'
import { entryOf, insertionsOf, Seen, Site, type Insertion, type Place, type SiteRef } from './site.ts'
import type { Scopes } from './scope.ts'
import { eachChild, isClass, isFunction, isMember, isRunnable, statementsOf, withoutTypes, type SyntaxNode } from './syntax.ts'

/** Where markers go, and what each reports. */
export interface SitePlan {
  readonly refs: readonly SiteRef[]
  /** Numbers into `refs`, by site. */
  readonly sites: readonly (readonly number[])[]
  readonly insertions: readonly Insertion[]
  readonly captured: readonly Captured[]
  /** Where the parameters of functions stand, by the site at their entry. */
  readonly parameters: Readonly<Record<number, readonly [start: number, end: number]>>
}

export interface PlanInput {
  readonly program: SyntaxNode
  readonly table: ComponentTable
  readonly names: Names
  readonly closures: Scopes['closures']
  /** What functions close over; left out for files that make no ops. */
  readonly captures: Captures | undefined
  readonly keepers: Keepers
  /** The names that the markers use in this file. */
  readonly marks: Pick<Marks, 'bytes' | 'report' | 'pass' | 'place' | 'ready' | 'capture' | 'tell'>
  readonly isModule: boolean
}

export function planSites(input: PlanInput): SitePlan {
  const planner = new Planner(input)
  planner.file()
  return planner.finish()
}

/** A stretch of a function that runs as a whole once it is entered. */
interface Frame {
  readonly site: Site
  /** What is reported already wherever this stretch is reached. */
  readonly seen: Seen
  readonly isInLoop: boolean
}

/** What assigns only in some cases. */
const CONDITIONAL = new Set(['||=', '&&=', '??='])

const HOISTED = new Set(['mock', 'unmock', 'hoisted'])

class Planner {
  readonly #input: PlanInput
  readonly #refs: SiteRef[] = []
  readonly #refIndex = new Map<string | SiteRef, number>()
  readonly #sites: Site[] = []
  readonly #wrapped: Insertion[] = []
  readonly #captured: Captured[] = []
  readonly #kinds: ReadonlyMap<string, Component>
  #component: Component | undefined
  /** Whether it is of a function that is there before the first line of the module runs. */
  #isEarly = false
  /** How many functions are around it, its own included. */
  #depth = 0
  /** Whether the function, or the loop, may have been left before what comes next. */
  #mayLeaveFunction = false
  #mayLeaveLoop = false

  constructor(input: PlanInput) {
    this.#input = input
    this.#kinds = new Map(input.table.list.map((component) => [component.name, component]))
  }

  /** What is evaluated when the module is needs no markers; the functions in it do. */
  file(): void {
    for (const statement of this.#input.program.body as SyntaxNode[]) {
      if (!isRunnable(statement)) continue
      const declared = (statement.declaration as SyntaxNode | null | undefined) ?? statement
      this.#isEarly = this.#input.isModule && declared.type === 'FunctionDeclaration'
      this.#visit(statement, undefined)
    }
  }

  finish(): SitePlan {
    const needed = this.#sites.filter((site) => site.isNeeded)
    const { ready } = this.#input.marks
    const insertions = needed.flatMap((site, i) => insertionsOf(site, { marker: this.#marker(site, i), ready: `${ready}!==void 0` }))
    const parameters: Record<number, readonly [number, number]> = {}
    for (const [i, { fn }] of needed.entries()) {
      const list = (fn?.params ?? []) as SyntaxNode[]
      if (list[0]) parameters[i] = [list[0].start, (list.at(-1) as SyntaxNode).end]
    }
    return { refs: this.#refs, sites: needed.map((site) => site.refs), insertions: [...insertions, ...this.#wrapped], captured: this.#captured, parameters }
  }

  /**
   * Of a function that is made once, an optimising compiler takes the bytes for the constant that they are. Of one that is made over and over it
   * knows only what it calls, and the bytes by that.
   */
  #marker({ isNested }: Site, i: number): string {
    const { bytes, report, pass, place } = this.#input.marks
    return `${isNested ? pass : `${bytes}[${i}]&&${report}`}(${i},${place})`
  }

  #newSite(place: Place, { spare = 0, fn }: { readonly spare?: number; readonly fn?: SyntaxNode } = {}): Site {
    const site = new Site(place, { isEarly: this.#isEarly, isNested: this.#depth > 1, rank: this.#sites.length + 1, spare, fn })
    this.#sites.push(site)
    return site
  }

  #branch(frame: Frame, place: Place): Frame {
    return { site: this.#newSite(place), seen: new Seen(frame.seen), isInLoop: frame.isInLoop }
  }

  #add(frame: Frame | undefined, ref: SiteRef): void {
    if (!frame) return
    const index = this.#numberOf(ref)
    if (frame.seen.has(index)) return
    frame.seen.add(index)
    frame.site.refs.push(index)
  }

  #numberOf(ref: SiteRef): number {
    // An import is one object for the file.
    const key = ref.kind === 'import' && !ref.isCall ? ref : JSON.stringify(ref)
    let index = this.#refIndex.get(key)
    if (index === undefined) {
      index = this.#refs.push(ref) - 1
      this.#refIndex.set(key, index)
    }
    return index
  }

  #function(node: SyntaxNode): void {
    const own = this.#input.table.byNode.get(node)
    const component = own ?? this.#component
    if (own?.isTrivial) return
    const outer = { component: this.#component, leaveFunction: this.#mayLeaveFunction, leaveLoop: this.#mayLeaveLoop }
    this.#component = component
    this.#depth += 1
    this.#mayLeaveFunction = this.#mayLeaveLoop = false
    this.#keep(node)
    const frame: Frame = { site: this.#newSite(entryOf(node), { fn: node }), seen: new Seen(), isInLoop: false }
    const closesOver = own ? undefined : this.#input.closures.get(node)
    if (component) this.#add(frame, { kind: 'enter', name: component.name, ...(closesOver && { closesOver }) })
    if (component?.className !== undefined) this.#add(frame, { kind: 'read', name: component.className })
    for (const param of node.params as SyntaxNode[]) this.#visit(param, frame)
    if (node.body.type === 'BlockStatement') this.#statements(node.body.body, frame)
    else this.#visit(node.body, frame)
    this.#component = outer.component
    this.#depth -= 1
    this.#mayLeaveFunction = outer.leaveFunction
    this.#mayLeaveLoop = outer.leaveLoop
  }

  /** The values of its surroundings belong to an op: they are asked for when it is called. */
  #capture(call: SyntaxNode, captures: Captures): void {
    const fn = isOpCall(call, this.#input.names) ? functionOf(call.arguments as SyntaxNode[]) : undefined
    const captured = fn && captures.of(fn)
    if (!captured) return
    const { capture, ready } = this.#input.marks
    const number = this.#captured.push(captured) - 1
    const given = `${number},[${captured.map(({ name, isSeen }) => (isSeen ? `()=>${name}` : '')).join(',')}]`
    const early = this.#isEarly ? { early: `(${ready}===void 0?f=>f:${capture})(` } : {}
    this.#wrapped.push({ at: fn.start, text: `${capture}(`, ...early, rank: 0.5 }, { at: fn.end, text: `,${given})`, rank: -0.5 })
  }

  /** Gives access to the locals that it keeps. */
  #keep(node: SyntaxNode, at?: number): void {
    const rank = this.#sites.length + 0.5
    this.#wrapped.push(...this.#input.keepers.insertionsAt(node, { rank, isEarly: this.#isEarly, ...(at !== undefined && { at }) }))
  }

  /** Declared functions are there from the beginning of a block. */
  #keepDeclared(list: readonly SyntaxNode[]): void {
    for (const statement of list) {
      const declared = (statement.declaration as SyntaxNode | null | undefined) ?? statement
      if (isFunction(declared)) this.#keep(declared, list[0]?.start)
      for (const { init } of (declared.declarations ?? []) as SyntaxNode[]) if (init) this.#keep(withoutTypes(init), statement.end)
    }
  }

  #statements(list: readonly SyntaxNode[], given: Frame): void {
    this.#keepDeclared(list)
    let frame = given
    let hasLeftFunction = false
    let hasLeftLoop = false
    for (const statement of list) {
      if (!isRunnable(statement)) continue
      if (this.#mayLeaveFunction || this.#mayLeaveLoop) {
        frame = this.#branch(frame, { kind: 'statement', at: statement.start })
        hasLeftFunction ||= this.#mayLeaveFunction
        hasLeftLoop ||= this.#mayLeaveLoop
        this.#mayLeaveFunction = this.#mayLeaveLoop = false
      }
      this.#visit(statement, frame)
    }
    // What follows this list is as conditional as its end.
    this.#mayLeaveFunction ||= hasLeftFunction
    this.#mayLeaveLoop ||= hasLeftLoop
  }

  #visit(given: SyntaxNode, frame: Frame | undefined): void {
    const node = withoutTypes(given)
    const name = this.#input.names.find(node)
    if (name) {
      this.#name(name, node, frame)
      return
    }
    if (node.type === 'Identifier') return
    if (node.type === 'ObjectExpression') this.#keep(node)
    if (node.type === 'CallExpression' && this.#input.captures) this.#capture(node, this.#input.captures)
    if (isFunction(node)) this.#function(node)
    else if (isClass(node)) this.#class(node, frame)
    else if (node.type === 'CallExpression' && this.#isHoisted(node)) return
    else if (node.type === 'VariableDeclarator') this.#declarator(node, frame)
    else if (frame) this.#visitRunning(node, frame)
    else this.#children(node, undefined)
  }

  /** `vi.mock(…)` and `vi.hoisted(…)` are moved above all else by the test runner: markers in them would be passed before the module has any. */
  #isHoisted({ callee }: SyntaxNode): boolean {
    if (callee.type !== 'MemberExpression' || callee.computed || !HOISTED.has(callee.property.name)) return false
    const object = this.#input.names.find(callee.object)
    return object?.kind === 'global' ? object.name === 'vi' : object?.kind === 'import' && object.source === 'vitest'
  }

  #children(node: SyntaxNode, frame: Frame | undefined): void {
    const outer = this.#component
    if (!frame) {
      this.#component = this.#input.table.byNode.get(node) ?? outer
      this.#keepDeclared(statementsOf(node))
    }
    eachChild(node, (child) => this.#visit(child, frame))
    this.#component = outer
  }

  #visitRunning(node: SyntaxNode, frame: Frame): void {
    switch (node.type) {
      case 'BlockStatement': this.#statements(node.body, frame); return
      case 'IfStatement': this.#if(node, frame); return
      case 'ForStatement': case 'ForInStatement': case 'ForOfStatement': case 'WhileStatement': case 'DoWhileStatement': this.#loop(node, frame); return
      case 'TryStatement': this.#try(node, frame); return
      case 'SwitchStatement': this.#switch(node, frame); return
      case 'ReturnStatement': case 'ThrowStatement': this.#children(node, frame); this.#mayLeaveFunction = true; return
      // Nobody may ask a generator for more.
      case 'YieldExpression': this.#children(node, frame); this.#mayLeaveFunction = true; return
      case 'BreakStatement': case 'ContinueStatement': if (node.label) this.#mayLeaveFunction = true; else this.#mayLeaveLoop = true; return
      case 'ConditionalExpression': this.#visit(node.test, frame); this.#maybe(node.consequent, frame); this.#maybe(node.alternate, frame); return
      case 'LogicalExpression': this.#visit(node.left, frame); this.#maybe(node.right, frame); return
      // Whether there is such a thing at all is asked for the sake of other platforms.
      case 'UnaryExpression': if (node.operator !== 'typeof' || this.#input.names.find(node.argument)?.kind !== 'global') this.#children(node, frame); return
      case 'ImportExpression': this.#add(frame, { kind: 'hidden', name: 'import()' }); this.#children(node, frame); return
      case 'AssignmentPattern': this.#visit(node.left, frame); this.#maybe(node.right, frame); return
      case 'AssignmentExpression': this.#assignment(node, frame); return
      case 'UpdateExpression': this.#written(node.argument, frame); this.#visit(node.argument, frame); return
      case 'CallExpression': case 'OptionalCallExpression': case 'NewExpression': this.#call(node, frame); return
      case 'TaggedTemplateExpression': this.#callee(node.tag, frame); this.#visit(node.quasi, frame); return
      case 'MemberExpression': case 'OptionalMemberExpression': this.#member(node, frame); return
      case 'JSXElement': case 'JSXFragment':
        for (const factory of this.#input.names.jsxFactories) this.#called(factory, node, frame)
        this.#children(node, frame)
        return
      default: this.#children(node, frame)
    }
  }

  #if(node: SyntaxNode, frame: Frame): void {
    this.#visit(node.test, frame)
    for (const branch of [node.consequent, node.alternate] as (SyntaxNode | null)[]) if (branch) this.#body(branch, frame)
  }

  /** A statement that may not run. */
  #body(node: SyntaxNode, frame: Frame): void {
    if (node.type === 'BlockStatement') {
      const inner = this.#branch(frame, { kind: 'statement', at: node.start + 1 })
      this.#isolated(() => this.#statements(node.body, inner))
    } else if (/Declaration$/.test(node.type)) this.#visit(node, frame)
    else this.#isolated(() => this.#visit(node, this.#branch(frame, { kind: 'body', node })))
  }

  /** Another path's leaving doesn't make this one conditional, but it does what follows both. */
  #isolated(plan: () => void): void {
    const { leaveFunction, leaveLoop } = { leaveFunction: this.#mayLeaveFunction, leaveLoop: this.#mayLeaveLoop }
    this.#mayLeaveFunction = this.#mayLeaveLoop = false
    plan()
    this.#mayLeaveFunction ||= leaveFunction
    this.#mayLeaveLoop ||= leaveLoop
  }

  /** What every turn of a loop reads is reported before it: a marker inside would cost in every turn. */
  #loop(node: SyntaxNode, frame: Frame): void {
    const leaveLoop = this.#mayLeaveLoop
    const inner = { ...frame, isInLoop: true }
    eachChild(node, (child) => this.#visit(child, child === node.init || child === node.right ? frame : inner))
    this.#mayLeaveLoop = leaveLoop
  }

  #try(node: SyntaxNode, frame: Frame): void {
    this.#isolated(() => this.#visit(node.block, frame))
    if (node.handler) {
      if (node.handler.param) this.#visit(node.handler.param, frame)
      this.#body(node.handler.body, frame)
    }
    if (node.finalizer) this.#isolated(() => this.#visit(node.finalizer, frame))
  }

  #switch(node: SyntaxNode, frame: Frame): void {
    const leaveLoop = this.#mayLeaveLoop
    this.#visit(node.discriminant, frame)
    for (const { test, consequent } of node.cases as SyntaxNode[]) {
      if (test) this.#visit(test, frame)
      const [first] = consequent as SyntaxNode[]
      if (first) this.#isolated(() => this.#statements(consequent, this.#branch(frame, { kind: 'statement', at: first.start })))
    }
    this.#mayLeaveLoop = leaveLoop
  }

  /** An expression that may not be evaluated. In a loop the marker would cost more than knowing it is worth. */
  #maybe(given: SyntaxNode, frame: Frame): void {
    const node = withoutTypes(given)
    // A function or a class without a name takes that of what it is assigned to; a wrapped one would lose it.
    if (frame.isInLoop || isFunction(node) || isClass(node)) this.#visit(node, frame)
    else this.#visit(node, this.#branch(frame, { kind: 'expression', node: given }))
  }

  #declarator(node: SyntaxNode, frame: Frame | undefined): void {
    const read = this.#input.names.findDestructured(node)
    if (!read) this.#children(node, frame)
    else {
      for (const name of read) this.#name(name, node.init, frame)
      this.#visit(node.id, frame)
    }
  }

  #assignment(node: SyntaxNode, frame: Frame): void {
    this.#written(node.left, frame)
    this.#visit(node.left, frame)
    if (CONDITIONAL.has(node.operator)) this.#maybe(node.right, frame)
    else this.#visit(node.right, frame)
  }

  #member(node: SyntaxNode, frame: Frame): void {
    const path = this.#pathFromOutside(node)
    if (path === undefined) this.#children(node, frame)
    else this.#add(frame, { kind: 'env', name: `globalThis.${path}` })
  }

  /** `CONFIG.limit` with a `CONFIG` that nobody declares, for which as a whole a bundler may put a constant. */
  #pathFromOutside(node: SyntaxNode): string | undefined {
    if (node.type === 'Identifier') {
      const name = this.#input.names.find(node)
      return name?.kind === 'global' && !GLOBALS.has(name.name) ? name.name : undefined
    }
    if (!isMember(node) || node.computed || node.property.type !== 'Identifier') return undefined
    const owner = this.#pathFromOutside(withoutTypes(node.object))
    return owner && `${owner}.${node.property.name}`
  }

  #written(target: SyntaxNode, frame: Frame): void {
    const node = withoutTypes(target)
    const name = node.type === 'Identifier' ? this.#input.names.find(node) : undefined
    if (name?.kind === 'own') this.#add(frame, { kind: 'write', name: name.name })
  }

  #call(node: SyntaxNode, frame: Frame): void {
    if (node.type !== 'NewExpression') this.#callee(node.callee, frame)
    else {
      this.#visit(node.callee, frame)
      if (node.callee.name === 'Date' && node.arguments.length === 0) this.#add(frame, { kind: 'hidden', name: 'new Date()' })
    }
    const isSync = isSyncCall(node)
    for (const argument of node.arguments as SyntaxNode[]) {
      const fn = withoutTypes(argument)
      if (isSync && isFunction(fn) && !fn.async && !fn.generator && !this.#input.table.byNode.has(fn)) this.#inline(fn, { ...frame, isInLoop: true })
      else this.#visit(argument, frame)
    }
  }

  #callee(given: SyntaxNode, frame: Frame): void {
    const node = withoutTypes(given)
    const name = this.#input.names.find(node)
    if (name) this.#called(name, node, frame)
    else this.#visit(node, frame)
  }

  /** A function reports itself when it runs, and who calls it asks for nothing that it carries. */
  #called(name: FreeName, node: SyntaxNode, frame: Frame): void {
    const component = name.kind === 'own' ? this.#kinds.get(name.name) : undefined
    if (name.kind === 'import' && !isLibrary(name.source)) this.#add(frame, { ...name, isCall: true })
    else if (component?.kind !== 'function') this.#name(name, node, frame)
    else if (component.isTrivial) this.#add(frame, { kind: 'read', name: component.name, isCall: true })
  }

  /** A callback that runs here and now is part of its function, and needs no marker at its entry. */
  #inline(fn: SyntaxNode, frame: Frame): void {
    const { leaveFunction, leaveLoop } = { leaveFunction: this.#mayLeaveFunction, leaveLoop: this.#mayLeaveLoop }
    for (const param of fn.params as SyntaxNode[]) this.#visit(param, frame)
    this.#mayLeaveFunction = this.#mayLeaveLoop = false
    if (fn.body.type === 'BlockStatement') this.#statements(fn.body.body, frame)
    else this.#visit(fn.body, frame)
    this.#mayLeaveFunction = leaveFunction
    this.#mayLeaveLoop = leaveLoop
  }

  #class(node: SyntaxNode, frame: Frame | undefined): void {
    const outer = this.#component
    const own = this.#input.table.byNode.get(node)
    this.#component = own ?? outer
    for (const decorator of (node.decorators ?? []) as SyntaxNode[]) this.#visit(decorator, frame)
    if (node.superClass) this.#visit(node.superClass, frame)
    this.#tell(node, own)
    this.#keep(node)
    for (const member of node.body.body as SyntaxNode[]) if (isRunnable(member)) this.#classMember(member, own, frame)
    this.#component = outer
  }

  /** Nothing else gives access to private fields, or tells that a class is one of the program's, made by a function or a statement. */
  #tell(node: SyntaxNode, component: Component | undefined): void {
    const fields = (node.body.body as SyntaxNode[]).filter(({ type }) => type === 'ClassPrivateProperty')
    if (fields.length === 0 && component) return
    const { tell, ready } = this.#input.marks
    const [own, shared] = [false, true].map((isStatic) => fields.filter((field) => Boolean(field.static) === isStatic).map(({ key }) => `#${key.id.name}`))
    // Who has the last of them has all.
    const peek = [own, shared].map((names = []) => (names.length > 0 ? `${names.at(-1)} in o?{${names.map((name) => `"${name}":o.${name}`).join(',')}}:` : ''))
    const madeIn = component ? '' : `,${JSON.stringify(this.#component?.name ?? '')}`
    const call = `${tell}(this,o=>${peek.join('')}({})${madeIn})`
    const early = this.#isEarly ? { early: `static{${ready}===void 0||${call}}` } : {}
    this.#wrapped.push({ at: node.body.start + 1, text: `static{${call}}`, ...early, rank: 0 })
  }

  #classMember(member: SyntaxNode, owner: Component | undefined, frame: Frame | undefined): void {
    for (const decorator of (member.decorators ?? []) as SyntaxNode[]) this.#visit(decorator, frame)
    if (member.computed) this.#visit(member.key, frame)
    if (isFunction(member)) {
      // A trivial method is in no table: its class reports it.
      if (!owner || this.#input.table.byNode.has(member)) this.#function(member)
    } else if (member.type === 'StaticBlock') this.#staticBlock(member, frame)
    else if (member.value && member.static) this.#visit(member.value, frame)
    else if (member.value) this.#field(withoutTypes(member.value), member.value)
  }

  #staticBlock(member: SyntaxNode, frame: Frame | undefined): void {
    if (frame) this.#statements(member.body, frame)
    else this.#children(member, undefined)
  }

  /** Evaluated whenever an instance is made. */
  #field(node: SyntaxNode, whole: SyntaxNode): void {
    if (isFunction(node)) this.#function(node)
    else if (isClass(node)) this.#class(node, undefined)
    else {
      const frame: Frame = { site: this.#newSite({ kind: 'expression', node: whole }, { spare: this.#component ? 1 : 0 }), seen: new Seen(), isInLoop: false }
      if (this.#component) this.#add(frame, { kind: 'enter', name: this.#component.name })
      this.#visit(node, frame)
    }
  }

  #name(name: FreeName, node: SyntaxNode, frame: Frame | undefined): void {
    switch (name.kind) {
      case 'own':
        if (this.#input.names.isOnlyWritten(node)) this.#add(frame, { kind: 'write', name: name.name })
        else this.#ownName(name.name, frame)
        return
      case 'import': if (!isLibrary(name.source)) this.#add(frame, name); return
      case 'global': this.#global(name.name, node, frame); return
    }
  }

  #ownName(name: string, frame: Frame | undefined): void {
    if (this.#kinds.has(name)) this.#add(frame, { kind: 'read', name })
  }

  /** Read by a function or not: in a bundle, only code of the module itself can tell later what it finds there. */
  #variable(name: string, frame: Frame | undefined): void {
    const ref: SiteRef = { kind: 'env', name }
    this.#numberOf(ref)
    this.#add(frame, ref)
  }

  #global(name: string, node: SyntaxNode, frame: Frame | undefined): void {
    const variable = envNameOf(name)
    if (variable !== undefined) this.#variable(variable, frame)
    else if (HIDDEN.has(name) || /^import\.meta\.env(\.|$)/.test(name)) this.#add(frame, { kind: 'hidden', name })
    else if (!name.includes('.') && !GLOBALS.has(name)) this.#add(frame, { kind: 'env', name: `globalThis.${name}` })
    else if (node.type !== 'Identifier') this.#children(node, frame)
  }
}

function isSyncCall(node: SyntaxNode): boolean {
  const { callee } = node
  if (isFunction(withoutTypes(callee))) return false
  return isMember(callee) && !callee.computed && SYNC_METHODS.has(callee.property.name)
}
