import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUNDLERS } from './bundlers.ts'
import { CALLS, CLOSING, writeClosing } from './closing-ops.ts'
import { makeProject, program, type Report } from './tracked-project.ts'

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

const MINIFIED = { compilerOptions: { module: 'esnext', target: 'esnext', moduleResolution: 'bundler', verbatimModuleSyntax: true } }

for (const name of ['loader', 'esbuild, minified and split', 'vite', 'rolldown', 'webpack'] as const) {
  test(`what an op's function closes over counts, and a call is found wherever it was saved: ${name}`, async (t) => {
    const main = program("import { ops } from './ops.ts'", CALLS)
    const { folder, write, start, run } = makeProject(t, { 'src/main.ts': main, ...writeClosing(3), 'tsconfig.json': JSON.stringify(MINIFIED) })
    const runHere = async (): Promise<Report> => (name === 'loader' ? run() : start([await BUNDLERS[name]({ project: folder })]))
    const runs = []
    for (const [factor, runIt] of [[3, run], [3, runHere], [4, runHere], [3, runHere], [4, run]] as const) {
      for (const [file, text] of Object.entries(writeClosing(factor))) write(file, text)
      const { result, warnings }: Report = await runIt()
      runs.push([warnings, Map.groupBy(Object.keys(CLOSING), (what) => (result as Record<string, readonly unknown[]>)[what]?.join())])
    }
    const all = (each: string): unknown => [[], new Map([[each, Object.keys(CLOSING)]])]
    assert.deepEqual(runs, [all('6,1'), all('6,0'), all('8,1'), all('6,0'), all('8,0')])
  })
}

/** Ops that close over what nobody can look into. */
const UNTOLD: Readonly<Record<string, readonly [name: string, source: string]>> = {
  'a function that was handed on': ['another function made it', `const make = (fn: (x: number) => number) => op('f', fn)
const makeAll = (k: number) => ({ f: make(multiply(k)) })\nconst f = (x: number) => makeAll(3).f(x)`],
  'a parameter': ['inner hides what it holds', "const make = (inner: (x: number) => number) => op('f', (x: number) => inner(x))\nconst f = make(multiply(3))"],
  'a member of `this` that is given from outside': ['inner hides what it holds', `class Maker { inner; constructor(inner: (x: number) => number) { this.inner = inner }
  f = op('f', (x: number) => this.inner(x)) }\nconst { f } = new Maker(multiply(3))`],
  'a field that a parameter decides on': ['isLarge hides what it holds', `
class Maker { g; constructor(isLarge: boolean) { this.g = multiply(3); if (isLarge) this.g = multiply(4) }
  f = op('f', (x: number) => this.g(x)) }\nconst { f } = new Maker(false)`],
  'a bound function in a parameter, by whatever name': ['inner hides what it holds', `const flipped = (k: number, x: number) => multiply(k)(x)
const make = (inner: (x: number) => number) => op('f', (x: number) => inner(x))
const f = make(Object.defineProperty(flipped.bind(null, 3), 'name', { value: 'flipped' }))`],
  'a class in a parameter that a function made': ['C hides what it holds', `const classOf = (k: number) => class { run(x: number) { return x * k } }
const make = (C: new () => { run(x: number): number }) => op('f', (x: number) => new C().run(x))\nconst f = make(classOf(3))`],
  'a class in a parameter that reports nothing': ['models hides what it holds', `const classOf = (k: number) => class { by = k }
const make = (models: { C: new () => { by: number } }) => op('f', (x: number) => x * new models.C().by)\nconst f = make({ C: classOf(3) })`],
  'an instance in a parameter of a class that reports nothing': ['model hides what it holds', `const classOf = (k: number) => class { get by() { return k } }
const make = (model: { by: number }) => op('f', (x: number) => x * model.by)\nconst f = make(new (classOf(3))())`],
  'a promise in a parameter': ['later hides what it holds', `const make = (later: Promise<number>) => op('f', async (x: number) => x * await later)
const f = make(Promise.resolve(3))`],
  'an iterator in a parameter': ['numbers hides what it holds', `const make = (numbers: Iterator<number>) => op('f', (x: number) => x * numbers.next().value)
const f = make([3].values())`],
  'what the platform keeps in no property, in a parameter': ['query hides what it holds', `
const make = (query: URLSearchParams) => op('f', (x: number) => x * Number(query.get('by')))\nconst f = make(new URLSearchParams('by=3'))`],
  'an instance in a parameter of a class that has its state elsewhere by way of functions': ['model hides what it holds', `const states = new WeakMap<Model, number>()
const put = (model: Model, k: number) => { states.set(model, k) }; const get = (model: Model) => states.get(model)!
class Model { constructor(k: number) { put(this, k) } run(x: number) { return multiply(get(this))(x) } }
const make = (model: Model) => op('f', (x: number) => model.run(x))\nconst f = make(new Model(3))`],
  'a format in a field of a parameter': ['by hides what it holds', `const make = (by: { format: Intl.NumberFormat }) =>
  op('f', (x: number) => x * by.format.format(1).length)
const f = make({ format: new Intl.NumberFormat('en', { minimumFractionDigits: 1 }) })`],
  'a getter in a parameter': ['inner hides what it holds', `const hold = (k: number) => ({ get k() { return [k][0]! } })
const make = (inner: { k: number }) => op('f', (x: number) => x * inner.k)\nconst f = make(hold(3))`],
  'a parameter of more parts than are looked at': ['rows hides what it holds', `const make = (rows: number[]) => op('f', (x: number) => x * rows.at(-1)!)
const f = make(Array.from({ length: 200_001 }, () => 3))`],
  'a local that another function puts something into': ['k hides what it holds', `function make(ks: number[]) { const steps: ((x: number) => number)[] = []
  ks.forEach((k) => steps.push(multiply(k)))\n  return op('f', (x: number) => steps[0]!(x)) }\nconst f = make([3])`],
}

