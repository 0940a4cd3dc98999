import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dict, external, ignore, list, newArg, op, Q, Ref, set, Storage, wrap, type Op, type Variable } from '../../src/index.ts'
import { askSimilar, makePrinting, show } from '../parity/paste.ts'
import { hasCode, logOf, makePath } from '../helpers.ts'

const inc = op(function inc(x: number) { return x + 1 })
const add = op(function add(x: number, y: number) { return x + y })
const divide = op(function divide(a: number, b: number) { return [Math.floor(a / b), a % b] as [number, number] }, { outputs: ['quotient', 'rest'] })
const ask = op(function ask({ model, prompt, seed = 1 }: { model: string; prompt: string; seed?: number }) { return `${model} ${prompt} ${seed}` }, { output: 'answer' })
const sum = op(function sum(...xs: number[]) { return xs.reduce((a, b) => a + b, 0) })
const range = op(function range(n: number) { return Array.from({ length: n }, (_, i) => i) }, { output: list() })
const mean = op(function mean(xs: number[]) { return xs.reduce((a, b) => a + b, 0) / xs.length }, { inputs: { xs: list() } })
const merge = op(function merge(parts: Record<string, number>) { return Object.values(parts).reduce((a, b) => a + b, 0) }, { inputs: { parts: dict() } })
const count = op(function count(xs: Set<number>) { return xs.size }, { inputs: { xs: set() } })

test('queries see unfinished work, inside and outside of a run, and what was dropped no more', async () => {
  const storage = new Storage()
  const x = Q<number>()
  const y = inc.match({ x })
  await storage.run(async () => {
    await inc(1)
    assert.deepEqual(show(await storage.df({ x, y })), ['1 2'])
    await inc(2)
  })
  assert.deepEqual(show(await storage.df({ x, y })), ['1 2', '2 3'])
  await storage.drop((await storage.calls(inc))[0] as never)
  assert.deepEqual(show(await storage.df({ x, y })), ['2 3'])
})

test('Refs of a table are inputs like any other, with their histories', async () => {
  const storage = new Storage()
  await storage.run(async () => { await add(inc(1), 5) })
  const log = logOf(storage)
  const y = inc.match()
  const [ref] = (await storage.df({ y }, { values: 'refs' })).array('y') as Ref<number>[]
  await storage.run({ newCalls: 'error' }, () => add(ref as Ref<number>, 5))
  assert.deepEqual(log.take(), ['hit add by history'])
})

test('a table of Refs reads no values, a lazy one those that are looked at', async (t) => {
  const path = makePath(t)
  {
    await using storage = new Storage(path)
    await storage.run(async () => { for (let i = 0; i < 5; i += 1) await inc(i) })
  }
  await using storage = new Storage(path)
  const log = logOf(storage)
  const y = inc.match()
  await storage.df({ y }, { values: 'refs' })
  assert.deepEqual(log.take(), [])
  const table = await storage.df({ y }, { values: 'lazy' })
  assert.deepEqual(log.take(), [])
  assert.equal(table.get('y', 2), 3)
  assert.deepEqual(log.take(), ['load'])
})

test('pinned values count whatever their history, Refs with it', async () => {
  const storage = new Storage()
  const computed = await storage.run(async () => {
    const two = await inc(1)
    await add(2, 10)
    await add(two, 20)
    await add(two, 30)
    return two as Ref<number>
  })
  const ask = async (x: unknown): Promise<string[]> => show(await storage.df({ out: add.match({ x: x as number }) }))
  assert.deepEqual(await ask(2), ['12', '22', '32'])
  assert.deepEqual(await ask(computed), ['22', '32'])
  assert.deepEqual(await ask(wrap(2)), ['12'])
  assert.deepEqual(await ask(3), [])
  assert.deepEqual(await ask(inc.match({ x: 1 })), ['22', '32'])
})

