import assert from 'node:assert/strict'
import { test } from 'node:test'
import { op, Storage, wrap, type ComputationFrame, type Ref } from '../../src/index.ts'

const load = op('load', (n: number) => ({ X: n * 10, y: n }), { outputs: ['X', 'y'] })
const train = op('train', (X: number, depth: number) => X + depth, { output: 'model' })
const score = op('score', (model: number, y: number) => model - y, { output: 'acc' })
const size = op('size', (model: number) => model * 2, { output: 'bytes' })

async function fill(storage: Storage = new Storage()): Promise<Storage> {
  await storage.run(async () => {
    for (const n of [1, 2]) {
      const { X, y } = await load(n)
      for (const depth of [3, 4]) {
        const model = await train(X, depth)
        await score(model, y)
        if (depth === 3) await size(model)
      }
    }
  })
  return storage
}

function lines(cf: ComputationFrame): string[] {
  return String(cf).split('\n').slice(1).map((line) => line.trim().replace(/ {2,}/, ' # '))
}

async function rows(cf: ComputationFrame, ...columns: string[]): Promise<unknown[][]> {
  return (await cf.select(...columns).df()).objects().map((row) => Object.values(row as object))
}

test('a frame starts from an op or its name, a Ref, several, their ids, calls, or names for Refs', async () => {
  const storage = await fill()
  const [call] = await storage.calls(score)
  const ref = call?.outputs['acc'] as Ref<unknown>
  const starts = [storage.cf(score), storage.cf('score'), storage.cf(ref), storage.cf([ref]), storage.cf([ref.hid]), storage.cf(call as never), storage.cf([call])]
  const texts = (await Promise.all(starts)).map((cf) => lines(cf).join())
  assert.deepEqual(texts, [
    'acc = score(model, y) # 4 calls', 'acc = score(model, y) # 4 calls', 'v # 1 ref', 'v # 1 ref', 'v # 1 ref',
    'acc = score(model, y) # 1 call', 'acc = score(model, y) # 1 call',
  ])
  assert.deepEqual(lines(await storage.cf({ best: ref, all: [ref, ref.hid] })), ['best # 1 ref', 'all # 1 ref'])
  function* generate(): Generator<Ref<unknown>> { yield ref }
  assert.deepEqual(lines(await storage.cf(generate())), ['v # 1 ref'])
})

test('one await ends a chain of verbs, and the frame that it started from stays as it was', async () => {
  const storage = await fill()
  const start = await storage.cf(score)
  const before = JSON.stringify(start.graph())
  const table = await start.expandBack({ recursive: true }).where('depth', (depth) => depth === 3).rename({ acc: 'accuracy' }).select('n', 'accuracy').df()
  assert.deepEqual(table.objects(), [{ n: 1, accuracy: 12 }, { n: 2, accuracy: 21 }])
  assert.equal(JSON.stringify(start.graph()), before)
})

test('an expansion goes one call deep, so many as told, or to the end; along chosen ops and from chosen variables', async () => {
  const storage = await fill()
  const start = await storage.cf(score)
  const ops = async (cf: PromiseLike<ComputationFrame>): Promise<string> => Object.keys((await cf).calls()).sort().join()
  assert.equal(await ops(start.expandBack()), 'load,score,train')
  assert.equal(await ops(start.expandBack({ vars: 'model' })), 'score,train')
  assert.equal(await ops(start.expandBack({ vars: 'model', depth: 2 })), 'load,score,train')
  assert.equal(await ops(start.expandBack({ depth: 0 })), 'score')
  assert.equal(await ops(start.expandBack({ recursive: true, skip: [load] })), 'score,train')
  assert.equal(await ops(start.expandBack({ recursive: true, ops: ['load'] })), 'load,score')
  assert.equal(await ops(storage.cf(load).expandForward()), 'load,score,train')
  assert.equal(await ops(storage.cf(size).expandAll()), 'load,score,size,train')
  // A number that was given leads on only from a variable that is asked for, or stands alone.
  assert.equal(await ops(storage.cf({ depth: wrap(3) }).expandForward()), 'train')
  assert.equal((await storage.cf({ depth: wrap(3) }).expandForward()).calls('train').length, 2)
})

test('where, isIn and atVersion keep whole computations, branches beside included', async () => {
  const cf = await (await fill()).cf(load).expandAll()
  const good = await cf.where('acc', (acc) => acc < 20)
  assert.deepEqual(await rows(good, 'n', 'depth', 'acc', 'bytes'), [[1, 3, 12, 26], [1, 4, 13, null]])
  assert.deepEqual(await rows(cf.isIn('depth', [3]), 'n', 'depth', 'bytes'), [[1, 3, 26], [2, 3, 46]])
  assert.deepEqual(await rows(cf.isIn('depth', [wrap(4), 99]), 'n', 'depth'), [[1, 4], [2, 4]])
  const trained = op('train', (X: number, depth: number) => X * depth, { output: 'model', version: 2 })
  const storage = await fill()
  await storage.run(async () => { await trained((await load(1)).X, 3) })
  const both = await storage.cf(load).expandAll()
  assert.deepEqual([0, 2].map((version) => both.atVersion('train', version).calls('train').length), [4, 1])
})

