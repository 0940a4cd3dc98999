import { Captures } from './captures.ts'
import { CANON_VERSION } from './canonical-source.ts'
import { listComponents, type ComponentTable } from './components.ts'
import { canonicaliseAll, capturedFacts, componentFacts, listInner, listLinks, listStatements, type FileFacts } from './file-facts.ts'
import { Keepers } from './keepers.ts'
import { InnerStatements } from './inner-statements.ts'
import { listOpenEnds } from './line-ends.ts'
import { marksFor, type Marks } from './marks.ts'
import { Names, PROCESS } from './names.ts'
import { planSites, type SitePlan } from './plan-sites.ts'
import { isLibrary } from './library-name.ts'
import { REGISTRY } from './registry-name.ts'
import { analyseScopes, type SpecialSyntax } from './scope.ts'
import { listOpFunctions, type OpFunction } from './op-functions.ts'
import { endingsOf, insertAll, type Insertion } from './site.ts'
import { expressionOf, importedBy } from './surroundings.ts'
import { isClass, isFunction, isRunnable, parseSource, withoutTypes, type ParsedFile, type SourceKind, type SyntaxNode } from './syntax.ts'

/** Raised with every change of what is inserted: files in a cache, or in a bundle, are read by this version only. */
export const TRANSFORM_VERSION: string = `${CANON_VERSION}.25`

export interface TransformInput {
  /** Relative to the root, with `/`: part of every component's id. */
  readonly file: string
  readonly source: string
  readonly kind: SourceKind
}

/** A file made to report what it uses: plain data, to be kept in a cache. */
export interface Transformed {
  readonly facts: FileFacts
  /** Syntax that Node doesn't run when it has taken the types away. */
  readonly special: readonly SpecialSyntax[]
  /** The markers. */
  readonly insertions: readonly Insertion[]
  /** Undefined where there is nothing to report, nothing to ask for, and nothing done. */
  readonly prologue: Prologue | undefined
  readonly marks: Marks
  readonly opFunctions: readonly OpFunction[]
  readonly parameters: SitePlan['parameters']
}

/** What a module makes itself known with: expressions that give the values it holds and those it imports, to be asked for later. */
export interface Prologue {
  readonly at: number
  /** By name. */
  readonly own: readonly (readonly [name: string, expression: string])[]
  /** By number of what is reported. */
  readonly imported: readonly (readonly [ref: number, expression: string])[]
  /** What holds the default export, where that has no name of its own. */
  readonly exported: string | undefined
}

/** @throws SyntaxError where the source can't be parsed */
export function transform({ file, source, kind }: TransformInput): Transformed {
  const parsed = parseSource(file, source, kind)
  const { program, isModule } = parsed
  const scopes = analyseScopes(program)
  const names = new Names(scopes, parsed)
  const table = listComponents(parsed, scopes, names)
  const texts = canonicaliseAll(table, names)
  const marks = marksFor(file, source)
  const links = listLinks(program, table, names)
  const captures = source.includes('mandala-ts') ? new Captures(program, scopes, names) : undefined
  const keepers = new Keepers({ program, table, names, scopes, marks })
  const plan = planSites({ program, table, names, closures: scopes.closures, captures, keepers, marks, isModule })
  const components = componentFacts(texts, names)
  const inner = new InnerStatements(source, { table, names })
  const statements = listStatements({ program, table, names, components, inner })
  const captured = plan.captured.map((each) => capturedFacts(each, { table, names }))
  const facts: FileFacts = {
    file, isModule, components: [...components.values()], statements, inner: listInner(table, inner), ...links, refs: plan.refs, sites: plan.sites, captured,
    locals: keepers.locals, keepers: keepers.list,
  }
  // What its statements do may be all that a module is for.
  const hasMarks = table.list.length > 0 || statements.length > 0 || plan.insertions.length > 0
  const exported = findDefault(program)
  const prologue = hasMarks ? prologueOf({ facts, table, names, program, exported: exported && marks.exported }) : undefined
  const opFunctions = captures ? listOpFunctions(program, names, captures) : []
  const around = prologue ? [...plan.insertions, ...defaultOf(exported, marks)] : plan.insertions
  const insertions = [...around, ...endingsOf(around, listOpenEnds(program)), ...prologue ? epilogueOf(parsed, marks) : []]
  return { facts, special: [...scopes.special], insertions, prologue, marks, opFunctions, parameters: plan.parameters }
}

export interface InstrumentOptions {
  /** How the module makes itself known, given what it tells of itself; left out, the loader has it at hand. */
  readonly announce?: (announced: string) => { readonly before: string; readonly call: string }
  readonly further?: readonly Insertion[]
  /** Whether declared functions may be called before the first line runs; left out, if what the module imports may lead back to it. */
  readonly mayRunEarly?: boolean
}

