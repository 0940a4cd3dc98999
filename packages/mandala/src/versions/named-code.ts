import type { AnyFunction } from '../code/op-texts.ts'
import type { OpIdentity } from '../model/derive-ids.ts'
import type { Names } from '../model/names.ts'
import type { CodeContent, CodeState, Trace, Tracer } from './code-state.ts'

/** A component that goes by an op's name: its own text, or what it closes over. */
const OF_OP = /^op#(.+?)(~[^~ ]+)?( \(captured.*\))?$/

/**
 * Code whose components go by the names under which ops are stored, where they go by the names of ops: in the program an op may be called
 * otherwise by now.
 */
export class NamedCode implements CodeState, Tracer {
  readonly #state: CodeState
  readonly #tracer: Tracer
  readonly #names: () => Names

  constructor({ state, tracer }: { readonly state: CodeState; readonly tracer: Tracer }, names: () => Names) {
    this.#state = state
    this.#tracer = tracer
    this.#names = names
  }

  begin(): void {
    this.#state.begin()
  }

  find(component: string): CodeContent | undefined {
    return this.#state.find(this.#toLive(component))
  }

  findHash(component: string): string | undefined {
    return this.#state.findHash(this.#toLive(component))
  }

  watch(component: string): (() => string | undefined) | undefined {
    // An op may be renamed while someone watches.
    const watch = this.#state.watch(component)
    return watch && component.startsWith('op#') ? () => this.findHash(component) : watch
  }

  findComponentOf(fn: object): string | undefined {
    return this.#state.findComponentOf(fn)
  }

  noteOp(op: OpIdentity, fn: AnyFunction): void {
    this.#state.noteOp(op, fn)
  }

  mayMove(component: string): boolean {
    return this.#state.mayMove(component)
  }

  isReadable(component: string): boolean {
    return this.#state.isReadable(component)
  }

  findReferences(component: string): ReadonlyMap<string, CodeContent> {
    return this.#state.findReferences(component)
  }

  start(op: OpIdentity, args: readonly unknown[]): Trace {
    const trace = this.#tracer.start(op, args)
    if (this.#names().isEmpty) return trace
    return {
      run: (fn) => trace.run(fn),
      add: (component, hash) => trace.add(this.#toLive(component), hash),
      end: () => {
        const used = trace.end()
        return { ...used, components: new Map(Array.from(used.components, ([component, hash]) => [this.#toStored(component), hash])) }
      },
    }
  }

  #toStored(component: string): string {
    return withOp(component, (op) => this.#names().storedOp(op))
  }

  /** Of the names that the op has or had, the one that the program knows. */
  #toLive(component: string): string {
    if (this.#names().isEmpty || !component.startsWith('op#')) return component
    return withOp(component, (op) => {
      const all = this.#names().namesOf(op)
      return all.find((name) => this.#state.findHash(withOp(component, () => name)) !== undefined) ?? op
    })
  }
}

function withOp(component: string, change: (op: string) => string): string {
  const [, op, version = '', captured = ''] = OF_OP.exec(component) ?? []
  return op === undefined ? component : `op#${change(op)}${version}${captured}`
}
