import { MandalaError } from '../base/mandala-error.ts'

const BYTES: Readonly<Record<string, number>> = {
  b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40,
}
const MS: Readonly<Record<string, number>> = { min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** A size as people write it: `500MB`, `1.5 GB`, `2GiB`. */
export function parseBytes(option: string, text: string): number {
  return readQuantity(text, BYTES) ?? raise(option, text, 'write a size: 500MB, 1.5GB, 2GiB')
}

/** A moment: so long ago (`30d`, `12h`), or a date (`2026-03-01`, `2026-03-01T14:00`) in the time of this place. */
export function parseMoment(option: string, text: string, now: number = Date.now()): Date {
  const agoMs = readQuantity(text, MS)
  if (agoMs !== undefined) return new Date(now - agoMs)
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text)
  const isDate = /^\d{4}-\d\d-\d\d/.test(text) && Number.isFinite(date.getTime())
  return isDate ? date : raise(option, text, 'write how long ago, in min, h, d or w (30d, 12h), or a date (2026-03-01)')
}

function readQuantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text) ?? []
  const size = Object.hasOwn(units, unit?.toLowerCase() ?? '') ? units[(unit as string).toLowerCase()] : undefined
  return size === undefined ? undefined : Number(amount) * size
}

function raise(option: string, text: string, hint: string): never {
  throw new MandalaError('OPTION_INVALID', `${option} is ${JSON.stringify(text)}`, { hint })
}
