import type { CallHistoryId } from '../base/ids.ts'
import type { ProcessInfo } from '../base/this-process.ts'
import { renderCall } from './call-facts.ts'
import { renderComponentChange, renderSlotChange, type ComponentChange, type SlotChange } from './changes.ts'
import { renderTime } from './units.ts'

/** A stored call: when, where and how long its function ran. */
export interface CallFacts {
  readonly hid: CallHistoryId
  readonly op: string
  readonly version: number
  readonly startedAtMs: number
  readonly durationMs: number
  /** Where its function ran; undefined where that was not recorded. */
  readonly process: ProcessInfo | undefined
  readonly notes: Readonly<Record<string, number | string>> | undefined
  /** Whether nothing ran for it: it was found by its contents, and the rest is that of the call that did run. */
  readonly isAdopted: boolean
}

/** Why a call is a miss, or can't be made. */
export type Reason =
  /** The run executes calls of this op again: `refresh`. */
  | { readonly kind: 'refresh' }
  /** The op is stored with other outputs; a call throws `OUTPUT_INVALID`. */
  | { readonly kind: 'outputs'; readonly message: string }
  /** The same call gave no result when it was last made. */
  | { readonly kind: 'failed'; readonly error: { readonly name: string; readonly message: string }; readonly startedAtMs: number }
  /** The call was stored, and deleted since; `isCertain` where what was computed from it is still there. */
  | { readonly kind: 'dropped'; readonly isCertain: boolean }
  /** No call of this op is stored; `like` are ops that have calls, those with the most similar names first. */
  | { readonly kind: 'never-run'; readonly like: readonly string[] }
  | { readonly kind: 'op-version'; readonly before: number; readonly after: number }
  /** `isDefault`: it was left out, and stands at its default. */
  | SlotChange & { readonly kind: 'input'; readonly isDefault: boolean }
  /** Code that the call used. */
  | ComponentChange & { readonly kind: 'code' }
  | { readonly kind: 'package'; readonly name: string; readonly before: string; readonly after: string | undefined }
  | { readonly kind: 'environment'; readonly name: string }
  /** One of the two was made by a storage that follows the code, the other one was not. */
  | { readonly kind: 'tracking'; readonly wasTracked: boolean }

/** Whether a call would be a hit, and if not, why. */
export interface Explanation {
  readonly op: string
  readonly version: number
  /**
   * `undecided`: the code has changed, and `onChange` says in the next run whether it is a hit. `refused`: the call would throw before its
   * function runs.
   */
  readonly verdict: 'hit' | 'miss' | 'undecided' | 'refused'
  /** Of a hit: by the same history; by equal inputs that came about otherwise; or by an equal call that is being executed. */
  readonly by: 'history' | 'content' | 'in-flight' | undefined
  /** Of a hit the call that answers; otherwise the stored call that is nearest: with most equal inputs, and of these the latest. */
  readonly call: CallFacts | undefined
  /** Outputs of a hit whose values are gone or damaged: who reads them executes the call again. */
  readonly lost: readonly string[]
  /** All that differs from the nearest call, what matters most first. */
  readonly reasons: readonly Reason[]
  /** Among how many calls the nearest was looked for, and whether these are all. */
  readonly looked: { readonly calls: number; readonly isAll: boolean }
  /** As text, to be read. */
  toString(): string
}

type Told = Omit<Explanation, 'toString'>

/** Would it be a hit? What of, or why not. */
export function renderExplanation(told: Told): string {
  const { call, reasons, lost } = told
  const lines = [renderHead(told), ...reasons.flatMap((reason) => indent(renderReason(reason)))]
  if (call) lines.push(...(told.verdict === 'hit' ? [] : [renderWhich(told)]), ...indent(renderCall(call, told.verdict === 'hit')))
  if (lost.length > 0) lines.push(`  The stored value of ${lost.join(', ')} is gone or damaged: who reads it executes the call again`)
  return lines.join('\n')
}

const LINE_MAX = 140

/** The same in few lines, for a run that tells of each miss. */
export function renderBriefly(told: Told): string {
  const [first, ...others] = told.reasons
  const lines = first === undefined ? [] : chooseLines(first)
  const more = others.length === 0 ? '' : `  (and ${others.length} more)`
  const shown = lines.map((each, i) => `  ${each.length > LINE_MAX ? `${each.slice(0, LINE_MAX - 1)}…` : each}${i === lines.length - 1 ? more : ''}`)
  return [renderHead(told), ...shown].join('\n')
}

