import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { op, Storage } from '../../src/index.ts'
import { decode, encode } from '../../src/value/codec.ts'
import { identify } from '../../src/value/identify.ts'
import { Refusal } from '../../src/value/refusal.ts'
import { hasCode, logOf } from '../helpers.ts'
import { buildGraph, cloneDeep, define, graphPlan, listObjects } from './graph.ts'
import { isIsomorphic } from './isomorphic.ts'

const settings = { seed: 20261126, numRuns: 3000 } as const
const cidOf = (value: unknown): string => identify(value).cid

test('graphs of one id are one in shape; graphs of one shape and order have one id', () => {
  let equal = 0
  fc.assert(fc.property(graphPlan, graphPlan, (left, right) => {
    const [a, b] = [buildGraph(left.slice(0, 2)), buildGraph(right.slice(0, 2))]
    const isEqual = cidOf(a) === cidOf(b)
    if (isEqual) assert.ok(isIsomorphic(a, b, false))
    else assert.ok(!isIsomorphic(a, b, true))
    equal += Number(isEqual)
  }), settings)
  assert.ok(equal > 20, `only ${equal} pairs were equal`)
})

test('of two graphs that are one but for a single node, the ids differ exactly if the shapes do', () => {
  fc.assert(fc.property(graphPlan, graphPlan, fc.nat(), (plan, other, at) => {
    const index = at % plan.length
    const [a, b] = [buildGraph(plan), buildGraph(plan.with(index, other[0] as (typeof plan)[number]))]
    if (cidOf(a) === cidOf(b)) assert.ok(isIsomorphic(a, b, false))
    else assert.ok(!isIsomorphic(a, b, true))
  }), settings)
})

test('a decoded graph is the graph: prototypes, holes, order, cycles and shared references', () => {
  fc.assert(fc.property(graphPlan, (plan) => {
    const graph = buildGraph(plan)
    const { cid, isPlain } = identify(graph)
    const back = decode(encode(graph, isPlain))
    assert.ok(isIsomorphic(graph, back, true))
    assert.equal(cidOf(back), cid)
    if (typeof graph === 'object' && graph !== null) assert.deepEqual(Reflect.ownKeys(back as object), Reflect.ownKeys(graph))
  }), settings)
})

test('the order in which nodes that tell apart are put in does not count', () => {
  fc.assert(fc.property(graphPlan, (plan) => {
    assert.equal(cidOf(buildGraph(plan, 'labelled')), cidOf(buildGraph(plan, 'labelled-turned')))
  }), settings)
})

test('a clone has the id of its original, until one place in it is changed', () => {
  fc.assert(fc.property(graphPlan, fc.nat(), (plan, at) => {
    const graph = buildGraph(plan)
    const clone = cloneDeep(graph)
    assert.equal(cidOf(clone), cidOf(graph))
    const objects = listObjects(clone).filter((value) => !(value instanceof Number))
    if (objects.length === 0) return
    change(objects[at % objects.length] as object)
    assert.notEqual(cidOf(clone), cidOf(graph))
  }), settings)
})

function change(value: object): void {
  if (value instanceof Map) value.set('changed', 1)
  else if (value instanceof Set) value.add('changed')
  else if (value instanceof Date) value.setTime(77)
  else if (value instanceof RegExp) value.lastIndex = 7
  else if (value instanceof Uint8Array || value instanceof Float64Array) value[0] = 77
  else define(value, 'changed', 1)
}

class Point { readonly x = 1 }
class Row extends Array<number> {}
const refusable: readonly (() => unknown)[] = [
  () => () => 1, () => Symbol('a'), () => new Proxy({}, {}), () => new Point(), () => new Row(), () => ({ [Symbol('a')]: 1 }), () => ({ get a() { return 1 } }),
  () => Object.defineProperty({}, 'a', { value: 1 }), () => new WeakMap(), () => Promise, () => Object.create({}) as unknown, () => new (class extends Map {})(),
]
const step = fc.oneof(fc.string(), fc.constantFrom('__proto__', '<x>', 'a b', '\ud800'), fc.nat({ max: 3 }))

/** A value with `planted` at the end of a path, among other values. */
function plant(path: readonly (string | number)[], planted: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => {
    if (typeof key === 'number') return [...Array<number>(key).fill(0), inner, {}]
    const made = { z: 1 }
    define(made, key, inner)
    return made
  }, planted)
}

const paths = fc.array(step.filter((key) => key !== 'stack' && key !== 'message'), { maxLength: 6 })

test('whatever is refused, is refused at its place', () => {
  fc.assert(fc.property(paths, fc.constantFrom(...refusable), (path, make) => {
    assert.throws(() => identify(plant(path, make())), (error) => {
      assert.ok(error instanceof Refusal)
      assert.deepEqual(error.path, path)
      return true
    })
  }), settings)
})

test('a call on what is refused executes nothing, and nothing of it is stored', async () => {
  const look = op('look', (x: unknown) => typeof x)
  const storage = new Storage()
  const log = logOf(storage)
  await fc.assert(fc.asyncProperty(paths, fc.constantFrom(...refusable), async (path, make) => {
    await assert.rejects(storage.run(() => look(plant(path, make()))), hasCode('VALUE_REFUSED', /^look: input x/))
  }), { ...settings, numRuns: 300 })
  assert.deepEqual(log.take(), [])
  const { calls, values } = await storage.stats()
  assert.deepEqual({ calls, values }, { calls: 0, values: 0 })
  await storage.close()
})

test('the comparer tells apart what is not one', () => {
  const shared = {}
  assert.ok(!isIsomorphic([shared, shared], [{}, {}], false))
  assert.ok(!isIsomorphic([0], [-0], false) && !isIsomorphic([, 1], [undefined, 1], false) && !isIsomorphic({}, Object.create(null), false))
  assert.ok(isIsomorphic(new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }]), false))
  assert.ok(!isIsomorphic(new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }]), true))
})