test('collections, externals and names are pinned as they are stored', async () => {
  const storage = new Storage()
  await storage.run(async () => {
    await mean([1, 2])
    await mean([3])
    await merge({ a: 1, b: 2 })
    await count(new Set([1, 2]))
    await inc(external('big', 7))
  })
  assert.deepEqual(show(await storage.df({ out: mean.match({ xs: [1, 2] }) })), ['1.5'])
  assert.deepEqual(show(await storage.df({ out: merge.match({ parts: { b: 2, a: 1 } }) })), ['3'])
  assert.deepEqual(show(await storage.df({ out: count.match({ xs: new Set([2, 1]) }) })), ['2'])
  assert.deepEqual(show(await storage.df({ out: inc.match({ x: external('big', 0) }) })), ['8'])
})

test('elements are reached by key and position, made and returned alike', async () => {
  const storage = new Storage()
  await storage.run(async () => {
    await mean([7, 8, 9])
    await mean(range(3))
    await merge({ a: 10, b: 20 })
  })
  const [xs, parts] = [Q<number[]>(), Q<Record<string, number>>()]
  mean.match({ xs })
  merge.match({ parts })
  assert.deepEqual(show(await storage.df({ second: xs.at(1) })).sort(), ['1', '8'])
  assert.deepEqual(show(await storage.df({ b: parts.at('b') })), ['20'])
  const key = Q<string>()
  const part = parts.at(key)
  assert.deepEqual(show(await storage.df({ key, part })).sort(), ["'a' 10", "'b' 20"])
  const from = Q.dict({ a: Q() })
  assert.deepEqual(show(await storage.df({ out: merge.match({ parts: from }) })), ['30'])
})

test('tests of values run on the candidates of their variable alone', async (t) => {
  const path = makePath(t)
  {
    await using storage = new Storage(path)
    await storage.run(async () => { for (let i = 0; i < 6; i += 1) await add(await inc(i), 100) })
  }
  await using storage = new Storage(path)
  const log = logOf(storage)
  const seen: number[] = []
  const y = inc.match().where((value) => { seen.push(value); return value > 4 })
  const out = add.match({ x: y })
  assert.deepEqual(show(await storage.df({ out }, { values: 'refs' })).length, 2)
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6])
  assert.equal(log.take().filter((line) => line === 'load').length, 6)
})

test('an op is matched at its own version, at another, or at any', async () => {
  const storage = new Storage()
  const first = op('grow', (x: number) => x + 1)
  const second = op('grow', (x: number) => x * 10, { version: 2 })
  await storage.run(async () => { await first(1); await second(1) })
  const ask = async (out: Variable<number>): Promise<string[]> => show(await storage.df({ out }))
  assert.deepEqual(await ask(first.match()), ['2'])
  assert.deepEqual(await ask(second.match()), ['10'])
  assert.deepEqual(await ask(first.match({}, { version: 2 })), ['10'])
  assert.deepEqual(await ask(first.match({ x: 1 }, { version: 'any' })), ['2', '10'])
})

test('rows come one by one, and the reading can be left off', async () => {
  const storage = new Storage()
  await storage.run(async () => { for (let i = 0; i < 1_500; i += 1) await inc(i) })
  const x = Q<number>()
  const y = inc.match({ x })
  let rows = 0
  for await (const row of storage.rows({ x, y })) {
    assert.equal(row.y, row.x + 1)
    rows += 1
  }
  assert.equal(rows, 1_500)
  for await (const row of storage.rows({ y })) {
    assert.deepEqual(row, { y: 1 })
    break
  }
  assert.equal((await storage.df({ y }, { limit: 10 })).numRows(), 10)
})