/** One line, or of a text that changed the first line that went and the first that came. */
function chooseLines(reason: Reason): readonly string[] {
  const lines = renderReason(reason).split('\n')
  const changed = ['-', '+'].flatMap((side) => lines.find((line) => line.trimStart().startsWith(`${side} `)) ?? [])
  return changed.length > 0 ? changed.map((line) => line.trimStart()) : lines.slice(0, 1)
}

const indent = (text: string): string[] => text.split('\n').map((line) => `  ${line}`)

function renderHead({ op, version, verdict, by, reasons, call }: Told): string {
  const name = version === 0 ? op : `${op} v${version}`
  const [first] = reasons
  switch (verdict) {
    case 'hit': return `${name} is a hit${by === 'history' ? '' : by === 'content' ? ': on equal inputs that came about otherwise' : ': an equal call is being executed'}`
    case 'refused': return `${name} would be refused: it is stored with other outputs`
    case 'undecided': return `${name} depends on what is decided of a change in its code: onChange says in the next run whether it is a hit`
    case 'miss': return `${name} is a miss${first ? `: ${nameReason(first, reasons)}` : call ? ': nothing is known to differ' : ''}`
  }
}

/** The first of the reasons in a few words. */
function nameReason(reason: Reason, all: readonly Reason[]): string {
  switch (reason.kind) {
    case 'refresh': return 'this run executes it again'
    case 'outputs': return 'it is stored with other outputs'
    case 'failed': return 'it gave no result when it was last called so'
    case 'dropped': return reason.isCertain ? 'it was stored, and deleted' : 'it is not stored, or was deleted'
    case 'never-run': return 'no call of it is stored'
    case 'op-version': return 'its version is another one'
    case 'input': {
      const inputs = all.filter((each) => each.kind === 'input')
      if (inputs.length > 1) return `its inputs ${inputs.map(({ name }) => name).join(', ')} differ`
      if (reason.before === undefined) return `its input ${reason.name} is new`
      if (reason.after === undefined) return `its input ${reason.name} is gone`
      return `its input ${reason.name} differs`
    }
    case 'code': {
      const changed = all.filter((each) => each.kind === 'code').map(({ component }) => component)
      if (changed.length > 1) return `code that it uses has changed: ${changed.join(', ')}`
      return `${reason.component} ${reason.after === undefined ? 'is not there' : 'has changed'}`
    }
    case 'package': return `the package ${reason.name} has another version`
    case 'environment': return `${reason.name} in the environment has another value`
    case 'tracking': return reason.wasTracked ? 'it is stored with the code that it used' : 'it is stored without the code that it used'
  }
}

function renderReason(reason: Reason): string {
  switch (reason.kind) {
    case 'refresh': return 'the run lists it under refresh'
    case 'outputs': return reason.message
    case 'failed': return `${renderTime(reason.startedAtMs)}: ${reason.error.name}: ${reason.error.message.split('\n')[0]}`
    case 'dropped': return reason.isCertain ? 'what was computed from it is still stored' : 'calls were deleted from this store: this one, or others'
    case 'never-run': return reason.like.length === 0 ? 'the store holds no calls' : `there are calls of ${reason.like.join(', ')}`
    case 'op-version': return `version  ${reason.before} → ${reason.after}`
    case 'input': return `${renderSlotChange(reason)}${reason.isDefault ? describeDefault(reason) : ''}`
    case 'code': return renderComponentChange(reason)
    case 'package': return `${reason.name}  ${reason.before} → ${reason.after ?? 'not there'}`
    case 'environment': return `${reason.name}: its values are not stored as text, and so not shown`
    case 'tracking': return reason.wasTracked
      ? "and is held against no code here: open the storage with { deps: 'src' }, or say mandala explain --program <file>"
      : 'and this storage follows code: one with { deps: false } finds what was stored so'
  }
}

function describeDefault({ before, after }: SlotChange): string {
  return before === undefined ? `  (its default; declared as newArg(${after}), calls from before it existed would be hits)` : '  (left out: its default)'
}

function renderWhich({ looked }: Told): string {
  const calls = looked.calls.toLocaleString('en-US')
  const among = looked.isAll ? (looked.calls === 1 ? '' : `, of ${calls}`) : `, of the ${calls} looked at: the latest, and those with most of these inputs`
  return `The nearest stored call${among}:`
}