/** The original with its markers; every line is where it was. */
export function instrument(source: string, { facts, insertions, prologue, marks }: Transformed, options: InstrumentOptions = {}): string {
  const { announce = announceToLoader(facts.file), further = [], mayRunEarly = facts.imports.some((each) => !isLibrary(each)) } = options
  const first: Insertion[] = []
  if (prologue) {
    const { bytes, report, pass, capture, tell, keep, left, end, ready } = marks
    const { before, call } = announce(`{own:${objectOf(prologue.own)},imported:${objectOf(prologue.imported)}}`)
    // Constants, which an optimising compiler takes for what they are, but in functions that are made over and over: there each use of one asks
    // whether it is there yet. Only a `var` may be asked for before this line runs; one that was given a literal Rollup takes for that from the
    // beginning.
    const given = `bytes:${bytes},report:${report},capture:${capture},tell:${tell},keep:${keep},left:${left},end:${end}`
    const marked = `var ${ready}=${call};const{${given}}=${ready};var{pass:${pass}}=${ready};${prologue.exported === undefined ? '' : `let ${prologue.exported};`}`
    first.push({ at: prologue.at, text: before + marked, rank: 0 })
  }
  return insertAll(source, [...first, ...insertions, ...further], mayRunEarly)
}

function announceToLoader(file: string): NonNullable<InstrumentOptions['announce']> {
  return (announced) => ({ before: '', call: `globalThis[${JSON.stringify(REGISTRY)}].register(${JSON.stringify(file)},${announced})` })
}

function objectOf(getters: readonly (readonly [key: string | number, expression: string])[]): string {
  return `{${getters.map(([key, expression]) => `${JSON.stringify(key)}:()=>${expression}`).join(',')}}`
}

interface PrologueInput {
  readonly facts: FileFacts
  readonly table: ComponentTable
  readonly names: Names
  readonly program: SyntaxNode
  readonly exported: string | undefined
}

function prologueOf({ facts, table, names, program, exported }: PrologueInput): Prologue | undefined {
  const [first] = program.body as SyntaxNode[]
  if (!first) return undefined
  const own = table.list.flatMap(({ name, getter = name === 'default' ? exported : undefined }) => (getter === undefined ? [] : [[name, getter] as const]))
  const imported = facts.refs.flatMap((ref, i) => {
    const expression = ref.kind === 'import' ? importGetter(ref, names) : ref.kind === 'env' ? processGetter(ref, names) : undefined
    return expression === undefined ? [] : [[i, expression] as const]
  })
  return { at: first.start, own, imported, exported }
}

/** A default export that is neither a declaration, nor a name, nor a function or a class, which would be called otherwise. */
function findDefault(program: SyntaxNode): SyntaxNode | undefined {
  const declaration = (program.body as SyntaxNode[]).find(({ type }) => type === 'ExportDefaultDeclaration')?.declaration as SyntaxNode | undefined
  const node = declaration && withoutTypes(declaration)
  return !node || node.type === 'Identifier' || isFunction(node) || isClass(node) || !isRunnable(node) ? undefined : declaration
}

/** Only its own module can give it. */
function defaultOf(exported: SyntaxNode | undefined, marks: Marks): Insertion[] {
  return exported ? [{ at: exported.start, text: `${marks.exported}=(`, rank: 0.1 }, { at: exported.end, text: ')', rank: -0.1 }] : []
}

/** A module says so when it has been evaluated: what its values are then is what its code made them. */
function epilogueOf({ program, isModule }: ParsedFile, { end }: Marks): Insertion[] {
  const last = (program.body as SyntaxNode[]).at(-1)
  return last && isModule ? [{ at: last.end, text: `;${end}();`, rank: Number.MAX_SAFE_INTEGER }] : []
}

/** How the importing module itself sees an import: that is the value it works with, even where a test replaces it. */
function importGetter({ source, name }: { readonly source: string; readonly name: string }, names: Names): string | undefined {
  const local = names.localOf(source, name)
  if (local !== undefined) return local
  const whole = name === '*' ? undefined : names.localOf(source, '*')
  return whole === undefined ? undefined : `${whole}[${JSON.stringify(name)}]`
}

/** A variable of the environment that is reached by an import. */
function processGetter({ name }: { readonly name: string }, names: Names): string | undefined {
  const imported = importedBy(name)
  if (imported === undefined) return undefined
  const local = PROCESS.map((source) => names.localOf(source, imported)).find((each) => each !== undefined)
  return local === undefined ? undefined : `(${expressionOf(`process.env.${name}`, local)})`
}
