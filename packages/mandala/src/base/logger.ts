/** The one way by which the library prints. */
export interface Logger {
  /** Something is wrong that the library can mend itself. */
  warn(text: string): void
  /** Something that was asked for: the pattern of a query, or how it was solved. */
  show(text: string): void
  /** The latest state of a run; `isLast` when it ended. */
  progress(line: string, isLast: boolean): void
}

/** Writes to standard error: warnings as lines, progress in place, or once at the end where nobody watches. */
export const consoleLogger: Logger = {
  warn: (text) => process.stderr.write(`mandala: ${text}\n`),
  show: (text) => process.stderr.write(`${text}\n`),
  progress(line, isLast) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}${isLast ? '\n' : ''}`)
    else if (isLast) process.stderr.write(`${line}\n`)
  },
}
