import { aText, describe, expectInput, isRecord, nearest } from '../base/expect.ts'
import { MandalaError } from '../base/mandala-error.ts'
import type { Memo } from '../memo/memo.ts'
import type { AnyOp } from '../memo/op.ts'
import type { Alias, Names } from '../model/names.ts'
import { groupName, isStructureOp } from '../model/structure.ts'
import type { Renaming } from '../store/store.ts'
import { definitionOf } from './op-names.ts'

/** What a renaming came to, or would. */
export interface Renamed {
  /** The calls that go by the new name. */
  readonly calls: number
}

/** What is to be done, as the store is now. */
interface Plan extends Renamed {
  readonly aliases: readonly Alias[]
  readonly unused: Renaming['unused']
}

export async function renameOp(memo: Memo, op: AnyOp | string, { to, dryRun }: { readonly to: string; readonly dryRun: boolean }): Promise<Renamed> {
  const place = 'storage.renameOp'
  const from = nameOf(op, place)
  expectName(place, to)
  if (isBuiltIn(to)) throw new MandalaError('INPUT_INVALID', `${place}: "${to}" is a name of the form of the built-in ops\'`, { hint: 'leave the underscores out' })
  return carryOut(memo, dryRun, async (names) => {
    const { stored, calls } = await expectOp(memo, from, place)
    if (names.currentOp(stored) === to) return { calls, aliases: [], unused: [] }
    expectCurrent(from, names.currentOp(stored), place)
    if ((await memo.store.readTotals()).some((each) => each.name === to && each.calls > 0)) throw takenOp(from, to)
    const holder = names.holderOfOp(to)
    return { calls, aliases: [{ op: stored, input: undefined, name: to }], unused: holder === undefined || holder === stored ? [] : [{ op: holder, input: undefined }] }
  })
}

/** @param renamed new names by those of now, all at once: so two may be swapped */
export async function renameInputs(
  memo: Memo, op: AnyOp | string, { renamed, dryRun }: { readonly renamed: Readonly<Record<string, string>>; readonly dryRun: boolean },
): Promise<Renamed> {
  const place = 'storage.renameInput'
  const name = nameOf(op, place)
  if (!isRecord(renamed) || Object.keys(renamed).length === 0) {
    throw new MandalaError('INPUT_INVALID', `${place}: ${describe(renamed)} names no inputs`, { hint: "say which is called what from now on: { x: 'y' }" })
  }
  for (const to of Object.values(renamed)) expectName(place, to)
  return carryOut(memo, dryRun, async (names) => {
    const { stored } = await expectOp(memo, name, place)
    const current = new Set((await memo.store.listInputs(name)).map((each) => groupName(name, each)))
    const inputOf = (input: string): string => names.storedInput(stored, input)
    const changes = Object.entries(renamed).map(([from, to]) => {
      const input = inputOf(from)
      const now = names.currentInput(stored, input)
      if (!current.has(now)) throw unknownInput(name, from, [...current])
      if (now !== to) expectCurrent(from, now, `${place}: ${name}`)
      return { input, now, to }
    }).filter(({ now, to }) => now !== to)
    const after = new Map([...current].map((each) => [inputOf(each), each]))
    for (const { input, to } of changes) after.set(input, to)
    const taken = [...after.values()].find((each, i, all) => all.indexOf(each) !== i)
    if (taken !== undefined) throw takenInput(name, taken)
    const unused = changes.flatMap(({ to }) => {
      const holder = names.holderOfInput(stored, to)
      return holder === undefined || after.has(holder) ? [] : [{ op: stored, input: holder }]
    })
    const calls = await memo.store.countCallsWith(name, (await memo.store.listInputs(name)).filter((each) => Object.hasOwn(renamed, groupName(name, each))))
    return { calls, aliases: changes.map(({ input, to }) => ({ op: stored, input, name: to })), unused }
  })
}

const TRIES_MAX = 20

/** What was planned is done only if nobody renamed anything and no call came under a name that was free; else it is planned again. */
async function carryOut(memo: Memo, dryRun: boolean, plan: (names: Names) => Promise<Plan>): Promise<Renamed> {
  await memo.queue.flush()
  for (let i = 0; i < TRIES_MAX; i += 1) {
    memo.store.rest()
    const revision = await memo.store.aliasRevision()
    const { calls, aliases, unused } = await plan(await memo.store.followNames())
    if (dryRun || aliases.length === 0) return { calls }
    if (!(await memo.store.rename({ aliases, revision, unused }))) continue
    await memo.store.followNames()
    return { calls }
  }
  throw new MandalaError('STORE_BUSY', 'Others rename ops of this store all the time', { hint: 'try again when they are done', retryable: true })
}

const nameOf = (op: AnyOp | string, place: string): string => (typeof op === 'string' ? op : definitionOf(place, op).name)

function expectName(place: string, name: unknown): void {
  expectInput(place, name, aText('give the new name as it stands in the code'))
}

const isBuiltIn = (name: string): boolean => /^__.*__$/.test(name)

async function expectOp(memo: Memo, name: string, place: string): Promise<{ readonly stored: string; readonly calls: number }> {
  const names = await memo.store.followNames()
  const calls = isStructureOp(name) ? 0 : await memo.store.countCalls({ name, version: undefined, code: undefined })
  if (calls > 0) return { stored: names.storedOp(name), calls }
  const known = (await memo.store.readTotals()).filter((op) => op.calls > 0 && !isStructureOp(op.name)).map((op) => op.name)
  const hint = known.length === 0 ? 'no call is stored yet' : `there are calls of ${nearest(name, known)}`
  throw new MandalaError('NOT_FOUND', `${place}: there are no calls of an op "${name}" in this storage`, {
    hint: `${hint}; what has no calls is renamed in the code alone`,
  })
}

function expectCurrent(name: string, current: string, place: string): void {
  if (name === current) return
  throw new MandalaError('NOT_FOUND', `${place}: "${name}" is called "${current}" since it was renamed`, { hint: `rename "${current}"` })
}

function unknownInput(op: string, input: string, known: readonly string[]): MandalaError {
  const hint = known.length === 0 ? 'its calls have no inputs' : `its calls have ${nearest(input, known)}`
  return new MandalaError('NOT_FOUND', `No call of ${op} has an input "${input}"`, { hint: `${hint}; an input that no call has is renamed in the code alone` })
}

function takenOp(from: string, to: string): MandalaError {
  return new MandalaError('OP_NAME_TAKEN', `"${from}" can't be called "${to}": there are calls of an op of that name`, {
    hint: `rename that first, or drop its calls if they are of no use: those that ran under the new name before it was one`,
  })
}

function takenInput(op: string, input: string): MandalaError {
  return new MandalaError('INPUT_NAME_TAKEN', `Two inputs of ${op} would be called "${input}"`, {
    hint: `rename both at once, as in { x: 'y', y: 'x' }, or choose another name`,
  })
}