test('what similar prints fits tuples, named inputs, rest parameters, collections and versions', async () => {
  const printing = makePrinting()
  const ops: readonly Op[] = [inc, add, divide, ask, sum, range, mean, merge, count]
  const { storage } = printing
  const found = await storage.run(async () => {
    for (const n of [3, 5, 7]) {
      const [quotient, rest] = await divide(inc(n), 3)
      await sum(quotient, rest, inc(n))
      await mean([...(await range(n)) as Iterable<number>])
    }
    const [quotient, rest] = await divide(inc(9), 4)
    const all = await sum(quotient, rest, inc(9))
    const elements = [...(await range(4)) as Iterable<number>]
    return {
      rest, all, answer: await ask({ model: 'm', prompt: await ask({ model: 'n', prompt: 'p' }) }), halves: await mean(elements),
      merged: await merge({ a: await inc(1), b: rest }),
      counted: await count(new Set([elements[0] as number, elements[1] as number])),
    }
  })
  const codes: string[][] = []
  for (const [name, ref] of Object.entries(found)) codes.push((await askSimilar(printing, ops, { [name]: ref })).code.slice(0, -1))
  assert.deepEqual(codes, [
    ['const b = Q()', 'const x = Q()', 'const a = inc.match({ x })', 'const [, rest] = divide.match({ a, b })'],
    [
      'const b = Q()', 'const x = Q()', 'const xs = inc.match({ x })', 'const [quotient, rest] = divide.match({ a: xs, b })',
      "const all = sum.match({ 'xs[0]': quotient, 'xs[1]': rest, 'xs[2]': xs })",
    ],
    [
      'const model = Q()', 'const seed = Q()', 'const model_2 = Q()', 'const prompt = Q()', 'const seed_2 = Q()',
      'const answer_2 = ask.match({ model: model_2, prompt, seed: seed_2 })', 'const answer = ask.match({ model, prompt: answer_2, seed })',
    ],
    ['const n = Q()', 'const range_out = range.match({ n })', 'const xs_item = range_out.at()', 'const xs = Q.list([xs_item])', 'const halves = mean.match({ xs })'],
    [
      'const x = Q()', 'const b = Q()', 'const x_2 = Q()', 'const inc_out = inc.match({ x })', 'const a = inc.match({ x: x_2 })',
      'const [, rest] = divide.match({ a, b })', 'const parts = Q.dict([inc_out, rest])', 'const merged = merge.match({ parts })',
    ],
    ['const n = Q()', 'const range_out = range.match({ n })', 'const xs_item = range_out.at()', 'const xs = Q.set([xs_item])', 'const counted = count.match({ xs })'],
  ])
})

test('what similar prints says the version where the op has several, or another than the first', async () => {
  const printing = makePrinting()
  const first = op('grow', (x: number) => x + 1)
  const second = op('grow', (x: number) => x * 10, { version: 2 })
  const only = op('only', (x: number) => x, { version: 1 })
  const odd = op('to "odd"', (x: number) => 2 * x + 1)
  const { early, late, later, strange } = await printing.storage.run(async () => (
    { early: await first(1), late: await second(1), later: await only(1), strange: await odd(3) }))
  assert.deepEqual((await askSimilar(printing, [second], { early })).code[1], 'const early = grow.match({ x }, { version: 0 })')
  assert.deepEqual((await askSimilar(printing, [first], { late })).rows, ['10'])
  assert.deepEqual((await askSimilar(printing, [only], { later })).code[1], 'const later = only.match({ x }, { version: 1 })')
  await printing.storage.similar({ 'a b': strange })
  assert.deepEqual(printing.printed.at(-1)?.split('\n'), [
    'const x = Q()', "const a_b = to__odd_.match({ x }) // op('to \"odd\"', …)", "await storage.df({ 'a b': a_b })",
  ])
})

