import { CANON_VERSION } from './canonical-source.ts'
import { listComponents, type ComponentTable } from './components.ts'
import { canonicaliseAll, componentFacts, listLinks, listStatements, type FileFacts } from './file-facts.ts'
import { markOfFile } from './function-places.ts'
import { Names } from './names.ts'
import { planSites } from './plan-sites.ts'
import { REGISTRY } from './registry-name.ts'
import { analyseScopes, type SpecialSyntax } from './scope.ts'
import { insertAll, type Insertion } from './site.ts'
import { parseSource, type ParsedFile, type SourceKind, type SyntaxNode } from './syntax.ts'

/** Raised with every change of what is inserted: files in a cache are read by this version only. */
export const TRANSFORM_VERSION: string = `${CANON_VERSION}.4`

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
  readonly insertions: readonly Insertion[]
  readonly guard: string
}

/** @throws SyntaxError where the source can't be parsed */
export function transform({ file, source, kind }: TransformInput): Transformed {
  const parsed = parseSource(file, source, kind)
  const { program, isModule } = parsed
  const scopes = analyseScopes(program)
  const names = new Names(scopes, parsed)
  const table = listComponents(parsed, scopes, names)
  const texts = canonicaliseAll(table, names)
  const captured = new Map([...texts].map(([component, text]) => [component, text.captured]))
  const marks = marksFor(file, source)
  const plan = planSites({ program, table, names, captured, isModule, marks })
  const facts: FileFacts = {
    file, isModule, components: componentFacts(texts), statements: listStatements(program, table, names), ...listLinks(program, table, names),
    refs: plan.refs, sites: plan.sites,
  }
  const prologue = prologueOf({ facts, table, names, marks, program })
  const insertions = prologue ? [prologue, ...plan.insertions, ...epilogueOf(parsed, marks)] : plan.insertions
  return { facts, special: [...scopes.special], insertions, guard: marks.guard }
}

/**
 * The original with its markers; every line is where it was.
 * @param isInCircle an import of the file leads back to it: its functions may be called before its first line runs
 */
export function instrument(source: string, { insertions, guard }: Transformed, isInCircle: boolean): string {
  return insertAll(source, insertions, isInCircle ? `${guard}===1&&` : '')
}

interface Marks {
  readonly bytes: string
  readonly report: string
  readonly capture: string
  readonly end: string
  readonly guard: string
}

/** Names that the file doesn't use itself; one of them tells the file. */
function marksFor(file: string, source: string): Marks {
  let suffix = ''
  while (source.includes(`$md${suffix}`)) suffix += '_'
  return { bytes: `$md${suffix}`, report: `$mdx${suffix}_${markOfFile(file)}`, guard: `$mdg${suffix}`, end: `$mde${suffix}`, capture: `$mdc${suffix}` }
}

interface PrologueInput {
  readonly facts: FileFacts
  readonly table: ComponentTable
  readonly names: Names
  readonly marks: Marks
  readonly program: SyntaxNode
}

/** The line's beginning by which a module makes itself known: the values it holds and those it imports, to be asked for later. */
function prologueOf({ facts, table, names, marks, program }: PrologueInput): Insertion | undefined {
  const [first] = program.body as SyntaxNode[]
  if (!first || table.list.length === 0) return undefined
  const own = table.list.flatMap(({ name, getter }) => (getter === undefined ? [] : [`${JSON.stringify(name)}:()=>${getter}`]))
  const imported = facts.refs.flatMap((ref, i) => {
    const expression = ref.kind === 'import' ? importGetter(ref, names) : undefined
    return expression === undefined ? [] : [`${i}:()=>${expression}`]
  })
  const { bytes, report, guard, capture, end } = marks
  const call = `globalThis[${JSON.stringify(REGISTRY)}].register(${JSON.stringify(facts.file)},{${own.join(',')}},{${imported.join(',')}})`
  return { at: first.start, text: `const{bytes:${bytes},report:${report},capture:${capture},end:${end}}=${call};var ${guard}=1;`, rank: 0 }
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
