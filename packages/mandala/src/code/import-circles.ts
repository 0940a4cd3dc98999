/** What is loaded, and runs, before a module does. */
export interface ModuleImports {
  /** Modules that it imports, by `import` and `export … from`. */
  readonly files: readonly string[]
  /** Whether something is imported of which it isn't known where that leads. */
  readonly leadsAnywhere: boolean
  /** Whether code of it may require a module: Node lets it begin one that imports another which is about to run, if that was linked before. */
  readonly mayRequire: boolean
}

/** A module whose imports are being followed. */
interface Visit extends ModuleImports {
  readonly file: string
  readonly index: number
  /** The least index of those that it is known to lead back to, or its own. */
  low: number
  next: number
  leadsAnywhere: boolean
}

/** What is known of a module once all that it leads to was seen. */
interface Verdict {
  readonly mayRunEarly: boolean
  /** Whether those that import it may run early for what it leads to. */
  readonly leadsAnywhere: boolean
}

/**
 * Tells which modules may be entered before their first line runs: those that a chain of imports leads back to, for all that is known.
 * Each is looked at once, however many are asked for.
 *
 * R. Tarjan, "Depth-first search and linear graph algorithms", 1972; with a stack of its own, so that depth is no limit.
 */
export class ImportCircles {
  readonly #importsOf: (file: string) => ModuleImports | undefined
  readonly #verdicts = new Map<string, Verdict>()

  /** @param importsOf gives undefined for what isn't known */
  constructor(importsOf: (file: string) => ModuleImports | undefined) {
    this.#importsOf = importsOf
  }

  mayRunEarly(file: string): boolean {
    if (!this.#verdicts.has(file)) this.#follow(file)
    return (this.#verdicts.get(file) as Verdict).mayRunEarly
  }

  /** What modules import may have changed. */
  forget(): void {
    this.#verdicts.clear()
  }

  #follow(start: string): void {
    const open = new Map<string, Visit>()
    const stack: Visit[] = []
    const path: Visit[] = []
    const enter = (file: string): void => {
      const imports = this.#importsOf(file)
      if (!imports) this.#verdicts.set(file, { mayRunEarly: true, leadsAnywhere: true })
      else {
        const visit = { ...imports, file, index: stack.length, low: stack.length, next: 0 }
        open.set(file, visit)
        stack.push(visit)
        path.push(visit)
      }
    }
    enter(start)
    for (let visit = path.at(-1); visit; visit = path.at(-1)) {
      const file = visit.files[visit.next]
      if (file === undefined) {
        path.pop()
        if (visit.low === visit.index) for (const { file: closed } of this.#close(stack.splice(visit.index))) open.delete(closed)
        continue
      }
      // What is entered is looked at again when it has been followed.
      const known = this.#verdicts.get(file) ?? open.get(file)
      if (!known) enter(file)
      else {
        visit.next += 1
        visit.leadsAnywhere ||= known.leadsAnywhere
        if ('low' in known) visit.low = Math.min(visit.low, known.low)
      }
    }
  }

  /** Modules that all lead to each other; the first is the one that was entered first. */
  #close(members: Visit[]): Visit[] {
    const [{ file, files, leadsAnywhere }] = members as [Visit]
    const isCircle = members.length > 1 || files.includes(file)
    const verdict = { mayRunEarly: isCircle || leadsAnywhere, leadsAnywhere: leadsAnywhere || members.some(({ mayRequire }) => mayRequire) }
    for (const each of members) this.#verdicts.set(each.file, verdict)
    return members
  }
}