test('a plan tells what was expected and what came', async () => {
  const { storage, printed } = makePrinting()
  await storage.run(async () => { await mean([await inc(1), await inc(2)] as number[]) })
  const y = inc.match()
  await storage.df({ y, out: mean.match({ xs: Q.list([y]) }) }, { explain: true })
  const lines = (printed[0] as string).split('\n').map((line) => line.replace(/ +/g, ' ').replace(/ [\d.]+$/, ''))
  assert.deepEqual(lines.filter((_, i) => i !== 1), [
    'step expected rows ms', 'block 1: mean 1 1', 'block 2: an element ⋈ inc, from block 1 10 2', 'join block 2 2', 'answers 2',
  ])
})

test('a chain longer than a database joins at once, and a circle of ops, are answered', async () => {
  const storage = new Storage()
  await storage.run(async () => {
    for (const start of [0, 1_000]) {
      let x: number = start
      for (let i = 0; i < 130; i += 1) x = (await inc(x)) as number
    }
    await add(inc(5), inc(5))
    await add(inc(5), inc(6))
  })
  const first = Q<number>().isIn([wrap(0), wrap(1_000), wrap(1)])
  let last = first as Variable<number>
  for (let i = 0; i < 130; i += 1) last = inc.match({ x: last })
  assert.deepEqual(show(await storage.df({ first, last })), ['0 130', '1000 1130'])
  let open = Q<number>() as Variable<number>
  for (let i = 0; i < 130; i += 1) open = inc.match({ x: open })
  assert.deepEqual(show(await storage.df({ open })), ['130', '1130'])
  const [x, y] = [Q<number>(), Q<number>()]
  const out = add.match({ x: inc.match({ x }), y: inc.match({ x: y }) })
  assert.deepEqual(show(await storage.df({ x, y, out })), ['5 5 12', '5 6 13'])
  const same = inc.match({ x })
  assert.deepEqual(show(await storage.df({ twice: add.match({ x: same, y: same }) })), ['12'])
  const circle = Q<number>()
  inc.match({ x: inc.match({ x: circle }) }).is(circle)
  assert.equal((await storage.df({ circle })).numRows(), 0)
})

const shy = op(function shy(x: number, _log: unknown, since: number = newArg(5)) { return x + since }, { ignore: ['_log'] })

test('what can\'t be meant is refused, with the place and the next step', async () => {
  const storage = new Storage()
  await storage.run(async () => { await inc(1) })
  const is = (text: RegExp): ReturnType<typeof hasCode> => hasCode('QUERY_INVALID', text)
  assert.throws(() => inc.match({ y: 1 }), is(/inc\.match: inc has no input "y".*\n.*its inputs are x/))
  assert.throws(() => shy.match({ _log: 1 }), is(/ignored by shy/))
  assert.throws(() => inc.match({ x: (() => 1) as never }), is(/inc\.match: input x: was given/))
  assert.throws(() => mean.match({ xs: [Q()] as never }), is(/Q\.list\(\[q\]\)/))
  assert.throws(() => inc.match({ x: ignore(1) }), is(/ignore/))
  assert.throws(() => inc.match({}, { version: 'x' as never }), hasCode('OPTION_INVALID', /inc\.match: version is "x"/))
  assert.throws(() => inc.match(Q() as never), is(/takes one object/))
  assert.throws(() => inc.match({}, { at: 1 } as never), hasCode('OPTION_INVALID', /no option "at"/))
  assert.throws(() => Q().is(5 as never), is(/equals/))
  assert.throws(() => Q().isIn(5 as never), is(/isIn/))
  assert.throws(() => Q().where(5 as never), is(/where/))
  assert.throws(() => Q.list([Q()], { at: [1, 2] }), is(/`at` has more entries/))
  assert.throws(() => Q.list(Q() as never), is(/Q\.list was given an object \(Variable\)/))
  const y = inc.match()
  await assert.rejects(storage.df({}), is(/nothing is selected/))
  await assert.rejects(storage.df({ y, q: Q() }), is(/nothing is said of "q"/))
  await assert.rejects(storage.df({ y: y.isNot(Q()) }), is(/a Q that others are compared with/))
  await assert.rejects(storage.df({ a: inc.match(), b: add.match() }), is(/2 parts that share no variable: inc\.match \(a\); add\.match \(b\)/))
  await assert.rejects(storage.df({ a: wrap(1) as never }), is(/"a" is an object \(Ref\), and no Q/))
  await assert.rejects(storage.df({ a: inc.match() }, { limits: 1 } as never), hasCode('OPTION_INVALID', /no option "limits"/))
  await assert.rejects(storage.rows({ y }, { values: 'lazy' as 'refs' }).next(), hasCode('OPTION_INVALID', /values is "lazy"/))
  await assert.rejects(storage.df({ a: inc.match() }, { limit: -1 }), hasCode('OPTION_INVALID', /limit is -1/))
  const chain = [Q<number>()]
  for (let i = 0; i < 1_900; i += 1) chain.push(inc.match({ x: chain.at(-1) as Variable<number> }))
  await assert.rejects(storage.df(Object.fromEntries(chain.map((each, i) => [`c${i}`, each]))), is(/1901 columns/))
  const { same, ref } = await storage.run(async () => ({ same: await mean([await inc(1), await inc(2)] as number[]), ref: (await inc(2)) as Ref<number> }))
  const other = (await storage.run(() => inc(1))) as Ref<number>
  await assert.rejects(storage.similar({ ref, other, same }), is(/"ref" and "other" play the same role/))
  await assert.rejects(storage.similar({ five: 5 }), is(/"five" is 5, and no Ref/))
  await assert.rejects(storage.similar({}), is(/nothing is selected/))
  await assert.rejects(storage.similar({ five: wrap(5), ref }), is(/"five" has no history/))
  await assert.rejects(new Storage().similar({ ref }), is(/"ref" was made by no call that is stored/))
})

