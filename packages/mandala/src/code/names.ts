import { remember } from '../base/remember.ts'
import { bindingOf, nameOf, type Binding, type Scopes } from './scope.ts'
import { nameReached, type Way } from './surroundings.ts'
import { withoutTypes, type ParsedFile, type SyntaxNode } from './syntax.ts'

/** A name of the module level or beyond, as it stands in a file, one object for each; where it leads is found when the files are linked. */
export type FreeName =
  | { readonly kind: 'own'; readonly name: string }
  | { readonly kind: 'import'; readonly source: string; readonly name: string }
  | { readonly kind: 'global'; readonly name: string }

/** A global before the way to it has become a part of its name. */
interface Reached {
  readonly kind: 'global'
  readonly name: string
  readonly way: Way
}

const PLAIN: Way = {}

type Found = Exclude<FreeName, { readonly kind: 'global' }> | Reached

/** What the expressions of one file lead to, `require` included. */
export class Names {
  readonly #scopes: Scopes
  readonly #required: ReadonlyMap<Binding, { source: string; name: string }>
  readonly #own = remember((name: string): FreeName & { kind: 'own' } => ({ kind: 'own', name }))
  readonly #imports = remember((source: string) => remember((name: string): FreeName & { kind: 'import' } => ({ kind: 'import', source, name })))
  readonly #globals = remember((name: string): FreeName & { kind: 'global' } => ({ kind: 'global', name }))
  /** By import, the first name that it has here. */
  #locals: ReadonlyMap<FreeName, string> | undefined
  readonly #reached = remember((binding: Binding) => this.#reach(binding))

  /** Names that JSX calls without naming them. */
  readonly jsxFactories: readonly FreeName[]

  constructor(scopes: Scopes, { program, isModule, source }: ParsedFile) {
    this.#scopes = scopes
    this.#required = isModule ? new Map() : new Map(listRequired(scopes, program))
    this.jsxFactories = scopes.special.has('jsx') ? jsxFactoriesIn(source).flatMap((name) => this.moduleLevel(name) ?? []) : []
  }

  isModuleLevel(binding: Binding): boolean {
    return binding.scope === this.#scopes.module
  }

  /** The import that a name stands for. */
  importOf(binding: Binding): { readonly source: string; readonly name: string } | undefined {
    return binding.from ?? this.#required.get(binding)
  }

  /** What a name of the module level stands for, wherever it is asked. */
  moduleLevel(name: string): FreeName & { kind: 'own' | 'import' } | undefined {
    const binding = this.#scopes.module.get(name)
    const from = binding && this.importOf(binding)
    if (from) return this.#import(from)
    return binding && this.#own(name)
  }

  #import({ source, name }: { readonly source: string; readonly name: string }): FreeName & { kind: 'import' } {
    return this.#imports(source)(name)
  }

  /** The name by which this file calls an import. */
  localOf(source: string, name: string): string | undefined {
    return (this.#locals ??= this.#findLocals()).get(this.#import({ source, name }))
  }

  #findLocals(): Map<FreeName, string> {
    const locals = new Map<FreeName, string>()
    for (const binding of this.#scopes.module.bindings) {
      const from = this.importOf(binding)
      const imported = from && this.#import(from)
      if (imported && !locals.has(imported)) locals.set(imported, binding.name)
    }
    return locals
  }

  isOnlyWritten(node: SyntaxNode): boolean {
    return this.#scopes.writes.has(node)
  }

  /** A free name that a whole expression stands for, be it a name, a member of a namespace, or a module loaded in place. */
  find(node: SyntaxNode): FreeName | undefined {
    const found = this.#find(node)
    return found?.kind === 'global' ? this.#named(found) : found
  }

  #named({ name, way }: Reached): FreeName {
    return this.#globals(nameReached(name, way))
  }

  #find(node: SyntaxNode): Found | undefined {
    switch (node.type) {
      case 'Identifier': case 'JSXIdentifier': return this.#ofIdentifier(node)
      case 'MemberExpression': case 'OptionalMemberExpression': case 'JSXMemberExpression': return this.#ofMember(node)
      case 'CallExpression': case 'ImportExpression': return this.#ofLoad(node)
      case 'MetaProperty': return node.meta.name === 'import' ? { kind: 'global', name: 'import.meta', way: PLAIN } : undefined
      default: return undefined
    }
  }

  #ofIdentifier(node: SyntaxNode): Found | undefined {
    const binding = bindingOf(node)
    if (binding === null) return { kind: 'global', name: node.name, way: PLAIN }
    return binding && (this.isModuleLevel(binding) || binding.from) ? this.#reached(binding) : undefined
  }

  #reach(binding: Binding): Found | undefined {
    const from = this.importOf(binding)
    if (from && PROCESS.includes(from.source)) {
      // One that is called like the global is taken for it by webpack.
      const root = `import ${from.name}${binding.name === 'process' ? ' as process' : ''}` as const
      return { kind: 'global', name: /^(default|\*)$/.test(from.name) ? 'process' : `process.${from.name}`, way: { root } }
    }
    return from ? this.#import(from) : this.#own(binding.name)
  }

  #ofMember(node: SyntaxNode): Found | undefined {
    const object = withoutTypes(node.object)
    const whole = this.#find(object)
    if (node.computed && !(node.property.type === 'StringLiteral' && whole?.kind === 'global')) return undefined
    if (whole?.kind === 'import' && whole.name === '*') return this.#import({ source: whole.source, name: nameOf(node.property) })
    return whole?.kind === 'global' ? memberOf(whole, nameOf(node.property)) : undefined
  }

  /** What `const { X } = process.env` reads of a global; undefined for other declarations. */
  findDestructured({ id, init }: SyntaxNode): FreeName[] | undefined {
    const whole = init && id.type === 'ObjectPattern' ? this.#find(withoutTypes(init)) : undefined
    return whole?.kind === 'global' ? destructured(id, whole).map((reached) => this.#named(reached)) : undefined
  }

  #ofLoad(node: SyntaxNode): Found | undefined {
    const source = this.#loaded(node)
    return source === undefined ? undefined : this.#import({ source, name: '*' })
  }

  #loaded(node: SyntaxNode): string | undefined {
    if (node.type === 'ImportExpression') return textOf(node.source)
    return loadedBy(node)
  }
}

