import type { DraftVariable } from './draft.ts'

/**
 * The variables through which a call was found, by the name that their refs have in it. Most calls of an op are found through the same ones:
 * they share one object, and each way to add to it leads to one more.
 */
export class Glue {
  readonly ends: readonly GlueEnd[]
  #key: string | undefined
  readonly #next = new Map<DraftVariable, Map<string, Glue>>()

  constructor(ends: readonly GlueEnd[] = []) {
    this.ends = ends
  }

  /** Names the ends; the same for the same ends, in whatever order they came. */
  get key(): string {
    return (this.#key ??= this.ends.map(({ label, variable }) => JSON.stringify([label, variable.id])).sort().join())
  }

  with(label: string, variable: DraftVariable): Glue {
    let byLabel = this.#next.get(variable)
    if (!byLabel) this.#next.set(variable, (byLabel = new Map()))
    let glue = byLabel.get(label)
    if (!glue) {
      const isKnown = this.ends.some((end) => end.label === label && end.variable === variable)
      byLabel.set(label, (glue = isKnown ? this : new Glue([...this.ends, { label, variable }])))
    }
    return glue
  }
}

export interface GlueEnd {
  readonly label: string
  readonly variable: DraftVariable
}
