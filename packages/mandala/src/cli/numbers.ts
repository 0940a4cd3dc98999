import { InvalidArgumentError } from 'commander'

/** A whole number, 0 or more, as an option of a command. */
export function parseCount(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number, 0 or more.')
}
