import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { dict, op, Storage, type ComputationFrame } from '../../src/index.ts'

const ODD = [
  '', ' ', '"', "'", '\\', '\n', 'a"b\nc', 'f()', '()', '[0]', '<b>&amp;',
  '#35;', 'größe 大きさ 🙂', '__proto__', 'constructor', 'toString', 'then', 'length', '0', '10', '2', '|', '-->', '\u0000',
]

/** Whatever can be shown of a frame, as text. */
async function showAll(cf: ComputationFrame): Promise<string[]> {
  const html = (await cf.df()).toHTML()
  return [String(cf), inspect(cf), cf.toDot(), cf.toDot({ orientation: 'LR' }), cf.toMermaid(), await cf.toSvg(), String(cf.info()), JSON.stringify(cf.graph()), html]
}

test('nodes with odd names are shown, drawn and have columns, in the order that they had', async () => {
  const storage = new Storage()
  const f = op('f', (x: number) => x + 1, { output: 'y' })
  await storage.run(() => f(1))
  for (const name of ODD) {
    const cf = (await storage.cf(f)).rename({ [`x`]: name, 'f()': name })
    assert.deepEqual(cf.check(), [])
    for (const text of await showAll(cf)) assert.ok(text.length > 0)
    const table = await cf.df()
    const column = name === '__proto__' ? '__proto__()' : name
    assert.deepEqual(table.columnNames(), [column, `${column}()`, 'y'], JSON.stringify(name))
    assert.deepEqual([table.get(column, 0), table.get('y', 0)], [1, 2])
    assert.deepEqual(await cf.values(name), [1])
    assert.deepEqual(Object.keys(cf.refs()).sort(), [name, 'y'].sort())
    assert.deepEqual(Object.entries(await cf.apply((value: number) => value * 10)).sort(), [[name, [10]], ['y', [20]]].sort())
    assert.equal((await cf.where(name, () => true).df()).numRows(), 1)
    assert.deepEqual((await cf.select('y', name).df()).columnNames(), ['y', column])
    assert.equal(cf.merge('y', name).refs('y').length, 2)
    assert.deepEqual(cf.split(name).graph(), cf.graph())
  }
})

test('keys of a dict are names of variables, however odd they are', async () => {
  const storage = new Storage()
  const size = op('size', (parts: Record<string, number>) => Object.keys(parts).length, { inputs: { parts: dict() } })
  const keys = ODD.filter((key) => key !== '__proto__' && key !== '')
  await storage.run(() => size(Object.fromEntries([...keys, 'a[0]', 'a[1]'].map((key, i) => [key, i]))))
  const cf = await storage.cf(size).expandBack({ recursive: true })
  assert.deepEqual(cf.check(), [])
  assert.equal(cf.graph().variables.length, keys.length + 2 + 2)
  for (const text of await showAll(cf)) assert.ok(text.length > 0)
})

test('empty frames and ops without a call are shown as well', async () => {
  const storage = new Storage()
  const never = op('never', (x: number) => x)
  for (const cf of [await storage.cf(never), await storage.cf([]), await storage.cf({}), await storage.cf({ x: [] }), await storage.cf(never).expandAll()]) {
    assert.deepEqual(cf.check(), [])
    for (const text of await showAll(cf)) assert.ok(text.length > 0)
    assert.equal((await cf.df()).numRows(), 0)
    assert.deepEqual(await cf.deleteCalls(), { calls: 0, refs: 0, values: 0, bytes: 0, ops: [] })
  }
})
