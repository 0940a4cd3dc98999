import { expectInput, oneOf } from '../base/expect.ts'
import { attachmentsOf, refsOf, type Attachment, type FrameData, type Operation, type Side } from './frame-data.ts'
import type { Parts } from './parts.ts'

/**
 * When is a call reached? `strong`: when all its refs on the near side are, as far as they are in the picture; then everything that it
 * rests on is there. `weak`: when any of them is.
 */
export type Reach = 'strong' | 'weak'

export type Direction = 'forward' | 'back'

const REACHES = oneOf('strong', 'weak')
const DIRECTIONS = oneOf('forward', 'back')

/** Follows the edges of a frame from some refs and calls, each ref at each edge once. */
export class Reachability {
  readonly #data: FrameData
  readonly #how: Reach
  readonly #near: Side
  readonly #far: Side
  readonly #variables: Map<string, Set<number>>
  readonly #operations: Map<string, Set<number>>
  readonly #open: [variable: string, ref: number][] = []
  /** By operation and label; refs that were followed are taken out. */
  readonly #users = new Map<string, Map<string, Map<number, readonly number[]>>>()
  /** By operation: how many refs of a call are still to be reached. */
  readonly #missing = new Map<string, Map<number, number>>()

  constructor(data: FrameData, direction: Direction, how: Reach) {
    expectInput('reach', how, REACHES, 'OPTION_INVALID')
    expectInput('direction', direction, DIRECTIONS, 'OPTION_INVALID')
    this.#data = data
    this.#how = how
    this.#near = direction === 'forward' ? 'inputs' : 'outputs'
    this.#far = direction === 'forward' ? 'outputs' : 'inputs'
    this.#variables = new Map(Array.from(data.variables.keys(), (name) => [name, new Set()]))
    this.#operations = new Map(Array.from(data.operations.keys(), (name) => [name, new Set()]))
    for (const [name, operation] of data.operations) this.#indexCalls(name, operation)
  }

  #indexCalls(name: string, { calls, [this.#near]: edges }: Operation): void {
    const users = new Map(Array.from(edges.keys(), (label) => [label, new Map<number, number[]>()]))
    const missing = new Map<number, number>()
    for (const number of calls) {
      const call = this.#data.web.call(number)
      let count = 0
      for (const label of edges.keys()) {
        const ofLabel = users.get(label) as Map<number, number[]>
        for (const ref of refsOf(call, label, this.#near)) {
          count += 1
          const known = ofLabel.get(ref)
          if (known) known.push(number)
          else ofLabel.set(ref, [number])
        }
      }
      missing.set(number, count)
    }
    this.#users.set(name, users)
    this.#missing.set(name, missing)
  }

  /** All that is reached from the start, itself included. */
  from({ variables, operations }: Parts): Parts {
    for (const [name, refs] of variables) for (const ref of refs) this.#addRef(name, ref)
    for (const [name, calls] of operations) for (const call of calls) this.#addCall(name, call)
    const attachments = attachmentsOf(this.#data, this.#near)
    for (let next = this.#open.pop(); next; next = this.#open.pop()) {
      for (const attachment of attachments.get(next[0]) ?? []) this.#follow(next[1], attachment)
    }
    return { variables: this.#variables, operations: this.#operations }
  }

  #addRef(variable: string, ref: number): void {
    const reached = this.#variables.get(variable) as Set<number>
    if (reached.has(ref)) return
    reached.add(ref)
    this.#open.push([variable, ref])
  }

  #addCall(name: string, number: number): void {
    const reached = this.#operations.get(name) as Set<number>
    if (reached.has(number)) return
    reached.add(number)
    const call = this.#data.web.call(number)
    for (const [label, attached] of this.#data.operations.get(name)?.[this.#far] ?? []) {
      for (const ref of refsOf(call, label, this.#far)) for (const variable of attached) this.#addRef(variable, ref)
    }
  }

  /** A ref that comes in through several variables of one name counts once. */
  #follow(ref: number, { operation, label }: Attachment): void {
    const users = this.#users.get(operation)?.get(label) as Map<number, readonly number[]>
    const calls = users.get(ref) ?? []
    users.delete(ref)
    const missing = this.#missing.get(operation) as Map<number, number>
    for (const number of calls) {
      const left = (missing.get(number) as number) - 1
      missing.set(number, left)
      if (this.#how === 'weak' || left === 0) this.#addCall(operation, number)
    }
  }
}

/** Refs that no call of the picture made (or, looking back, uses), and calls that took (or gave) nothing that is in it, such as an empty list. */
export function findEnds(data: FrameData, side: Side): Parts {
  const { web, variables, operations } = data
  const ends = new Map(Array.from(variables, ([name, refs]) => [name, new Set(refs)]))
  const open = new Map<string, Set<number>>()
  const otherSide: Side = side === 'inputs' ? 'outputs' : 'inputs'
  for (const [name, { calls, [side]: edges, [otherSide]: others }] of operations) {
    open.set(name, new Set([...calls].filter((number) => !web.call(number).signature[otherSide].some((label) => others.has(label)))))
    for (const [label, attached] of edges) {
      for (const number of calls) for (const ref of refsOf(web.call(number), label, side)) for (const variable of attached) ends.get(variable)?.delete(ref)
    }
  }
  return { variables: ends, operations: open }
}
