import { shownSlots, type Edge, type View } from './view.ts'

/* What is up-, down- and midstream, by going over everything until nothing changes. */

export interface Sets {
  readonly variables: Map<string, Set<string>>
  readonly operations: Map<string, Set<string>>
}

export type How = 'strong' | 'weak'
export type Node = readonly [kind: 'v' | 'o', name: string]

/** The same frame with every arrow turned round: to look back is to look forward in it. */
export function reverse(view: View): View {
  const turn = (side: Edge['side']): Edge['side'] => (side === 'inputs' ? 'outputs' : 'inputs')
  return {
    ...view,
    edges: view.edges.map((edge) => ({ ...edge, side: turn(edge.side) })),
    calls: new Map(Array.from(view.calls, ([hid, { inputs, outputs, ...call }]) => [hid, { ...call, inputs: outputs, outputs: inputs }])),
  }
}

function reach(view: View, start: Sets, how: How): Sets {
  const reached: Sets = {
    variables: new Map(Array.from(view.variables.keys(), (name) => [name, new Set(start.variables.get(name))])),
    operations: new Map(Array.from(view.operations.keys(), (name) => [name, new Set(start.operations.get(name))])),
  }
  const count = (): number => [...reached.variables.values(), ...reached.operations.values()].reduce((sum, { size }) => sum + size, 0)
  for (let before = -1; before !== count();) {
    before = count()
    for (const [name, calls] of view.operations) {
      for (const hid of calls) {
        const call = view.calls.get(hid)
        if (!call) throw new Error(hid)
        const near = shownSlots(view, name, call, 'inputs').map((slot) => slot.variables.some((variable) => reached.variables.get(variable)?.has(slot.hid)))
        if (near.length > 0 && (how === 'weak' ? near.some(Boolean) : near.every(Boolean))) reached.operations.get(name)?.add(hid)
        if (!reached.operations.get(name)?.has(hid)) continue
        for (const slot of shownSlots(view, name, call, 'outputs')) for (const variable of slot.variables) reached.variables.get(variable)?.add(slot.hid)
      }
    }
  }
  return reached
}

const keyOf = ([kind, name]: Node): string => `${kind} ${name}`

/** Nodes that one gets to along the edges. */
function reachNodes({ edges }: View, start: readonly Node[]): Set<string> {
  const found = new Set(start.map(keyOf))
  for (let before = -1; before !== found.size;) {
    before = found.size
    for (const { operation, variable, side } of edges) {
      const [from, to] = side === 'inputs' ? [`v ${variable}`, `o ${operation}`] : [`o ${operation}`, `v ${variable}`]
      if (found.has(from)) found.add(to)
    }
  }
  return found
}

/** The part of a frame with some of its nodes alone. */
function induce(view: View, keys: ReadonlySet<string>): View {
  return {
    ...view,
    variables: new Map([...view.variables].filter(([name]) => keys.has(`v ${name}`))),
    operations: new Map([...view.operations].filter(([name]) => keys.has(`o ${name}`))),
    edges: view.edges.filter(({ operation, variable }) => keys.has(`o ${operation}`) && keys.has(`v ${variable}`)),
  }
}

/** What was reached, and whatever refs the reached calls have besides. */
function complete(view: View, { variables, operations }: Sets): Sets {
  for (const [name, calls] of operations) {
    for (const hid of calls) {
      for (const side of ['inputs', 'outputs'] as const) {
        for (const slot of shownSlots(view, name, view.calls.get(hid) as never, side)) for (const variable of slot.variables) variables.get(variable)?.add(slot.hid)
      }
    }
  }
  return { variables, operations }
}

const wholly = (view: View, nodes: readonly Node[]): Sets => ({
  variables: new Map(nodes.filter(([kind]) => kind === 'v').map(([, name]) => [name, new Set(view.variables.get(name))])),
  operations: new Map(nodes.filter(([kind]) => kind === 'o').map(([, name]) => [name, new Set(view.operations.get(name))])),
})

export function downstreamPlainly(view: View, nodes: readonly Node[], how: How): Sets {
  const near = induce(view, reachNodes(view, nodes))
  return complete(near, reach(near, wholly(near, nodes), how))
}

/** Refs that no call made, and calls that took nothing, as far as the picture shows. */
function sources(view: View): Sets {
  const made = (variable: string, ref: string): boolean => view.edges.some(({ operation, variable: at, label, side }) =>
    at === variable && side === 'outputs' && [...(view.operations.get(operation) ?? [])].some((hid) =>
      view.calls.get(hid)?.outputs.some(([name, output]) => name === label && output === ref)))
  return {
    variables: new Map(Array.from(view.variables, ([name, refs]) => [name, new Set([...refs].filter((ref) => !made(name, ref)))])),
    operations: new Map(Array.from(view.operations, ([name, calls]) => [name, new Set([...calls].filter((hid) =>
      shownSlots(view, name, view.calls.get(hid) as never, 'inputs').length === 0))])),
  }
}

export function dropUnreachablePlainly(view: View, how: How): Sets {
  return complete(view, reach(view, sources(view), how))
}

export function midstreamPlainly(view: View, nodes: readonly Node[], how: How): Sets {
  const keys = new Set<string>()
  for (const from of nodes) {
    for (const to of nodes) {
      if (keyOf(from) === keyOf(to)) continue
      for (const key of reachNodes(view, [from])) if (reachNodes(reverse(view), [to]).has(key)) keys.add(key)
    }
  }
  const between = induce(view, keys)
  const ends = sources(between)
  const given = new Set(nodes.map(keyOf))
  const start: Sets = {
    variables: new Map([...ends.variables].filter(([name]) => given.has(`v ${name}`))),
    operations: new Map([...ends.operations].filter(([name]) => given.has(`o ${name}`))),
  }
  return complete(between, reach(between, start, how))
}
