import { renderColumns } from './columns.ts'

interface Diagnosis {
  readonly verdict: string
  readonly subject: string
  readonly text: string
  readonly hint?: string
}

/** A line each, what is to be done behind it. */
export function renderDiagnoses(diagnoses: readonly Diagnosis[]): string {
  return renderColumns(['', '', ''], diagnoses.map(({ verdict, subject, text, hint }) => [verdict, subject, hint === undefined ? text : `${text} → ${hint}`]))
    .split('\n').slice(2).join('\n')
}
