import type { OpIdentity } from '../model/derive-ids.ts'
import type { CodeContent } from '../versions/code-state.ts'
import type { RecordedCode } from '../versions/versions.ts'
import type { Execution } from './context.ts'
import type { Parts } from './identified.ts'
import type { Memo, Result } from './memo.ts'

/** An execution around a call that was found used whatever code that call did. */
export function noteUse({ code }: Memo, execution: Execution | undefined, { version }: Result): void {
  if (!code || version === undefined || !execution?.trace) return
  for (const [component, content] of code.versions.dependenciesOf(version)) execution.trace.add(component, content)
}

/** Ends the trace of an execution; the one around it, if there is one, used the same code, whether or not the function threw. */
export function endTrace({ trace, outer }: Execution): ReadonlyMap<string, CodeContent> {
  const used = trace?.end() ?? new Map<string, CodeContent>()
  for (const [component, content] of used) outer?.trace?.add(component, content)
  return used
}

/** The code that an execution used, with what of it must be stored along with the call. */
export function recordCode({ code }: Memo, op: OpIdentity, used: ReadonlyMap<string, CodeContent>, parts: Parts): RecordedCode | undefined {
  const recorded = code?.versions.record(op, used)
  parts.commits.push(...(recorded?.commits ?? []))
  parts.versions.push(...(recorded?.versions ?? []))
  return recorded
}
