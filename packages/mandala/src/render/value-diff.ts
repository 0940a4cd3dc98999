/** A place at which two values differ. */
export interface ValueChange {
  /** From the whole to the place, as in source text: `.layers[2].units`; empty for the whole. */
  readonly path: string
  /** `some`: of many elements some differ. `text`: lines of a text do. `sharing`: no part differs, but which parts are one and the same object. */
  readonly kind: 'changed' | 'added' | 'removed' | 'some' | 'text' | 'sharing'
  /** What is there in each, shortened; of some elements that differ, the first. */
  readonly before?: string
  readonly after?: string
  /** Of a text: the lines that differ, `-` and `+` in front. */
  readonly lines?: string
  /** How many elements differ, were added or removed, where these are several. */
  readonly count?: number
  /** How many elements there were and are, where some differ. */
  readonly lengths?: readonly [before: number, after: number]
}

/** Where two values differ. */
export interface ValueDiff {
  readonly changes: readonly ValueChange[]
  /** How many more there are. */
  readonly more: number
}

const LINES_MAX = 24

/**
 * The places at which two values differ, a line each.
 * @param name what the whole is called; each place is under it
 */
export function renderValueDiff(name: string, { changes, more }: ValueDiff): string {
  const lines = changes.flatMap((change) => renderChange(change, name + change.path).split('\n'))
  const shown = lines.slice(0, LINES_MAX)
  const left = more + (lines.length - shown.length)
  return [...shown, ...(left > 0 ? [`… ${left.toLocaleString('en-US')} more`] : [])].join('\n')
}

function renderChange({ kind, before, after, lines, count, lengths }: ValueChange, place: string): string {
  const many = count === undefined ? '' : `  (${count.toLocaleString('en-US')} elements)`
  switch (kind) {
    case 'changed': return `${place}  ${before} → ${after}`
    case 'added': return `${place}  added: ${after}${many}`
    case 'removed': return `${place}  removed: ${before}${many}`
    case 'some': return `${place}  ${before} → ${after}  ${describeSome(count ?? 0, lengths ?? [0, 0])}`
    case 'text': return `${place}\n${(lines ?? '').split('\n').map((line) => `  ${line}`).join('\n')}`
    case 'sharing': return `${place}  no part differs, but which parts are one and the same object, or how exactly they count`
  }
}

function describeSome(count: number, [before, after]: readonly [number, number]): string {
  const [differing, old, now] = [count, before, after].map((n) => n.toLocaleString('en-US'))
  return before === after ? `(the first of ${differing} elements that differ, of ${now})` : `(the first that differs; ${old} elements, now ${now})`
}
