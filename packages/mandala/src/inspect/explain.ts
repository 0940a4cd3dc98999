import { nearest } from '../base/expect.ts'
import { outputKey, type OpDefinition } from '../memo/definition.ts'
import { foresee, foreseeRequest, type Forecast } from '../memo/foresee.ts'
import type { Memo, Result } from '../memo/memo.ts'
import { Request } from '../memo/request.ts'
import { deriveOutputId, withCode } from '../model/derive-ids.ts'
import { isStructureOp } from '../model/structure.ts'
import { renderExplanation, type CallFacts, type Explanation, type Reason } from '../render/explanation.ts'
import type { StoredCall } from '../store/store.ts'
import type { DependencyChange } from '../versions/versions.ts'
import { compareKnown, readInput, readStoredValue, type KnownValue } from './known-value.ts'
import { findNearest } from './nearest.ts'

/** Says of a call whether it would be a hit, and why not. Nothing is executed, recorded or decided. */
export async function explain(memo: Memo, op: OpDefinition, args: readonly unknown[]): Promise<Explanation> {
  const forecast = await foresee(memo, op, args)
  return explainForecast(memo, forecast, args)
}

/** Says of a stored call where it comes from, and whether it still holds: whether one on the same inputs would be a hit. */
export async function explainStored(memo: Memo, call: StoredCall, op: OpDefinition): Promise<Explanation> {
  const stored = memo.names.storedOp(call.op)
  const inputs = call.inputs.map((slot) => ({ name: memo.names.storedInput(stored, slot.name), ref: memo.refOfGiven(slot) }))
  const identified = inputs.map(({ name, ref }) => ({ name, ref, cid: ref.cid, knownHid: ref.isHistoryless ? undefined : ref.hid }))
  identified.sort((a, b) => (a.name < b.name ? -1 : 1))
  const history = op.version === call.version ? { hid: call.code?.hid ?? call.hid } : {}
  const request = new Request({ op, identity: memo.identityOf(op), args: [], inputs: identified, ...history })
  return explainForecast(memo, await foreseeRequest(memo, request), undefined, call)
}

/** The same for a call of a run that is known to be a miss. */
export async function explainMiss(memo: Memo, request: Request, isRefreshed: boolean): Promise<Explanation> {
  await memo.queue.flush()
  return explainForecast(memo, { request, foreseen: { kind: 'miss' }, isRefreshed, versions: memo.code?.versions }, request.args)
}

/** @param args as they were given, if they were */
async function explainForecast(memo: Memo, forecast: Forecast, args: readonly unknown[] | undefined, stored?: StoredCall): Promise<Explanation> {
  const { request, foreseen } = forecast
  const { version } = request.op
  const op = memo.names.currentOp(request.identity.name)
  const base = { op, version, verdict: 'hit', by: undefined, call: undefined, lost: [], reasons: [], looked: { calls: 0, isAll: true } } as const
  if (foreseen.kind === 'in-flight') return printed({ ...base, by: 'in-flight' })
  if (foreseen.kind === 'hit') {
    const call = await findAnswering(memo, request, foreseen.result)
    return printed({ ...base, by: foreseen.by, call: call && toFacts(call), lost: await findLost(memo, request.op, foreseen.result) })
  }
  const { call, looked } = stored ? { call: stored, looked: { calls: 1, isAll: true } } : await findNearest(memo, request)
  return printed({ ...base, verdict: foreseen.kind, call: call && toFacts(call), looked, reasons: await listReasons(memo, forecast, { nearest: call, args }) })
}

function printed(explanation: Omit<Explanation, 'toString'>): Explanation {
  return Object.defineProperty(explanation, 'toString', { value: () => renderExplanation(explanation) })
}

/** The stored call behind a hit. Found by its contents, it is one of several: the one that ran when the result says. */
async function findAnswering({ store }: Memo, request: Request, { hid, startedAtMs }: Result): Promise<StoredCall | undefined> {
  const own = await store.findCall(hid)
  if (own) return own
  const [first, ...others] = await store.readCallsById(await store.listByContent(request.cid))
  const ran = [first, ...others].find((call) => call && !call.isAdopted && call.startedAtMs === startedAtMs) ?? first
  return ran && store.findCall(ran.hid)
}

async function findLost({ store }: Memo, op: OpDefinition, { outputs }: Result): Promise<readonly string[]> {
  const names = op.outputs.map((output, i) => ({ name: output.name, ref: outputs[i] })).filter(({ name }) => !op.transient.has(name))
  const lost = await Promise.all(names.map(async ({ name, ref }) => (ref && 'missing' in (await readStoredValue(store, ref)) ? [name] : [])))
  return lost.flat()
}

/** Of more versions of an op the latest are tried. */
const VERSIONS_MAX = 50

interface Against {
  readonly nearest: StoredCall | undefined
  readonly args: readonly unknown[] | undefined
}

