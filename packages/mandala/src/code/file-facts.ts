import { digest } from '../value/digest.ts'
import type { Captured } from './captures.ts'
import { canonicalise, canonicaliseStatement, type CanonicalSource } from './canonical-source.ts'
import { isActive, isActiveClass, listPatternNames, type Component, type ComponentTable } from './components.ts'
import { filledBy, isSaying, listChanges, type InnerStatement, type InnerStatements } from './inner-statements.ts'
import type { KeptLocal, Keeper } from './keepers.ts'
import type { FreeName, Names } from './names.ts'
import { nameOf } from './scope.ts'
import type { SiteRef } from './site.ts'
import { isClass, isFunction, isRunnable, withoutTypes, type SyntaxNode } from './syntax.ts'

/** A component as data: all that is known of it without running anything. */
export interface ComponentFacts {
  readonly name: string
  readonly kind: Component['kind']
  /** Where it stands: for the reader, and to show its code. */
  readonly start: number
  readonly end: number
  /** The id of its code without what doesn't count, and the names beyond it in the order in which they occur. */
  readonly canonical: string
  readonly names: readonly FreeName[]
  /** The names that are read when the module is, as numbers into `names`. */
  readonly eager: readonly number[]
  /** The properties that it mentions by name. */
  readonly members: readonly string[]
  /** Of the names, those of what it gives something to, or calls a method of. */
  readonly changes: readonly FreeName[]
  /** Reported where it is named, as nothing tells when it is entered. */
  readonly isTrivial: boolean
  /** A value whose parts all stand in its text. */
  readonly isPlain: boolean
  readonly isOp: boolean
}

/** A statement of the module level, be it a declaration that calls something: what it does to the values that it names, it did before any call. */
export interface StatementFacts {
  readonly start: number
  /** Without the functions in it. */
  readonly canonical: string
  readonly names: readonly FreeName[]
  /** With them: they may run at once, or soon after; and by these, statements that are otherwise the same are told apart. */
  readonly whole: StatementSource
  /** What it gives something to, or calls a method of. */
  readonly changes: readonly FreeName[]
  /** What it does nothing with but to put something into it. */
  readonly filled: FreeName | null
  /** The statements of those functions. */
  readonly inner: readonly InnerStatement[]
}

interface StatementSource {
  readonly canonical: string
  readonly names: readonly FreeName[]
  readonly members: readonly string[]
}

/** A value that the function of an op closes over, see `Captured`; the first is that function itself. */
export interface CapturedFacts {
  readonly name: string
  readonly making: MakingFacts | null
}

/** What made such a value. */
export interface MakingFacts {
  /** Where it stands: to show its code. */
  readonly places: readonly (readonly [start: number, end: number])[]
  readonly canonical: string
  readonly names: readonly FreeName[]
  /** Others that went into it: numbers in the list. */
  readonly values: readonly number[]
}

export type ExportTarget =
  | { readonly kind: 'own'; readonly name: string }
  | { readonly kind: 'import'; readonly source: string; readonly name: string }

/** What is known of a file from its source alone; plain data, to be kept in a cache or a bundle. */
export interface FileFacts {
  /** Relative to the root, with `/`. */
  readonly file: string
  readonly isModule: boolean
  readonly components: readonly ComponentFacts[]
  readonly statements: readonly StatementFacts[]
  /** The statements of functions and methods that may make calls, by name. */
  readonly inner: readonly (readonly [name: string, statements: readonly InnerStatement[]])[]
  readonly exports: Readonly<Record<string, ExportTarget>>
  /** Modules of `export * from`. */
  readonly stars: readonly string[]
  /** Modules that are loaded before this one runs. */
  readonly imports: readonly string[]
  readonly refs: readonly SiteRef[]
  readonly sites: readonly (readonly number[])[]
  /** By op that closes over something. */
  readonly captured: readonly (readonly CapturedFacts[])[]
  readonly locals: readonly KeptLocal[]
  readonly keepers: readonly Keeper[]
}

