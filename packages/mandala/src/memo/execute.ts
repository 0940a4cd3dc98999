import { isThenable, mapAll, type Awaitable } from '../base/awaitable.ts'
import type { CallContentId, CallHistoryId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { Ignored } from '../model/marks.ts'
import { withCode } from '../model/derive-ids.ts'
import type { Ref } from '../model/ref.ts'
import { identify } from '../value/identify.ts'
import { dayOf } from '../store/store.ts'
import type { Used } from '../versions/code-state.ts'
import { bind } from './bind.ts'
import { findContext, runInContext, type Context, type Execution, type RunSettings } from './context.ts'
import type { OpDefinition } from './definition.ts'
import { noteFailure } from './failure.ts'
import type { RefInput } from './identified.ts'
import type { Memo, Result } from './memo.ts'
import { identifyOutputs, toStoredCall } from './record.ts'
import { Request } from './request.ts'
import { endTrace, recordCode } from './trace.ts'
import { settle, unwrapAny } from './unwrap.ts'

/** Runs a call's function and hands the call to the store; it is as durable as promised when this resolves. */
export async function execute(memo: Memo, request: Request, cid: CallContentId, context: Context): Promise<Result> {
  const { op, identity, inputs, parts } = request
  // Before the function runs: it may change what it is given.
  for (const input of inputs) if (input.raw) parts.values.push(memo.encodeRaw(input))
  // Its Refs may be unwrapped inside.
  if (op.isComposed) await memo.queue.add({ calls: [], values: [...parts.values] }, 0)
  const given = op.isComposed ? refArguments(memo, request) : unwrapArguments(request.args)
  const args = isThenable(given) ? await given : given
  const execution: Execution = { op, cid, inner: [], outer: context.execution, notes: undefined, trace: memo.code?.tracer.start(op, args) }
  if (memo.events.isHeard) memo.events.emit({ kind: 'call-will-execute', op: op.name, hid: request.hid })
  const startedAtMs = Date.now()
  let used: Used | undefined
  try {
    const before = memo.detectsMutation ? fingerprints(op, args) : undefined
    let returned: unknown
    let durationMs: number
    try {
      const running = runFunction(op, args, { memo, settings: context.settings, execution, givesRefs: op.isComposed })
      const isDone = !isThenable(running.returned)
      returned = isDone ? running.returned : await running.returned
      durationMs = (isDone ? running.endedMs : performance.now()) - running.startedMs
    } finally {
      used = endTrace(execution)
    }
    if (before) expectUnchanged(op, before, fingerprints(op, args))
    const recorded = recordCode(memo, request, used)
    const code = isThenable(recorded) ? await recorded : recorded
    const hid = code ? withCode(request.hid, code.semantic) : request.hid
    const outputs = identifyOutputs(memo, { op, identity, hid }, op.isComposed ? await settle(memo, returned) : returned, parts)
    const isTuple = op.form === 'several' && Array.isArray(returned)
    const { notes } = execution
    const usedDay = dayOf(startedAtMs)
    const result: Result = { op, hid, outputs, startedAtMs, durationMs, isTuple, notes, usedDay, inputs: request.lightInputs, version: code?.version }
    parts.calls.unshift(toStoredCall(memo, request, { cid, result, inner: execution.inner, semantic: code?.semantic, isAdopted: false }))
    memo.tally.noteExecuted(notes)
    return result
  } catch (error) {
    memo.tally.failed += 1
    noteFailure(memo, { op, args, cid, error, startedAtMs })
    if (memo.events.isHeard) memo.events.emit({ kind: 'call-failed', op: op.name, hid: request.hid, error })
    throw error
  }
}

interface Running {
  /** A promise, where the function isn't done yet. */
  readonly returned: unknown
  readonly startedMs: number
  readonly endedMs: number
}

/** The clock runs as close to the function as can be: short calls wait for each other by what they took. */
function runFunction({ fn }: OpDefinition, args: readonly unknown[], context: Context & { readonly execution: Execution }): Running {
  const { trace } = context.execution
  return runInContext(context, () => {
    const startedMs = performance.now()
    const returned = trace ? trace.run(() => fn(...args)) : fn(...args)
    return { returned, startedMs, endedMs: performance.now() }
  })
}

function unwrapArguments(args: readonly unknown[]): Awaitable<unknown[]> {
  const unwrapped = mapAll(args, unwrapAny)
  return unwrapped.some(isThenable) ? Promise.all(unwrapped) : unwrapped
}

/** A composed op's function gets its inputs as Refs. */
function refArguments(memo: Memo, { op, identity, args, inputs }: Request): unknown[] {
  const refs = new Map(inputs.map((input) => [input.name, memo.refOfInput(input)]))
  const find = (name: string): Ref<unknown> | undefined => refs.get(identity.inputName?.(name) ?? name)
  const { parameters } = op
  if (parameters.kind === 'named') {
    if (args[0] === undefined) return []
    const given = args[0] as Record<string, unknown>
    return [Object.fromEntries(Object.entries(given).map(([name, value]) => [name, find(name) ?? unmark(value)]))]
  }
  return args.map((arg, i) => find(parameters.parameters[i]?.name ?? `${parameters.rest}[${i - parameters.parameters.length}]`) ?? unmark(arg))
}

const unmark = (arg: unknown): unknown => (arg instanceof Ignored ? arg.value : arg)

/** The contents of a call's inputs, by name; empty for what can't be identified. */
export function fingerprints(op: OpDefinition, args: readonly unknown[]): Map<string, string> {
  return new Map(bind(op, args).map(({ name, value }) => {
    try {
      return [name, identify(value).cid]
    } catch {
      return [name, '']
    }
  }))
}

function expectUnchanged(op: OpDefinition, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): void {
  for (const [name, cid] of before) {
    if (after.get(name) === cid) continue
    throw new MandalaError('INPUT_MUTATED', `${op.name} changed its input "${name}"`, {
      hint: 'let it work on a copy (structuredClone, [...array]): a hit would not repeat the change',
    })
  }
}

/** A call that is to be executed once more. */
export interface KnownCall {
  /** Its history without the code; derived from the inputs if undefined. */
  readonly history: CallHistoryId | undefined
  readonly inputs: readonly RefInput[]
  /** Whether the store has it still. */
  readonly isStored: boolean
}

/** Executes a call once more for the bytes of its outputs, which are stored again. */
export async function executeAgain(memo: Memo, op: OpDefinition, { history, inputs, isStored }: KnownCall): Promise<readonly Ref<unknown>[]> {
  const identity = memo.identityOf(op)
  const args = placeArguments(memo, { op, identity }, new Map(inputs.map(({ name, ref }) => [name, ref])))
  const request = new Request({ op, identity, args, inputs, ...(history === undefined ? {} : { hid: history }) })
  const context = findContext()
  const settings: RunSettings = {
    ...(context?.settings ?? { newCalls: 'execute', refresh: new Set(), refreshed: new Set(), onMiss: undefined, underWay: new Set(), met: new Set() }),
    // Also where the run around it drops what it meets: the calls inside are none of its block's.
    mode: 'run',
  }
  const result = await execute(memo, request, request.cid, { memo, settings, execution: context?.execution, givesRefs: true })
  await memo.queue.add({ calls: isStored ? [] : request.parts.calls, values: request.parts.values }, result.durationMs)
  return result.outputs
}

/**
 * The arguments with which an op is called to have these inputs.
 * @param given by the names under which they are stored
 */
export function placeArguments({ names }: Memo, { op, identity }: Pick<Request, 'op' | 'identity'>, given: ReadonlyMap<string, unknown>): unknown[] {
  const { parameters } = op
  const { inputName = (name) => name } = identity
  if (parameters.kind === 'named') {
    const own = new Map(parameters.parameters.map(({ name }) => [inputName(name), name]))
    const inputs = new Map(given)
    for (const [name] of op.removed) inputs.delete(inputName(name))
    return [Object.fromEntries(Array.from(inputs, ([name, input]) => [own.get(name) ?? names.currentInput(identity.name, name), input]))]
  }
  const args: unknown[] = parameters.parameters.map(({ name }) => given.get(inputName(name)))
  const member = (i: number): string => inputName(`${parameters.rest}[${i}]`)
  for (let i = 0; given.has(member(i)); i += 1) args.push(given.get(member(i)))
  return args
}
