import { renderColumns } from './columns.ts'

interface Op {
  readonly name: string
  readonly version: number
  readonly calls: number
  readonly executed: number
  readonly same: number
  readonly differing: number
  readonly threw: number
  readonly mutated: number
  readonly skipped: Readonly<Partial<Record<string, number>>>
}

type Finding = { readonly op: string; readonly call: string } & (
  | {
    readonly kind: 'differs'; readonly output: string; readonly path: string; readonly stored: string; readonly now: string
    readonly likely: string; readonly hidden: readonly string[]
  }
  | { readonly kind: 'threw'; readonly error: string }
  | { readonly kind: 'mutated'; readonly inputs: readonly string[] }
)

const COUNTS = ['calls', 'executed', 'same', 'differing', 'threw', 'mutated'] as const
const ID_LENGTH = 10

/** A line an op, then what is wrong, call by call. */
export function renderVerification({ ops, findings }: { readonly ops: readonly Op[]; readonly findings: readonly Finding[] }): string {
  if (ops.length === 0) return 'no calls'
  const rows = ops.map((op) => [
    op.version === 0 ? op.name : `${op.name} v${op.version}`, ...COUNTS.map((name) => (op[name] === 0 ? '' : String(op[name]))),
    Object.entries(op.skipped).map(([reason, calls]) => `${calls} ${reason}`).join(', '),
  ])
  const sum = (name: 'executed' | 'same'): number => ops.reduce((total, op) => total + op[name], 0)
  const executed = sum('executed')
  const verdict = findings.length === 0
    ? (executed === 0 ? 'nothing could be executed again' : `${countOf(executed)} executed again, and all gave what is stored`)
    : `${countOf(executed)} executed again; ${executed - sum('same')} of them not as stored`
  return [renderColumns(['op', ...COUNTS, 'skipped'], rows), '', verdict, ...findings.flatMap(renderFinding)].join('\n')
}

const countOf = (calls: number): string => `${calls} call${calls === 1 ? '' : 's'}`

function renderFinding(finding: Finding): readonly string[] {
  const call = `${finding.op} ${finding.call.slice(0, ID_LENGTH)}`
  switch (finding.kind) {
    case 'threw': return ['', `${call} throws now: ${finding.error}`]
    case 'mutated': return ['', `${call} changes its input ${finding.inputs.join(', ')}`, '  a hit would not repeat the change: let it work on a copy']
    case 'differs': return [
      '', `${call} gives another ${finding.output}${finding.path === '' ? '' : `, first at ${finding.output}${finding.path}`}`,
      `  stored  ${finding.stored}`, `  now     ${finding.now}`, `  ${explain(finding)}`,
    ]
  }
}

function explain({ likely, hidden }: { readonly likely: string; readonly hidden: readonly string[] }): string {
  const isChance = likely === 'not deterministic'
  const why = isChance ? 'two executions in a row differ: it is not deterministic' : 'two executions in a row agree: a hidden input, or other code then'
  return hidden.length === 0 ? why : `${why}; it uses ${hidden.join(', ')}`
}