test('what is tied by a value that everything has is refused, and no answer is needed to know so', async () => {
  const storage = new Storage()
  await storage.run(async () => {
    for (let i = 0; i < 3_500; i += 1) {
      await add(1, i + 10)
      await divide(1, i + 10)
    }
  })
  const x = Q<number>()
  const [sums, [quotient]] = [add.match({ x }), divide.match({ a: x })]
  await assert.rejects(storage.df({ sums, quotient }), hasCode('QUERY_INVALID', /divide and add share so little that there are 12,250,000 ways/))
  assert.equal((await storage.df({ x })).numRows(), 1)
})

test('parts that share no variable are combined when that is asked for', async () => {
  const storage = new Storage()
  await storage.run(async () => { await inc(1); await inc(2); await add(1, 1); await add(2, 2) })
  assert.equal((await storage.df({ a: inc.match(), b: add.match() }, { allowProduct: true })).numRows(), 4)
})

test('a wrapped value that is selected is what it was passed as, however many other values are equal to it', async () => {
  const printing = makePrinting()
  const { a, b, out } = await printing.storage.run(async () => {
    await add(1, inc(2))
    await add(4, inc(5))
    const [a, b] = [wrap(7), wrap(7)]
    return { a, b, out: await add(a, inc(b)) }
  })
  assert.deepEqual((await askSimilar(printing, [add, inc], { a, b, out })).rows, ['1 2 4', '4 5 10', '7 7 15'])
  assert.deepEqual((await askSimilar(printing, [add, inc], { b, out })).rows, ['2 4', '5 10', '7 15'])
})

test('an input named as the selected value is that input; another name is every use of it', async () => {
  const printing = makePrinting()
  const { x, five, out } = await printing.storage.run(async () => {
    await add(1, 2)
    await add(3, 3)
    return { x: wrap(5), five: wrap(5), out: await add(5, 5) }
  })
  assert.deepEqual((await askSimilar(printing, [add], { x, out })).rows, ['1 3', '3 6', '5 10'])
  assert.deepEqual((await askSimilar(printing, [add], { five, out })).rows, ['3 6', '5 10'])
})
