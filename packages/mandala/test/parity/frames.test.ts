import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { list, op, Storage, type ComputationFrame, type Ref } from '../../src/index.ts'

/* The worked examples of the original's frames: ours give the same rows, or the comment says where and why they differ. */

/** Rows as text, sorted: `·` for nothing, calls by their op. */
async function rowsOf(cf: ComputationFrame, ...columns: readonly string[]): Promise<string[]> {
  const table = await (columns.length > 0 ? cf.select(...columns) : cf).df()
  const show = (cell: unknown): string => {
    if (cell === null) return '·'
    if (Array.isArray(cell)) return `[${cell.map(show).join()}]`
    return typeof cell === 'object' && 'op' in cell ? (cell as { op: string }).op : inspect(cell, { compact: true, breakLength: Infinity })
  }
  return table.objects().map((row) => Object.values(row as object).map(show).join(' ')).sort()
}

function sizes(cf: ComputationFrame): Record<string, number> {
  const { variables, operations } = cf.graph()
  return Object.fromEntries([...variables.map(({ name, refs }) => [name, refs]), ...operations.map(({ name, calls }) => [name, calls])])
}

function lines(cf: ComputationFrame): string[] {
  return String(cf).split('\n').slice(1).map((line) => line.trim().replace(/ +\d+ (calls?|refs?)$/, ''))
}

test('A: an op over a range, and another one over some of its results', async () => {
  const increment = op(function increment(x: number) { return x + 1 }, { output: 'y' })
  const add = op(function add(y: number, z: number) { return y + z }, { output: 'w' })
  const storage = new Storage()
  await storage.run(async () => {
    for (let x = 0; x < 5; x += 1) {
      const y = await increment(x)
      if (x % 2 === 0) await add(y, x)
    }
  })
  const cf = await storage.cf(increment).expandForward()
  // In the original `z` is `x`, because equal constants make variables merge; ours keeps what role each plays.
  assert.deepEqual(lines(cf), ['y = increment(x)', 'w = add(y, z)'])
  assert.deepEqual(await rowsOf(cf, 'x', 'y', 'w'), ['0 1 1', '1 2 ·', '2 3 5', '3 4 ·', '4 5 9'])
  const back = await storage.cf(add).expandBack({ recursive: true })
  assert.deepEqual(await rowsOf(back, 'x', 'y', 'w'), ['0 1 1', '2 3 5', '4 5 9'])
  assert.equal((await cf.df({ join: 'inner' })).numRows(), 3)
})

const getData = op(function getData() { return { X: 10, y: 1 } }, { outputs: ['X', 'y'] })
const scale = op(function scale(X: number) { return X / 2 }, { output: 'X_scaled' })
const split = op(function split(X: number, y: number) { return { a: X + y, b: X - y } }, { outputs: ['a', 'b'] })

test('B: a value that is sometimes updated in place is one variable, with all its states in a row', async () => {
  const storage = new Storage()
  await storage.run(async () => {
    for (const isScaled of [true, false]) {
      let { X, y } = await getData()
      if (isScaled) X = await scale(X)
      await split(X, y)
    }
  })
  const cf = await storage.cf(split).expandBack({ recursive: true })
  assert.deepEqual(lines(cf), ['X, y = getData()', 'X_scaled: X = scale(X)', 'a, b = split(X, y)'])
  assert.deepEqual(sizes(cf), { X: 2, y: 1, a: 2, b: 2, split: 2, getData: 1, scale: 1 })
  assert.deepEqual(await rowsOf(cf, 'X', 'scale', 'a'), ['10 · 11', '[10,5] scale 6'])
})

