import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GROUPS } from './groups.ts'
import { describeMachine, runFresh, summarize, type Figures, type Spread } from './harness.ts'
import { renderGroup, type Group } from './report.ts'

/**
 * Runs every workload in fresh processes and sets the figures beside their bars. `RESULTS.md` is written when nothing was left out: with
 * `--quick` what takes minutes is, with names of files all others are.
 */
const RUNS = Number(process.env['RUNS'] ?? 5)
const isQuick = process.argv.includes('--quick')
const chosen = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))

function runInTemp(file: string, args: readonly string[]): Figures {
  const folder = mkdtempSync(join(tmpdir(), 'mandala-bench-'))
  try {
    return runFresh(join(import.meta.dirname, file), [join(folder, 'store.db'), ...args])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const machine = describeMachine()
const figures: Record<string, Spread> = {}
for (const { file, args = [], once = false } of GROUPS.flatMap(({ workloads }: Group) => workloads)) {
  if ((once && isQuick) || (chosen.length > 0 && !chosen.some((name) => file.includes(name)))) continue
  Object.assign(figures, summarize(Array.from({ length: once ? 1 : RUNS }, () => runInTemp(file, args))))
  console.error(`${file} ${args.join(' ')} done`)
}

const report = `# Speed

\`npm run bench\` on ${machine}: medians of ${RUNS} runs in fresh processes (lowest–highest); what takes minutes once. The floor does the
same work bare (SQLite, SHA-256, files), in the same process run.

${GROUPS.map((group) => renderGroup(group, figures)).join('\n')}`
console.log(report)
if (!isQuick && chosen.length === 0) writeFileSync(join(import.meta.dirname, 'RESULTS.md'), report)
