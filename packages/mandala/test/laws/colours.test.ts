import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { refineColours, type LabelledGraph } from '../../src/graph/refine-colours.ts'

type Edge = readonly [from: number, to: number, label: number]

const graphs = fc.integer({ min: 1, max: 14 }).chain((size) => fc.record({
  edges: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1), fc.nat(1)) as fc.Arbitrary<Edge>, { maxLength: 24 }),
  sets: fc.array(fc.boolean(), { minLength: size, maxLength: size }),
  initial: fc.array(fc.nat(1), { minLength: size, maxLength: size }),
}))

function makeGraph(size: number, edges: readonly Edge[], sets: readonly boolean[]): LabelledGraph {
  const around: { label: number; node: number }[][] = Array.from({ length: size }, () => [])
  for (const [from, to, label] of edges) {
    around[from]?.push({ label, node: to })
    around[to]?.push({ label: label + 2, node: from })
  }
  return { size, neighbours: (node) => around[node] as { label: number; node: number }[], isSet: (node) => sets[node] as boolean }
}

/** Round after round over all nodes, until nothing changes. */
function refineByForce({ size, neighbours, isSet }: LabelledGraph, initial: readonly number[]): readonly number[] {
  let colours = [...initial]
  for (;;) {
    const known = new Map<string, number>()
    const next = Array.from({ length: size }, (_, node) => {
      const around = neighbours(node).map((each) => `${each.label}:${colours[each.node]}`)
      const text = `${colours[node]} ${(isSet(node) ? [...new Set(around)] : around).sort().join(' ')}`
      return known.get(text) ?? (known.set(text, known.size), known.size - 1)
    })
    if (known.size === new Set(colours).size) return colours
    colours = next
  }
}

/** Colours by number of their first node. */
const normalize = (colours: readonly number[]): number[] => colours.map((colour) => colours.indexOf(colour))

test('colours are those of refining everything round after round', () => {
  fc.assert(fc.property(graphs, ({ edges, sets, initial }) => {
    const graph = makeGraph(initial.length, edges, sets)
    assert.deepEqual(normalize(refineColours(graph, initial)), normalize(refineByForce(graph, initial)))
  }), { seed: 7, numRuns: 2_000 })
})

test('a long path is coloured in time that grows little faster than its length', () => {
  const size = 20_000
  const edges = Array.from({ length: size - 1 }, (_, i): Edge => [i, i + 1, 0])
  const graph = makeGraph(size, edges, Array.from({ length: size }, () => false))
  const start = performance.now()
  assert.equal(new Set(refineColours(graph, Array.from({ length: size }, () => 0))).size, size)
  assert.ok(performance.now() - start < 10_000)
})
