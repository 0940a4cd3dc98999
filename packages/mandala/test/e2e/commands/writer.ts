import { setTimeout } from 'node:timers/promises'
import { op, Storage } from '../../../src/index.ts'

/** Run as a program: writes calls to a store, one after the other, until it is told to end. */
const [path] = process.argv.slice(2) as [string]
const load = op('load', (n: number) => ({ n }), { output: 'data' })
const train = op('train', (data: { n: number }, depth: number) => data.n * depth, { output: 'model' })
let isOn = true
process.once('SIGTERM', () => { isOn = false })
await using storage = new Storage(path)
for (let n = 0; isOn; n += 1) {
  await storage.run(async () => train(await load(n), n % 5))
  if (n === 0) process.stdout.write('ready\n')
  await setTimeout(1)
}
