import { printable } from './printable.ts'
import { renderTime } from './units.ts'

interface Failure {
  readonly op: string
  readonly version: number
  readonly inputs: Readonly<Record<string, string>>
  readonly error: { readonly name: string; readonly message: string; readonly code?: string; readonly stack?: string }
  readonly startedAtMs: number
  readonly hasSucceededSince: boolean
}

/** When, which call, what it threw; and where, if `withStack`. */
export function renderFailures(failures: readonly Failure[], withStack: boolean): string {
  return failures.length === 0 ? 'no failures' : failures.map((each) => renderFailure(each, withStack)).join('\n')
}

function renderFailure({ op, version, inputs, error, startedAtMs, hasSucceededSince }: Failure, withStack: boolean): string {
  const given = Object.entries(inputs).map(([name, text]) => `${name}: ${text}`).join(', ')
  const call = printable(`${op}${version === 0 ? '' : ` v${version}`}(${given})`)
  const frames = withStack ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).map((line) => `    ${printable(line.trim())}`) : []
  const thrown = `  ${printable(`${error.name}: ${error.message}`)}${error.code === undefined ? '' : ` [${printable(error.code)}]`}`
  return [`${renderTime(startedAtMs)}  ${call}${hasSucceededSince ? '  (succeeded since)' : ''}`, thrown, ...frames].join('\n')
}
