import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ComputationFrame, TableOptions } from '../../../src/index.ts'
import { actAll, anyDeed, anySource, namesOf, startFrame } from './frames.ts'
import { anyProgram, runProgram, runs } from './program.ts'
import { joinPlainly, traceAll, type Row } from './rows.ts'
import { variablesAt, viewOf, type View } from './view.ts'

/** More traces than these take the brute force long. */
const TRACES_MAX = 14

/** The cells of a table as ids, by node; columns that have nothing are left out. */
async function readRows(frame: ComputationFrame, options: TableOptions = {}): Promise<Row[]> {
  const table = await frame.df({ ...options, values: 'refs' })
  const operations = new Set(namesOf(frame).operations)
  const variables = new Set(namesOf(frame).variables)
  const nodeOf = (column: string): string => {
    if (variables.has(column)) return `v ${column}`
    return `o ${operations.has(column) ? column : column.replace(/\(\)$/, '')}`
  }
  return (table.objects() as Record<string, unknown>[]).map((row) => new Map(Object.entries(row).flatMap(([column, cell]) =>
    (cell === null ? [] : [[nodeOf(column), new Set([cell].flat().map((each) => (each as { hid: string }).hid))] as const]))))
}

const textOf = (row: Row): string => Array.from(row, ([node, ids]) => `${node}: ${[...ids].sort().map((id) => id.slice(0, 8)).join(' ')}`).sort().join('\n')
const textsOf = (rows: readonly Row[]): string[] => rows.map(textOf).sort()

function project(rows: readonly Row[], columns: readonly string[]): Row[] {
  const projected = rows.map((row) => new Map([...row].filter(([node]) => columns.includes(node)))).filter(({ size }) => size > 0)
  return [...new Map(projected.map((row) => [textOf(row), row])).values()]
}

const columnsOf = ({ variables, operations }: View, isCall: boolean): string[] => (
  [...Array.from(variables.keys(), (name) => `v ${name}`), ...(isCall ? Array.from(operations.keys(), (name) => `o ${name}`) : [])])
const isBuiltIn = (frame: ComputationFrame, node: string): boolean => frame.graph().operations.some(({ name, op }) => node === `o ${name}` && op.startsWith('__'))

/** Frames of random programs, fully shown, with their rows by brute force. */
async function forFrames(numRuns: number, check: (frame: ComputationFrame, view: View, rows: readonly Row[], pick: number) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(anyProgram(9), anySource, fc.array(anyDeed, { maxLength: 3 }), fc.nat(99), async (program, source, deeds, pick) => {
    const ran = await runProgram(program)
    const changed = await actAll(await (await startFrame(ran, source)).expandAll(), deeds)
    const { variables, operations } = namesOf(changed)
    const frame = changed.select(...variables, ...operations.map((name) => `${name}()`))
    const view = viewOf(frame)
    const traces = traceAll(view)
    if (traces.length <= TRACES_MAX) await check(frame, view, joinPlainly(traces), pick)
    await ran.storage.close()
  }), runs(numRuns))
}

test('the rows of a table are the largest sets of traces that fit together; a choice of columns projects them', async () => {
  await forFrames(220, async (frame, view, rows, pick) => {
    assert.deepEqual(textsOf(await readRows(frame)), textsOf(project(rows, columnsOf(view, true))))
    const { all } = namesOf(frame)
    const chosen = all.filter((_, i) => (pick >> i) % 2 === 1)
    const nodes = chosen.map((name) => (name.endsWith('()') ? `o ${name.slice(0, -2)}` : `v ${name}`))
    const some = frame.select(...chosen)
    assert.deepEqual(textsOf(project(await readRows(some), nodes)), textsOf(project(rows, nodes)))
    assert.deepEqual(textsOf(project(await readRows(some, { join: 'inner' }), nodes)), textsOf(project(rows, nodes).filter((row) => row.size === nodes.length)))
  })
})

test('without a choice, the columns are all variables and what calls operations have that are no built-in ones', async () => {
  await forFrames(60, async (frame, view, rows) => {
    const whole = frame.union(frame)
    const shown = columnsOf(view, true).filter((node) => !isBuiltIn(frame, node))
    assert.deepEqual(textsOf(project(await readRows(whole), shown)), textsOf(project(rows, shown)))
    assert.deepEqual(textsOf(project(await readRows(whole, { calls: false }), columnsOf(view, false))), textsOf(project(rows, columnsOf(view, false))))
  })
})

test('no row is a part of another, every ref that nothing uses is in one, and a call stands with what it took and gave', async () => {
  await forFrames(100, async (frame, view) => {
    const rows = await readRows(frame)
    const isPart = (a: Row, b: Row): boolean => [...a].every(([node, ids]) => ids.symmetricDifference(b.get(node) ?? new Set()).size === 0)
    for (const row of rows) for (const other of rows) assert.ok(row === other || !isPart(row, other), `${textOf(row)} is a part of ${textOf(other)}`)
    const used = new Set([...view.operations].flatMap(([name, calls]) => [...calls].flatMap((hid) => (view.calls.get(hid)?.inputs ?? []).flatMap(([label, ref]) =>
      variablesAt(view, name, 'inputs', label).map((variable) => `${variable} ${ref}`)))))
    for (const [name, refs] of view.variables) {
      for (const ref of refs) assert.ok(used.has(`${name} ${ref}`) || rows.some((row) => row.get(`v ${name}`)?.has(ref)), `${name} ${ref} is in no row`)
    }
    for (const row of rows) for (const [node, calls] of row) if (node.startsWith('o ') && calls.size === 1) assertCall(view, row, node.slice(2), [...calls][0] as string)
  })
})

/** What a row has beside its only call of an operation: all that it took, and, of variables that nothing else fills, just what it gave. */
function assertCall(view: View, row: Row, operation: string, hid: string): void {
  const { inputs, outputs } = view.calls.get(hid) as NonNullable<ReturnType<View['calls']['get']>>
  for (const [label, ref] of inputs) for (const variable of variablesAt(view, operation, 'inputs', label)) assert.ok(row.get(`v ${variable}`)?.has(ref), label)
  const edgesTo = (variable: string): number => view.edges.filter((edge) => edge.variable === variable && edge.side === 'outputs').length
  const isUsed = (variable: string): boolean => view.edges.some((edge) => edge.variable === variable && edge.side === 'inputs')
  for (const [label, ref] of outputs) {
    for (const variable of variablesAt(view, operation, 'outputs', label)) {
      if (edgesTo(variable) === 1 && !isUsed(variable)) assert.deepEqual([...(row.get(`v ${variable}`) ?? [])], [ref])
    }
  }
}
