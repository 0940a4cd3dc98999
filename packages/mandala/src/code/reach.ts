import { NumberSet } from '../graph/number-set.ts'
import type { ComponentFacts, MakingFacts } from './file-facts.ts'
import { NOWHERE, type LinkedStatement, type Touched } from './links.ts'
import type { FreeName } from './names.ts'
import { isLibrary } from './library-name.ts'
import { componentId, type Program, type Target } from './program.ts'

/** What a read of this target touches: a value itself, a class with what made it, all that is in a namespace; of a function that is called its code. */
export function touchedBy(program: Program, target: Target, isCall = false): Touched[] {
  if (isCall && target.kind === 'component' && target.component.kind === 'function') return target.component.isTrivial ? [{ kind: 'code', id: target.id }] : []
  const reading = new Reading(program)
  reading.read(target)
  return [...reading.found.values()]
}

/** All that a component may use, by its text alone. */
export function reachOf({ links }: Program, id: string): readonly Touched[] {
  return links.reach(links.component(id)).touched
}

/** How code keeps something outside of fields, or runs other code. */
const ELSEWHERE = /^(Weak\w+|FinalizationRegistry|Proxy|Function|eval|globalThis|global|window|self)\b/

/** Whether it may keep something about what it is given elsewhere, as packages do. */
export function mayKeepElsewhere(touched: Touched): boolean {
  return touched.kind === 'package' && !isLibrary(touched.name) || touched.kind === 'global' && ELSEWHERE.test(touched.name)
}

/** Whether all that makes one instance of a class another than the next is in their fields: packages may keep things about them. */
export function isSelfContained(program: Program, id: string): boolean {
  const { links } = program
  const { touched, numbers } = links.reach(links.component(id))
  return program.find(id)?.component.kind === 'class' && !numbers.has(NOWHERE) && !touched.some(mayKeepElsewhere)
}

/** All that evaluating a module may use; undefined where something isn't known. */
export function reachOfEvaluation(program: Program, file: string): readonly Touched[] | undefined {
  const { components = [], statements = [] } = program.facts(file) ?? {}
  const { links } = program
  const run = components.filter(({ kind }) => kind === 'value' || kind === 'class')
  const names = run.flatMap(({ kind, isPlain, names, eager }) => names.filter((_, i) => eager.includes(i) || kind === 'value' && !isPlain))
  const { touched, numbers } = links.reach(links.named(file, [...names, ...statements.flatMap(({ whole }) => whole.names)]))
  return numbers.has(NOWHERE) ? undefined : touched
}

/** What a value was made from, and what was done to it before any call. */
export interface Origin {
  /** Values that it holds, in so far as that shows in its text. */
  readonly held: readonly string[]
  /** What ran, or may have run, to make and to change it: the same list for those of which it is the same. */
  readonly reach: readonly Touched[]
  /** The value itself, if it is among that. */
  readonly own?: string | undefined
  /** The code of the statements that changed it. */
  readonly statements: readonly string[]
}

/**
 * Of a value whose parts all stand in its text, functions report themselves and data shows; only the values that it names may
 * hide something. Of one that calls made, everything counts that they may have used.
 */
export function originOf(program: Program, id: string): Origin {
  const { links } = program
  const own = program.find(id)
  const held = own?.component.isPlain ? own.component.eager.map((i) => program.target(own.file, own.component.names[i] as FreeName)) : []
  const made = own?.component.isPlain ? held.filter(({ kind }) => kind === 'global').flatMap((target) => links.numbersOf(target)) : links.component(id)
  const placed = program.statementsReaching(id)
  const statements = placed.map((statement) => links.statement(statement))
  // All that counts of a function may be among the statements.
  const split = new Set(placed.flatMap(({ givenTo }) => (givenTo === undefined ? [] : links.component(givenTo))))
  const named = split.size === 0 ? statements : statements.map((each) => ({ ...each, named: each.named.filter((number) => !split.has(number)) }))
  const { touched, numbers } = links.reach(made, named)
  const repeated = findRepeated(statements)
  return {
    held: held.flatMap((target) => (target.kind === 'component' && target.component.kind === 'value' && target.id !== id ? [target.id] : [])),
    reach: touched,
    own: own?.component.kind === 'value' && links.component(id).some((number) => numbers.has(number)) ? id : undefined,
    statements: statements.map(({ code, number, whole }) => (repeated.has(number) ? whole() : code)),
  }
}

/** The codes, by number, that more than one statement has. */
function findRepeated(statements: readonly LinkedStatement[]): NumberSet {
  const met = new NumberSet()
  const repeated = new NumberSet()
  for (const { number } of statements) (met.has(number) ? repeated : met).add(number)
  return repeated
}

/** What a value was made from that a function closes over. */
export function originOfMade(program: Program, file: string, making: MakingFacts): Origin {
  const names = making.names.filter((name) => name.kind !== 'import' || !isLibrary(name.source))
  const { touched } = program.links.reach(program.links.named(file, names))
  return { held: [], reach: touched, statements: [program.fingerprintOf(file, making)] }
}

class Reading {
  readonly found = new Map<string, Touched>()
  readonly #program: Program

  constructor(program: Program) {
    this.#program = program
  }

  read(target: Target): void {
    switch (target.kind) {
      case 'component': this.#component(target); return
      case 'namespace': this.#namespace(target.file); return
      case 'package': if (!isLibrary(target.name)) this.#add({ kind: 'package', name: target.name, version: target.version }); return
      case 'builtin': this.#add({ kind: 'builtin', name: target.name, member: target.member }); return
      case 'global': case 'unknown': return
    }
  }

  /** Which exports there are, and what they are. */
  #namespace(file: string): void {
    this.#add({ kind: 'code', id: componentId(file, '*') })
    for (const each of this.#program.listExports(file)) if (each.kind !== 'namespace') this.read(each)
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
    const { links } = this.#program
    const target = this.#program.target(file, name)
    const isRun = target.kind === 'component' && target.component.kind === 'function'
    if (!isRun && target.kind !== 'global') this.read(target)
    else for (const touched of links.reach(links.numbersOf(target)).touched) this.#add(touched)
  }

  #add(touched: Touched): boolean {
    const key = JSON.stringify(touched)
    if (this.found.has(key)) return false
    this.found.set(key, touched)
    return true
  }
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