for (const [what, [name, source]] of Object.entries(UNTOLD)) {
  test(`an op whose function closes over what can't be told is executed in every process, and that is said: ${what}`, async (t) => {
    const before = `const multiply = (k: number) => (x: number) => [x].map((each) => each * k)[0]!\n${source}`
    const { run } = makeProject(t, { 'src/main.ts': program(before, 'return unwrap(f(2))') })
    for (let i = 0; i < 2; i += 1) {
      const { result, executed, warnings } = await run()
      assert.deepEqual([result, executed, warnings.length], [6, ['f'], 1])
      assert.match(warnings[0] as string, new RegExp(`^f uses what its function closes over.*${name}`))
    }
  })
}

test('what a package made counts by what is seen of it, by its version, and by the code that asked for it', async (t) => {
  const main = (limit: number): string => program(`import { Client, limited } from 'client'
class Evaluator {
  #client: Client
  limit = limited(${limit})
  constructor(client: Client) { this.#client = client }
  f = op('f', (x: number) => this.limit(() => this.#client.ask(x)))
}
const evaluate = (client: Client) => { const limit = limited(${limit}); return op('g', (x: number) => limit(() => client.ask(x))) }`,
  `const client = new Client({ model: process.argv[2] ?? 'small' })
const [f, g] = [new Evaluator(client).f, evaluate(client)]
return [await unwrap(f(2)), await unwrap(g(2))]`)
  const project = makeProject(t, {
    'src/main.ts': main(5),
    'node_modules/client/package.json': '{ "name": "client", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
    'node_modules/client/index.js': `export class Client { #asked = 0; constructor(options) { this.options = options }
ask(x) { this.#asked += 1; return this.options.model + x } }
export function limited(n) { let running = 0; return async (f) => { running += 1; await null; return n > running ? f() : 'too many' } }`,
  })
  const small = ['small2', 'small2']
  assert.deepEqual(await project.run(), { result: small, executed: ['f', 'g'], warnings: [] })
  assert.deepEqual(await project.run(), { result: small, executed: [], warnings: [] })
  assert.deepEqual(await project.run({}, ['large']), { result: ['large2', 'large2'], executed: ['f', 'g'], warnings: [] })
  project.write('src/main.ts', main(0))
  assert.deepEqual(await project.run(), { result: ['too many', 'too many'], executed: ['f', 'g'], warnings: [] })
  project.write('src/main.ts', main(5))
  assert.deepEqual(await project.run(), { result: small, executed: [], warnings: [] })
})

test('an op whose function names a local in JSX closes over it', async (t) => {
  const main = (factor: number): string => `/** @jsxRuntime classic */\n/** @jsx h */` + program(
    `const h = (type: (props: { x: number }) => number, props: { x: number }) => type(props)
function make(k: number) { const By = ({ x }: { x: number }) => [x].map((each) => each * k)[0]!
  return op('f', (x: number) => <By x={x}/> as unknown as number) }`,
    `return unwrap(make(${factor})(2))`)
  const { write, start } = makeProject(t, { 'src/main.tsx': main(3) })
  const run = (): Promise<Report> => start(['--import', 'mandala-ts/register', 'src/main.tsx'])
  assert.deepEqual([(await run()).result, (await run()).executed], [6, []])
  write('src/main.tsx', main(4))
  assert.deepEqual(await run(), { result: 8, executed: ['f'], warnings: [] })
})

