import { NumberSet } from './number-set.ts'
import { findStrongComponents } from './strong-components.ts'

/** What each node of a graph leads to, itself included; nodes that lead to each other share one set. */
export class Closures {
  readonly #known: (NumberSet | undefined)[] = []
  readonly #successors: (node: number) => readonly number[]

  constructor(successors: (node: number) => readonly number[]) {
    this.#successors = successors
  }

  of(node: number): NumberSet {
    return this.#known[node] ?? this.#closeFrom(node)
  }

  #closeFrom(start: number): NumberSet {
    const found = new Map([[start, 0]])
    for (const node of found.keys()) {
      for (const next of this.#successors(node)) if (!this.#known[next] && !found.has(next)) found.set(next, found.size)
    }
    const nodes = [...found.keys()]
    const successors = (i: number): number[] => this.#successors(nodes[i] as number).flatMap((next) => found.get(next) ?? [])
    for (const together of findStrongComponents({ size: nodes.length, successors }).toReversed()) {
      const closure = new NumberSet()
      const own = together.map((i) => nodes[i] as number)
      for (const node of own) {
        closure.add(node)
        for (const next of this.#successors(node)) {
          const known = this.#known[next]
          if (known && !closure.has(next)) closure.addAll(known)
        }
      }
      for (const node of own) this.#known[node] = closure
    }
    return this.#known[start] as NumberSet
  }
}
