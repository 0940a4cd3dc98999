import { printable } from './printable.ts'

/** Text in columns, under headings and a line. */
export function renderColumns(headings: readonly string[], given: readonly (readonly string[])[]): string {
  const rows = given.map((row) => row.map(printable))
  const widths = headings.map((heading, i) => rows.reduce((max, row) => Math.max(max, row[i]?.length ?? 0), heading.length))
  const line = (cells: readonly string[]): string => cells.map((cell, i) => cell.padEnd(widths[i] as number)).join('  ').trimEnd()
  return [line(headings), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')
}
