import { digest } from '../value/digest.ts'
import type { Environment } from './environment.ts'
import { findEvaluation, isFixed, isHandedOn, loadImports, type Evaluation } from './evaluation.ts'
import type { ModuleValues } from './module-values.ts'
import { componentId, type Program } from './program.ts'
import { outsideOf } from './value-state.ts'

/** A module that was loaded after the first call. */
interface LoadedLater {
  readonly isInCall: boolean
  /** By component, as its text and the values of other modules were before the module was evaluated: where it comes from. */
  readonly origins: ReadonlyMap<string, string | undefined>
  /** By component, what it was when the module had been evaluated. */
  snapshot?: ReadonlyMap<string, string | undefined>
}

/**
 * Values of modules that are loaded in calls. Before such a module is there its values can't be asked for, so they count by where they
 * come from; once it is there, as long as they are what its evaluation made them.
 */
export class LazyValues {
  readonly #program: Program
  readonly #values: ModuleValues
  readonly #environment: Environment
  readonly #loaded = new Map<string, LoadedLater>()
  readonly #evaluations = new Map<string, Evaluation | undefined>()
  readonly #underWay = new Set<string>()
  /** Modules that are loaded in a call, and don't tell yet that they have been evaluated. */
  readonly #evaluating = new Set<string>()

  constructor(program: Program, values: ModuleValues, environment: Environment) {
    this.#program = program
    this.#environment = environment
    this.#values = values
  }

  /** Code isn't what it was. */
  forget(): void {
    this.#evaluations.clear()
  }

  /** Before the first line of a module. */
  begin(file: string, isInCall: boolean): void {
    if (isInCall) this.#evaluating.add(file)
    const made = (this.#program.facts(file)?.components ?? []).filter(({ kind }) => kind === 'value' || kind === 'class')
    this.#loaded.set(file, { isInCall, origins: new Map(made.map(({ name }) => componentId(file, name)).map((id) => [id, this.#derive(id, file)])) })
  }

  /** Whether a module that a call loads is being evaluated. */
  get isEvaluating(): boolean {
    return this.#evaluating.size > 0
  }

  /** After its last. */
  end(file: string): void {
    this.#evaluating.delete(file)
    const loaded = this.#loaded.get(file)
    if (!loaded) return
    this.#values.settle()
    // What it worked with must not have become something else while it did.
    const kept = [...loaded.origins].filter(([id, origin]) => this.#derive(id, file) === origin)
    const snapshot = new Map([...loaded.origins.keys()].map((id) => [id, outsideOf(this.#values.state(id))]))
    this.#loaded.set(file, { ...loaded, origins: new Map(kept), snapshot })
  }

  /** What a value was when its module had been evaluated, if that was after the first call. */
  snapshotOf(id: string): string | undefined {
    return this.#loaded.get(fileOf(id))?.snapshot?.get(id)
  }

  /** Whether its module was loaded in a call. */
  isLoadedInCall(id: string): boolean {
    return this.#loaded.get(fileOf(id))?.isInCall ?? false
  }

  /** Where a value comes from; undefined where that doesn't tell what it is. */
  find(id: string): string | undefined {
    const file = fileOf(id)
    const loaded = this.#loaded.get(file)
    if (!loaded) return this.#values.has(id) ? undefined : this.#derive(id, file)
    return loaded.snapshot && loaded.snapshot.get(id) === outsideOf(this.#values.state(id)) ? loaded.origins.get(id) : undefined
  }

  #derive(id: string, file: string): string | undefined {
    if (this.#underWay.has(file)) return undefined
    loadImports(this.#program, file)
    const own = this.#program.findFingerprint(id)
    if (own === undefined || !this.#program.facts(file)?.isModule || isHandedOn(this.#program, id, file)) return undefined
    if (isFixed(this.#program, id)) return own
    this.#underWay.add(file)
    try {
      const evaluation = this.#evaluate(file)
      return evaluation && digest('component', JSON.stringify([id, own, evaluation]))
    } finally {
      this.#underWay.delete(file)
    }
  }

  /** Undefined where it may give something else another time. */
  #evaluate(file: string): string | undefined {
    if (!this.#evaluations.has(file)) this.#evaluations.set(file, findEvaluation(this.#program, file))
    const evaluation = this.#evaluations.get(file)
    if (!evaluation || evaluation.functions.some((id) => this.#values.has(id) && this.#values.carries(id))) return undefined
    const values = evaluation.values.map((id) => this.find(id) ?? (this.#values.has(id) ? this.#values.dataHash(id) : undefined))
    const globals = evaluation.globals.map((name) => this.#environment.originOf(name))
    return values.includes(undefined) ? undefined : digest('component', JSON.stringify([evaluation.code, values, globals]))
  }
}

function fileOf(id: string): string {
  return id.slice(0, id.indexOf('#'))
}
