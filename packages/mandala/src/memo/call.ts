import { isThenable, mapAll, type Awaitable } from '../base/awaitable.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { CallContentId } from '../base/ids.ts'
import { Ref } from '../model/ref.ts'
import { bind } from './bind.ts'
import type { Context, Execution } from './context.ts'
import type { OpDefinition, OutputSpec } from './definition.ts'
import { execute } from './execute.ts'
import { noteFailure } from './failure.ts'
import { Parts } from './identified.ts'
import { holdsUnsettled, identifyInputs } from './identify-inputs.ts'
import { adoptByContent, findByHistory, listByContent } from './look-up.ts'
import { noteCodeUse } from './trace.ts'
import { meet } from './meet.ts'
import type { Memo, Result } from './memo.ts'
import { reconcile } from './reconcile.ts'
import { Request } from './request.ts'
import { settle, unwrapAny } from './unwrap.ts'

/** The life of a call: bind, identify, look up, claim, execute, record. */
export async function callOp(op: OpDefinition, args: readonly unknown[], context: Context): Promise<unknown> {
  const { memo } = context
  memo.register(op)
  const identified = identifyOrNote(memo, op, args)
  const request = isThenable(identified) ? await identified : identified
  if (context.settings.mode === 'drop') return deliver(await waitFor(meet(memo, request, context.settings), context), op, context)
  const hit = mustRefresh(request, context) ? undefined : findByHistory(memo, request)
  const found = isThenable(hit) ? await hit : hit
  const result = found ? noteHit(memo, request, context, { by: 'history', result: found }) : await claim(memo, request, context)
  context.execution?.inner.push(result.hid)
  return deliver(result, op, context)
}

/** A call whose inputs can't be identified is kept for people to look at, too. */
function identifyOrNote(memo: Memo, op: OpDefinition, args: readonly unknown[]): Awaitable<Request> {
  const refuse = (error: unknown): never => {
    noteFailure(memo, { op, args, cid: undefined, error, startedAtMs: Date.now() })
    throw error
  }
  try {
    const identified = identifyCall(memo, op, args, false)
    return isThenable(identified) ? identified.catch(refuse) : identified
  } catch (error) {
    return refuse(error)
  }
}

/**
 * Promises among the arguments are waited for only when identification stumbles over them.
 * @param isTrial whether the call is only asked about
 */
export function identifyCall(memo: Memo, op: OpDefinition, args: readonly unknown[], isTrial: boolean): Awaitable<Request> {
  if (op.parameters.kind === 'named' && (args[0] instanceof Ref || isThenable(args[0]))) {
    return Promise.resolve(unwrapAny(args[0])).then((whole) => identifyCall(memo, op, [whole, ...args.slice(1)], isTrial))
  }
  try {
    return identifySettled(memo, op, args, isTrial)
  } catch (error) {
    if (!holdsUnsettled(memo, args)) throw error
    return Promise.resolve(settle(memo, args)).then((settled) => identifySettled(memo, op, settled as unknown[], isTrial))
  }
}

function identifySettled(memo: Memo, op: OpDefinition, args: readonly unknown[], isTrial: boolean): Request {
  const parts = new Parts({ isTrial })
  return new Request({ op, identity: memo.identityOf(op), args, inputs: identifyInputs(memo, op, bind(op, args), parts), parts })
}

/** Whether a call is executed though it may be stored. */
export function mustRefresh(request: Request, { settings }: Pick<Context, 'settings'>): boolean {
  return settings.refresh.has(request.op) && !settings.refreshed.has(request.cid)
}

/** Equal calls under way are executed once: the others wait for the one that came first, and share its error. */
async function claim(memo: Memo, request: Request, context: Context): Promise<Result> {
  const { cid } = request
  expectNoCircle(request.op, cid, context.execution)
  for (;;) {
    const running = memo.inFlight.get(cid)
    if (!running) break
    await running
    const result = (await findByHistory(memo, request)) ?? (await adoptByContent(memo, request, cid))
    if (result) return noteHit(memo, request, context, { by: 'in-flight', result })
  }
  if (context.settings.newCalls === 'error') return retrace(memo, request, cid, context)
  const settled = settleCall(memo, request, cid, context)
  memo.inFlight.set(cid, settled)
  try {
    return await waitFor(settled, context)
  } finally {
    memo.inFlight.delete(cid)
  }
}

