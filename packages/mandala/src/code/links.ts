import { remember } from '../base/remember.ts'
import { Closures } from '../graph/closures.ts'
import { NumberSet } from '../graph/number-set.ts'
import { Numbering } from '../graph/numbering.ts'
import type { ComponentFacts } from './file-facts.ts'
import type { FreeName } from './names.ts'
import { isLibrary } from './library-name.ts'
import type { PlacedStatement, Program, Target } from './program.ts'

/** What reading a name makes a call depend on; a function that runs reports itself. */
export type Touched =
  | { readonly kind: 'code'; readonly id: string }
  | { readonly kind: 'value'; readonly id: string }
  | { readonly kind: 'package'; readonly name: string; readonly version: string }
  | { readonly kind: 'builtin'; readonly name: string; readonly member: string }
  /** Something that every module sees: `process.env.X`, `Math`. */
  | { readonly kind: 'global'; readonly name: string }

/** What code leads to by names, at any distance. */
export interface Reach {
  /** The same list for those that lead to the same. */
  readonly touched: readonly Touched[]
  /** The same, and NOWHERE, as numbers. */
  readonly numbers: NumberSet
}

/** A statement of the module level. */
export interface LinkedStatement {
  readonly named: readonly number[]
  readonly code: string
  /** Of the code. */
  readonly number: number
  /** The code with the functions in it. */
  whole(): string
}

/** What those names lead to of which nothing is known. */
export const NOWHERE = 0

/** What the code of a program leads to by names, everything by a number. */
export class Links {
  readonly #program: Program
  readonly #keys = new Numbering()
  readonly #touched: (Touched | undefined)[] = []
  readonly #next = remember((number: number) => this.#follow(this.#touched[number]))
  readonly #closures = new Closures(this.#next)
  readonly #reaches = new Map<string, Reach>()
  readonly #codes = new Numbering()
  readonly statement: (statement: PlacedStatement) => LinkedStatement = remember((statement) => this.#describe(statement))

  constructor(program: Program) {
    this.#program = program
    this.#keys.of('nowhere')
  }

  /** All that these lead to, themselves included, and what statements name. */
  reach(starts: readonly number[], statements: readonly LinkedStatement[] = []): Reach {
    const found = new NumberSet()
    const add = (numbers: readonly number[]): void => {
      for (const each of numbers) if (!found.has(each)) found.addAll(this.#closures.of(each))
    }
    add(starts)
    // The last ones lead to most of what the others do.
    for (let i = statements.length - 1; i >= 0; i -= 1) add((statements[i] as LinkedStatement).named)
    const { key } = found
    let reach = this.#reaches.get(key)
    if (!reach) {
      reach = { touched: found.list().flatMap((number) => this.#touched[number] ?? []), numbers: found }
      this.#reaches.set(key, reach)
    }
    return reach
  }

  /** What names of a file stand for. */
  named(file: string, names: readonly FreeName[]): number[] {
    return names.flatMap((name) => this.numbersOf(this.#program.target(file, name)))
  }

  numbersOf(target: Target): number[] {
    switch (target.kind) {
      case 'component': return this.component(target.id)
      case 'namespace': return this.#program.listExports(target.file).flatMap((each) => (each.kind === 'namespace' ? [] : this.numbersOf(each)))
      // Calls are what they were with another version of this library.
      case 'package': return [this.#numberOf({ kind: 'package', name: target.name, version: isLibrary(target.name) ? '' : target.version })]
      case 'builtin': return [this.#numberOf({ kind: 'builtin', name: target.name, member: target.member })]
      case 'global': return [this.#numberOf(target)]
      case 'unknown': return [NOWHERE]
    }
  }

  /** A component, if there is one of this id; where calls are saved makes nothing. */
  component(id: string): number[] {
    const found = this.#program.find(id)
    return found && !isStorage(found.component) ? [this.#numberOf({ kind: found.component.kind === 'value' ? 'value' : 'code', id })] : []
  }

  #describe({ file, whole, ...statement }: PlacedStatement): LinkedStatement {
    const named = this.named(file, statement.names)
    const code = this.#program.fingerprintOf(file, statement)
    return { named, code, number: this.#codes.of(code), whole: () => this.#program.fingerprintOf(file, whole) }
  }

  #numberOf(touched: Touched): number {
    const number = this.#keys.of(JSON.stringify(touched))
    this.#touched[number] ??= touched
    return number
  }

  /** What is named in a component, and what belongs to it. */
  #follow(touched: Touched | undefined): number[] {
    const found = touched && 'id' in touched ? this.#program.find(touched.id) : undefined
    if (!found) return []
    const { file, component } = found
    // Ops in it report themselves.
    const parts = this.#program.partsOf(file, component.name).filter((part) => this.#program.find(part)?.component.isOp === false)
    return [...this.named(file, component.names), ...parts.flatMap((part) => this.component(part))]
  }
}

function isStorage({ kind, names }: ComponentFacts): boolean {
  return kind === 'value' && names.some((name) => name.kind === 'import' && name.name === 'Storage' && isLibrary(name.source))
}
