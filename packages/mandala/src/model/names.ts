import { MandalaError } from '../base/mandala-error.ts'

/** A name that an op (`input` undefined) or one of its inputs was given later; `op` and `input` are the names under which they are stored. */
export interface Alias {
  readonly op: string
  readonly input: string | undefined
  readonly name: string
}

/**
 * What ops and inputs are called now, by the names under which they are stored, and the other way round. A name means who has it now; else
 * who had it once, so that code from before a renaming finds its calls; else itself.
 */
export class Names {
  readonly #ops = new Scope()
  readonly #inputs = new Map<string, Scope>()
  readonly isEmpty: boolean

  /** @param aliases oldest first */
  constructor(aliases: readonly Alias[]) {
    this.isEmpty = aliases.length === 0
    for (const { op, input, name } of aliases) {
      if (input === undefined) this.#ops.rename(op, name)
      else this.#inputsOf(op).rename(input, name)
    }
  }

  /**
   * The name under which an op is stored.
   * @throws MandalaError `OP_NAME_TAKEN` for one that several ops had and none has now.
   */
  storedOp(name: string): string {
    const found = this.#ops.find(name)
    if (found.length < 2) return found[0] ?? name
    throw new MandalaError('OP_NAME_TAKEN', `"${name}" is no op's name any more, and was that of ${this.#list(found, (each) => this.currentOp(each))}`, {
      hint: 'call the op by its name of now, and a new one by a name that none had',
    })
  }

  /** Whether a name is that of an op, without doubt. */
  isOf(name: string, stored: string): boolean {
    const found = this.#ops.find(name)
    return found.length === 0 ? name === stored : found.length === 1 && found[0] === stored
  }

  currentOp(stored: string): string {
    return this.#ops.nameOf(stored)
  }

  /** The op (as it is stored) that has a name now; undefined if that was given up, and nobody took it. */
  holderOfOp(name: string): string | undefined {
    return this.#ops.holderOf(name)
  }

  /** Every name that an op has or had, that of now first. */
  namesOf(stored: string): readonly string[] {
    return [...new Set([this.currentOp(stored), ...this.#ops.all(stored)])]
  }

  /** Whether inputs of an op were renamed. */
  hasInputsOf(op: string): boolean {
    return this.#inputs.has(op)
  }

  /**
   * The name under which an input is stored; a member of a rest parameter goes by the name of that.
   * @param op as it is stored
   * @throws MandalaError `INPUT_NAME_TAKEN` for one that several inputs had and none has now.
   */
  storedInput(op: string, name: string): string {
    const scope = this.#inputs.get(op)
    return scope ? ofMember(name, (whole) => this.#findInput(op, scope, whole)) : name
  }

  #findInput(op: string, scope: Scope, name: string): string {
    const found = scope.find(name)
    if (found.length < 2) return found[0] ?? name
    const now = this.#list(found, (each) => scope.nameOf(each))
    throw new MandalaError('INPUT_NAME_TAKEN', `${this.currentOp(op)}: no input is called "${name}" any more, and ${now} were`, {
      hint: 'call the input by its name of now, and a new one by a name that none had',
    })
  }

  /** The input (as it is stored) that has a name now; undefined if that was given up, and nobody took it. */
  holderOfInput(op: string, name: string): string | undefined {
    const scope = this.#inputs.get(op)
    return scope ? scope.holderOf(name) : name
  }

  currentInput(op: string, stored: string): string {
    const scope = this.#inputs.get(op)
    return scope ? ofMember(stored, (whole) => scope.nameOf(whole)) : stored
  }

  #list(stored: readonly string[], show: (stored: string) => string): string {
    return stored.map((each) => `"${show(each)}"`).sort().join(' and ')
  }

  #inputsOf(op: string): Scope {
    let scope = this.#inputs.get(op)
    if (!scope) this.#inputs.set(op, (scope = new Scope()))
    return scope
  }
}

/** Names that must differ from each other: those of the ops, or of one op's inputs. */
class Scope {
  readonly #now = new Map<string, string>()
  readonly #holders = new Map<string, string>()
  readonly #former = new Map<string, Set<string>>()

  rename(stored: string, name: string): void {
    const before = this.nameOf(stored)
    if (this.#holders.get(before) === stored) this.#holders.delete(before)
    for (const each of [stored, before, name]) this.#former.set(each, (this.#former.get(each) ?? new Set()).add(stored))
    this.#now.set(stored, name)
    this.#holders.set(name, stored)
  }

  nameOf(stored: string): string {
    return this.#now.get(stored) ?? stored
  }

  holderOf(name: string): string | undefined {
    return this.#holders.get(name) ?? (this.#now.has(name) ? undefined : name)
  }

  all(stored: string): string[] {
    return [...this.#former].flatMap(([name, ofName]) => (ofName.has(stored) ? [name] : []))
  }

  /** Who has a name, or all who had it. */
  find(name: string): readonly string[] {
    const holder = this.#holders.get(name)
    return holder === undefined ? [...(this.#former.get(name) ?? [])] : [holder]
  }
}

/** Members of a rest parameter are called `xs[0]`, `xs[1]`, …. */
function ofMember(name: string, change: (whole: string) => string): string {
  const [, whole, position] = /^(.+)(\[\d+\])$/.exec(name) ?? []
  return whole === undefined ? change(name) : change(whole) + position
}
