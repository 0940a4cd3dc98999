import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { op, Q, Storage } from 'mandala-ts'
import { timeUs } from '../harness.ts'

/** A pattern of three ops and five variables with 30,000 answers among 100,000 calls; beside it SQL by hand on the same file. */
const path = process.argv[2] as string
const load = op(function load(n: number) { return { X: n, y: 2 * n } }, { outputs: ['X', 'y'] })
const train = op(function train(X: number, y: number, k: number) { return X * y + k / 7 }, { output: 'model' })
const getAcc = op(function getAcc(model: number, X: number, y: number) { return model + X + y / 3 }, { output: 'acc' })
const other = op(function other(x: number) { return x + 0.25 })

{
  await using storage = new Storage(path)
  await storage.run(async () => {
    for (let n = 0; n < 300; n += 1) {
      const { X, y } = await load(n)
      for (let k = 0; k < 100; k += 1) await getAcc(await train(X, y, k), X, y)
    }
    for (let i = 0; i < 39_700; i += 1) await other(i)
  })
  assert.equal((await storage.stats()).calls, 100_000)
}

const sql = (columns: string, joins: string): string => `
  WITH label AS MATERIALIZED (SELECT name, id FROM labels), named AS MATERIALIZED (SELECT name, id FROM ops)
  SELECT DISTINCT ${columns}
  FROM calls AS c3
  CROSS JOIN io AS acc ON acc.call = c3.id AND acc.slot = -1
  CROSS JOIN io AS m ON m.call = c3.id AND m.slot >= 0 AND m.label = (SELECT id FROM label WHERE name = 'model')
  CROSS JOIN io AS x3 ON x3.call = c3.id AND x3.slot >= 0 AND x3.label = (SELECT id FROM label WHERE name = 'X')
  CROSS JOIN io AS y3 ON y3.call = c3.id AND y3.slot >= 0 AND y3.label = (SELECT id FROM label WHERE name = 'y')
  CROSS JOIN io AS model ON model.ref = m.ref AND model.slot = -1
  CROSS JOIN calls AS c2 ON c2.id = model.call AND c2.op = (SELECT id FROM named WHERE name = 'train')
  CROSS JOIN io AS x2 ON x2.call = c2.id AND x2.slot >= 0 AND x2.label = x3.label AND +x2.ref = x3.ref
  CROSS JOIN io AS y2 ON y2.call = c2.id AND y2.slot >= 0 AND y2.label = y3.label AND +y2.ref = y3.ref
  CROSS JOIN io AS k ON k.call = c2.id AND k.slot >= 0 AND k.label = (SELECT id FROM label WHERE name = 'k')
  CROSS JOIN io AS x1 ON x1.ref = x2.ref AND x1.slot < 0 AND x1.label = x2.label
  CROSS JOIN calls AS c1 ON c1.id = x1.call AND c1.op = (SELECT id FROM named WHERE name = 'load')
  CROSS JOIN io AS y1 ON y1.call = c1.id AND y1.slot < 0 AND y1.label = y2.label AND +y1.ref = y2.ref
  CROSS JOIN io AS n ON n.call = c1.id AND n.slot >= 0 AND n.label = (SELECT id FROM label WHERE name = 'n')
  ${['n', 'k', 'm', 'acc', 'x1'].map((each) => `CROSS JOIN refs AS r_${each} ON r_${each}.id = ${each}.ref`).join('\n')}
  ${joins}
  WHERE c3.op = (SELECT id FROM named WHERE name = 'getAcc') ORDER BY n.ref, k.ref, acc.ref`
const ids = ['n', 'k', 'x1', 'm', 'acc'].map((each) => `lower(hex(r_${each}.hid))`).join(', ')
const values = ['n', 'k', 'x1', 'm', 'acc']

const db = new DatabaseSync(path)
function ask(text: string): unknown[][] {
  const statement = db.prepare(text)
  statement.setReturnArrays(true)
  return statement.all() as unknown as unknown[][]
}

await using storage = new Storage(path)
const [n, k] = [Q<number>(), Q<number>()]
const { X, y } = load.match({ n })
const model = train.match({ X, y, k })
const acc = getAcc.match({ model, X, y })
const figures: Record<string, number> = {}
for (let run = 0; run < 2; run += 1) {
  figures['three ops, ms'] = await timeUs(async () => {
    const table = await storage.df({ n, k, X, model, acc }, { values: 'refs' })
    assert.equal(table.numRows(), 30_000)
    assert.equal(new Set(Array.from(table.array('acc') as ArrayLike<{ hid: string }>, ({ hid }) => hid)).size, 30_000)
  }) / 1000
  figures['hand-written SQL, ms'] = await timeUs(() => assert.equal(new Set(ask(sql(ids, '')).map((row) => row[4])).size, 30_000)) / 1000
  figures['three ops with values, ms'] = await timeUs(async () => {
    const table = await storage.df({ n, k, X, model, acc })
    const sum = (table.array('k') as number[]).reduce((total, each) => total + each, 0)
    assert.equal(sum, 300 * 99 * 50)
  }) / 1000
  figures['hand-written SQL with values, ms'] = await timeUs(() => {
    const columns = values.map((each) => `v_${each}.bytes`).join(', ')
    const rows = ask(sql(columns, values.map((each) => `CROSS JOIN vals AS v_${each} ON v_${each}.id = r_${each}.val`).join('\n')))
    assert.equal(rows.length, 30_000)
  }) / 1000
}
console.log(JSON.stringify(figures))
