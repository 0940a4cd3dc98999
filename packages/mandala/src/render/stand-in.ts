import { inspect, type InspectOptions } from 'node:util'

/** Stands, in what is printed, for a value or a part of one that isn't at hand: it says what it is, with its data if there are any. */
export class StandIn {
  readonly text: string
  readonly data: unknown

  constructor(text: string, data?: unknown) {
    this.text = text
    this.data = data
  }
}

// Outside the class body: a computed name there can't be declared in isolation.
Object.defineProperty(StandIn.prototype, inspect.custom, {
  value(this: StandIn, depth: number, options: InspectOptions) {
    const { text, data } = this
    return data === undefined ? text : `${text} ${depth < 0 ? '…' : inspect(data, { ...options, depth })}`
  },
})
