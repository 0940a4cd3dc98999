import { describe } from '../base/expect.ts'
import type { CallHistoryId } from '../base/ids.ts'
import { MandalaError } from '../base/mandala-error.ts'
import { explain, explainMiss, explainStored } from '../inspect/explain.ts'
import { findStoredOp, toDefinition } from '../inspect/stored-op.ts'
import type { RunSettings } from '../memo/context.ts'
import type { OpDefinition } from '../memo/definition.ts'
import type { Memo } from '../memo/memo.ts'
import { listDefinitions } from '../memo/op.ts'
import { Call } from '../model/call.ts'
import { renderBriefly, type Explanation } from '../render/explanation.ts'
import type { Logger } from '../base/logger.ts'
import { definitionOf, expectOpName } from './op-names.ts'

/** What an op's call, an op's name with its inputs, or a stored call comes to. */
export async function explainAny(memo: Memo, asked: unknown, args: readonly unknown[]): Promise<Explanation> {
  await memo.queue.flush()
  await memo.store.followNames()
  if (asked instanceof Call) return explainCall(memo, asked.hid)
  if (typeof asked !== 'string') return explain(memo, definitionOf('storage.explain', asked), args)
  const [inputs = {}, ...more] = args
  if (more.length > 0 || typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) {
    throw new MandalaError('INPUT_INVALID', `storage.explain was given ${describe(more[0] ?? inputs)} for the inputs of ${asked}`, {
      hint: `name them: storage.explain('${asked}', { x: 1 }); or pass the op itself, then its arguments as they are`,
    })
  }
  return explainNamed(memo, asked, inputs as Readonly<Record<string, unknown>>)
}

/** Where a stored call comes from, and whether it still holds. */
export async function explainCall(memo: Memo, hid: CallHistoryId): Promise<Explanation> {
  await memo.queue.flush()
  const call = await memo.store.findCall(hid)
  if (!call) throw new MandalaError('NOT_FOUND', `There is no call ${hid} in this storage`, { hint: 'storage.calls(op) and mandala ls list what there is' })
  const live = listLive(memo, call.op)
  return explainStored(memo, call, live.find((op) => op.version === call.version) ?? live.at(-1) ?? (await toDefinition(memo.store, call)))
}

/** The ops of this program that go by any name of one. */
function listLive({ names }: Memo, name: string): readonly OpDefinition[] {
  return names.namesOf(names.storedOp(name)).flatMap(listDefinitions)
}

/** The inputs by name, for an op of this program, or one that only the store knows. */
async function explainNamed(memo: Memo, name: string, inputs: Readonly<Record<string, unknown>>): Promise<Explanation> {
  await expectOpName(memo.store, name, 'storage.explain')
  const live = listLive(memo, name).at(-1)
  const op = live ?? (await findStoredOp(memo.store, name))
  if (!op) throw new MandalaError('NOT_FOUND', `No call of ${name} is stored, nor is it an op of this program`, { hint: 'load the module that defines it' })
  const { parameters } = op
  if (parameters.kind === 'named') return explain(memo, op, [inputs])
  const names = parameters.parameters.map((parameter) => parameter.name)
  const rest = Object.keys(inputs).filter((input) => !names.includes(input))
  const isRest = (input: string): boolean => parameters.rest !== undefined && input.startsWith(`${parameters.rest}[`)
  const unknown = rest.find((input) => !isRest(input))
  if (unknown !== undefined) throw new MandalaError('INPUT_INVALID', `${name} has no input "${unknown}"`, { hint: `it has ${names.join(', ') || 'none'}` })
  rest.sort((a, b) => placeOf(a) - placeOf(b))
  return explain(memo, op, [...names, ...rest].map((input) => inputs[input]))
}

/** Of a member of a rest list: `xs[2]`. */
const placeOf = (input: string): number => Number(/\[(\d+)\]$/.exec(input)?.[1] ?? 0)

/** Tells of each call of a run that is about to be executed why it isn't a hit. What goes wrong with telling must not fail the call. */
export function tellMisses(memo: Memo, logger: Logger, settings: Pick<RunSettings, 'refresh' | 'refreshed'>): NonNullable<RunSettings['onMiss']> {
  return async (request) => {
    const isRefreshed = settings.refresh.has(request.op)
    try {
      logger.show(renderBriefly(await explainMiss(memo, request, isRefreshed)))
    } catch (error) {
      logger.warn(`why ${request.op.name} is a miss can't be told: ${(error as Error).message}`)
    }
  }
}
