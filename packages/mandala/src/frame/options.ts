import { MandalaError } from '../base/mandala-error.ts'

/** Refuses options that a verb doesn't have. */
export function expectOptions(verb: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((option) => !known.includes(option))
  if (unknown !== undefined) throw new MandalaError('OPTION_INVALID', `${verb}: there is no option "${unknown}"`, { hint: `the options are ${known.join(', ')}` })
}

/** Refuses anything but the words that an option can be. */
export function expectWord(verb: string, given: string, known: readonly string[]): void {
  if (known.includes(given)) return
  throw new MandalaError('OPTION_INVALID', `${verb}: there is no "${given}"`, { hint: `say ${known.map((word) => `'${word}'`).join(' or ')}` })
}
