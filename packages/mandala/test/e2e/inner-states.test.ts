import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUNDLERS } from './bundlers.ts'
import { inside, program, started } from './changing-program.ts'
import { makeProject, type Report } from './tracked-project.ts'

const SETTINGS = 'class Settings { #t = 0; set(t: number) { this.#t = t } get() { return [this.#t][0]! } }'

/** What is set between the calls, and nobody sees from outside. */
const SET: Readonly<Record<string, string>> = {
  'a private field': `${SETTINGS}
const settings = new Settings()
const set = (t: number) => settings.set(t)
const f = op('f', (x: number) => settings.get() * x)`,
  'a Map in a private field of an instance in an object': `class Table {
  #map = new Map<string, number>(); set(t: number) { this.#map.set('t', t) } get() { return this.#map.get('t')! }
}
const config = { deep: [new Table()] }
const set = (t: number) => config.deep[0]!.set(t)
const f = op('f', (x: number) => config.deep[0]!.get() * x)`,
  'a static private field': `class Config {
  static #t = new Map<string, number>(); static set(t: number) { Config.#t.set('t', t) } static get() { return Config.#t.get('t')! }
}
const set = (t: number) => Config.set(t)
const f = op('f', (x: number) => Config.get() * x)`,
  'a private field of another instance each time': `${SETTINGS}
let settings = new Settings()
const set = (t: number) => { settings = new Settings(); settings.set(t) }
const f = op('f', (x: number) => settings.get() * x)`,
  'what an async context holds': `const context = new AsyncLocalStorage<{ t: number }>()
const set = (t: number) => context.enterWith({ t })
const f = op('f', (x: number) => context.getStore()!.t * x)`,
  'an element of a typed array in a private field': `class Model {
  #w = new Float64Array(3); set(t: number) { this.#w[1] = t } get() { return this.#w.at(1)! }
}
const model = new Model()
const set = (t: number) => model.set(t)
const f = op('f', (x: number) => model.get() * x)`,
  'a function in a private field': `class Model {
  #scale = (x: number) => x; set(scale: (x: number) => number) { this.#scale = scale } get(x: number) { return [x].map(this.#scale)[0]! }
}
const by = [(x: number) => x, (x: number) => x, (x: number) => x * 2, (x: number) => x * 3, (x: number) => x * 4]
const model = new Model()
const set = (t: number) => model.set(by[t]!)
const f = op('f', (x: number) => model.get(x))`,
  'parameters of an address': `const parameters = new URLSearchParams()
const set = (t: number) => parameters.set('t', String(t))
const f = op('f', (x: number) => Number(parameters.get('t')) * x)`,
  'an element of a large array': `const weights = Array.from({ length: 1_500 }, () => 0)
const set = (t: number) => { weights[701] = t }
const f = op('f', (x: number) => weights.reduce((sum, each) => sum + each * x, 0))`,
  'all of a typed array that is larger': `const weights = new Float64Array(100_000)
const set = (t: number) => { weights.fill(t) }
const f = op('f', (x: number) => weights[0]! * x)`,
}

for (const [what, definitions] of Object.entries(SET)) {
  test(`calls that differ only in ${what} are others`, async (t) => {
    const { folder, write, run, start } = makeProject(t, { 'src/main.ts': program(definitions) })
    const result = [10, 20, 30, 10]
    assert.deepEqual(await run(), { result, executed: ['f', 'f', 'f'], warnings: [] })
    assert.deepEqual(await run(), { result, executed: [], warnings: [] })
    const bundled: Report = await start([await BUNDLERS['esbuild, minified and split']({ project: folder })])
    assert.deepEqual(bundled, { result, executed: [], warnings: [] })
    write('src/main.ts', program(definitions, 'for (const t of [2, 4]) { set(t); results.push(await unwrap(f(10))) }'))
    assert.deepEqual((await run()).result, [20, 40])
  })
}

test('what an instance, or a package, keeps to itself may change while calls run: that is said, and both are found again', async (t) => {
  const write = (factor: number): string => program(`import { Lazy } from 'lazy'
class Cache { #map = new Map<number, number>(); get(k: number) { let v = this.#map.get(k); if (v === undefined) this.#map.set(k, (v = k * 2)); return v } }
const cache = new Cache()
const schema = new Lazy(${factor})
const f = op('f', (x: number) => cache.get(x))
const g = op('g', (x: number) => schema.times(x))
const h = op('h', (x: number) => [x].length)`, 'for (const x of [1, 2]) results.push(await unwrap(f(x)), await unwrap(g(x)), await unwrap(h(x)))')
  const { run, ...project } = makeProject(t, {
    'src/main.ts': write(3),
    'node_modules/lazy/package.json': '{ "name": "lazy", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
    'node_modules/lazy/index.js': `export class Lazy {
  constructor(factor) { this.factor = factor; this.made = undefined; Object.defineProperty(this, 'late', { get: () => 1, enumerable: true, configurable: true }) }
  times(x) { this.made ??= { fn: (y) => y * this.factor }; Object.defineProperty(this, 'late', { value: 2 }); return this.made.fn(x) }
}`,
  })
  const first = await run()
  assert.deepEqual([first.result, first.executed], [[2, 3, 1, 4, 6, 1], ['f', 'g', 'h', 'f', 'g', 'h']])
  assert.deepEqual(started(first.warnings), [inside('f', 'cache', '#map'), inside('g', 'schema', 'what packages keep')])
  assert.deepEqual(await run(), { result: first.result, executed: [], warnings: [] })
  project.write('src/main.ts', write(4))
  const edited = await run()
  assert.deepEqual([edited.result, edited.executed], [[2, 4, 1, 4, 8, 1], ['g', 'g']])
})

