import assert from 'node:assert/strict'
import { Storage, list, op } from 'mandala-ts'
import { timeUs } from '../harness.ts'

/** Lists of 1,000 elements made by one op and consumed by another, per element; beside them as many ordinary values, made and consumed. */
const LENGTH = 1_000
const LISTS = 20
const path = process.argv[2] as string
const makeList = op(function makeList(start: number) { return Array.from({ length: LENGTH }, (_, i) => start + i) }, { output: list() })
const sum = op(function sum(numbers: number[]) { return numbers.reduce((a, b) => a + b, 0) }, { inputs: { numbers: list() } })
const make = op(function make(i: number) { return i + 0.5 })
const consume = op(function consume(x: number) { return x * 2 })

await using storage = new Storage(path)
await storage.run(async () => { for (let i = 0; i < 2_000; i += 1) await consume(await make(-i)) })
const lists = await timeUs(() => storage.run(async () => { for (let i = 0; i < LISTS; i += 1) await sum(await makeList(i * LENGTH)) }))
const values = await timeUs(() => storage.run(async () => { for (let i = 0; i < LISTS * LENGTH; i += 1) await consume(await make(i)) }))
const counts = Object.fromEntries((await storage.stats()).ops.map(({ name, calls }) => [name, calls]))
assert.equal(counts['__list_getitem__'], LISTS * LENGTH)
console.log(JSON.stringify({ 'list element, made and consumed, µs': lists / LISTS / LENGTH, 'ordinary value, made and consumed, µs': values / LISTS / LENGTH }))