test('C, D: branches, a merge and an ensemble over several models', async () => {
  const svc = op(function svc(X: number, kernel: string) { return `${kernel} ${X}` }, { output: 'model' })
  const forest = op(function forest(X: number, n: number) { return `${n} ${X}` }, { output: 'model' })
  const evaluate = op(function evaluate(model: string, y: number) { return model.length + y }, { output: 'acc' })
  const ensemble = op(function ensemble(models: string[], y: number) { return models.join().length + y }, { output: 'acc', inputs: { models: list() } })
  const storage = new Storage()
  await storage.run(async () => {
    for (const isScaled of [true, false]) {
      let { X, y } = await getData()
      if (isScaled) X = await scale(X)
      const { a } = await split(X, y)
      const models = [await svc(a, 'linear'), await svc(a, 'rbf'), await forest(a, 5), await forest(a, 10)]
      for (const model of models) await evaluate(model, y)
      await ensemble(models, y)
    }
  })
  const single = await storage.cf(evaluate).expandBack({ recursive: true })
  assert.deepEqual((await rowsOf(single, 'kernel', 'n', 'scale')), [
    "'linear' · scale", "'linear' · ·", "'rbf' · scale", "'rbf' · ·", '· 10 scale', '· 10 ·', '· 5 scale', '· 5 ·',
  ].sort())
  const both = await (await storage.cf(evaluate)).union(await storage.cf(ensemble)).expandBack({ recursive: true })
  const { model, models, acc } = sizes(both)
  assert.deepEqual({ model, models, acc }, { model: 8, models: 2, acc: 10 })
  const rows = await rowsOf(both, 'n', 'kernel', 'ensemble', 'scale')
  assert.equal(rows.length, 10)
  assert.deepEqual(rows.filter((row) => row.includes('ensemble')), ["[5,10] ['linear','rbf'] ensemble scale", "[5,10] ['linear','rbf'] ensemble ·"])
})

test('E: some computations go further than others', async () => {
  const generate = op(function generate(seed: number) {
    return { X_train: seed, y_train: 2, X_test: 3, y_test: 4 }
  }, { outputs: ['X_train', 'y_train', 'X_test', 'y_test'] })
  const train = op(function train(X_train: number, y_train: number, n: number) { return { model: X_train + n, acc: y_train * n } }, { outputs: ['model', 'acc'] })
  const test_ = op('evalModel', (model: number, X_test: number, y_test: number) => model + X_test + y_test, { output: 'test_acc' })
  const storage = new Storage()
  await storage.run(async () => {
    const { X_train, y_train, X_test, y_test } = await generate(42)
    for (const n of [10, 20, 40, 80]) {
      const { model } = await train(X_train, y_train, n)
      if (n > 20) await test_(model, X_test, y_test)
    }
  })
  const cf = await storage.cf(train).expandAll()
  // 7 variables and 17 refs in the original, which leaves out what the added calls took besides: X_test and y_test.
  assert.deepEqual(sizes(cf), { X_train: 1, y_train: 1, n: 4, model: 4, acc: 4, seed: 1, X_test: 1, y_test: 1, test_acc: 2, train: 4, generate: 1, evalModel: 2 })
  assert.deepEqual(await rowsOf(cf, 'n', 'acc', 'test_acc', 'X_test'), ['10 20 · 3', '20 40 · 3', '40 80 89 3', '80 160 129 3'])
})

async function makeF(storage: Storage): Promise<ComputationFrame> {
  const inc = op(function inc(x: number) { return x + 1 }, { output: 'y' })
  const add = op(function add(x2: number, y: number) { return x2 + y }, { output: 'z' })
  const two = op(function two(z: number) { return { p: z, q: -z } }, { outputs: ['p', 'q'] })
  await storage.run(async () => {
    for (let i = 0; i < 4; i += 1) {
      const z = await add(100 + i, await inc(i))
      if (i < 2) await two(z)
    }
    await add(200, 1000)
  })
  return storage.cf(add).expandAll()
}

