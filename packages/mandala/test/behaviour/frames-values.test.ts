import assert from 'node:assert/strict'
import { test } from 'node:test'
import { external, list, op, Ref, Storage, wrap } from '../../src/index.ts'
import { logOf, makePath } from '../helpers.ts'

const make = op('make', (n: number) => ({ text: 'x'.repeat(n) }), { output: 'text' })
const measure = op('measure', (text: { text: string }) => [text.text.length], { output: 'length' })

async function fill(path: string): Promise<void> {
  await using storage = new Storage(path)
  await storage.run(async () => { for (const n of [1, 2, 3]) await measure(await make(n)) })
}

test('expanding, a lazy table, and all that shows a frame read no value; a cell reads its own when it is looked at', async (t) => {
  const path = makePath(t)
  await fill(path)
  await using storage = new Storage(path)
  const log = logOf(storage)
  const cf = await storage.cf(make).expandAll()
  const table = await cf.df({ values: 'lazy' })
  assert.ok(String(cf) && String(cf.info()) && cf.toDot() && (await cf.df({ values: 'refs' })).numRows() === 3)
  for (const each of [cf.isIn('n', [1]), cf.upstream('length'), cf.downstream('n'), cf.split('text'), cf.merge(), await cf.expandBack()]) assert.ok(each)
  assert.deepEqual(log.take(), [])
  assert.deepEqual(table.get('text', 1), { text: 'xx' })
  assert.deepEqual(table.get('text', 1), { text: 'xx' })
  assert.deepEqual(log.take(), ['load'])
})

test('where loads the values of its variable alone, and a table those of its columns', async (t) => {
  const path = makePath(t)
  await fill(path)
  await using storage = new Storage(path)
  const log = logOf(storage)
  const cf = await storage.cf(make).expandAll()
  const long = await cf.where('length', ([length]: number[]) => (length as number) > 1)
  assert.deepEqual(log.take(), ['load', 'load', 'load'])
  assert.deepEqual((await long.select('text').df()).array('text'), [{ text: 'xx' }, { text: 'xxx' }])
  assert.deepEqual(log.take(), ['load', 'load'])
})

test('a start that is in no call shows the value that it was wrapped with, with no warning', async () => {
  const warnings: string[] = []
  const storage = new Storage({ logger: { warn: (line) => warnings.push(line), show: () => {}, progress: () => {} } })
  const cf = await storage.cf({ a: [wrap(7), wrap({ b: 8 })] })
  assert.deepEqual(await cf.values('a'), [7, { b: 8 }])
  assert.deepEqual((await cf.where('a', (value) => value === 7).df()).array('a'), [7])
  assert.deepEqual(warnings, [])
})

test('externals show as Refs, and transient outputs as the values that they are recomputed to', async () => {
  const storage = new Storage()
  const big = op('big', (n: number) => ({ n }), { output: 'blob', transient: ['blob'] })
  const use = op('use', (blob: { n: number }, data: object) => blob.n + Object.keys(data).length, { output: 'used' })
  await storage.run(async () => { await use(await big(5), external('imagenet', { a: 1 }) as never) })
  const [row] = (await storage.cf(use).expandBack({ recursive: true }).df({ calls: false })).objects() as [Record<string, unknown>]
  assert.ok(row['data'] instanceof Ref && row['data'].toString().startsWith('ExternalRef('))
  assert.ok(row['blob'] instanceof Ref || (row['blob'] as { n: number }).n === 5)
  assert.deepEqual([row['n'], row['used']], [5, 6])
})

test('a cell with several values is an ordered array, and a list is itself', async () => {
  const storage = new Storage()
  const total = op('total', (xs: number[]) => xs.reduce((a, b) => a + b, 0), { inputs: { xs: list() }, output: 'sum' })
  await storage.run(async () => { await total([5, 3, 4]); await total([3, 5]) })
  const cf = await storage.cf(total).expandBack({ recursive: true })
  assert.deepEqual((await cf.df()).array('xs_item'), [[5, 3, 4], [3, 5]])
  assert.deepEqual((await cf.df()).array('xs'), [[5, 3, 4], [3, 5]])
})

test('pictures call the operations that tie collections to their elements as TypeScript does', async () => {
  const storage = new Storage()
  const total = op('total', (xs: number[]) => xs.reduce((a, b) => a + b, 0), { inputs: { xs: list() }, output: 'sum' })
  const range = op('range', (n: number) => [...Array(n).keys()], { output: { numbers: list() } })
  const inc = op('inc', (x: number) => x + 1)
  await storage.run(async () => {
    const numbers: Promise<number | Ref<number>>[] = []
    for (const n of await range(3)) numbers.push(inc(n))
    await total(numbers)
  })
  const cf = await storage.cf(total).expandAll()
  for (const picture of [cf.toMermaid(), cf.toDot()]) {
    assert.doesNotMatch(picture.replace(/"o __\w+"/g, ''), /__/)
    assert.match(picture, /list\[i\]<br\/>/)
    assert.match(picture, /\blist<br\/>/)
  }
})