/** The canonical text of every component, and with it what the ops among them close over. */
export function canonicaliseAll(table: ComponentTable, names: Names): Map<Component, CanonicalSource> {
  return new Map(table.list.map((component) => [component, canonicalise(component, table, names)]))
}

export function componentFacts(texts: ReadonlyMap<Component, CanonicalSource>, scope: Names): Map<Component, ComponentFacts> {
  return new Map([...texts].map(([component, { text, names, eager, members }]) => {
    const { name, kind, node, isTrivial, isPlain, isOp = false } = component
    const changes = isFunction(node) ? listChanges(node.body, scope) : []
    return [component, { name, kind, start: node.start, end: node.end, canonical: digest('source', text), names, eager, members, changes, isTrivial, isPlain, isOp }]
  }))
}

export interface StatementsInput {
  readonly program: SyntaxNode
  readonly table: ComponentTable
  readonly names: Names
  readonly components: ReadonlyMap<Component, ComponentFacts>
  readonly inner: InnerStatements
}

export function listStatements({ program, table, names, components, inner }: StatementsInput): StatementFacts[] {
  const factsOf = (node: SyntaxNode, skipsFunctions: boolean): StatementSource & { readonly hasSkipped: boolean } => {
    const { text, names: free, members, hasSkipped } = canonicaliseStatement(node, { table, names, skipsFunctions })
    return { canonical: digest('source', text), names: free, members, hasSkipped }
  }
  const body = (program.body as SyntaxNode[]).map((node) => withoutTypes((node.declaration as SyntaxNode | null | undefined) ?? node))
  return body.filter((node) => isStatement(node) && !isSaying(node)).map((node) => {
    const source = factsOf(node, true)
    const whole = source.hasSkipped ? components.get(table.byNode.get(node) as Component) ?? factsOf(node, false) : source
    const { canonical, names: free } = source
    return {
      start: node.start, canonical, names: free, whole: { canonical: whole.canonical, names: whole.names, members: whole.members },
      changes: listChanges(node, names), filled: filledBy(node, names), inner: source.hasSkipped ? inner.of(node) : [],
    }
  })
}

/** `App.start` is a method of `App`. */
function holderOf(name: string): FreeName | undefined {
  const end = name.lastIndexOf('.')
  return end < 0 ? undefined : { kind: 'own', name: name.slice(0, end) }
}

/** Ops do what they do in calls. */
export function listInner(table: ComponentTable, inner: InnerStatements): FileFacts['inner'] {
  const functions = table.list.filter(({ node, isOp, isTrivial }) => isFunction(node) && !isOp && !isTrivial)
  return functions.map(({ name, node }) => [name, inner.of(node, holderOf(name))] as const).filter(([, list]) => list.length > 0)
}

/** Whether it may do something, when the module is evaluated, to what it names. */
function isStatement(node: SyntaxNode): boolean {
  if (!isRunnable(node) || isFunction(node) || node.type === 'EmptyStatement') return false
  if (isClass(node)) return isActiveClass(node)
  return /Statement$|^TSModuleDeclaration$/.test(node.type) || !/^(Import|Export)\w+Declaration$/.test(node.type) && isActive(node)
}

export function capturedFacts(captured: Captured, context: { readonly table: ComponentTable; readonly names: Names }): CapturedFacts[] {
  return captured.map(({ name, making }) => {
    if (!making) return { name, making: null }
    const pieces = making.nodes.map((node) => canonicaliseStatement(node, { ...context, skipsFunctions: false }))
    const canonical = digest('source', JSON.stringify(pieces.map(({ text }) => text)))
    const places = making.nodes.map(({ start, end }) => [start, end] as const)
    return { name, making: { places, canonical, names: pieces.flatMap(({ names }) => names), values: making.values } }
  })
}

/** What a file gives to others, and what it needs from them. */
export interface Links {
  readonly exports: Record<string, ExportTarget>
  readonly stars: string[]
  readonly imports: string[]
}

