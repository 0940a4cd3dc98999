import type { Awaitable } from '../base/awaitable.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { Used } from '../versions/code-state.ts'
import type { RecordedCode } from '../versions/versions.ts'
import type { Execution } from './context.ts'
import type { OpDefinition } from './definition.ts'
import type { Memo, Result } from './memo.ts'
import type { Request } from './request.ts'

/** An execution around a call that was found used whatever code that call did. */
export function noteCodeUse({ code }: Memo, execution: Execution | undefined, { version }: Result): void {
  if (!code || version === undefined || !execution?.trace) return
  for (const [component, hash] of code.versions.dependenciesOf(version)) execution.trace.add(component, hash)
}

/** Ends the trace of an execution; the one around it, if there is one, used the same code, whether or not the function threw. */
export function endTrace({ trace, outer }: Execution): Used | undefined {
  const used = trace?.end()
  if (outer?.trace) for (const [component, hash] of used?.components ?? []) outer.trace.add(component, hash)
  return used
}

/** The code that an execution used. What of it is new goes to the store ahead of all calls that know it, this one and others. */
export function recordCode({ code, names, queue }: Memo, { op, identity }: Request, used: Used | undefined): Awaitable<RecordedCode | undefined> {
  if (!code || !used) return undefined
  expectUnchangedValues(op, used)
  code.noteHidden(op.name, used)
  const recorded = code.versions.record(identity, names.currentOp(identity.name), used.components)
  const { commits, versions } = recorded
  const added = commits.length + versions.length > 0 ? queue.add({ calls: [], values: [], commits, versions }, 0) : undefined
  return added ? added.then(() => recorded) : recorded
}

/** Which of its values a result belongs to can't be told. */
function expectUnchangedValues({ name }: OpDefinition, { changed, written }: Used): void {
  const [first] = changed
  if (first === undefined) return
  const variable = first.slice(first.indexOf('#') + 1)
  const isMade = written.includes(first)
  throw new MandalaError('CODE_UNSTABLE', `${first} changed while ${name} was using it${isMade ? ', which assigns to it' : ''}`, {
    hint: isMade
      ? `where it is made when first needed, make it where it is declared instead: \`const ${variable} = …\`; or pass it as an input: external('${variable}', …)`
      : `make it before ${name} runs, or pass it as an input; what doesn't matter to the result, a cache for one, may be kept in a #private field`,
  })
}
