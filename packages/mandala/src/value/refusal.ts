import { MandalaError } from '../base/mandala-error.ts'

/** Where in a value something stands: the keys on the way to it. */
export type Path = readonly (string | number)[]

const isName = /^[A-Za-z_$][\w$]*$/
/** What stands in a path for a part that has no key. */
const isMarker = /^<(key|value|element)>$/

/** Writes a path as code: `prompt.tools[3].run`. */
export function renderPath(root: string, path: Path): string {
  let text = root
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (isMarker.test(key)) text += key
    else text += isName.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
  }
  return text
}

/** A value that can't be identified or stored, with the place that stands in the way. */
export class Refusal extends Error {
  readonly path: Path
  readonly reason: string
  readonly hint: string

  constructor(path: Path, reason: string, hint: string) {
    super(reason)
    this.path = path
    this.reason = reason
    this.hint = hint
  }

  /** The error for the user, once the name of the input or output is known. */
  toError(root: string): MandalaError {
    return new MandalaError('VALUE_REFUSED', `${renderPath(root, this.path)} ${this.reason}`, { hint: this.hint })
  }
}

export class DepthRefusal extends Refusal {}

/** Whether something went too deep for the stack. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && /call stack/i.test(error.message)
}

/** Names no place: it would be a line of thousands of keys. */
export function makeDepthRefusal(): Refusal {
  return new DepthRefusal([], 'is nested too deeply', 'keep nested data under two thousand levels, for example as a list of nodes')
}