/** Globals whose members are told apart. */
const OWNERS = new Set(['process', 'process.env', 'import.meta', 'import.meta.env', 'Date', 'Math', 'performance', 'crypto'])

/** The same module under both of its names. */
export const PROCESS: readonly string[] = ['process', 'node:process']

function memberOf({ kind, name: owner, way }: Reached, name: string): Reached | undefined {
  if (owner === 'globalThis' || owner === 'global') return { kind, name, way: { root: 'globalThis' } }
  return OWNERS.has(owner) ? { kind, name: `${owner}.${name}`, way } : undefined
}

function destructured(pattern: SyntaxNode, whole: Reached): Reached[] {
  const properties = pattern.properties as SyntaxNode[]
  if (properties.some((each) => each.type === 'RestElement' || each.computed)) return [whole]
  return properties.flatMap(({ key, value }) => {
    const member = memberOf({ ...whole, way: { ...whole.way, destructured: (whole.way.destructured ?? 0) + 1 } }, nameOf(key))
    const target = value.type === 'AssignmentPattern' ? value.left : value
    if (!member) return [whole]
    return target.type === 'ObjectPattern' ? destructured(target, member) : [member]
  })
}

function jsxFactoriesIn(source: string): string[] {
  const pragmas = [...source.matchAll(/@jsx(?:Frag)?\s+([\w$]+)/g)].map(([, name]) => name as string)
  return [...new Set(['React', ...pragmas])]
}

function textOf(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === 'StringLiteral') return node.value
  return node?.type === 'TemplateLiteral' && node.expressions.length === 0 ? node.quasis[0].value.cooked : undefined
}

function loadedBy(node: SyntaxNode): string | undefined {
  if (node.type !== 'CallExpression') return undefined
  if (node.callee.type === 'Import') return textOf(node.arguments[0])
  const isRequire = node.callee.type === 'Identifier' && node.callee.name === 'require' && node.arguments.length === 1
  return isRequire && bindingOf(node.callee) === null ? textOf(node.arguments[0]) : undefined
}

/** `const x = require('…')`, `const { y } = require('…')` and `const z = require('…').z` are imports by another name. */
function* listRequired(scopes: Scopes, program: SyntaxNode): Generator<[Binding, { source: string; name: string }]> {
  for (const statement of program.body as SyntaxNode[]) {
    if (statement.type !== 'VariableDeclaration') continue
    for (const { id, init } of statement.declarations as SyntaxNode[]) {
      if (!init) continue
      const isMember = init.type === 'MemberExpression' && !init.computed
      const source = loadedBy(isMember ? init.object : init)
      if (source === undefined) continue
      for (const [local, name] of requiredNames(id, isMember ? nameOf(init.property) : undefined)) {
        const binding = scopes.module.get(local)
        if (binding && binding.writes === 0) yield [binding, { source, name }]
      }
    }
  }
}

function requiredNames(id: SyntaxNode, member: string | undefined): [local: string, name: string][] {
  if (id.type === 'Identifier') return [[id.name, member ?? '*']]
  if (id.type !== 'ObjectPattern' || member !== undefined) return []
  const properties = (id.properties as SyntaxNode[]).filter((each) => each.type === 'ObjectProperty' && !each.computed && each.value.type === 'Identifier')
  return properties.map((each) => [each.value.name, nameOf(each.key)])
}
