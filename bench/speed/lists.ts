import assert from 'node:assert/strict'
import { Storage, list, op } from 'mandala-ts'
import { cpuUs } from '../harness.ts'

/**
 * Lists of 1,000 elements made by one op and consumed by another, per element; beside them, in turns, as many ordinary values, made and
 * consumed. Processor time.
 */
const LENGTH = 1_000
const LISTS = 20
const path = process.argv[2] as string
const makeList = op(function makeList(start: number) { return Array.from({ length: LENGTH }, (_, i) => start + i) }, { output: list() })
const sum = op(function sum(numbers: number[]) { return numbers.reduce((a, b) => a + b, 0) }, { inputs: { numbers: list() } })
const make = op(function make(i: number) { return i + 0.5 })
const consume = op(function consume(x: number) { return x * 2 })

await using storage = new Storage(path)
const runList = (i: number): Promise<unknown> => storage.run(async () => sum(await makeList(i * LENGTH)))
const runValues = (from: number): Promise<void> => storage.run(async () => { for (let i = from; i < from + LENGTH; i += 1) await consume(await make(i)) })
await runList(-1)
await runValues(-2 * LENGTH)
let [lists, values] = [0, 0]
for (let i = 0; i < LISTS; i += 1) {
  lists += await cpuUs(() => runList(i))
  values += await cpuUs(() => runValues(i * LENGTH))
}
const counts = Object.fromEntries((await storage.stats()).ops.map(({ name, calls }) => [name, calls]))
assert.equal(counts['__list_getitem__'], (LISTS + 1) * LENGTH)
console.log(JSON.stringify({ 'list element, made and consumed, µs': lists / LISTS / LENGTH, 'ordinary value, made and consumed, µs': values / LISTS / LENGTH }))
