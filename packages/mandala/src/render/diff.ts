import { diffLines } from 'diff'

/** Lines around a change that are shown with it. */
const CONTEXT = 2

/** The lines that differ, with `-` and `+` in front, and some around them. */
export function renderDiff(before: string, after: string): string {
  const lines = diffLines(before, after).flatMap(({ value, added, removed }) =>
    value.replace(/\n$/, '').split('\n').map((line) => ({ text: `${added ? '+' : removed ? '-' : ' '} ${line}`, isChanged: added || removed })))
  const isNear = (i: number): boolean => lines.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ isChanged }) => isChanged)
  return lines.flatMap(({ text }, i) => (isNear(i) ? [text] : isNear(i - 1) ? ['  …'] : [])).join('\n')
}