export function listLinks(program: SyntaxNode, table: ComponentTable, names: Names): Links {
  const links: Links = { exports: {}, stars: [], imports: [] }
  for (const statement of program.body as SyntaxNode[]) {
    if (!isRunnable(statement)) continue
    if (statement.source) links.imports.push(statement.source.value)
    addExports(links, statement, names)
  }
  for (const { name, kind } of table.list) {
    if (name.startsWith('exports.') && kind !== 'method') links.exports[name.slice('exports.'.length)] = { kind: 'own', name }
    if (name === 'module.exports') links.exports.default = { kind: 'own', name }
  }
  return links
}

function addExports(links: Links, statement: SyntaxNode, names: Names): void {
  switch (statement.type) {
    case 'ExportAllDeclaration': links.stars.push(statement.source.value); return
    case 'ExportDefaultDeclaration': links.exports.default = defaultTarget(statement.declaration, names); return
    case 'ExportNamedDeclaration': addNamed(links, statement, names); return
    case 'ExpressionStatement': if (statement.expression.type === 'AssignmentExpression') addAssigned(links, statement.expression, names); return
    case 'TSExportAssignment': links.exports.default = targetOf(statement.expression, names) ?? { kind: 'own', name: 'module.exports' }; return
  }
}

function defaultTarget(node: SyntaxNode, names: Names): ExportTarget {
  return targetOf(withoutTypes(node), names) ?? { kind: 'own', name: node.id?.name ?? 'default' }
}

function targetOf(node: SyntaxNode, names: Names): ExportTarget | undefined {
  const name = isFunction(node) ? undefined : names.find(node)
  return name?.kind === 'own' || name?.kind === 'import' ? name : undefined
}

function addNamed(links: Links, statement: SyntaxNode, names: Names): void {
  const { declaration, source } = statement
  if (declaration?.type === 'VariableDeclaration') {
    for (const { id } of declaration.declarations as SyntaxNode[]) for (const name of listPatternNames(id)) links.exports[name] = { kind: 'own', name }
  } else if (declaration && isRunnable(declaration)) links.exports[declaration.id.name] = { kind: 'own', name: declaration.id.name }
  for (const specifier of statement.specifiers as SyntaxNode[]) {
    if (specifier.exportKind === 'type') continue
    const exported = nameOf(specifier.exported)
    const local = specifier.type === 'ExportNamespaceSpecifier' ? '*' : nameOf(specifier.local)
    if (source) links.exports[exported] = { kind: 'import', source: source.value, name: local }
    else links.exports[exported] = names.moduleLevel(local) ?? { kind: 'own', name: local }
  }
}


/** `exports.x = …` and `module.exports = …`. */
function addAssigned(links: Links, { left, right }: SyntaxNode, names: Names): void {
  const value = withoutTypes(right)
  const member = memberOfExports(left)
  if (value.type === 'AssignmentExpression') addAssigned(links, value, names)
  if (member === undefined) return
  const target = targetOf(value, names)
  if (member !== '') links.exports[member] = target ?? { kind: 'own', name: `exports.${member}` }
  else if (target) {
    links.exports.default = target
    if (target.kind === 'import' && target.name === '*') links.stars.push(target.source)
  } else if (value.type === 'ObjectExpression') addMembers(links, value, names)
}

function addMembers(links: Links, object: SyntaxNode, names: Names): void {
  links.exports.default = { kind: 'own', name: 'module.exports' }
  for (const each of object.properties as SyntaxNode[]) {
    const target = each.type === 'ObjectProperty' && !each.computed ? targetOf(withoutTypes(each.value), names) : undefined
    if (target) links.exports[nameOf(each.key)] = target
  }
}

/** The name of a member of `exports`; empty for `module.exports` itself. */
function memberOfExports(node: SyntaxNode): string | undefined {
  if (node.type !== 'MemberExpression' || node.computed) return undefined
  const property = nameOf(node.property)
  const { object } = node
  if (object.type === 'Identifier') {
    if (object.name === 'exports') return property
    return object.name === 'module' && property === 'exports' ? '' : undefined
  }
  return memberOfExports(object) === '' ? property : undefined
}
