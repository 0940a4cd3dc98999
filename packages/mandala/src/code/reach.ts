import type { ComponentFacts, MakingFacts } from './file-facts.ts'
import type { FreeName } from './names.ts'
import { isLibrary, type Program, type Target } from './program.ts'

/** What reading a name makes a call depend on; a function that runs reports itself. */
export type Touched =
  | { readonly kind: 'code'; readonly id: string }
  | { readonly kind: 'value'; readonly id: string }
  | { readonly kind: 'package'; readonly name: string; readonly version: string }
  | { readonly kind: 'builtin'; readonly name: string; readonly member: string }
  /** Something that every module sees: `process.env.X`, `Math`. */
  | { readonly kind: 'global'; readonly name: string }

/** What a read of this target touches: a value itself, a class with what made it, of a namespace all that is in it. */
export function touchedBy(program: Program, target: Target): Touched[] {
  const found = new Map<string, Touched>()
  new Walk(program, found).read(target)
  return [...found.values()]
}

/** All that a component may use, by its text alone. */
export function reachOf(program: Program, id: string): Touched[] {
  const found = new Map<string, Touched>()
  new Walk(program, found).all(id)
  return [...found.values()]
}

/** All that evaluating a module may use; undefined where something isn't known. */
export function reachOfEvaluation(program: Program, file: string): Touched[] | undefined {
  const found = new Map<string, Touched>()
  const walk = new Walk(program, found)
  const { components = [], statements = [] } = program.facts(file) ?? {}
  for (const { kind, isPlain, names, eager } of components) {
    const isRun = kind === 'value' || kind === 'class'
    if (isRun) for (const [i, name] of names.entries()) if (eager.includes(i) || kind === 'value' && !isPlain) walk.reached(program.target(file, name))
  }
  for (const { whole } of statements) for (const name of whole.names) walk.reached(program.target(file, name))
  return walk.isComplete ? [...found.values()] : undefined
}

/** What a value was made from, and what was done to it before any call. */
export interface Origin {
  /** Values that it holds, in so far as that shows in its text. */
  readonly held: readonly string[]
  /** What ran, or may have run, to make and to change it. */
  readonly reach: readonly Touched[]
  /** The code of the statements that changed it. */
  readonly statements: readonly string[]
}

/**
 * Of a value whose parts all stand in its text, functions report themselves and data shows; only the values that it names may
 * hide something. Of one that calls made, everything counts that they may have used.
 */
export function originOf(program: Program, id: string): Origin {
  const found = new Map<string, Touched>()
  const walk = new Walk(program, found)
  const own = program.find(id)
  const held = own?.component.isPlain ? own.component.eager.map((i) => program.target(own.file, own.component.names[i] as FreeName)) : []
  for (const target of held) if (target.kind === 'global') walk.reached(target)
  if (!own?.component.isPlain) walk.all(id)
  const statements = program.statementsReaching(id)
  const codes = statements.map((statement) => program.fingerprintOf(statement.file, statement))
  const alike = Map.groupBy(codes, (code) => code)
  // All that counts of these is among the statements.
  const split = new Set(statements.flatMap(({ givenTo }) => givenTo ?? []))
  for (const target of statements.flatMap(({ file, names }) => names.map((name) => program.target(file, name)))) {
    if (target.kind !== 'component' || !split.has(target.id)) walk.reached(target)
  }
  return {
    held: held.flatMap((target) => (target.kind === 'component' && target.component.kind === 'value' && target.id !== id ? [target.id] : [])),
    reach: [...found.values()],
    statements: statements.map(({ file, whole }, i) => {
      const code = codes[i] as string
      return alike.get(code)?.length === 1 ? code : program.fingerprintOf(file, whole)
    }),
  }
}

/** What a value was made from that a function closes over. */
export function originOfMade(program: Program, file: string, making: MakingFacts): Origin {
  const found = new Map<string, Touched>()
  const walk = new Walk(program, found)
  for (const name of making.names) if (name.kind !== 'import' || !isLibrary(name.source)) walk.reached(program.target(file, name))
  return { held: [], reach: [...found.values()], statements: [program.fingerprintOf(file, making)] }
}

