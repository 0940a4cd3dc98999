import { digestBytes } from './digest.ts'

/** Longer strings stand in the text by their digest. */
const INLINE_LENGTH_MAX = 1024

export function writeNumber(value: number, digits?: number): string {
  const shown = digits === undefined || !Number.isFinite(value) ? value : Number(value.toPrecision(digits))
  return shown === 0 && Object.is(value, -0) ? 'n-0;' : `n${shown};`
}

export function writeString(value: string): string {
  // A lone surrogate has no UTF-8, in which the text is hashed: such strings go by their UTF-16 units.
  if (!value.isWellFormed()) return `S${value.length}:${Buffer.from(value, 'utf16le').toString('hex')}`
  return value.length <= INLINE_LENGTH_MAX ? `s${value.length}:${value}` : `h${value.length}:${digestBytes(Buffer.from(value))}`
}

export function writePrimitive(value: string | number | boolean, digits?: number): string {
  switch (typeof value) {
    case 'string': return writeString(value)
    case 'number': return writeNumber(value, digits)
    case 'boolean': return value ? 't' : 'f'
  }
}
