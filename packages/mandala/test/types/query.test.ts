import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, op, Q, type Ref, Storage, wrap, type Variable } from '../../src/index.ts'
import { expectType, type Equal } from './equal.ts'

// The compiler checks this file; nothing in it runs.

const load = op(function load(n: number) { return { X: [n], y: 'y' } }, { outputs: ['X', 'y'] })
const divide = op(function divide(a: number, b: bigint) { return [a, String(b)] as [number, string] }, { outputs: ['q', 'r'] })
const inc = op(async function inc(x: number) { return x + 1 })
const range = op(function range(n: number) { return Array.from({ length: n }, (_, i) => i) }, { output: list() })
const ask = op(function ask({ model, seed = 1 }: { model: string; seed?: number }) { return model + seed })
const merge = op(function merge(parts: Record<string, number>) { return Object.keys(parts).length })
const mean = op(function mean(xs: number[]) { return xs.length })

export async function patterns(): Promise<void> {
  const { X, y } = load.match({ n: Q<number>() })
  expectType<Equal<typeof X, Variable<number[]>>>()
  expectType<Equal<typeof y, Variable<string>>>()
  const [q, r] = divide.match({ a: 1 })
  expectType<Equal<typeof q, Variable<number>>>()
  expectType<Equal<typeof r, Variable<string>>>()
  const one = inc.match({ x: wrap(5) })
  expectType<Equal<typeof one, Variable<number>>>()
  const element = range.match().at(0)
  expectType<Equal<typeof element, Variable<number>>>()
  const elements = Q.list([one])
  expectType<Equal<typeof elements, Variable<number[]>>>()
  ask.match({ model: 'm' })
  ask.match({ model: Q(), seed: one })
  merge.match({ parts: Q.dict({ a: one }) })
  mean.match({ xs: elements })
  mean.match({ xs: [1] })
  one.where((value) => value > 1)
  for await (const row of new Storage().rows({ one, y })) expectType<Equal<typeof row, { one: number; y: string }>>()
  for await (const row of new Storage().rows({ one }, { values: 'refs' })) expectType<Equal<typeof row, { one: Ref<number> }>>()
  // @ts-expect-error a value that fits no input
  inc.match({ x: 'a' })
  // @ts-expect-error a wrong type of a named input
  ask.match({ model: 5 })
  // @ts-expect-error a Ref of a wrong type
  inc.match({ x: wrap('a') })
  // @ts-expect-error no variable
  await new Storage().df({ one: 1 })
  // @ts-expect-error no such output
  void load.match().z
}

test('the types of patterns hold', () => {
  assert.ok(true)
})
