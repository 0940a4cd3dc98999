import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { MandalaError, type ComputationFrame, type Ref } from '../../../src/index.ts'
import { actAll, anyDeed, anySource, namesOf, startFrame, type Deed } from './frames.ts'
import { anyProgram, runProgram, runs, type Ran } from './program.ts'
import { callsOf, sizesOf, viewOf } from './view.ts'

/** A frame of a random program after some verbs, with the one that it came from. */
async function forFrames(
  numRuns: number, check: (frame: ComputationFrame, given: { readonly whole: ComputationFrame; readonly pick: number; readonly ran: Ran }) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(anyProgram(), anySource, fc.array(anyDeed, { maxLength: 3 }), fc.nat(99), async (program, source, deeds, pick) => {
    const ran = await runProgram(program)
    const whole = await (await startFrame(ran, source)).expandAll()
    await check(await actAll(whole, deeds), { whole, pick, ran })
    await ran.storage.close()
  }), runs(numRuns))
}

/** All nodes, also those that a selection hides. */
function contents(frame: ComputationFrame): Record<string, string[]> {
  return sizesOf(viewOf(frame))
}

const total = (frame: ComputationFrame): number => Object.values(contents(frame)).reduce((sum, { length }) => sum + length, 0)

test('whatever verbs follow each other, every frame keeps its promise, prints and has a table', async () => {
  const deeds = fc.array(anyDeed, { minLength: 1, maxLength: 8 })
  await fc.assert(fc.asyncProperty(anyProgram(), anySource, deeds, async (program, source, some) => {
    const ran = await runProgram(program)
    const frames: ComputationFrame[] = []
    const note = (frame: ComputationFrame, { verb }: Deed): void => {
      assert.deepEqual(frame.check(), [], verb)
      frames.push(frame)
    }
    await actAll(await startFrame(ran, source), some, note)
    for (const frame of frames) {
      for (const text of [String(frame), inspect(frame), frame.toDot(), frame.toMermaid(), String(frame.info())]) assert.ok(text.length > 0)
      assert.ok((await frame.df({ values: 'refs' })).numRows() >= 0)
    }
    await ran.storage.close()
  }), runs(200))
})

test('a frame united or intersected with itself is itself; without itself it is empty', async () => {
  await forFrames(120, async (frame) => {
    assert.deepEqual(contents(frame.union(frame)), contents(frame))
    assert.deepEqual(contents(frame.intersection(frame)), contents(frame))
    const nothing = frame.difference(frame)
    assert.equal(total(nothing), 0)
    assert.deepEqual(Object.keys(contents(nothing)).sort(), Object.keys(contents(frame)).sort())
    assert.ok(String(nothing).includes('(0 refs)') && nothing.toDot().length > 0)
    assert.equal((await nothing.df()).numRows(), 0)
    assert.deepEqual(contents(frame.difference(frame, { structural: true })), {})
  })
})

test('a union has both frames, in whatever order; what it has in common with one of them is that one at least', async () => {
  await forFrames(120, async (a, { whole, pick }) => {
    const b = pick % 2 ? whole : await whole.expandBack({ recursive: true })
    let united
    try {
      united = a.union(b)
    } catch (error) {
      return assert.ok(error instanceof MandalaError && error.code === 'FRAME_INVALID')
    }
    assert.deepEqual(united.check(), [])
    const both = contents(united)
    assert.deepEqual(both, { ...both, ...contents(b.union(a)) })
    const again = contents(united.intersection(a))
    for (const [node, ids] of Object.entries(contents(a))) assert.deepEqual(again[node]?.filter((id) => ids.includes(id)), ids)
    for (const frame of [a, b]) for (const [node, ids] of Object.entries(contents(frame))) assert.ok(new Set(ids).isSubsetOf(new Set(both[node])), node)
    const left = contents(a.difference(b))
    for (const [node, ids] of Object.entries(left)) assert.ok(new Set(ids).isSubsetOf(new Set(contents(a)[node])), node)
  })
})

test('from any frame an expansion adds and never takes away, and one to the end finds nothing more the second time', async () => {
  await forFrames(150, async (frame, { pick }) => {
    for (const expanded of [await frame.expandBack(), await frame.expandForward(), await frame.expandAll()]) {
      assert.deepEqual(expanded.check(), [])
      assert.ok(callsOf(viewOf(frame)).isSubsetOf(callsOf(viewOf(expanded))))
    }
    const options = { recursive: true }
    const end = await (pick % 2 ? frame.expandBack(options) : frame.expandForward(options))
    const again = await (pick % 2 ? end.expandBack(options) : end.expandForward(options))
    assert.deepEqual(contents(again), contents(end))
    const all = await frame.expandAll()
    assert.deepEqual(contents(await all.expandAll()), contents(all))
  })
})

