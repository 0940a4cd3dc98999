import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Closures } from '../../src/graph/closures.ts'
import { NumberSet } from '../../src/graph/number-set.ts'

const SIZE = 70
const edges = fc.array(fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1)), { maxLength: 120 })

test('what a node leads to is what going on from it finds, in whatever order nodes are asked for', () => {
  fc.assert(fc.property(edges, fc.array(fc.nat(SIZE - 1), { minLength: 1, maxLength: 12 }), (all, asked) => {
    const successors = (node: number): number[] => all.flatMap(([from, to]) => (from === node ? [to] : []))
    const closures = new Closures(successors)
    for (const node of asked) {
      const reached = new Set([node])
      for (const each of reached) for (const next of successors(each)) reached.add(next)
      assert.deepEqual(closures.of(node).list(), [...reached].sort((a, b) => a - b))
    }
  }), { seed: 20261127, numRuns: 500 })
})

test('a set of numbers has what was put in, and one key, however it came about', () => {
  fc.assert(fc.property(fc.array(fc.nat(300)), fc.array(fc.nat(300)), fc.nat(300), (some, others, end) => {
    const [left, right, whole] = [new NumberSet(), new NumberSet(), new NumberSet()]
    for (const each of some) left.add(each)
    for (const each of others) right.add(each)
    for (const each of [...others, ...some]) whole.add(each)
    left.addAll(right)
    const expected = [...new Set([...some, ...others])].sort((a, b) => a - b)
    assert.deepEqual(left.list(), expected)
    assert.deepEqual(left.list(end), expected.filter((each) => each < end))
    assert.equal(left.key, whole.key)
    assert.equal(left.has(end), expected.includes(end))
    whole.add(301)
    assert.notEqual(left.key, whole.key)
  }), { seed: 20261127, numRuns: 500 })
})
