import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeProject, program } from './tracked-project.ts'

test('the small methods of instances within an input count', async (t) => {
  const usage = (factor: number): string => `export class Usage {
  tokens: number
  constructor(tokens: number) { this.tokens = tokens }
  get cost() { return this.tokens * ${factor} }
}`
  const main = program(`import { registerType } from 'mandala-ts'
import { Usage } from './usage.ts'
registerType<Usage, number>({ name: 'Usage', is: (v) => v instanceof Usage, encode: (u) => u.tokens, decode: (n) => new Usage(n) })
const total = op(function total(all: Usage[]) { return all.map((u) => u.cost).join() })`, 'return unwrap(total([new Usage(10)]))')
  const { write, run } = makeProject(t, { 'src/usage.ts': usage(2), 'src/main.ts': main })
  assert.equal((await run()).result, '20')
  assert.deepEqual((await run()).executed, [])
  write('src/usage.ts', usage(3))
  assert.equal((await run()).result, '30')
})

test('environment variables count, however they are written; a folder that is not there is refused', async (t) => {
  const main = program("const read = op(function read() { return [process.env['MODE_A'], globalThis.process.env.MODE_B].join() })", 'return unwrap(read())')
  const { write, run } = makeProject(t, { 'src/main.ts': main })
  for (const env of [{ MODE_A: '1', MODE_B: '1' }, { MODE_A: '2', MODE_B: '1' }, { MODE_A: '2', MODE_B: '2' }]) {
    assert.deepEqual(await run(env), { result: `${env.MODE_A},${env.MODE_B}`, executed: ['read'], warnings: [] })
    assert.deepEqual((await run(env)).executed, [])
  }
  write('src/main.ts', main.replace("deps: 'src'", "deps: 'srcc'"))
  await assert.rejects(run(), /OPTION_INVALID.*"srcc"/s)
})

test('an op made by a function depends on what it closes over', async (t) => {
  const main = (factor: number): string => program(
    "const makeOp = (factor: number) => op('scale', (x: number) => x * factor)", `return unwrap(makeOp(${factor})(2))`)
  const { write, run } = makeProject(t, { 'src/main.ts': main(3) })
  assert.deepEqual([(await run()).result, (await run()).executed], [6, []])
  write('src/main.ts', main(4))
  assert.equal((await run()).result, 8)
  write('src/main.ts', main(3))
  assert.deepEqual(await run(), { result: 6, executed: [], warnings: [] })
})

test('a call that uses a module before that has begun to run is executed in every process, and that is said', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': "import './scale.ts'\n",
    'src/scale.ts': `import { early } from './early.ts'
export function scale(x: number) { return [x].map((each) => each * 2)[0] }
export const late = () => early
`,
    'src/early.ts': `${program(
      "import { scale } from './scale.ts'\nconst f = op(function f(x: number) { return scale(x) })", 'return unwrap(f(2))')}export const early = result\n`,
  })
  for (let i = 0; i < 2; i += 1) {
    const { result, executed, warnings } = await run()
    assert.deepEqual([result, executed, warnings.length], [4, ['f'], 1])
    assert.match(warnings[0] as string, /^f uses src\/scale\.ts \(it hasn't begun to run/)
  }
})

/** Ops over a function that multiplies by what it closes over. */
const CLOSING: Readonly<Record<string, (factor: number) => string>> = {
  'a local function, by its name': (k) => `function make(k: number) { function f(x: number) { return scale(x, k) } return op(f) }\nconst f = make(${k})`,
  'a local constant': (k) => `function make(k: number) { const f = (x: number) => scale(x, k); return op(f) }\nconst f = make(${k})`,
  'a local function that it calls': (k) =>
    `function make(k: number) { const inner = (x: number) => scale(x, k); return op('f', (x: number) => inner(x)) }\nconst f = make(${k})`,
  'a local class': (k) =>
    `function make(k: number) { class Local { f(x: number) { return scale(x, k) } } return op('f', (x: number) => new Local().f(x)) }\nconst f = make(${k})`,
  '`this` in a method': (k) => `class Maker { k; constructor(k: number) { this.k = k } make() { return op('f', (x: number) => scale(x, this.k)) } }
const f = new Maker(${k}).make()`,
  'a method of `this`': (k) => `class Maker { k; constructor(k: number) { this.k = k } g(x: number) { return scale(x, this.k) }
  make() { return op('f', (x: number) => this.g(x)) } }\nconst f = new Maker(${k}).make()`,
  'a private field': (k) => `class Maker { #k; constructor(k: number) { this.#k = k }
  make() { return op('f', (x: number) => scale(x, this.#k)) } }
const f = new Maker(${k}).make()`,
  'a field that is an op': (k) => `class Maker { k; constructor(k: number) { this.k = k } f = op('f', (x: number) => scale(x, this.k)) }\nconst { f } = new Maker(${k})`,
  'arguments': (k) => `function make(..._: number[]) { return op('f', (x: number) => scale(x, arguments[0])) }\nconst f = make(${k})`,
  'a function that another one makes': (k) => `const f = op('f', multiply(${k}))`,
  'a value of the module level': (k) => `const made = multiply(${k})\nconst f = op('f', made)`,
  'a member of a value of the module level': (k) => `const made = { f: multiply(${k}) }\nconst f = op('f', made.f)`,
  'a table of ops': (k) => `const ops = { f: op('f', multiply(${k})) }\nconst { f } = ops`,
  'a bound function': (k) => `const f = op('f', flipped.bind(null, ${k}), { inputs: ['x'] })`,
  'what another function makes, inside a third': (k) => `function make(k: number) { const made = multiply(k); return op('f', made) }\nconst f = make(${k})`,
  'text of the function around it': (k) => `function make() { return op('f', multiply(${k})) }\nconst f = make()`,
  'a variable of a loop': (k) => `const all = []\nfor (const k of [${k}]) all.push(op('f', (x: number) => scale(x, k)))\nconst [f] = all`,
  'a function of one\'s own that makes ops': (k) => `const make = (fn: (x: number) => number) => op('f', fn)\nconst f = make(multiply(${k}))`,
}

