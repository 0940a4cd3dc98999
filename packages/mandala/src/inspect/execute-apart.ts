import type { ContentId } from '../base/ids.ts'
import { callOp } from '../memo/call.ts'
import { runInContext, type RunSettings } from '../memo/context.ts'
import type { OpDefinition } from '../memo/definition.ts'
import { fingerprints } from '../memo/execute.ts'
import type { CodeTracking, Memo } from '../memo/memo.ts'
import { unwrapAny } from '../memo/unwrap.ts'
import { wrap } from '../model/wrap.ts'
import { Ref, type RefKind } from '../model/ref.ts'

export interface Output {
  readonly cid: ContentId
  /** Its value, as long as the memo is open in which it was made. */
  readonly load: () => Promise<unknown>
}

/** What an execution came to. */
export interface Outcome {
  /** Its outputs in their order; undefined if the function threw. */
  readonly outputs: readonly Output[] | undefined
  readonly error: unknown
  /** Inputs that are others than before it. */
  readonly mutated: readonly string[]
  /** What it asked for that is no input, and variables of the module level that it assigned to; where code is tracked. */
  readonly hidden: readonly string[]
}

export interface GivenInput {
  readonly name: string
  readonly kind: RefKind
  readonly value: unknown
}

interface Apart {
  readonly memo: Memo
  readonly tracer: CodeTracking['tracer'] | undefined
  readonly place: (inputs: ReadonlyMap<string, unknown>) => readonly unknown[]
}

/**
 * Executes an op as if nothing were stored: in a memo of its own, inner calls too.
 * @param inputs fresh values, which the function may change
 * @param apart `place` makes arguments of inputs; `tracer` watches the function, where code is tracked
 */
export async function executeApart(op: OpDefinition, inputs: readonly GivenInput[], { memo, tracer, place }: Apart): Promise<Outcome> {
  const args = place(new Map(inputs.map(({ name, kind, value }) => [name, op.isComposed ? asCollection(kind, value) : value])))
  // The function of a composed op gets Refs, through which nothing can be changed.
  const before = op.isComposed ? undefined : fingerprints(op, args)
  const trace = tracer?.start(op, args)
  const settings: RunSettings = { mode: 'run', newCalls: 'execute', refresh: new Set(), refreshed: new Set(), onMiss: undefined, underWay: new Set(), met: new Set() }
  const call = (): Promise<unknown> => callOp(op, args, { memo, settings, execution: undefined, givesRefs: true })
  const ended: { result?: unknown; error?: unknown } = await runInContext(undefined, () => (trace ? trace.run(call) : call())).then(
    (result) => ({ result }), (error: unknown) => ({ error }))
  const used = trace?.end()
  const after = before && fingerprints(op, args)
  return {
    outputs: 'error' in ended ? undefined : outputsOf(op, ended.result).map((ref) => ({ cid: ref.cid, load: async () => unwrapAny(ref) })),
    error: ended.error,
    mutated: [...(before ?? [])].filter(([name, cid]) => after?.get(name) !== cid).map(([name]) => name),
    hidden: used ? [...used.hidden, ...used.written] : [],
  }
}

/** The function of a composed op iterates over what was a collection of Refs. */
function asCollection(kind: RefKind, value: unknown): unknown {
  if (kind === 'list') return (value as unknown[]).map(wrap)
  return kind === 'dict' ? Object.fromEntries(Object.entries(value as object).map(([key, part]) => [key, wrap(part)])) : value
}

function outputsOf(op: OpDefinition, result: unknown): readonly Ref<unknown>[] {
  if (op.form === 'single') return [result as Ref<unknown>]
  return Array.isArray(result) ? (result as Ref<unknown>[]) : op.outputs.map(({ name }) => (result as Record<string, Ref<unknown>>)[name] as Ref<unknown>)
}
