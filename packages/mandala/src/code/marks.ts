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
  readonly end: string
  /** These are a bundle's: what it reports to, and what it brings along. */
  readonly tracer: string
  readonly facts: string
}

export function marksFor(file: string, source: string): Marks {
  let suffix = ''
  while (source.includes(`$md${suffix}`)) suffix += '_'
  const [bytes, ready, capture, end, tracer, facts] = [...'brcetf'].map((letter) => `$md${letter}${suffix}`) as [string, string, string, string, string, string]
  const [report, pass] = ['', 'p'].map((letter) => `$md${letter}${suffix}_${markOfFile(file)}`) as [string, string]
  return { bytes, report, pass, ready, capture, end, tracer, facts }
}