test('renaming, merging and splitting keep all refs and calls', async () => {
  await forFrames(150, async (frame, { pick }) => {
    const { variables, operations } = namesOf(frame)
    const [x, y, f] = [variables[pick % variables.length], variables[(pick * 7) % variables.length], operations[pick % operations.length]]
    if (x === undefined || y === undefined) return
    const elements = (each: ComputationFrame): unknown => {
      const view = viewOf(each)
      return [[...callsOf(view)].sort(), [...new Set([...view.variables.values()].flatMap((refs) => [...refs]))].sort()]
    }
    const changed = [frame.rename({ [x]: 'other', ...(f === undefined ? {} : { [`${f}()`]: 'x' }) }), frame.merge(x, y), frame.merge(), frame.mergeInto(y, x)]
    for (const by of ['creator', 'consumer', (ref: { hid: string }) => ref.hid.slice(0, 1)] as const) changed.push(frame.split(x, by))
    for (const each of changed) {
      assert.deepEqual(each.check(), [])
      assert.deepEqual(elements(each), elements(frame))
    }
    const back = frame.rename({ [x]: 'a name that is free' }).rename({ 'a name that is free': x })
    assert.deepEqual(back.graph(), frame.graph())
    const renamed = frame.rename({ [x]: 'a name that is free' })
    assert.equal((await renamed.df()).numRows(), (await frame.df()).numRows())
  })
})

/** Rows as text; what starts with `+` has the variable, and its values all pass. */
async function linesOf(frame: ComputationFrame, variable: string, passes: (value: unknown) => boolean): Promise<string[]> {
  const values = await frame.values(variable)
  const passing = new Set(frame.refs(variable).filter((_, i) => passes(values[i])).map(({ hid }) => hid))
  const idsOf = (cell: unknown): string[] => (cell === null ? [] : [cell].flat().map((each) => (each as Ref<unknown>).hid))
  const rows = (await frame.df({ values: 'refs' })).objects() as Record<string, unknown>[]
  return rows.map((row) => {
    const ids = idsOf(row[variable])
    const mark = ids.length > 0 && ids.every((id) => passing.has(id as never)) ? '+' : '-'
    return `${mark} ${Object.entries(row).map(([name, cell]) => `${name} ${idsOf(cell).sort().join(' ') || '·'}`).sort().join('; ')}`
  }).sort()
}

/** Whether every variable plays one role: one operation made all of its refs, or none any. */
const isPlain = (frame: ComputationFrame): boolean => frame.info().variables.every(({ madeBy, sources }) => madeBy.length === 0 || (madeBy.length === 1 && sources === 0))

/** A kept call's unused result is kept too, and has a row of its own where its variable has another role in the computation. */
test('where keeps the rows in which a variable has values and all pass, and what else the calls in these rows gave', async () => {
  await forFrames(50, async (changed, { whole, pick }) => {
    for (const frame of [whole, changed.union(changed)]) {
      const { variables } = namesOf(frame)
      const x = variables[pick % variables.length]
      if (x === undefined) return
      for (const passes of [() => true, () => false, (value: unknown) => value !== 1, (value: unknown) => value === pick % 5]) {
        const kept = await frame.where(x, passes)
        assert.deepEqual(kept.check(), [])
        const expected: ReadonlySet<string> = new Set((await linesOf(frame, x, passes)).filter((line) => line.startsWith('+')))
        const found: ReadonlySet<string> = new Set(await linesOf(kept, x, passes))
        assert.deepEqual([...expected].filter((line) => !found.has(line)), [])
        if (isPlain(frame)) assert.deepEqual([...found], [...expected])
        const calls = (line: string): string[] => Object.keys(frame.calls()).flatMap((name) => line.split(`; ${name} `)[1]?.split(';')[0]?.match(/[0-9a-f]{40}/g) ?? [])
        for (const line of found.difference(expected)) for (const call of calls(line)) assert.ok([...expected].some((each) => each.includes(call)), line)
      }
    }
  })
})

test('names, orders and rows are the same in two stores filled by one program', async () => {
  await fc.assert(fc.asyncProperty(anyProgram(), anySource, fc.array(anyDeed, { maxLength: 4 }), async (program, source, deeds) => {
    const [one, other] = await Promise.all([1, 2].map(async (n) => {
      const ran = await runProgram(program)
      if (n === 2) for (const name of (await ran.storage.stats()).ops) await ran.storage.cf(name.name).expandAll()
      const frame = await actAll(await startFrame(ran, source), deeds)
      const table = await frame.df({ values: 'refs' })
      const { edges, operations } = frame.graph()
      const textOf = (cell: unknown): string => [cell].flat().map((each) => (each as { hid: string } | null)?.hid).join()
      const cells = table.objects().map((row) => Object.entries(row as object).map(([name, cell]) => `${name} ${textOf(cell)}`))
      await ran.storage.close()
      return { text: String(frame), edges, names: operations.map(({ name }) => name), columns: table.columnNames(), cells }
    }))
    assert.deepEqual(one, other)
  }), runs(120))
})