test('what an op closes over is shown without running any of its code', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`import { inspect } from 'node:util'
const fail = (): never => { throw new Error('this is not to be called') }
class Shy { by = 3; [inspect.custom]() { return fail() } }
const make = (shy: Shy, Named: { new (): object; by: number }) => op('f', (x: number) => x * shy.by * Named.by)`,
    'return unwrap(make(new Shy(), class { static by = 2; static get name() { return fail() } })(1))'),
  })
  assert.equal((await run()).result, 6)
})

test('the private state of an instance that changes between two calls in one run is another input to both', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`class Model { #k = 1; set(k: number) { this.#k = k } run(x: number) { return [x].map((each) => each * this.#k)[0]! } }
const make = (model: Model) => op('f', (x: number) => model.run(x))`,
    'const model = new Model(); const f = make(model); const results = []\n'
      + 'for (const k of [1, 2, 1]) { model.set(k); results.push(await unwrap(f(2))) }; return results'),
  })
  assert.deepEqual(await run(), { result: [2, 4, 2], executed: ['f', 'f'], warnings: [] })
  assert.deepEqual(await run(), { result: [2, 4, 2], executed: [], warnings: [] })
})

/** Each gives an op that multiplies by 3, and a function after which it is by 4. */
const CHANGING: Readonly<Record<string, string>> = {
  'a local': "let inner = multiply(3); return { f: op('f', (x: number) => inner(x)), change: () => { inner = multiply(4) } }",
  'a Map': `const steps = new Map([['by', multiply(3)]])
return { f: op('f', (x: number) => steps.get('by')!(x)), change: () => { steps.set('by', multiply(4)) } }`,
  'an instance': `class Local { by = multiply(3) } const local = new Local()
return { f: op('f', (x: number) => local.by(x)), change: () => { local.by = multiply(4) } }`,
  'a local, by what hides its content': `let query = new URLSearchParams('by=3')
return { f: op('f', (x: number) => multiply(Number(query.get('by')))(x)), change: () => { query = new URLSearchParams('by=4') } }`,
}

for (const [what, body] of Object.entries(CHANGING)) {
  test(`a closure that is given to ${what} between calls is another one, in each process`, async (t) => {
    const before = `const multiply = (k: number) => (x: number) => [x].map((each) => each * k)[0]!\nfunction make() { ${body} }\nconst { f, change } = make()`
    const block = 'const first = await unwrap(f(2)); change(); return [first, await unwrap(f(2)), await unwrap(f(2))]'
    const { run } = makeProject(t, { 'src/main.ts': program(before, block) })
    for (const executed of [['f', 'f'], ['f']]) assert.deepEqual(await run(), { result: [6, 8, 8], executed, warnings: [] })
  })
}

test('a large value that an op closes over is looked at in each call', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`const make = (all: number[], byName: Map<number, number>) => op('f', (x: number) => x + all[0]! + byName.get(0)!)
const all = new Array<number>(5000).fill(0)`,
    'const byName = new Map(all.entries()); const f = make(all, byName); const results = []\n'
      + 'for (const k of [0, 3, 0]) { all[0] = k; results.push(await unwrap(f(1))); byName.set(0, k * 10); results.push(await unwrap(f(1))) }; return results'),
  })
  assert.deepEqual(await run(), { result: [1, 1, 4, 34, 31, 1], executed: ['f', 'f', 'f', 'f'], warnings: [] })
  assert.deepEqual(await run(), { result: [1, 1, 4, 34, 31, 1], executed: [], warnings: [] })
})

test('an op that closes over other ops, refs and the storage is found again', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`function pipeline(storage: Storage, limits: Set<number>) {
  const double = op('double', (x: number) => x * 2)
  const both = op('both', async (x: number) => await unwrap(double(x)) + await unwrap(double(x + 1)))
  return { double, both, all: async (x: number) => { const ref = await both(x); return [await op('late', async () => await unwrap(ref) + limits.size)(), storage] } }
}`, "const { all } = pipeline(new Storage({ path: ':memory:' }), new Set([1])); const [ref] = await all(2); return unwrap(ref)"),
  })
  assert.deepEqual(await run(), { result: 11, executed: ['both', 'double', 'double', 'late'], warnings: [] })
  assert.deepEqual(await run(), { result: 11, executed: [], warnings: [] })
})

