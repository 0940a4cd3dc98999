import { aText, expectInput } from '../base/expect.ts'

/** A value that is passed to the function but is no part of the call's identity. */
export class Ignored {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** A value known by its name, never stored. */
export class External {
  readonly name: string
  readonly value: unknown

  constructor(name: string, value: unknown) {
    this.name = name
    this.value = value
  }
}

/** Passes `value` to the function without its being part of the call's identity. */
export function ignore<T>(value: T): T {
  return new Ignored(value) as T
}

/**
 * Names a value that is too large or too alive to be stored: it is identified by the name alone, so another value under the same name
 * counts as equal.
 */
export function external<T>(name: string, value: T): T {
  expectInput('external(name, value)', name, aText('give it a name that changes with the value'))
  return new External(name, value) as T
}

/**
 * The default of a parameter that was added later: a call that leaves it at this value is the call from before it existed. The library
 * reads it off the function's source, so the value must be a literal.
 */
export function newArg<T>(value: T): T {
  return value
}
