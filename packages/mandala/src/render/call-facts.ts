import type { ProcessInfo } from '../base/this-process.ts'
import { renderDuration, renderTime } from './units.ts'

interface Facts {
  readonly hid: string
  readonly op: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly process: ProcessInfo | undefined
  readonly notes: Readonly<Record<string, number | string>> | undefined
  readonly isAdopted: boolean
}

const ID_SHOWN = 12
const COMMIT_SHOWN = 7

/**
 * When, where and how long a call ran, and what it noted.
 * @param isSaved whether it needn't run again
 */
export function renderCall({ hid, op, startedAtMs, durationMs, process, notes, isAdopted }: Facts, isSaved: boolean): string {
  const noted = Object.entries(notes ?? {}).map(([name, value]) => `${name} ${value}`)
  const took = durationMs < 50 ? `${durationMs.toFixed(durationMs < 1 ? 2 : 1)} ms` : renderDuration(durationMs)
  return [
    `${op} ${hid.slice(0, ID_SHOWN)}${isAdopted ? ', found by its contents: nothing ran for it' : ''}`,
    `ran ${renderTime(startedAtMs)}${process ? `, ${renderProcess(process)}` : ''}`,
    `took ${took}${isSaved ? ', which a hit saves' : ''}${noted.length > 0 ? `, noted ${noted.join(', ')}` : ''}`,
  ].join('\n')
}

function renderProcess({ host, pid, program, package: name, commit }: ProcessInfo): string {
  const parts = [
    program === '' ? `process ${pid}` : program, name === undefined ? '' : `of ${name}`,
    `on ${host}`, commit === undefined ? '' : `at commit ${commit.slice(0, COMMIT_SHOWN)}`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}