test('what changes while the op runs is said once, and the rest of an instance counts', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`class Client {
  #asked = 0
  log: string[] = []
  #cache = new Map<string, number>()
  #model
  constructor(model: string) { this.#model = model }
  ask(x: number) { this.#asked += 1; this.log.push(String(x)); this.#cache.set(this.#model, x); return this.#model + [x].map((each) => each)[0]! }
}
const makeAsk = (client: Client) => { let asked = 0; return op('ask', (x: number) => { asked += 1; return client.ask(x) }) }`,
    "const ask = makeAsk(new Client(process.argv[2] ?? 'small')); return [await unwrap(ask(1)), await unwrap(ask(2)), await unwrap(ask(1))]"),
  })
  const first = await run()
  assert.deepEqual([first.result, first.executed], [['small1', 'small2', 'small1'], ['ask', 'ask']])
  assert.deepEqual(first.warnings.map((text) => /^ask uses (\S+) \(closed over by its function; it changes while ops run\)/.exec(text)?.[1]).sort(),
    ['asked', 'client.#asked', 'client.#cache', 'client.log'])
  assert.deepEqual((await run()).executed, [])
  assert.deepEqual((await run({}, ['large'])).result, ['large1', 'large2', 'large1'])
  assert.deepEqual((await run()).executed, [])
})

test('what one op changes counts in no other that closes over it', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`class Cache { #map = new Map<number, number>()
  get(x: number, make: () => number) { if (!this.#map.has(x)) this.#map.set(x, make()); return this.#map.get(x)! } }
class Desk { cache = new Cache(); seen: number[] = []
  ask = op('ask', (x: number) => this.#ask(x))
  grade = op('grade', (x: number) => { this.seen.push(x); return this.cache.get(x, () => x * 2) })
  #ask(x: number) { return [x].map((each) => each + 1)[0]! } }
const desk = new Desk()`, 'const results = []; for (const x of [1, 2, 3]) results.push(await unwrap(desk.ask(x)), await unwrap(desk.grade(x))); return results'),
  })
  const first = await run()
  assert.deepEqual([first.result, first.executed.length], [[2, 2, 3, 4, 4, 6], 6])
  assert.match(first.warnings.join(), /ask uses this\.cache\.#map \(closed over by its function; it changes while ops run\)/)
  assert.deepEqual((await run()).executed, [])
})

test('two storages with ops of one name know what each of them closes over', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`const multiply = (k: number) => (x: number) => [x].map((each) => each * k)[0]!
const make = (k: number) => op('f', (x: number) => [x].map((each) => each * k)[0]!)
const hand = (inner: (x: number) => number) => op('g', (x: number) => inner(x))
const both = [[make(3), hand(multiply(3))], [make(4), hand(multiply(4))]] as const
const ask = async ([f, g]: typeof both[0] | typeof both[1]) => {
  await using storage = new Storage({ path: 'both.db', deps: 'src', logger })
  storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
  return await storage.run(async () => [await unwrap(f(2)), await unwrap(g(2))])
}`, 'return Promise.all(process.argv.slice(2).map(async (i) => ask(both[Number(i)] as typeof both[0])))'),
  })
  const say = async (...args: string[]): Promise<unknown> => { const { result, executed } = await run({}, args); return [result, executed.sort()] }
  assert.deepEqual(await say('0'), [[[6, 6]], ['f', 'g']])
  assert.deepEqual(await say('1', '0'), [[[8, 8], [6, 6]], ['f', 'g', 'g']])
  assert.deepEqual(await say('1'), [[[8, 8]], ['g']])
})

test('what an op closes over that was made in a call is known from what that call is given', async (t) => {
  const main = (k: number): string => program(`const multiply = (k: number) => (x: number) => [x].map((each) => each * k)[0]!
const make = (k: number) => { const inner = multiply(k); return op('inner', (x: number) => inner(x)) }
const f = op('f', async (x: number) => unwrap(await make(${k})(x)))`, 'return unwrap(f(2))')
  const { write, run } = makeProject(t, { 'src/main.ts': main(3) })
  assert.deepEqual(await run(), { result: 6, executed: ['f', 'inner'], warnings: [] })
  assert.deepEqual(await run(), { result: 6, executed: [], warnings: [] })
  write('src/main.ts', main(4))
  assert.deepEqual(await run(), { result: 8, executed: ['f', 'inner'], warnings: [] })
})

test('a function that uses what the op closes over puts nothing into it', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`const multiply = (k: number) => (x: number) => [x].map((each) => each * k)[0]!
function make() { const steps = { by: multiply(3) }; const use = (x: number) => steps.by(x); return op('f', (x: number) => use(x)) }
const f = make()`, 'return unwrap(f(2))'),
  })
  assert.deepEqual(await run(), { result: 6, executed: ['f'], warnings: [] })
  assert.deepEqual(await run(), { result: 6, executed: [], warnings: [] })
})
