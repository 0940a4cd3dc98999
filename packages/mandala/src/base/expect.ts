import { MandalaError, type ErrorCode } from './mandala-error.ts'

/** What something given must be: a test, and what it says in words, the next step for who gave something else. */
export type Rule = readonly [holds: (given: unknown) => boolean, words: string]

export const aBoolean: Rule = [(given) => typeof given === 'boolean', 'it is true or false']

export function aFunction(words: string): Rule {
  return [(given) => typeof given === 'function', words]
}

export function aText(words: string): Rule {
  return [(given) => typeof given === 'string' && given !== '', words]
}

export function anArray(words: string): Rule {
  return [Array.isArray, words]
}

/** An object with names, as literals make them; an array would have positions for names. */
export function aRecord(words: string): Rule {
  return [isRecord, words]
}

/** Many of something, one after the other; a text would be its letters. */
export function anIterable(words: string): Rule {
  return [(given) => typeof given === 'object' && given !== null && Symbol.iterator in given, words]
}

export function aCount(words: string): Rule {
  return [(given) => Number.isSafeInteger(given) && (given as number) >= 0, words]
}

export function oneOf(...known: readonly unknown[]): Rule {
  const words = known.map((each) => (typeof each === 'string' ? `'${each}'` : String(each)))
  return [(given) => known.includes(given), `it is ${words.length === 1 ? '' : `${words.slice(0, -1).join(', ')} or `}${words.at(-1)}`]
}

/** Whether something has names rather than positions. */
export function isRecord(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given)
}

/** Refuses an argument that isn't what its place takes. */
export function expectInput(place: string, given: unknown, [holds, words]: Rule, code: ErrorCode = 'INPUT_INVALID'): void {
  if (!holds(given)) throw new MandalaError(code, `${place} was given ${describe(given)}`, { hint: words })
}

/** Refuses options that there aren't, and values that they can't have: a misspelt option would silently do nothing. */
export function expectOptions(place: string, given: unknown, known: Readonly<Record<string, Rule>>, code: ErrorCode = 'OPTION_INVALID'): void {
  const invalid = (what: string, hint: string): MandalaError => new MandalaError(code, `${place}: ${what}`, { hint })
  const names = Object.keys(known).join(', ')
  if (!isRecord(given)) throw invalid(`its options are ${describe(given)}`, `pass an object; the options are ${names}`)
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined
    if (!rule) throw invalid(`there is no option "${name}"`, `the options are ${names}`)
    if (value !== undefined && !rule[0](value)) throw invalid(`${name} is ${describe(value)}`, rule[1])
  }
}

/** What something is, in a few words. */
export function describe(given: unknown): string {
  switch (typeof given) {
    case 'string': return JSON.stringify(given.length > 60 ? `${given.slice(0, 59)}…` : given)
    case 'function': return given.name === '' ? 'a function' : `the function ${given.name}`
    case 'object': {
      if (given === null || Array.isArray(given)) return given === null ? 'null' : 'an array'
      const { constructor } = given
      return typeof constructor === 'function' ? `an object (${constructor.name})` : 'an object'
    }
    default: return String(given)
  }
}

/** The known names that are most like a given one, for who mistyped it: by the pairs of letters that they share. */
export function nearest(name: string, known: Iterable<string>, countMax = 8): string {
  const pairs = (text: string): Set<string> => new Set(Array.from(text, (_, i) => text.slice(i, i + 2).toLowerCase()))
  const own = pairs(name)
  const likeness = (other: string): number => {
    const theirs = pairs(other)
    return own.intersection(theirs).size / (own.size + theirs.size)
  }
  const ranked = Array.from(new Set(known), (each) => [each, likeness(each)] as const).toSorted(([, a], [, b]) => b - a)
  return `${ranked.slice(0, countMax).map(([each]) => each).join(', ')}${ranked.length > countMax ? ', …' : ''}`
}
