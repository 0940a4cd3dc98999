import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeProject, program } from './tracked-project.ts'

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
  'what another function made, beside it': (k) => `function make() { const inner = multiply(${k}); return op('f', (x: number) => inner(x)) }\nconst f = make()`,
  'what another function made of a parameter, beside it': (k) =>
    `function make(k: number) { const inner = multiply(k); return op('f', (x: number) => inner(x)) }\nconst f = make(${k})`,
  'a constant of the module level in what another function made': (k) => `const K = ${k}
const multiplyByK = () => { const k = K; return (x: number) => scale(x, k) }
function make() { const inner = multiplyByK(); return op('f', (x: number) => inner(x)) }\nconst f = make()`,
  'a local bound function': (k) => `function make(k: number) { const inner = flipped.bind(null, k); return op('f', (x: number) => inner(x)) }\nconst f = make(${k})`,
  'a part of what another function made': (k) =>
    `function make(k: number) { const { inner } = { inner: multiply(k) }; return op('f', (x: number) => inner(x)) }\nconst f = make(${k})`,
  'what a statement puts into a local': (k) => `function make() { const steps = new Map<string, (x: number) => number>(); steps.set('by', multiply(${k}))
  return op('f', (x: number) => steps.get('by')!(x)) }\nconst f = make()`,
  'what a loop puts into a local': (k) => `function make(ks: number[]) { const steps: ((x: number) => number)[] = []
  for (const k of ks) steps.push(multiply(k))
  return op('f', (x: number) => steps[0]!(x)) }\nconst f = make([${k}])`,
  'a local of a block beside it': (k) => `function make() { let inner: (x: number) => number; { const k = ${k}; inner = (x) => scale(x, k) }
  return op('f', (x: number) => inner(x)) }\nconst f = make()`,
  'which of two local functions it is': (k) =>
    `function make(i: number) { const inner = [(x: number) => scale(x, 3), (x: number) => scale(x, 4)][i]!; return op('f', (x: number) => inner(x)) }
const f = make(${k - 3})`,
  'which of two functions it was handed': (k) => `const make = (inner: (x: number) => number) => op('f', (x: number) => inner(x))
const f = make([(x: number) => scale(x, 3), (x: number) => scale(x, 4)][${k - 3}]!)`,
  'what a promise beside it comes to': (k) =>
    `function make(k: number) { const later = Promise.resolve(k); return op('f', async (x: number) => scale(x, await later)) }\nconst f = make(${k})`,
  'the private state of an instance beside it': (k) => `class Model { #k; constructor(k: number) { this.#k = k } run(x: number) { return scale(x, this.#k) } }
function make() { const model = new Model(${k}); return op('f', (x: number) => model.run(x)) }\nconst f = make()`,
  'the private state of an instance that it is handed': (k) => `class Base { #k; constructor(k: number) { this.#k = k } run(x: number) { return scale(x, this.#k) } }
class Model extends Base { name = 'model' }
const make = (model: Model) => op('f', (x: number) => model.run(x))\nconst f = make(new Model(${k}))`,
  'a small method of an instance beside it': (k) => `class Model { k = 1; run(x: number) { return x * ${k} } }
function make() { const model = new Model(); return op('f', (x: number) => model.run(x)) }\nconst f = make()`,
  'a small method of an instance within one that it is handed': (k) => `class Inner { run(x: number) { return x * ${k} } }
class Model { #inner = new Inner(); run(x: number) { return this.#inner.run(x) } }
const make = (model: Model) => op('f', (x: number) => model.run(x))\nconst f = make(new Model())`,
  'the name of a field of an instance': (k) => `class Box {} interface Box { [key: string]: number }
function make() { const box = new Box(); box[process.argv[2] ?? 'by${k}'] = 1; return op('f', (x: number) => scale(x, 'by3' in box ? 3 : 4)) }
const f = make()`,
  'the private state of `this`': (k) => `class Maker { #k; constructor(k: number) { this.#k = k } #g(x: number) { return scale(x, this.#k) }
  f = op('f', (x: number) => this.#g(x)) }\nconst { f } = new Maker(${k})`,
  'a field that another function made': (k) => `class Maker { g = multiply(${k}); f = op('f', (x: number) => this.g(x)) }\nconst { f } = new Maker()`,
  'a field that is a function': (k) => `class Maker { k; constructor(k: number) { this.k = k } g = (x: number) => scale(x, this.k)
  f = op('f', (x: number) => this.g(x)) }\nconst { f } = new Maker(${k})`,
  'an instance in a parameter, with a field that is a function': (k) => `class Model { k; constructor(k: number) { this.k = k } run = (x: number) => scale(x, this.k) }
const make = (model: Model) => op('f', (x: number) => model.run(x))\nconst f = make(new Model(${k}))`,
  'a method taken from an instance': (k) => `class Model { #k; constructor(k: number) { this.#k = k } run = (x: number) => scale(x, this.#k) }
function make() { const model = new Model(${k}); return op('f', model.run) }\nconst f = make()`,
  'what an assignment to a pattern puts into a local': (k) => `function make() { const steps: { by?: any } = {}; [steps.by] = [multiply(${k})]
  return op('f', (x: number) => steps.by(x)) }\nconst f = make()`,
  'what a loop gives to a member of a local': (k) => `function make() { const steps: { by?: any } = {}; for (steps.by of [multiply(${k})]);
  return op('f', (x: number) => steps.by(x)) }\nconst f = make()`,
  'what Object.assign puts into a local': (k) => `function make() { const steps: { by?: any } = {}; const by = multiply(${k}); Object.assign(steps, { by })
  return op('f', (x: number) => steps.by(x)) }\nconst f = make()`,
  'what is put into a local by another name': (k) => `function make() { const steps: any = { inner: {} }; const { inner } = steps; inner.by = multiply(${k})
  return op('f', (x: number) => steps.inner.by(x)) }\nconst f = make()`,
  'what is put into a local on the way': (k) => `function make() { const steps: any[] = []; const n = steps.length === 0 ? steps.push(multiply(${k})) : 0
  return op('f', (x: number) => steps[n - 1](x)) }\nconst f = make()`,
  'what a function puts into a local that it is handed': (k) => `const put = (steps: any[], step: any) => { steps[0] = step }
function make() { const steps: any[] = []; put(steps, multiply(${k})); return op('f', (x: number) => steps[0](x)) }\nconst f = make()`,
  'a property under a symbol': (k) => `const by = Symbol('by'); const make = (steps: any) => op('f', (x: number) => scale(x, steps[by]))
const f = make({ [by]: ${k} })`,
  'a property that no loop comes by': (k) => `const make = (steps: any) => op('f', (x: number) => scale(x, steps.by))
const f = make(Object.defineProperty({}, 'by', { value: ${k} }))`,
  'what an object has from another': (k) => `const make = (steps: any) => op('f', (x: number) => scale(x, steps.by))\nconst f = make(Object.create({ by: ${k} }))`,
  'the private state of a Map of one\'s own': (k) => `class Steps extends Map { #k; constructor(k: number) { super(); this.#k = k } get k() { return this.#k } }
const make = (steps: Steps) => op('f', (x: number) => scale(x, steps.k))\nconst f = make(new Steps(${k}))`,
  'a field of an array of one\'s own': (k) => `class Steps extends Array { k; constructor(k: number) { super(); this.k = k } }
const make = (steps: Steps) => op('f', (x: number) => scale(x, steps.k))\nconst f = make(new Steps(${k}))`,
  'a small method of an instance that it is handed': (k) => `class Model { run(x: number) { return x * ${k} } }
const make = (model: Model) => op('f', (x: number) => model.run(x))\nconst f = make(new Model())`,
  'state that a class keeps elsewhere': (k) => `const states = new WeakMap<Model, number>()
class Model { constructor(k: number) { states.set(this, k) } run(x: number) { return scale(x, states.get(this)!) } }
function make() { const model = new Model(${k}); return op('f', (x: number) => model.run(x)) }\nconst f = make()`,
  'the heritage of a local class': (k) => `const scaling = (k: number) => class { run(x: number) { return scale(x, k) } }
function make() { class Model extends scaling(${k}) {} const model = new Model(); return op('f', (x: number) => model.run(x)) }\nconst f = make()`,
  'a value of the module level that is handed to it': (k) => `const made = multiply(${k}); const steps = { by: multiply(${k}) }
const make = (inner: { by(x: number): number }) => op('f', (x: number) => inner.by(x))\nconst f = make(steps)`,
  'an op of the same name made later': (k) => `const make = (k: number) => op('f', (x: number) => scale(x, k))\nconst f = make(${k})\nmake(7)`,
  'what stands there under a name that something else has by then': (k) => `function make() { const k = ${k}; const inner = (x: number) => scale(x, k)
  { const k = 5; return op('f', (x: number) => inner(x) + k - 5) } }\nconst f = make()`,
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

/** Ops that close over what nobody can look into. */
const UNTOLD: Readonly<Record<string, readonly [name: string, source: string]>> = {
  'a function that was handed on': ['another function made it', `const make = (fn: (x: number) => number) => op('f', fn)
const makeAll = (k: number) => ({ f: make(multiply(k)) })\nconst f = (x: number) => makeAll(3).f(x)`],
  'a parameter': ['inner hides what it holds', "const make = (inner: (x: number) => number) => op('f', (x: number) => inner(x))\nconst f = make(multiply(3))"],
  'a member of `this` that is given from outside': ['inner hides what it holds', `class Maker { inner; constructor(inner: (x: number) => number) { this.inner = inner }
  f = op('f', (x: number) => this.inner(x)) }\nconst { f } = new Maker(multiply(3))`],
  'a promise in a parameter': ['later hides what it holds', `const make = (later: Promise<number>) => op('f', async (x: number) => x * await later)
const f = make(Promise.resolve(3))`],
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
