import { shownSlots, variablesAt, type View } from './view.ts'

/* The rows of a frame's table, straight from their definition: traces by recursion, then all maximal sets of them that fit together. */

/** Ids by node (`v name`, `o name`). */
export type Row = ReadonlyMap<string, ReadonlySet<string>>

interface Trace {
  readonly end: string
  readonly cells: Row
}

function put(cells: Map<string, Set<string>>, node: string, hid: string): boolean {
  const cell = cells.get(node)
  if (cell?.has(hid)) return false
  if (cell) cell.add(hid)
  else cells.set(node, new Set([hid]))
  return true
}

/** Operations that have a call that made a ref, with an edge to the variable under the ref's name. */
function makersOf(view: View, variable: string, ref: string): [operation: string, call: string][] {
  return view.edges.filter((edge) => edge.variable === variable && edge.side === 'outputs').flatMap(({ operation, label }) =>
    [...(view.operations.get(operation) ?? [])].filter((hid) => view.calls.get(hid)?.outputs.some(([name, output]) => name === label && output === ref))
      .map((hid): [string, string] => [operation, hid]))
}

function traceCall(view: View, operation: string, hid: string): Row {
  const cells = new Map<string, Set<string>>()
  const visit = (name: string, call: string): void => {
    if (!put(cells, `o ${name}`, call)) return
    for (const { hid: ref, variables } of shownSlots(view, name, view.calls.get(call) as never, 'inputs')) {
      for (const variable of variables) if (put(cells, `v ${variable}`, ref)) for (const maker of makersOf(view, variable, ref)) visit(...maker)
    }
  }
  visit(operation, hid)
  const used = new Set(cells.keys())
  for (const [node, calls] of [...cells]) {
    if (!node.startsWith('o ')) continue
    for (const call of calls) {
      for (const { hid: ref, variables } of shownSlots(view, node.slice(2), view.calls.get(call) as never, 'outputs')) {
        const isEnd = node === `o ${operation}` && call === hid
        for (const variable of variables) if (isEnd || !used.has(`v ${variable}`)) put(cells, `v ${variable}`, ref)
      }
    }
  }
  return cells
}

const makesOf = ({ cells }: Trace): Set<string> => new Set([...cells].flatMap(([node, ids]) => (node.startsWith('o ') ? [...ids].map((hid) => `${node} ${hid}`) : [])))

/** Traces of the calls of which nothing is used, then of what is unused and in none of these: of the last calls first. */
export function traceAll(view: View): Trace[] {
  const isUsed = (variable: string, ref: string): boolean => view.edges.some(({ operation, variable: at, label, side }) =>
    at === variable && side === 'inputs' && [...(view.operations.get(operation) ?? [])].some((hid) =>
      view.calls.get(hid)?.inputs.some(([name, input]) => name === label && input === ref)))
  const traces: Trace[] = []
  for (const [operation, calls] of view.operations) {
    for (const hid of calls) {
      const outputs = view.calls.get(hid)?.outputs ?? []
      if (outputs.some(([label, ref]) => variablesAt(view, operation, 'outputs', label).some((variable) => isUsed(variable, ref)))) continue
      traces.push({ end: `o ${operation}`, cells: traceCall(view, operation, hid) })
    }
  }
  const makeTrace = (variable: string, ref: string): Trace => {
    const [maker] = makersOf(view, variable, ref)
    if (maker) return { end: `o ${maker[0]}`, cells: traceCall(view, ...maker) }
    return { end: `v ${variable}`, cells: new Map([[`v ${variable}`, new Set([ref])]]) }
  }
  const unused = [...view.variables].flatMap(([variable, refs]) => [...refs].filter((ref) => !isUsed(variable, ref)).map((ref) => ({ variable, ref })))
  for (;;) {
    const isCovered = ({ variable, ref }: (typeof unused)[number]): boolean => traces.some(({ cells }) => cells.get(`v ${variable}`)?.has(ref))
    const left = unused.filter((each) => !isCovered(each)).map(({ variable, ref }) => makeTrace(variable, ref))
    const isInside = (a: Trace, b: Trace): boolean => makesOf(a).size < makesOf(b).size && makesOf(a).isSubsetOf(makesOf(b))
    const latest = left.find((trace) => !left.some((other) => isInside(trace, other)))
    if (!latest) break
    traces.push(latest)
  }
  return traces
}

const isSame = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.size === b.size && a.isSubsetOf(b))

/** All maximal connected sets of traces that agree with each other, by growing every such set from its single traces. */
export function joinPlainly(traces: readonly Trace[]): Row[] {
  const scopes = Map.groupBy(traces, ({ end }) => end)
  const scopeOf = (trace: Trace): Set<string> => new Set((scopes.get(trace.end) as Trace[]).flatMap(({ cells }) => [...cells.keys()]))
  const common = traces.map((a) => traces.map((b) => [...scopeOf(a).intersection(scopeOf(b))]))
  const columnsOf = (i: number, j: number): readonly string[] => common[i]?.[j] ?? []
  const agree = traces.map((a, i) => traces.map((b, j) => a.end !== b.end && columnsOf(i, j).every((column) => isSame(a.cells.get(column), b.cells.get(column)))))
  const touch = traces.map((a, i) => traces.map((b, j) => agree[i]?.[j] === true && columnsOf(i, j).some((column) => a.cells.has(column) && b.cells.has(column))))
  const rows = new Set<bigint>()
  const seen = new Set<bigint>()
  const grow = (members: readonly number[], key: bigint): void => {
    if (seen.has(key)) return
    seen.add(key)
    const fits = (i: number): boolean => members.every((member) => agree[i]?.[member]) && members.some((member) => touch[i]?.[member])
    const more = [...traces.keys()].filter((i) => !members.includes(i) && fits(i))
    if (more.length === 0) rows.add(key)
    for (const i of more) grow([...members, i], key | (1n << BigInt(i)))
  }
  for (const i of traces.keys()) grow([i], 1n << BigInt(i))
  return [...rows].map((key) => new Map(traces.flatMap(({ cells }, i) => (key & (1n << BigInt(i)) ? [...cells] : []))))
}
