import assert from 'node:assert/strict'
import { test } from 'node:test'
import { list, op, Storage, unwrap, value } from '../../src/index.ts'
import { hasCode, logOf } from '../helpers.ts'

/** `op` as a program without types calls it. */
const untyped = op as unknown as (...args: unknown[]) => unknown
const named = function named(x: unknown, y: unknown): unknown { return [x, y] }
const makeDefault = (): { x: number } => ({ x: 1 })
const destructured = function destructured({ x }: { x: number }): number { return x }

const refused: readonly (readonly [what: string, args: readonly unknown[], text: RegExp])[] = [
  ['no function', ['f'], /was given no function/],
  ['nothing', [], /was given no function/],
  ['a function without a name', [(() => (x: number) => x)()], /needs a name/],
  ['an empty name', ['', named], /needs a name/],
  ['an unknown option', [named, { versoin: 2 }], /no option "versoin"/],
  ['a version that is no number', [named, { version: '2' }], /version is "2"/],
  ['the version NaN', [named, { version: NaN }], /version is NaN/],
  ['both output and outputs', [named, { output: 'a', outputs: ['a', 'b'] }], /both `output` and `outputs`/],
  ['no outputs', [named, { outputs: [] }], /`outputs` is empty/],
  ['two outputs of one name', [named, { outputs: ['a', 'a'] }], /two outputs called "a"/],
  ['an output of no kind', [named, { outputs: { a: 'list' } }], /kind of output "a" is none/],
  ['a single output with two names', [named, { output: { a: list(), b: list() } }], /names one output/],
  ['a number as the output', [named, { output: 5 }], /output is 5/],
  ['ignore of an input that is not there', [named, { ignore: ['z'] }], /`ignore` speaks of "z".*\n.*x, y/],
  ['a kind for an input that is not there', [named, { inputs: { z: list() } }], /`inputs` speaks of "z"/],
  ['an input of no kind', [named, { inputs: { x: 'list' } }], /kind of input "x" is none/],
  ['transient of an output that is not there', [named, { transient: ['z'] }], /`transient` speaks of "z"/],
  ['too few names of inputs', [named, { inputs: ['a'] }], /has 2 parameters and `inputs` names 1/],
  ['two inputs of one name', [named, { inputs: ['a', 'a'] }], /two parameters called "a"/],
  ['names for a destructured object', [destructured, { inputs: ['x'] }], /one destructured object/],
  ['a native function without names of inputs', [Math.max], /can't be read off its source/],
  ['a bound function without names of inputs', ['bound', named.bind(undefined)], /can't be read off its source/],
  ['options that are none', [named, 'v2'], /its options are "v2"/],
  ['a kind that there is not', [named, { output: { kind: 'lits' } }], /kind of output "kind" is none/],
  ['a list of what is no kind', [named, { output: { kind: 'list', element: 'value' } }], /names one output/],
  ['inputs that are no names', [named, { inputs: [1, 2] }], /inputs is an array[^]*name them/],
  ['one ignored input that is no list', [named, { ignore: 'x' }], /ignore is "x"/],
  ['a transient output that is no list', [named, { transient: 'output' }], /transient is "output"/],
  ['compose that is no boolean', [named, { compose: 'yes' }], /compose is "yes"/],
  ['a default of its one object that is no literal', ['whole', ({ x }: { x: number } = makeDefault()): number => x], /default of its one object/],
  ['the name of a built-in op', ['__make_list__', named], /built-in/],
]

for (const [what, args, text] of refused) {
  test(`an op with ${what} is refused when it is made`, () => {
    assert.throws(() => untyped(...args), hasCode('OP_INVALID', text))
  })
}

test('two different functions under one name in one storage are refused, with both places', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const one = op('twin', (x: number) => x + 1)
  const other = op('twin', (x: number) => x + 2)
  await storage.run(() => one(1))
  log.take()
  await assert.rejects(storage.run(() => other(1)), (error) => {
    hasCode('OP_NAME_TAKEN', /"twin"/)(error)
    assert.equal((error as Error).message.match(/op-options\.test\.ts:\d+/g)?.length, 2)
    return true
  })
  assert.deepEqual(log.take(), [])
  assert.equal(await unwrap(await new Storage().run(() => other(1))), 3)
})

test('one function may be made an op twice', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const fn = function again(x: number): number { return x }
  const [one, other] = [op(fn), op(fn)]
  await storage.run(async () => { await one(1); await other(1) })
  assert.deepEqual(log.take(), ['run again', 'hit again by history'])
})

test('two versions of one name live side by side', async () => {
  const storage = new Storage()
  const one = op('f', (x: number) => x + 1, { version: 1 })
  const two = op('f', (x: number) => x + 2, { version: 2 })
  assert.deepEqual(await unwrap(await storage.run(() => Promise.all([one(1), two(1)]))), [2, 3])
})

test('another version is a miss, and going back is a hit', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const fn = function f(x: number): number { return x }
  const [none, zero, one] = [op(fn), op(fn, { version: 0 }), op(fn, { version: 1 })]
  for (const f of [none, one, zero, one, none]) await storage.run(() => f(1))
  assert.deepEqual(log.take(), ['run f', 'run f', 'hit f by history', 'hit f by history', 'hit f by history'])
  assert.deepEqual((await storage.stats()).ops, [{ name: 'f', version: 0, calls: 1 }, { name: 'f', version: 1, calls: 1 }])
})

test('the name of a single output may change and every hit stays', async () => {
  const storage = new Storage()
  const log = logOf(storage)
  const fn = function f(x: number): number { return x }
  for (const f of [op(fn), op(fn, { output: 'a' }), op(fn, { output: { b: value() } })]) await storage.run(() => f(1))
  assert.deepEqual(log.take(), ['run f', 'hit f by history', 'hit f by history'])
})

test('an op shows its function and its name', () => {
  const fn = (x: number): number => x
  const f = op('identity', fn)
  assert.equal(f.fn, fn)
  assert.equal(f.opName, 'identity')
  assert.equal((f as unknown as { name: string }).name, 'identity')
})

test('of two functions that one place makes under one name the error says so', async () => {
  const makeTrainer = (rate: number) => op('train', (x: number) => x * rate)
  await using storage = new Storage()
  await storage.run(async () => {
    await makeTrainer(2)(1)
    await assert.rejects(async () => makeTrainer(3)(1), hasCode('OP_NAME_TAKEN', /both made at .*op-options\.test\.ts:\d+/))
  })
})
