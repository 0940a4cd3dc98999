import { aBoolean, expectOptions, oneOf, type Rule } from '../base/expect.ts'
import type { Logger } from '../base/logger.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { findContext, type RunSettings } from '../memo/context.ts'
import type { Memo } from '../memo/memo.ts'
import { findDefinition, type AnyOp } from '../memo/op.ts'
import { tellMisses } from './explain.ts'
import { definitionOf } from './op-names.ts'

/** How the ops inside a run behave. */
export interface RunOptions {
  /** `'error'`: only retrace; a call that isn't stored throws `NEW_CALL_REFUSED`. */
  readonly newCalls?: 'execute' | 'error'
  /** `'noop'`: ops are plain functions inside, and nothing is recorded. */
  readonly mode?: 'run' | 'noop'
  /** Shows hits, executed and running calls and the time saved. */
  readonly progress?: boolean
  /** Executes calls of these ops again, each once. Where a result differs, what was computed from the old one is dropped. */
  readonly refresh?: readonly AnyOp[]
  /** Tells of each call that is executed why it isn't a hit, through the storage's logger. `MANDALA_EXPLAIN=1` in the environment does it everywhere. */
  readonly explain?: boolean
}

/** A run that retraces its block and then deletes the calls that it found. */
export interface DropRunOptions {
  readonly mode: 'drop'
  /** Only say what would go. */
  readonly dryRun?: boolean
}

const RUN: Readonly<Record<keyof RunOptions, Rule>> = {
  newCalls: oneOf('execute', 'error'),
  mode: oneOf('run', 'noop', 'drop'),
  progress: aBoolean,
  explain: aBoolean,
  refresh: [(given) => Array.isArray(given) && given.every((op) => findDefinition(op)), 'list the ops: { refresh: [ask] }'],
}
const DROP_RUN: Readonly<Record<keyof DropRunOptions, Rule>> = { mode: oneOf('drop'), dryRun: aBoolean }

/** What a run inside another leaves out is as in that one. */
export function settingsOf(memo: Memo, options: RunOptions | DropRunOptions, logger: Logger): RunSettings {
  expectRunOptions(options)
  const context = findContext()
  const outer = context?.memo === memo ? context.settings : undefined
  const inherited = {
    mode: options.mode ?? outer?.mode ?? 'run',
    newCalls: outer?.newCalls ?? 'execute',
    refresh: outer?.refresh ?? new Set(),
    refreshed: outer?.refreshed ?? new Set(),
    underWay: outer?.underWay ?? new Set(),
    onMiss: outer?.onMiss,
    met: outer?.met ?? new Set(),
  } satisfies RunSettings
  if (options.mode === 'drop') return { ...inherited, met: new Set() }
  const { newCalls = inherited.newCalls, refresh } = options
  const own = refresh && { refresh: new Set(refresh.map((op) => definitionOf('storage.run: refresh', op))), refreshed: new Set<never>() }
  const explains = options.explain ?? (outer ? outer.onMiss !== undefined : process.env['MANDALA_EXPLAIN'] === '1')
  const settings = { ...inherited, newCalls, ...own }
  return { ...settings, onMiss: explains ? tellMisses(memo, logger, settings) : undefined }
}

/** As a program without types may have given them. */
function expectRunOptions(options: { readonly mode?: unknown; readonly dryRun?: unknown }): void {
  if (options.mode === 'drop') expectOptions("storage.run({ mode: 'drop' })", options, DROP_RUN)
  else if (options.dryRun !== undefined) {
    throw new MandalaError('OPTION_INVALID', 'storage.run: dryRun is for runs that drop', { hint: "write { mode: 'drop', dryRun: true }" })
  } else expectOptions('storage.run', options, RUN)
}
