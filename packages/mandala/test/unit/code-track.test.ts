import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CallTrace, type Dependency } from '../../src/code/call-trace.ts'
import { track } from '../../src/index.ts'

function dependenciesOf(fn: () => unknown): readonly Dependency[] {
  const trace = new CallTrace()
  trace.run(fn)
  return trace.usage().dependencies
}

let level = 3
const readLevel = track.value('LEVEL', () => level)
const scale = track(function scale(x: number) { return x * readLevel() })

test('a function and a value marked by hand are dependencies of the calls that use them', () => {
  const used = dependenciesOf(() => scale(2))
  assert.deepEqual(used.map(({ kind, id }) => [kind, id]), [['code', 'track#scale'], ['value', 'track#LEVEL']])
  assert.deepEqual(dependenciesOf(() => level), [])
})

test('another value of a marked variable is another dependency', () => {
  const [, before] = dependenciesOf(() => scale(2))
  level = 4
  assert.notDeepEqual(dependenciesOf(() => scale(2))[1], before)
})

test('a marked function works, is named and counts its parameters as before', () => {
  assert.deepEqual([scale(2), scale.name, scale.length], [8, 'scale', 1])
})

test('comments and layout of a marked function don\'t count', () => {
  const spaced = track(function counted(x: number) { /* why */ return x + 1 })
  const dense = track(function counted(x: number) { return x +
    1 })
  assert.deepEqual(dependenciesOf(() => spaced(1)), dependenciesOf(() => dense(1)))
})

test('two different functions under one name, and one without a name, are refused', () => {
  assert.throws(() => track(function scale(x: number) { return x * 3 }), { code: 'OP_NAME_TAKEN' })
  assert.throws(() => track((x: number) => x), { code: 'OP_INVALID' })
})
