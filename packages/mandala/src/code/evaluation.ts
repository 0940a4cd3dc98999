import { digest } from '../value/digest.ts'
import { envNameOf } from './globals.ts'
import { isLibrary } from './library-name.ts'
import type { Touched } from './links.ts'
import type { Program } from './program.ts'
import { reachOfEvaluation } from './reach.ts'

/** What evaluating a module comes to, as far as its code tells: the same code and the same values of other modules give the same values. */
export interface Evaluation {
  readonly code: string
  /** Values of other modules that it may use, and functions of these, which may carry some. */
  readonly values: readonly string[]
  readonly functions: readonly string[]
  readonly globals: readonly string[]
}

/** Globals that give nothing but what is made of what they are given. */
const PURE = new RegExp(`^(${[
  'undefined|NaN|Infinity|isNaN|isFinite|parseInt|parseFloat|structuredClone|console|JSON|Math\\.(?!random$)\\w+',
  'Object|Array|Map|Set|WeakMap|WeakSet|String|Number|Boolean|BigInt|Symbol|RegExp|Promise|Proxy|Reflect|URL|URLSearchParams|TextEncoder|TextDecoder',
  '\\w*Error|\\w+Array|ArrayBuffer|DataView|(en|de)codeURI(Component)?',
].join('|')})$`)

/** What was given to the process counts by its content. */
const isGiven = (name: string): boolean => name === 'process.argv' || envNameOf(name) !== undefined

/** Undefined where more than code and values of modules may go into it: the clock, files, packages, code that isn't known. */
export function findEvaluation(program: Program, file: string): Evaluation | undefined {
  const facts = program.facts(file)
  const reach = facts?.isModule ? reachOfEvaluation(program, file) : undefined
  if (!facts || !reach || !reach.every((touched) => isKnown(program, file, touched))) return undefined
  const parts = [...facts.components.filter(({ kind }) => kind === 'value' || kind === 'class'), ...facts.statements.map(({ start, whole }) => ({ start, ...whole }))]
  const steps = parts.toSorted((a, b) => a.start - b.start).map((part) => program.fingerprintOf(file, part))
  const used = reach.filter((touched) => touched.kind === 'code' || touched.kind === 'value')
  const fingerprints = used.map(({ id }) => [id, program.findFingerprint(id)] as const).sort(([a], [b]) => (a < b ? -1 : 1))
  const others = used.filter(({ id }) => !id.startsWith(`${file}#`))
  return {
    code: digest('component', JSON.stringify([facts.imports, steps, fingerprints])),
    values: others.filter(({ kind }) => kind === 'value').map(({ id }) => id).sort(),
    functions: others.filter(({ kind }) => kind === 'code').map(({ id }) => id).sort(),
    globals: reach.flatMap((touched) => (touched.kind === 'global' && isGiven(touched.name) ? [touched.name] : [])).sort(),
  }
}

/** A class of another module may have private state. */
function isKnown(program: Program, file: string, touched: Touched): boolean {
  const isOfOther = touched.kind === 'code' && !touched.id.startsWith(`${file}#`) && program.find(touched.id)?.component.kind === 'class'
  return touched.kind !== 'builtin' && touched.kind !== 'package' && !isOfOther && isRepeatable(touched)
}

/** Built-in modules that give the same where they are given the same, or find the same files. */
const REPEATABLE = /^(node:)?(assert|buffer|events|fs|fs\/promises|path|querystring|string_decoder|url|util|zlib)$/
/** What they don't. */
const VARYING = /^(mkdtemp|stat|lstat|fstat|watch)/

/** Whether it gives the same in every process, files being the same: code does, but not the clock, chance, or what packages make. */
export function isRepeatable(touched: Touched): boolean {
  switch (touched.kind) {
    case 'code': case 'value': return true
    case 'global': return PURE.test(touched.name) || isGiven(touched.name)
    case 'builtin': return REPEATABLE.test(touched.name) && !VARYING.test(touched.member)
    // What calls gave is stored.
    case 'package': return isLibrary(touched.name)
  }
}

/** Whether a value is what stands in its text, whatever else its module does. */
export function isFixed(program: Program, id: string): boolean {
  const component = program.find(id)?.component
  const isLiteral = component?.kind === 'value' && component.isPlain && component.eager.every((i) => {
    const name = component.names[i]
    return name?.kind === 'global' && PURE.test(name.name)
  })
  return isLiteral && program.statementsReaching(id).length === 0
}

/** Whether other modules do something to a value when they are loaded. */
export function isHandedOn(program: Program, id: string, file: string): boolean {
  return program.statementsReaching(id).some((statement) => statement.file !== file)
}

/** Takes in all modules that are loaded with this one. */
export function loadImports(program: Program, file: string, seen: Set<string> = new Set()): void {
  if (seen.has(file)) return
  seen.add(file)
  for (const source of program.facts(file)?.imports ?? []) {
    const target = program.target(file, { kind: 'import', source, name: '*' })
    if (target.kind === 'namespace') loadImports(program, target.file, seen)
  }
}
