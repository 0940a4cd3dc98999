import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ImportCircles, type ModuleImports } from '../../src/code/import-circles.ts'

type Graph = Readonly<Record<string, ModuleImports>>

const plain = (...files: string[]): ModuleImports => ({ files, leadsAnywhere: false, mayRequire: false })

/** Every module that a chain of imports leads to, those that aren't known among them. */
function reachOf(graph: Graph, file: string): ReadonlySet<string> {
  const reached = new Set(graph[file]?.files)
  for (const each of reached) for (const next of graph[each]?.files ?? []) reached.add(next)
  return reached
}

/** By the definition. */
function expected(graph: Graph, file: string): boolean {
  const reached = reachOf(graph, file)
  const isOpen = (each: string): boolean => graph[each]?.leadsAnywhere ?? true
  return reached.has(file) || isOpen(file) || [...reached].some((each) => isOpen(each) || graph[each]?.mayRequire)
}

const graphs = fc.integer({ min: 1, max: 8 }).chain((size) => {
  const rarely = fc.nat(19).map((n) => n === 0)
  // Rarely one that isn't there.
  const file = fc.nat(size * 10).map((n) => String(n === 0 ? size : n % size))
  const imports = fc.record({ files: fc.array(file, { maxLength: 3 }), leadsAnywhere: rarely, mayRequire: rarely })
  return fc.array(imports, { minLength: size, maxLength: size }).map((list): Graph => Object.fromEntries(list.map((each, i) => [String(i), each])))
})

test('a module may run early if it leads back to itself, for all that is known; whichever is asked for first, and each is looked at once', () => {
  fc.assert(fc.property(graphs, fc.infiniteStream(fc.nat(7)), (graph, order) => {
    const asked: string[] = []
    const circles = new ImportCircles((file) => {
      asked.push(file)
      return graph[file]
    })
    const files = [...Array.from({ length: 8 }, () => String(order.next().value)).filter((file) => file in graph), ...Object.keys(graph)]
    for (const file of files) assert.equal(circles.mayRunEarly(file), expected(graph, file), file)
    assert.equal(new Set(asked).size, asked.length)
  }), { numRuns: 3000 })
})

const SIZE = 50_000
const chain = (end: ModuleImports): Graph => Object.fromEntries(Array.from({ length: SIZE }, (_, i) => [String(i), i === SIZE - 1 ? end : plain(String(i + 1))]))

for (const [name, end, first] of [['chain', plain(), false], ['circle', plain('0'), true], ['chain that leads nobody knows where', plain('?'), true]] as const) {
  test(`a ${name} of any length is followed, each module once`, () => {
    const graph = chain(end)
    let looks = 0
    const circles = new ImportCircles((file) => {
      looks += 1
      return graph[file]
    })
    for (let i = 0; i < SIZE; i += 1) assert.equal(circles.mayRunEarly(String(i)), first)
    assert.equal(looks, first && end.files[0] === '?' ? SIZE + 1 : SIZE)
  })
}