test('F: what is up-, down- and midstream of variables', async () => {
  const cf = await makeF(new Storage())
  assert.deepEqual(sizes(cf), { x: 4, y: 5, x2: 5, z: 5, p: 2, q: 2, inc: 4, add: 5, two: 2 })
  assert.deepEqual(sizes(cf.downstream('y')), { y: 5, z: 5, p: 2, q: 2, add: 5, two: 2 })
  for (const how of ['strong', 'weak'] as const) {
    assert.deepEqual(sizes(cf.downstream('x', how)), { x: 4, y: 4, z: 4, p: 2, q: 2, inc: 4, add: 4, two: 2 })
  }
  assert.deepEqual(sizes(cf.upstream('q')), { x: 2, y: 2, x2: 2, z: 2, q: 2, inc: 2, add: 2, two: 2 })
  assert.deepEqual(sizes(cf.midstream(['x', 'z'])), { x: 4, y: 4, z: 4, inc: 4, add: 4 })
  assert.deepEqual(sizes(cf.midstream(['x', 'x2'])), {})
  assert.deepEqual(await rowsOf(cf.midstream(['x', 'z']), 'x', 'z'), ['0 101', '1 103', '2 105', '3 107'])
  // The original takes the row out that has no x: ours shows every end of the frame.
  assert.deepEqual(await rowsOf(cf, 'x', 'z'), ['0 101', '1 103', '2 105', '3 107', '· 1200'])
  assert.deepEqual(await rowsOf(cf, 'x2', 'p'), ['100 101', '101 103', '102 ·', '103 ·', '200 ·'])
  assert.equal((await cf.df()).numRows(), 5)
  assert.equal((await cf.df({ join: 'inner' })).numRows(), 2)
})

test('strong and weak reach differ where a list holds an element that nothing led to', async () => {
  const inc = op(function inc(x: number) { return x + 1 }, { output: 'y' })
  const total = op(function total(ys: number[]) { return ys.reduce((a, b) => a + b, 0) }, { inputs: { ys: list() }, output: 'sum' })
  const storage = new Storage()
  await storage.run(async () => {
    const ys = [await inc(0), await inc(1), await inc(2)]
    await total(ys)
    await total([...ys.slice(0, 2), 500])
  })
  const cf = await storage.cf(inc).expandForward({ recursive: true })
  assert.deepEqual(lines(cf), ['y = inc(x)', 'ys = [...y]', 'sum = total(ys)'])
  assert.equal(cf.downstream('x', 'strong').calls('total').length, 1)
  assert.equal(cf.downstream('x', 'weak').calls('total').length, 2)
})

test('G: an aggregation has an ordered array of what it took', async () => {
  const average = op(function average(nums: number[]) { return nums.reduce((a, b) => a + b, 0) / nums.length }, { inputs: { nums: list() }, output: 'result' })
  const storage = new Storage()
  await storage.run(() => average(Array.from({ length: 12 }, (_, i) => 12 - i)))
  const cf = await storage.cf(average).expandBack({ recursive: true })
  const [row] = (await cf.df({ calls: false })).objects() as [Record<string, unknown>]
  assert.deepEqual(row, { nums_item: [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], nums: [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], result: 6.5 })
})

test('an op that returns a list gives a row for each element', async () => {
  const range = op(function range(n: number) { return Array.from({ length: n }, (_, i) => i * i) }, { output: { squares: list() } })
  const half = op(function half(x: number) { return x / 2 })
  const storage = new Storage()
  await storage.run(async () => { for (const x of (await range(3)) as Iterable<Ref<number>>) await half(x) })
  const cf = await storage.cf(range).expandForward({ recursive: true })
  assert.deepEqual(lines(cf), ['squares = range(n)', 'x = squares[squares_i]', 'half_out = half(x)'])
  assert.deepEqual(await rowsOf(cf, 'n', 'x', 'half_out'), ['3 0 0', '3 1 0.5', '3 4 2'])
})

test('a step that is repeated is a loop: expanding back from the last value gives all calls', async () => {
  const step = op(function step(x: number) { return x * 2 })
  const storage = new Storage()
  const last = await storage.run(async () => {
    let x: unknown = 1
    for (let i = 0; i < 6; i += 1) x = await step(x as number)
    return x
  })
  const cf = await storage.cf({ x: last }).expandBack({ recursive: true })
  assert.equal(cf.calls().step?.length ?? 0, 6)
  assert.deepEqual(lines(cf), ['x = step(x)'])
  assert.deepEqual(await rowsOf(cf, 'x'), ['[1,2,4,8,16,32,64]'])
})