for (const [what, write] of Object.entries(CLOSING)) {
  test(`what an op's function closes over counts: ${what}`, async (t) => {
    const main = (factor: number): string => program(`const scale = (x: number, by: number) => [x].map((each) => each * by)[0]!
const multiply = (k: number) => (x: number) => scale(x, k)
const flipped = (k: number, x: number) => scale(x, k)
${write(factor)}`, 'return unwrap(f(2))')
    const project = makeProject(t, { 'src/main.ts': main(3) })
    assert.deepEqual(await project.run(), { result: 6, executed: ['f'], warnings: [] })
    assert.deepEqual(await project.run(), { result: 6, executed: [], warnings: [] })
    project.write('src/main.ts', main(4))
    assert.deepEqual(await project.run(), { result: 8, executed: ['f'], warnings: [] })
    project.write('src/main.ts', main(3))
    assert.deepEqual(await project.run(), { result: 6, executed: [], warnings: [] })
  })
}

test('an op of a function that closes over what can\'t be told is executed in every process, and that is said', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`const multiply = (k: number) => (x: number) => [x].map((each) => each * k)[0]!
const make = (fn: (x: number) => number) => op('f', fn)
const makeAll = (k: number) => ({ f: make(multiply(k)) })`, 'return unwrap(makeAll(3).f(2))'),
  })
  for (let i = 0; i < 2; i += 1) {
    const { result, executed, warnings } = await run()
    assert.deepEqual([result, executed, warnings.length], [6, ['f'], 1])
    assert.match(warnings[0] as string, /^f uses what its function closes over/)
  }
})

test('a value of the module level that changes between two calls in one run is another input to both', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(
      "import { config } from './config.ts'\nlet rate = 1\nconst f = op(function f(x: number) { return x * rate + config.offset })",
      'const results = []; for (const [r, o] of [[1, 0], [2, 0], [1, 0], [1, 5], [1, 0]] as const) ' +
        '{ rate = r; config.offset = o; results.push(await unwrap(f(10))) }; return results'),
    'src/config.ts': 'export const config = { offset: 0 }',
  })
  const first = await run()
  assert.deepEqual(first.result, [10, 20, 10, 15, 10])
  assert.equal(first.executed.length, 3)
  assert.deepEqual(await run(), { ...first, executed: [] })
})

test('packages count by their versions, the environment by its values', async (t) => {
  const files = {
    'src/main.ts': program(
      "import { scale } from 'scaler'\nconst f = op(function f(x: number) { return scale(x) })\nconst g = op(function g(x: number) { return x + process.env.SUFFIX! })",
      'return [await unwrap(f(1)), await unwrap(g(1))]'),
    'node_modules/scaler/package.json': '{ "name": "scaler", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
    'node_modules/scaler/index.js': 'export const scale = (x) => x * 2',
  }
  const { write, run } = makeProject(t, files)
  assert.deepEqual(await run({ SUFFIX: 'a' }), { result: [2, '1a'], executed: ['f', 'g'], warnings: [] })
  assert.deepEqual((await run({ SUFFIX: 'a' })).executed, [])
  assert.deepEqual(await run({ SUFFIX: 'b' }), { result: [2, '1b'], executed: ['g'], warnings: [] })
  write('node_modules/scaler/package.json', files['node_modules/scaler/package.json'].replace('1.0.0', '2.0.0'))
  write('node_modules/scaler/index.js', 'export const scale = (x) => x * 3')
  assert.deepEqual(await run({ SUFFIX: 'a' }), { result: [3, '1a'], executed: ['f'], warnings: [] })
})

