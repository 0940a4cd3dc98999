import { op, Storage, unwrap } from 'mandala-ts'
import { N_CLASS, takeDigits, type Digits } from './data.ts'
import { findCentroids, predict, scaleData } from './model.ts'

/**
 * Which calls does a change of code touch? Run this once, change something in `data.ts`, `model.ts` or here, and run it again.
 */
const loadData = op(function loadData(start: number, count: number = 40) {
  return takeDigits(start, count)
}, { output: 'digits' })

const trainModel = op(function trainModel(digits: Digits, isScaled: boolean) {
  const X = isScaled ? scaleData(digits.X) : digits.X
  return findCentroids({ X, y: digits.y }, N_CLASS)
}, { output: 'centroids' })

const evalModel = op(function evalModel(centroids: number[][], digits: Digits, isScaled: boolean) {
  const X = isScaled ? scaleData(digits.X) : digits.X
  return X.filter((picture, i) => predict(centroids, picture) === digits.y[i]).length / X.length
}, { output: 'acc' })

const storage = new Storage({ path: process.env['STORE'] ?? 'versions.db', deps: 'versions' })
const executed: string[] = []
storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
await storage.run(async () => {
  const [train, test] = [await loadData(0), await loadData(500)]
  for (const isScaled of [false, true]) {
    const acc = await unwrap(evalModel(trainModel(train, isScaled), test, isScaled))
    console.log(isScaled ? 'scaled    ' : 'as it is  ', acc.toFixed(3))
  }
})
console.log(`executed: ${executed.join(', ') || 'nothing'}`)
for (const name of ['trainModel', 'evalModel']) {
  for (const { id, isCurrent, calls, dependencies } of await storage.versions(name)) {
    const used = dependencies.map(({ component }) => component.replace(/^versions\//, '')).join(', ')
    if (isCurrent) console.log(`${name} ${id.slice(0, 6)}, calls: ${calls}, used: ${used}`)
  }
}
await storage.close()
