import { eastAsianWidth } from 'get-east-asian-width'
import { printable } from './printable.ts'

/** A number, with a unit perhaps: `12`, `-0.5`, `1e-7`, `3.4 MB`. */
const NUMBER = /^-?\d[\d,.]*(e[+-]?\d+)?( ?[a-zA-Zµ]{1,3})?$/
const WIDTH_MIN = 6
const GAP = '  '

interface ColumnOptions {
  /** Of a line, as in a terminal: the widest columns of texts are cut until it fits, so far as they can be. */
  readonly widthMax?: number | undefined
  /** Columns that aren't numbers, though all their digits may happen to be decimal. */
  readonly ids?: readonly string[]
}

/** Text in columns, under headings and a line; columns of numbers end where their headings do. */
export function renderColumns(
  headings: readonly string[], given: readonly (readonly string[])[], { widthMax = Infinity, ids = [] }: ColumnOptions = {},
): string {
  const rows = [headings, ...given].map((row) => row.map(printable))
  const areNumbers = (i: number): boolean => given.length > 0 && given.every((row) => (row[i] ?? '') === '' || NUMBER.test(row[i] as string))
  const isNumber = headings.map((heading, i) => !ids.includes(heading) && areNumbers(i))
  const wanted = headings.map((_, i) => rows.reduce((max, row) => Math.max(max, widthOf(row[i] ?? '')), 0))
  // What is left of a number or an id is another one.
  const widths = fit(wanted, headings.map((heading, i) => isNumber[i] || ids.includes(heading)), widthMax)
  const line = (cells: readonly string[]): string => cells.map((cell, i) => pad(cell, widths[i] as number, isNumber[i] as boolean)).join(GAP).trimEnd()
  const [first, ...rest] = rows.map(line)
  return [first, line(widths.map((width) => '─'.repeat(width))), ...rest].join('\n')
}

function fit(widths: readonly number[], isFixed: readonly boolean[], widthMax: number): number[] {
  const fitted = [...widths]
  let excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - widthMax
  for (; excess > 0; excess -= 1) {
    const widest = Math.max(...fitted.filter((_, i) => !isFixed[i]))
    if (widest <= WIDTH_MIN) break
    fitted[fitted.findIndex((width, i) => width === widest && !isFixed[i])] = widest - 1
  }
  return fitted
}

function pad(cell: string, width: number, isNumber: boolean): string {
  const text = cutTo(cell, width)
  const blank = ' '.repeat(width - widthOf(text))
  return isNumber ? blank + text : text + blank
}

function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  for (const character of text) {
    if (widthOf(kept + character) > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** How many places a text takes in a terminal: Chinese and emoji take two a character, accents that stand by themselves none. */
function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  return Array.from(text).reduce((sum, character) => sum + (/^[\p{M}\p{Cf}]$/u.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) as number)), 0)
}