test('what a call inside a call used counts for both: a package, the environment, a value, whether the inner one was executed or found', async (t) => {
  const { write, run } = makeProject(t, {
    'src/main.ts': program(
      `import { scale } from 'scaler'
import { shift } from './shift.ts'
const inner = op(function inner(x: number) { return scale(x) + shift + process.env.SUFFIX! })
const outer = op(async function outer(x: number, y: number) { return [await inner(x), y].join() })
const ys = process.argv.slice(2).map(Number)`,
      'const results = []; for (const y of ys) results.push(await unwrap(outer(1, y))); return results'),
    'src/shift.ts': 'export const shift = 10',
    'node_modules/scaler/package.json': '{ "name": "scaler", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
    'node_modules/scaler/index.js': 'export const scale = (x) => x * 2',
  })
  const found = { result: ['12a,1', '12a,2'], executed: [], warnings: [] }
  assert.deepEqual(await run({ SUFFIX: 'a' }, ['1']), { result: ['12a,1'], executed: ['outer', 'inner'], warnings: [] })
  assert.deepEqual(await run({ SUFFIX: 'a' }, ['1', '2']), { ...found, executed: ['outer'] })
  assert.deepEqual(await run({ SUFFIX: 'a' }, ['1', '2']), found)
  assert.deepEqual((await run({ SUFFIX: 'b' }, ['1', '2'])).executed, ['outer', 'inner', 'outer'])
  write('src/shift.ts', 'export const shift = 20')
  assert.deepEqual((await run({ SUFFIX: 'a' }, ['1', '2'])).executed, ['outer', 'inner', 'outer'])
  write('src/shift.ts', 'export const shift = 10')
  assert.deepEqual(await run({ SUFFIX: 'a' }, ['1', '2']), found)
  write('node_modules/scaler/package.json', '{ "name": "scaler", "version": "2.0.0", "type": "module", "exports": "./index.js" }')
  assert.deepEqual((await run({ SUFFIX: 'a' }, ['1', '2'])).executed, ['outer', 'inner', 'outer'])
})

test('listeners and a logger that hear of a call inside a call are no part of the outer one', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`const inner = op(function inner(x: number) { return x + 0 * Date.now() })
const outer = op(async function outer(x: number) { return Number(await inner(x)) })`, 'return unwrap(outer(1))'),
  })
  const first = await run()
  assert.deepEqual([first.result, first.executed, first.warnings.length], [1, ['outer', 'inner'], 2])
  assert.deepEqual(await run(), { result: 1, executed: [], warnings: [] })
})

test('hidden inputs and assignments are told once, by name', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(
      'let count = 0\nconst f = op(function f(x: number) { count = x; return x + Number(Math.random() < 0) + Number(Date.now() < 0) })',
      'return [await unwrap(f(1)), await unwrap(f(2)), count]'),
  })
  const { warnings } = await run()
  assert.deepEqual(warnings.map((warning) => /^f (uses|assigns to) (\S+?),/.exec(warning)?.slice(1)), [
    ['uses', 'Date.now'], ['uses', 'Math.random'], ['assigns to', 'src/main.ts#count'],
  ])
})

test('a value that changes while a call uses it fails that call, and stores nothing', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(
      'let state = 1\nconst f = op(async function f() { const before = state; await new Promise(setImmediate); await new Promise(setImmediate); return before + state })',
      'const running = f(); await new Promise(setImmediate); state = 2; return running.then(unwrap, (error) => error.code)'),
  })
  assert.equal((await run()).result, 'CODE_UNSTABLE')
})

test('a client that a call makes when it first needs one fails that call, and the error says what to write instead', async (t) => {
  const lazy = program(
    'class Client { ask(x: number) { return x + 1 } }\nlet client: Client | undefined\n' +
      'const ask = op(function ask(x: number) { client ??= new Client(); return client.ask(x) })',
    'return ask(1).then(unwrap, (error) => `${error.code} ${error.message}`)')
  const { write, run } = makeProject(t, { 'src/main.ts': lazy })
  const { result } = await run()
  assert.match(String(result), /^CODE_UNSTABLE src\/main\.ts#client changed while ask was using it, which assigns to it\n/)
  assert.match(String(result), /`const client = …`.*external\('client', …\)/)
  write('src/main.ts', lazy.replace('let client: Client | undefined', 'const client = new Client()').replace('client ??= new Client(); ', ''))
  assert.deepEqual(await run(), { result: 2, executed: ['ask'], warnings: [] })
  assert.deepEqual((await run()).executed, [])
})