test('upstream, downstream and midstream keep what leads to nodes, what rests on them, what lies between', async () => {
  const cf = await (await fill()).cf(load).expandAll()
  const nodes = (each: ComputationFrame): string => [...each.graph().variables, ...each.graph().operations].map(({ name }) => name).sort().join()
  assert.equal(nodes(cf.upstream('bytes')), 'X,bytes,depth,load,model,n,size,train')
  assert.equal(nodes(cf.downstream('model')), 'acc,bytes,model,score,size')
  assert.equal(nodes(cf.downstream('train()', 'weak')), 'acc,bytes,model,score,size,train')
  assert.equal(nodes(cf.midstream(['X', 'acc'])), 'X,acc,model,score,train')
  assert.equal(cf.upstream('bytes').calls('train').length, 2)
  assert.deepEqual(cf.dropUnreachable().graph(), cf.graph())
  assert.equal(cf.drop('load', 'X').dropUnreachable('back').calls('train').length, 4)
})

test('frames are united, intersected and subtracted by name', async () => {
  const storage = await fill()
  const all = await storage.cf(load).expandAll()
  const few = await all.where('n', (n) => n === 1)
  assert.deepEqual(all.intersection(few).calls('score').length, 2)
  assert.deepEqual(await rows(all.difference(few), 'n', 'depth', 'acc'), [[2, null, 21], [2, null, 22]])
  assert.deepEqual(all.difference(few).union(few).calls('score').length, 4)
  assert.deepEqual(lines(all.difference(await storage.cf(score), { structural: true })).length, 3)
  assert.deepEqual(lines((await storage.cf(score)).union(await storage.cf(size))), ['acc = score(model, y) # 4 calls', 'bytes = size(model) # 2 calls'])
})

test('nodes are dropped, renamed, merged, split, completed and simplified', async () => {
  const storage = await fill()
  const cf = await storage.cf(score).expandBack({ recursive: true })
  assert.deepEqual(lines(cf.drop('y', 'load')), ['n # 2 refs', 'model = train(X, depth) # 4 calls', 'acc = score(model) # 4 calls'])
  assert.deepEqual(lines(cf.drop('y').complete()).length, 3)
  assert.deepEqual(lines(cf.rename({ 'score()': 'test', model: 'm' })).at(-1), 'acc = test(model: m, y) # 4 calls')
  assert.equal(cf.merge('y', 'n').refs('y').length, 4)
  assert.equal(cf.mergeInto('y', 'n').refs('n').length, 4)
  const parts = cf.split('model', (ref) => String(cf.refs('model').indexOf(ref as Ref<unknown>) % 2))
  assert.deepEqual(parts.check(), [])
  assert.deepEqual([parts.refs('model').length, parts.refs('model_2').length], [2, 2])
  const used = (await storage.cf(train).expandForward()).split('model', 'consumer')
  assert.deepEqual([used.refs('model').length, used.refs('model_2').length], [2, 2])
  assert.deepEqual(lines(cf.difference(cf).simplify()), [])
})

test('Refs, calls, values, what a function gives of them, and the numbers of all are at hand', async () => {
  const cf = await (await fill()).cf(score)
  assert.deepEqual(await cf.values('acc'), [12, 13, 21, 22])
  assert.equal(cf.refs().acc?.length, 4)
  assert.deepEqual(cf.calls('score').map(({ op: name }) => name), ['score', 'score', 'score', 'score'])
  assert.deepEqual((await cf.apply((value: number) => value * 2)).acc, [24, 26, 42, 44])
  assert.deepEqual((await cf.apply((ref: Ref<unknown>) => ref.hid, { to: 'refs' })).acc, cf.refs('acc').map(({ hid }) => hid))
  assert.deepEqual((await cf.eval('acc')).columnNames(), ['acc'])
  const { variables, operations } = cf.info()
  assert.deepEqual(variables.map(({ name, refs, madeBy, usedBy }) => [name, refs, madeBy, usedBy]), [
    ['model', 4, [], ['score.model']], ['y', 2, [], ['score.y']], ['acc', 4, ['score.acc'], []],
  ])
  assert.deepEqual(operations.map(({ name, calls }) => [name, calls]), [['score', 4]])
  assert.match(String(cf.info()), /score {6}score {6}4/)
})
