import { MandalaError, op, Storage, track, unwrap } from '../../src/index.ts'

/** Changes a value that a stored call used, twice, and prints what the runs after that gave, or the code of their errors. */
let factor = 1
const currentFactor = track.value('factor', () => factor)
const compute = op(function compute(x: number) { return x * currentFactor() })
const storage = new Storage({ deps: true, onChange: 'ask' })

const outcomes: unknown[] = []
for (factor of [1, 2, 3]) {
  try {
    outcomes.push(await storage.run(() => unwrap(compute(10))))
  } catch (error) {
    outcomes.push(error instanceof MandalaError ? `${error.code}: ${error.hint}` : String(error))
  }
}
console.log(JSON.stringify(outcomes))
