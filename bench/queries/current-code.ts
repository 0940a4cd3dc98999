import assert from 'node:assert/strict'
import { op, Q, Storage, track } from 'mandala-ts'
import { timeUs } from '../harness.ts'

/** The pattern of three ops over a store that follows the code: the calls that hold for the code of today, beside all calls. */
const path = process.argv[2] as string
const readFactor = track.value('factor', () => 2)
const load = op(function load(n: number) { return { X: n, y: 2 * n } }, { outputs: ['X', 'y'] })
const train = op(function train(X: number, y: number, k: number) { return X * y + (k % 2 === 0 ? k / 7 : readFactor() * k / 7) }, { output: 'model' })
const getAcc = op(function getAcc(model: number, X: number, y: number) { return model + X + y / 3 }, { output: 'acc' })
const other = op(function other(x: number) { return x + 0.25 })

await using storage = new Storage({ path, deps: true, logger: { warn: () => {}, show: () => {}, progress: () => {} } })
await storage.run(async () => {
  for (let n = 0; n < 300; n += 1) {
    const { X, y } = await load(n)
    for (let k = 0; k < 100; k += 1) await getAcc(await train(X, y, k), X, y)
  }
  for (let i = 0; i < 39_700; i += 1) await other(i)
})

const [n, k] = [Q<number>(), Q<number>()]
const { X, y } = load.match({ n })
const model = train.match({ X, y, k })
const acc = getAcc.match({ model, X, y })
const ask = (version: 'current' | 'any'): Promise<number> => timeUs(async () => {
  assert.equal((await storage.df({ n, k, X, model, acc }, { values: 'refs', version })).numRows(), 30_000)
})
const figures: Record<string, number> = {}
for (let run = 0; run < 2; run += 1) {
  figures['three ops of any code, ms'] = await ask('any') / 1000
  figures['three ops of the code of today, ms'] = await ask('current') / 1000
}
console.log(JSON.stringify(figures))