/** The run doesn't end before what it began has. */
async function waitFor<T>(begun: Promise<T>, { settings: { underWay } }: Context): Promise<T> {
  underWay.add(begun)
  try {
    return await begun
  } finally {
    underWay.delete(begun)
  }
}

async function retrace(memo: Memo, request: Request, cid: CallContentId, context: Context): Promise<Result> {
  const adopted = await adoptByContent(memo, request, cid)
  if (adopted) return noteHit(memo, request, context, { by: 'content', result: adopted })
  throw new MandalaError('NEW_CALL_REFUSED', `${request.op.name} has not been called with these inputs, and this run only retraces`, {
    hint: 'run without { newCalls: "error" } to execute it',
  })
}

async function settleCall(memo: Memo, request: Request, cid: CallContentId, context: Context): Promise<Result> {
  const { op, parts } = request
  const refreshes = mustRefresh(request, context)
  if (!refreshes) {
    const equal = adoptByContent(memo, request, cid)
    const adopted = isThenable(equal) ? await equal : equal
    if (adopted) return noteHit(memo, request, context, { by: 'content', result: adopted })
  }
  if (context.settings.onMiss) await context.settings.onMiss(request)
  const executed = await execute(memo, request, cid, context)
  if (refreshes) await replaceStored(memo, { cid, result: executed, context })
  const reconciled = reconcile(memo, request, executed)
  const result = isThenable(reconciled) ? await reconciled : reconciled
  memo.results.set(request.key, result)
  memo.recent.set(cid, result)
  memo.executed.add(op)
  if (result !== executed) return result
  const added = memo.queue.add(parts, result.durationMs)
  if (added) await added
  if (memo.events.isHeard) memo.events.emit({ kind: 'call-recorded', op: op.name, hid: result.hid, durationMs: result.durationMs })
  return result
}

/** Another result of a refreshed call makes all that was computed from the old one wrong. */
async function replaceStored(memo: Memo, { cid, result, context }: { cid: CallContentId; result: Result; context: Context }): Promise<void> {
  context.settings.refreshed.add(cid)
  await memo.queue.flush()
  const old = await listByContent(memo, cid)
  if (!old) return
  if (old.result.outputs.every((output, i) => output.cid === result.outputs[i]?.cid)) {
    // It is stored as it ran first, and that it was used today is to be told.
    result.usedDay = 0
    memo.noteUse(result)
    return
  }
  await memo.drop(old.hids, { dependents: true, dryRun: false })
}

/** A function that calls itself with its own inputs would wait for itself forever. */
function expectNoCircle(op: OpDefinition, cid: CallContentId, execution: Execution | undefined): void {
  for (let outer = execution; outer; outer = outer.outer) {
    if (outer.cid !== cid) continue
    throw new MandalaError('INPUT_INVALID', `${op.name} calls itself with the inputs that it was called with`, {
      hint: 'this recursion has no end: change an input on the way',
    })
  }
}

function noteHit(memo: Memo, { op }: Request, { execution }: Context, { by, result }: { by: 'history' | 'content' | 'in-flight'; result: Result }): Result {
  noteCodeUse(memo, execution, result)
  memo.noteUse(result)
  // Who came while an equal call was under way has waited for it.
  const savedMs = by === 'in-flight' ? 0 : memo.saved.add(result)
  memo.tally.noteHit(savedMs, by === 'in-flight' ? undefined : result.notes)
  if (memo.events.isHeard) memo.events.emit({ kind: 'call-hit', op: op.name, hid: result.hid, by, savedMs })
  return result
}

function deliver(result: Result, op: OpDefinition, { memo, givesRefs }: Context): Awaitable<unknown> {
  if (op.transient.size > 0) noteTransients(memo, op, result)
  if (op.form === 'single') return givesRefs ? result.outputs[0] : unwrapAny(result.outputs[0])
  const outputs = givesRefs ? [...result.outputs] : mapAll(result.outputs, unwrapAny)
  const shape = (values: unknown[]): unknown => (result.isTuple ? values : Object.fromEntries(op.outputs.map(({ name }, i) => [name, values[i]])))
  return outputs.some(isThenable) ? Promise.all(outputs).then(shape) : shape(outputs)
}

function noteTransients(memo: Memo, op: OpDefinition, { outputs }: Result): void {
  for (const [i, { cid }] of outputs.entries()) if (op.transient.has((op.outputs[i] as OutputSpec).name)) memo.transients.set(cid, true)
}
