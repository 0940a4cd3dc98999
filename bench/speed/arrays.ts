import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { Storage, op, unwrap } from 'mandala-ts'
import { median, timeUs } from '../harness.ts'

/** An op that returns 10 MB of numbers: new, and loaded by a storage that has nothing in memory; beside it SHA-256 and a file, bare. */
const NUMBERS = 1_250_000
const MB = (NUMBERS * 8) / 1e6
const RUNS = 7
const path = process.argv[2] as string
const template = new Float64Array(NUMBERS).map((_, i) => Math.sqrt(i))

/** Filled in advance, so that only the library's own work is in the time. */
const arrays = Array.from({ length: RUNS }, (_, i) => template.map((x) => x + i))
const generate = op(function generate(i: number) { return arrays[i] as Float64Array })

const news: number[] = []
const loads: number[] = []
for (let i = 0; i < RUNS; i += 1) {
  await using storage = new Storage(path)
  news.push(await timeUs(() => storage.run(() => generate(i))))
}
for (let i = 0; i < RUNS; i += 1) {
  await using storage = new Storage(path)
  let value: unknown
  loads.push(await timeUs(async () => { value = await storage.run(() => unwrap(generate(i))) }))
  assert.deepEqual(value, arrays[i])
  assert.equal(storage.summary().executed, 0)
}

function writeBare(i: number): void {
  const bytes = new Uint8Array((arrays[i] as Float64Array).buffer)
  createHash('sha256').update(bytes).digest('hex')
  const file = openSync(`${path}.${i}`, 'w')
  writeSync(file, bytes)
  fsyncSync(file)
  closeSync(file)
}
const bareWrites: number[] = []
const bareReads: number[] = []
for (let i = 0; i < RUNS; i += 1) bareWrites.push(await timeUs(() => writeBare(i)))
for (let i = 0; i < RUNS; i += 1) bareReads.push(await timeUs(() => createHash('sha256').update(readFileSync(`${path}.${i}`)).digest('hex')))
const mbPerS = (times: readonly number[]): number => (MB / median(times)) * 1e6
console.log(JSON.stringify({
  '10 MB array, new, MB/s': mbPerS(news), 'SHA-256 and write, bare, MB/s': mbPerS(bareWrites),
  '10 MB array, loaded, MB/s': mbPerS(loads), 'read and SHA-256, bare, MB/s': mbPerS(bareReads),
}))