class Walk {
  /** Whether all names led somewhere. */
  isComplete = true
  readonly #pending: string[] = []
  readonly #program: Program
  readonly #found: Map<string, Touched>

  constructor(program: Program, found: Map<string, Touched>) {
    this.#program = program
    this.#found = found
  }

  read(target: Target): void {
    switch (target.kind) {
      case 'component': this.#component(target); return
      case 'namespace': for (const each of this.#program.listExports(target.file)) if (each.kind !== 'namespace') this.read(each); return
      case 'package': this.#add({ kind: 'package', name: target.name, version: target.version }); return
      case 'builtin': this.#add({ kind: 'builtin', name: target.name, member: target.member }); return
      case 'global': case 'unknown': return
    }
  }

  #component({ id, component, file }: Target & { kind: 'component' }): void {
    if (component.kind === 'value') this.#add({ kind: 'value', id })
    else if (component.kind === 'function') {
      if (component.isTrivial) this.#add({ kind: 'code', id })
      this.#add({ kind: 'value', id })
    } else if (component.kind === 'class' && this.#add({ kind: 'code', id })) {
      this.#add({ kind: 'value', id })
      for (const index of component.eager) this.#eager(file, component.names[index] as FreeName)
    }
  }

  /** Read when the class was made, before any call: nothing but its text tells what ran then. */
  #eager(file: string, name: FreeName): void {
    const target = this.#program.target(file, name)
    const isRun = target.kind === 'component' && target.component.kind === 'function'
    if (isRun || target.kind === 'global') this.reached(target)
    else this.read(target)
  }

  /** A component and all that is named in it, at any distance. */
  all(id: string): void {
    // What is under way comes to it: the stack is too short for long chains.
    if (this.#pending.push(id) > 1) return
    for (const each of this.#pending) this.#part(each)
    this.#pending.length = 0
  }

  #part(id: string): void {
    const found = this.#program.find(id)
    if (!found || isStorage(found.component) || !this.#add(asPart(id, found.component))) return
    for (const name of found.component.names) this.reached(this.#program.target(found.file, name))
    // Ops in it report themselves.
    for (const part of this.#program.partsOf(found.file, found.component.name)) if (!this.#program.find(part)?.component.isOp) this.all(part)
  }

  reached(target: Target): void {
    switch (target.kind) {
      case 'component': this.all(target.id); return
      case 'namespace': for (const each of this.#program.listExports(target.file)) if (each.kind !== 'namespace') this.reached(each); return
      case 'global': this.#add(target); return
      case 'unknown': this.isComplete = false; return
      default: this.read(target)
    }
  }

  #add(touched: Touched): boolean {
    const key = JSON.stringify(touched)
    if (this.#found.has(key)) return false
    this.#found.set(key, touched)
    return true
  }
}

/** Where calls are saved makes nothing. */
function isStorage({ kind, names }: ComponentFacts): boolean {
  return kind === 'value' && names.some((name) => name.kind === 'import' && name.name === 'Storage' && isLibrary(name.source))
}

function asPart(id: string, component: ComponentFacts): Touched {
  return component.kind === 'value' ? { kind: 'value', id } : { kind: 'code', id }
}

/** Whether nothing but the text of a value made it, and what every module sees. */
export function isLiteral(component: ComponentFacts | undefined): boolean {
  return component?.kind === 'value' && component.names.every((name) => name.kind === 'global' && !/^(process|import)\b/.test(name.name))
}

const STEADY = /^(undefined|NaN|Infinity|Array|Map|Set|Object|Number|String|Boolean|BigInt|\w+\dArray)$/

/** Whether such a value is the same in every process, until something changes it. */
export function isSteady(component: ComponentFacts | undefined): boolean {
  return isLiteral(component) && component?.names.every((name) => name.kind === 'global' && STEADY.test(name.name)) === true
}
