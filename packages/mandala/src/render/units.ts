const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** A size as people say it: `0 B`, `12 kB`, `3.4 MB`. */
export function renderBytes(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${unit > 0 && size < 9.95 ? size.toFixed(1) : Math.round(size)} ${UNITS[unit]}`
}

/** Dollars as people say them: `$3.20`; small sums keep two digits that say something: `$0.0021`. */
export function renderMoney(usd: number): string {
  return `$${Math.abs(usd) >= 1 || usd === 0 ? usd.toFixed(2) : Number(usd.toPrecision(2))}`
}

/** A duration as people say it: `0 s`, `3.4 s`, `41 min`. */
export function renderDuration(ms: number): string {
  if (ms < 50) return '0 s'
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`
}

/** That of one call, which may be short: `0.02 ms`, `15 ms`, `3.4 s`. */
export function renderCallDuration(ms: number): string {
  return ms < 999.5 ? `${Number(ms.toPrecision(2))} ms` : renderDuration(ms)
}

/** A moment in the time of this place, to the minute: `2026-03-01 14:05`. */
export function renderTime(at: Date | number): string {
  const time = new Date(at)
  const two = (n: number): string => String(n).padStart(2, '0')
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`
}
