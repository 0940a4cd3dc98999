/** A line a fault, and the next step. */
export function renderCheck(faults: readonly string[]): string {
  return faults.length === 0 ? 'nothing is wrong' : [...faults, '', 'mandala check --repair turns this into misses'].join('\n')
}

/** What was wrong, what was done, and what is wrong still. */
export function renderRepair({ faults, done, left }: { readonly faults: readonly string[]; readonly done: readonly string[]; readonly left: readonly string[] }): string {
  if (faults.length === 0 && done.length === 0) return 'nothing is wrong'
  const part = (title: string, lines: readonly string[]): string[] => (lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)])
  return [...part('was wrong', faults), ...part('done', done), ...part('is wrong still', left), ...(left.length === 0 ? ['nothing is wrong now'] : [])].join('\n')
}
