import { markOfFile } from './function-places.ts'

/** Names that the file doesn't use itself. */
export interface Marks {
  /** A byte for each marker. */
  readonly bytes: string
  /** What a marker calls if its byte is 1; it tells the file, too. */
  readonly report: string
  /** What a marker calls whatever its byte is; tells the file likewise. */
  readonly pass: string
  /** Has a value, of which these are parts, before they have. */
  readonly ready: string
  readonly capture: string
  readonly peek: string
  readonly end: string
  /** These are a bundle's: what it reports to, and what it brings along. */
  readonly tracer: string
  readonly facts: string
}

export function marksFor(file: string, source: string): Marks {
  let suffix = ''
  while (source.includes(`$md${suffix}`)) suffix += '_'
  const name = (letter: string): string => `$md${letter}${suffix}`
  const tell = (letter: string): string => `${name(letter)}_${markOfFile(file)}`
  return {
    bytes: name('b'), report: tell(''), pass: tell('p'), ready: name('r'), capture: name('c'), peek: name('k'), end: name('e'), tracer: name('t'), facts: name('f'),
  }
}