test('what changes while calls run hides nothing of what is set between them', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`class Client {
  #count = 0; #t = 0; set(t: number) { this.#t = t } ask(x: number) { this.#count += 1; return this.#t * x }
}
const client = new Client()
const set = (t: number) => client.set(t)
const f = op('f', (x: number) => client.ask(x))`) })
  const { result, executed, warnings } = await run()
  assert.deepEqual([result, executed, started(warnings)], [[10, 20, 30, 10], ['f', 'f', 'f'], [inside('f', 'client', '#count')]])
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
})

test('what a private field got when its module was loaded is told by code, be it the time', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`class Client { #since = performance.now() + Math.random(); ask(x: number) { return [x, this.#since].length } }
const client = new Client()
const set = () => {}
const f = op('f', (x: number) => client.ask(x))`) })
  assert.deepEqual((await run()).executed, ['f'])
  assert.deepEqual(await run(), { result: [2, 2, 2, 2], executed: [], warnings: [] })
})

test('what changes while calls run counts where code beside them sets it, as a seed', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`class Rng {
  #s = 1
  seed(s: number) { this.#s = s }
  next() { this.#s = (this.#s * 48271) % 2147483647; return this.#s % 10 }
}
const rng = new Rng()
const sample = op('sample', (n: number) => Array.from({ length: n }, () => rng.next()))
const mean = op('mean', async (n: number) => { const drawn = await unwrap(sample(n)); return drawn.reduce((sum, x) => sum + x, 0) / n })`, `
for (const seed of [1, 2, 3, 1, 2]) { rng.seed(seed); results.push(await unwrap(sample(2))) }
for (const seed of [2, 3]) { rng.seed(seed); results.push(await unwrap(mean(2))) }`) })
  const result = [[1, 4], [2, 8], [3, 2], [1, 4], [2, 8], 5, 2.5]
  const { executed, warnings, ...report } = await run()
  assert.deepEqual([report, started(warnings)], [{ result }, [inside('sample', 'rng', '#s')]])
  assert.deepEqual(executed, ['sample', 'sample', 'sample', 'sample', 'mean', 'mean'])
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
})

test('what a call makes when it is first needed counts where code beside calls sets something in it', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`class Settings {
  static #instance: Settings | undefined
  #t = 0
  static get() { return (Settings.#instance ??= new Settings()) }
  set(t: number) { this.#t = t } get t() { return [this.#t][0]! }
}
const f = op('f', (x: number) => x + Settings.get().t)`, `
for (const t of [0, 1, 2, 1]) { if (t > 0) Settings.get().set(t); results.push(await unwrap(f(10))) }`) })
  const result = [10, 11, 12, 11]
  // The second process finds the first call, so that code beside it makes the instance: to a call that is another state once.
  for (const most of [3, 2, 0]) {
    const report = await run()
    assert.deepEqual([report.result, report.executed.length <= most], [result, true])
  }
})

test('a call is found by the next process if others changed more inside a value than it did', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`class Client {
  model = 'm'; #calls = 0; #errors = 0
  ask(x: number) { this.#calls += 1; if (x === 3) this.#errors += 1; return x * 2 }
  name() { return [this.model][0]! }
}
const pool = (size: number) => {
  let active = 0
  const queue: (() => void)[] = []
  return async (fn: () => Promise<number>) => {
    if (active >= size) await new Promise<void>((resolve) => queue.push(resolve))
    active += 1
    try { return await fn() } finally { active -= 1; queue.shift()?.() }
  }
}
const [client, limit] = [new Client(), pool(2)]
const ask = op('ask', (x: number) => client.ask(x))
const named = op('named', (x: number) => client.name() + x)
const limited = op('limited', (x: number) => limit(async () => { await null; return x * 10 }))`, `
for (const x of [1, 2, 3, 4]) results.push(await unwrap(named(x)), await unwrap(ask(x)))
results.push(...await Promise.all([1, 2, 3, 4].map((x) => unwrap(limited(x)))))`) })
  const { result, executed } = await run()
  assert.deepEqual([result, executed.length], [['m1', 2, 'm2', 4, 'm3', 6, 'm4', 8, 10, 20, 30, 40], 12])
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
})

