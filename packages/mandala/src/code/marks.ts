import { literalOfFile } from './function-places.ts'

/** Names that the file doesn't use itself. */
export interface Marks {
  /** A byte for each marker. */
  readonly bytes: string
  /** What a marker calls if its byte is 1. */
  readonly report: string
  /** What a marker calls whatever its byte is. */
  readonly pass: string
  /** What each marker says of the file, for those who read its text: a minifier leaves it as it is. */
  readonly place: string
  /** Has a value, of which these are parts, before they have. */
  readonly ready: string
  readonly capture: string
  readonly tell: string
  readonly keep: string
  /** A number for each place that makes what keeps locals: of so many more it tells. */
  readonly left: string
  readonly end: string
  /** The default export, where that has no name. */
  readonly exported: string
  /** These are a bundle's: what it reports to, and what it brings along. */
  readonly tracer: string
  readonly facts: string
}

export function marksFor(file: string, source: string): Marks {
  let suffix = ''
  while (source.includes(`$md${suffix}`)) suffix += '_'
  const name = (letter: string): string => `$md${letter}${suffix}`
  return {
    bytes: name('b'), report: name(''), pass: name('p'), place: literalOfFile(file), ready: name('r'), capture: name('c'), tell: name('k'), end: name('e'),
    keep: name('h'), left: name('l'), exported: name('d'), tracer: name('t'), facts: name('f'),
  }
}