/** What a user would want to hear, in that order. */
async function listReasons(memo: Memo, forecast: Forecast, { nearest: near, args }: Against): Promise<readonly Reason[]> {
  const { request, foreseen, isRefreshed, versions } = forecast
  const reasons: Reason[] = []
  if (isRefreshed) reasons.push({ kind: 'refresh' })
  if (foreseen.kind === 'refused') reasons.push({ kind: 'outputs', message: foreseen.error.message.split('\n')[0] as string })
  if (reasons.length > 0) return reasons
  const failure = (await memo.store.listFailures(request.op.name)).find(({ cid, version }) => cid === request.cid && version === request.op.version)
  if (failure) reasons.push({ kind: 'failed', error: { name: failure.error.name, message: failure.error.message }, startedAtMs: failure.startedAtMs })
  const isDropped = await wasDropped(memo, request, versions)
  if (isDropped) reasons.push({ kind: 'dropped', isCertain: true })
  if (!near) reasons.push({ kind: 'never-run', like: await listLike(memo, request.op.name) })
  else {
    if (near.version !== request.op.version) reasons.push({ kind: 'op-version', before: near.version, after: request.op.version })
    reasons.push(...await compareInputs(memo, request, near, args))
    if (memo.code ? !near.code : near.code) reasons.push({ kind: 'tracking', wasTracked: near.code !== undefined })
    if (versions && near.code) reasons.push(...(await versions.listChanges(near.code.version)).map(toReason))
  }
  // The difference to another call is no reason where this very one was deleted: that can't be told, but there were deletions.
  if (!isDropped && reasons.every(({ kind }) => kind === 'never-run') && (await memo.store.deletionCount()) > 0) reasons.push({ kind: 'dropped', isCertain: false })
  return reasons
}

/** Whether outputs of this very call are still in use, while the call isn't there any more. */
async function wasDropped({ store }: Memo, { op, identity, hid }: Request, versions: Forecast['versions']): Promise<boolean> {
  const ids = versions ? (await store.readVersions()).filter((version) => version.op === op.name && versions.isKnown(version.id)).map(({ id }) => id) : []
  const calls = versions ? ids.slice(-VERSIONS_MAX).map((id) => withCode(hid, versions.semanticOf(identity, id))) : [hid]
  for (const call of new Set(calls)) {
    for (let i = 0; i < op.outputs.length; i += 1) {
      const output = deriveOutputId(call, outputKey(op, i))
      if ((await store.findRef(output)) && !(await store.findCreator(output))) return true
    }
  }
  return false
}

async function listLike({ store }: Memo, name: string): Promise<readonly string[]> {
  const known = (await store.readTotals()).filter((op) => op.calls > 0 && !isStructureOp(op.name)).map((op) => op.name)
  return nearest(name, known, 3).split(', ').filter((each) => each !== '' && each !== '…')
}

async function compareInputs({ store, names }: Memo, request: Request, near: StoredCall, args: readonly unknown[] | undefined): Promise<Reason[]> {
  const { op, identity, inputs, parts } = request
  const left = args ? findLeftOut(op, args) : new Set<string>()
  const given = new Map(inputs.map((input) => [names.currentInput(identity.name, input.name), input]))
  const before = new Map(near.inputs.map((slot) => [slot.name, slot]))
  const reasons: Reason[] = []
  for (const name of new Set([...before.keys(), ...given.keys()])) {
    const [slot, input] = [before.get(name), given.get(name)]
    if (slot?.cid === input?.cid) continue
    const [was, is] = [slot && (await readStoredValue(store, slot)), input ? await readInput(store, input, parts.values) : newArgOf(op, name)]
    reasons.push({ kind: 'input', isDefault: left.has(name), ...compareKnown(name, was, is) })
  }
  return reasons
}

/** Parameters that were not given, or given as undefined: their defaults stand for them. */
function findLeftOut(op: OpDefinition, args: readonly unknown[]): ReadonlySet<string> {
  const { parameters } = op
  const given = parameters.kind === 'named' ? (args[0] as Record<string, unknown> | undefined) : undefined
  return new Set(parameters.parameters.flatMap(({ name }, i) => ((parameters.kind === 'named' ? given?.[name] : args[i]) === undefined ? [name] : [])))
}

/** An input that was added later and stands at its default is no part of the call. */
function newArgOf(op: OpDefinition, name: string): KnownValue | undefined {
  const fallback = op.parameters.parameters.find((parameter) => parameter.name === name)?.default
  return fallback?.kind === 'new-arg' ? { value: fallback.value } : undefined
}

/** What people ask of a call. */
export function toFacts({ hid, op, version, startedAtMs, durationMs, process, notes, isAdopted }: StoredCall): CallFacts {
  return { hid, op, version, startedAtMs, durationMs, process, notes, isAdopted }
}

function toReason({ component, before, after }: DependencyChange): Reason {
  if (component.startsWith('npm:')) return { kind: 'package', name: component.slice('npm:'.length), before: before.hash, after: after?.hash }
  if (component.startsWith('env:')) return { kind: 'environment', name: component.slice('env:'.length) }
  return { kind: 'code', component, before: before.source, after: after?.source }
}