test('what is large counts too, where something else takes its place and where it changes; in calls, it is named', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`const rowsOf = (size: number) => Array.from({ length: size }, (_, i) => ({ i }))
const make = () => { let rows = rowsOf(3_000); return { set(size: number) { rows = rowsOf(size) }, get: () => rows.length } }
class Table { #rows = rowsOf(3_000); set(size: number) { this.#rows.length = 0; this.#rows.push(...rowsOf(size)) } get() { return this.#rows.length } }
class Memo { #known = new Map(rowsOf(3_000).map(({ i }) => [-i, i]))
  of(x: number) { if (!this.#known.has(x)) this.#known.set(x, x * 2); return this.#known.get(x)! } }
const [kept, table, memo] = [make(), new Table(), new Memo()]
const set = (size: number) => { kept.set(size); table.set(size) }
const f = op('f', (x: number) => x * (kept.get() + table.get()))
const g = op('g', (x: number) => memo.of(x))`,
  `for (const size of [3_000, 2, 4_000, 5_000, 2, 4_000]) { set(size); results.push(await unwrap(f(10)), await unwrap(g(size))) }`) })
  const result = [3_000, 2, 4_000, 5_000, 2, 4_000].flatMap((size) => [20 * size, 2 * size])
  const { executed, warnings, ...report } = await run()
  assert.deepEqual([report, executed, started(warnings)], [{ result }, ['f', 'g', 'f', 'g', 'f', 'g', 'f', 'g'], [inside('g', 'memo', '#known')]])
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
})

test('values that nobody can look into end nothing', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`class Strict extends AsyncLocalStorage<number> {
  override getStore(): number { throw new Error('no context') }
}
class Names { #byName: Record<string, number> = Object.create(null); #sign = Symbol('sign'); add(name: string) { this.#byName[name] = 1; return [this.#sign] } }
class Odd {}
Object.defineProperty(Odd.prototype, 'constructor', { get: () => { throw new Error('none') } })
export const values = [new Strict(), new Names(), new Odd(), Object.create(URLSearchParams.prototype), Object.create(Map.prototype)]
values[1].add('a')
class Model {
  #n = 1
  step(x: number) { return [x].length }
  set(t: number) { Object.defineProperty(Model.prototype, 'step', { configurable: true, get() { return (x: number) => x * t * this.#n } }) }
}
const model = new Model()
const set = (t: number) => model.set(t)
const f = op('f', (x: number) => model.step(x))`) })
  assert.deepEqual((await run()).result, [10, 20, 30, 10])
})

test('a module that is loaded in a call may keep something to itself', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`const set = () => {}
const f = op('f', async (x: number) => (await import('./lazy.ts')).cache.get(x))`),
    'src/lazy.ts': `class Cache {
  #map = new Map<number, number>()
  get(k: number) { let v = this.#map.get(k); if (v === undefined) this.#map.set(k, (v = k * 2)); return v }
}
export const cache = new Cache()`,
  })
  const result = [20, 20, 20, 20]
  assert.deepEqual([(await run()).result, await run()], [result, { result, executed: [], warnings: [] }])
})

test('what a module exports by default without a name is found again where it is handed on', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program(`import half from './half.ts'
import Model from './model.ts'
const set = () => {}
const f = op('f', (x: number) => [x].map(half)[0]! + [Model].map((each) => new each().get(x))[0]!)`),
    'src/half.ts': 'export default (x: number) => [x].map((each) => each / 2)[0]!',
    'src/model.ts': 'export default class { get(x: number) { return [x].length } }',
  })
  const result = [6, 6, 6, 6]
  assert.deepEqual([await run(), await run()], [{ result, executed: ['f'], warnings: [] }, { result, executed: [], warnings: [] }])
})

test('a closure that takes the place of another in a private field is another one in each process', async (t) => {
  const write = (others: string): string => program(`class Model {
  #scale = (x: number) => x; set(scale: (x: number) => number) { this.#scale = scale } get(x: number) { return this.#scale(x) }
}
const by = (k: number) => (x: number) => [x].map((each) => each * k)[0]!
${others}
const scales = [by(0), by(1), by(2), by(3)]
const model = new Model()
const set = (t: number) => model.set(scales[t]!)
const f = op('f', (x: number) => model.get(x))`)
  const { run, ...project } = makeProject(t, { 'src/main.ts': write('') })
  const result = [10, 20, 30, 10]
  assert.deepEqual(await run(), { result, executed: ['f', 'f', 'f'], warnings: [] })
  project.write('src/main.ts', write(`class Other { #fns = [(x: number) => x, by, by(7)]; get() { return this.#fns } }
export const other = new Other()`))
  assert.deepEqual(await run(), { result, executed: ['f', 'f'], warnings: [] })
})

test('an iterator, or a proxy, is named as a hidden input', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`function* count() { for (let i = 1; ; i += 1) yield i }
const ids = { next: count() }
const proxy = new Proxy({ t: 1 }, {})
const set = () => {}
const f = op('f', (x: number) => ids.next.next().value! * x)
const g = op('g', (x: number) => proxy.t * x)`, 'results.push(await unwrap(f(10)), await unwrap(g(10)))') })
  const named = ['f uses src/main.ts#ids (what an iterator holds', 'g uses src/main.ts#proxy (what a proxy holds']
  const { result, warnings } = await run()
  assert.deepEqual([result, started(warnings)], [[10, 10], named.map((text) => `${text} can't be looked at)`)])
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
})
