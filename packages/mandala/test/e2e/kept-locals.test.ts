import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUNDLERS } from './bundlers.ts'
import { inside, program, started } from './changing-program.ts'
import { makeProject, type Report } from './tracked-project.ts'

/** What is set between the calls, and only functions keep. */
const SET: Readonly<Record<string, string>> = {
  'a local of arrow functions in an object': `const createStore = (state: number) => ({ get: () => state, set: (s: number) => { state = s } })
const store = createStore(0)
const set = (t: number) => store.set(t)
const f = op('f', (x: number) => store.get() * x)`,
  'a local of methods and accessors': `function createStore() { let state = 0; return { get value() { return state }, set(s: number) { state = s } } }
const store = createStore()
const set = (t: number) => store.set(t)
const f = op('f', (x: number) => store.value * x)`,
  'a local of declared functions': `function createStore() {
  let state = 0
  return { get, set }
  function get() { return state }
  function set(s: number) { state = s }
}
const { get, set } = createStore()
const f = op('f', (x: number) => get() * x)`,
  'a Map that functions keep': `const createCache = () => {
  const map = new Map<string, number>()
  return{ get: (k: string) => map.get(k)!, set: (k: string, v: number) => { map.set(k, v) } }
}
const cache = createCache()
const set = (t: number) => cache.set('t', t)
const f = op('f', (x: number) => cache.get('t') * x)`,
  'a local of a function that another one keeps': `const make = () => {
  let state = 0
  const read = () => state
  const times = (x: number) => read() * x
  return [times, (s: number) => { state = s }] as const
}
const [times, set] = make()
const f = op('f', (x: number) => times(x))`,
  'a local of a function that a class was made in': `const make = () => {
  let state = 0
  return class { static set(s: number) { state = s } get(x: number) { return state * x } }
}
const Model = make()
const model = new Model()
const set = (t: number) => Model.set(t)
const f = op('f', (x: number) => model.get(x))`,
  'a local of a block': `let set: (t: number) => void
let get: () => number
{ let state = 0; set = (s) => { state = s }; get = () => state }
const f = op('f', (x: number) => get() * x)`,
  'a local of a namespace': `namespace config { let state = 0; export function set(s: number) { state = s } export function get() { return state } }
const set = (t: number) => config.set(t)
const f = op('f', (x: number) => config.get() * x)`,
  'an object that a function was given': `const make = (options: { t: number }) => ({ set: (t: number) => { options.t = t }, times: (x: number) => options.t * x })
const client = make({ t: 0 })
const set = (t: number) => client.set(t)
const f = op('f', (x: number) => client.times(x))`,
  'a signal': `type Signal = { (): number; set(value: number): void }
function signal(value: number): Signal { const read = () => value; return Object.assign(read, { set: (next: number) => { value = next } }) }
const t$ = signal(0)
const set = (t: number) => t$.set(t)
const f = op('f', (x: number) => t$() * x)`,
  'what an arrow function has for this': `class Client { model = 0; make() { return { ask: (x: number) => this.model * x, set: (t: number) => { this.model = t } } } }
const { ask, set } = new Client().make()
const f = op('f', (x: number) => ask(x))`,
  'a function that another one keeps': `const scaling = (t: number) => (x: number) => [x].map((each) => each * t)[0]!
const make = () => { let scale = (x: number) => x; return { step: (x: number) => scale(x), set: (s: (x: number) => number) => { scale = s } } }
const model = make()
const by = [0, 1, 2, 3].map((t) => (x: number) => [x].map((each) => each * t)[0]!)
const plain = [(x: number) => x, (x: number) => x, (x: number) => x * 2, (x: number) => x * 3, (x: number) => x * 4]
const set = (t: number) => model.set(plain[t]!)
const f = op('f', (x: number) => model.step(x) + by.length + scaling.length - 5)`,
  'what an arrow function has for arguments': `function make(..._: { t: number }[]) { return { get: () => arguments[0].t, set: (t: number) => { arguments[0].t = t } } }
const store = make({ t: 0 })
const set = (t: number) => store.set(t)
const f = op('f', (x: number) => store.get() * x)`,
  'a local of functions with computed names': `const names = ['get', 'set'] as const
const make = () => { let state = 0; return { [names[0]]() { return state }, [names[1]](s: number) { state = s } } as { get(): number; set(s: number): void } }
const { get, set } = make()
const f = op('f', (x: number) => get() * x)`,
  'a local of a static block': `let get: () => number
let set: (t: number) => void
class Config { static { let state = 0; get = read; set = write; function read() { return state } function write(s: number) { state = s } } }
const f = op('f', (x: number) => get() * x + [Config].length - 1)`,
  'a local of what an op is made of': `const make = () => { let state = 0; return { step: (x: number) => state * x, set: (s: number) => { state = s } } }
const model = make()
const set = (t: number) => model.set(t)
const f = op('f', model.step)`,
  'a store that an op is handed': `const make = () => { let state = 0; return { get: () => state, set: (s: number) => { state = s } } }
const store = make()
const makeOp = (given: typeof store) => op('f', (x: number) => given.get() * x)
const f = makeOp(store)
const set = (t: number) => store.set(t)`,
  'an element of a large Map of one store among others': `const make = (size: number) => {
  const map = new Map(Array.from({ length: size }, (_, i) => [String(i), i]))
  return { get: (k: string) => map.get(k)!, set: (k: string, v: number) => { map.set(k, v) } }
}
const stores = [make(1_990), make(20), make(20)]
const set = (t: number) => stores[1]!.set('t', t)
const f = op('f', (x: number) => stores[1]!.get('t') * x)`,
  'a local of middleware': `type Step = (x: number) => number
const scaling = (next: Step) => { let t = 0; return { step: (x: number) => next(x) * t, set: (s: number) => { t = s } } }
const inner = scaling((x) => x)
const outer = scaling(inner.step)
outer.set(1)
const set = (t: number) => inner.set(t)
const f = op('f', (x: number) => outer.step(x))`,
}

for (const [what, definitions] of Object.entries(SET)) {
  test(`calls that differ only in ${what} are others`, async (t) => {
    const { folder, write, run, start } = makeProject(t, { 'src/main.ts': program(definitions) })
    const result = [10, 20, 30, 10]
    const args = what.includes('namespace') ? ['--experimental-transform-types', '--import', 'mandala-ts/register', 'src/main.ts'] : undefined
    const again = (): Promise<Report> => (args ? start(args) : run())
    assert.deepEqual(await again(), { result, executed: ['f', 'f', 'f'], warnings: [] })
    assert.deepEqual(await again(), { result, executed: [], warnings: [] })
    const bundled: Report = await start([await BUNDLERS['esbuild, minified and split']({ project: folder })])
    assert.deepEqual(bundled, { result, executed: [], warnings: [] })
    write('src/main.ts', program(definitions, 'for (const t of [2, 4]) { set(t); results.push(await unwrap(f(10))) }'))
    assert.deepEqual((await again()).result, [20, 40])
  })
}

test('what functions keep may change while calls run: that is said, by the name of the local, and what is set between them counts', async (t) => {
  const write = (local: string): string => program(`const createClient = () => {
  let ${local} = 0
  let t = 0
  const bump = () => { ${local} += 1 }
  return { set: (s: number) => { t = s }, ask: (x: number) => { bump(); return t * x } }
}
const client = createClient()
const set = (t: number) => client.set(t)
const f = op('f', (x: number) => client.ask(x))`)
  const { run, ...project } = makeProject(t, { 'src/main.ts': write('count') })
  const result = [10, 20, 30, 10]
  const first = await run()
  assert.deepEqual([first.result, first.executed, started(first.warnings)], [result, ['f', 'f', 'f'], [inside('f', 'client', 'count')]])
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
  project.write('src/main.ts', write('asked'))
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
})

test('of an object that functions keep, only what changes while calls run doesn\'t count', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`const createClient = () => {
  const state = { count: 0, t: 0, answers: new Map<number, number>() }
  return { set: (t: number) => { state.t = t }, ask: (x: number) => { state.count += 1; state.answers.set(x, state.t); return state.t * x } }
}
const client = createClient()
const set = (t: number) => client.set(t)
const f = op('f', (x: number) => client.ask(x))`) })
  const result = [10, 20, 30, 10]
  const first = await run()
  const warning = inside('f', 'client', 'state.answers, state.count')
  assert.deepEqual([first.result, first.executed, started(first.warnings)], [result, ['f', 'f', 'f'], [warning]])
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
})

test('an op that closes over such functions sees what becomes of what they keep', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`const createStore = (state: number) => ({ get: () => state, set: (s: number) => { state = s } })
const set = () => {}
const f = op('f', (x: number) => x)
const make = () => {
  const store = createStore(0)
  return { store, g: op('g', (x: number) => store.get() * x) }
}`, 'const { store, g } = make(); for (const t of [1, 2, 3, 1]) { store.set(t); results.push(await unwrap(g(10))) }') })
  const result = [10, 20, 30, 10]
  assert.deepEqual(await run(), { result, executed: ['g', 'g', 'g'], warnings: [] })
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
})

test('what can\'t be looked at hides nothing beside it, and what was too large counts once it isn\'t', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`class Odd {}
Object.defineProperty(Odd.prototype, 'constructor', { get: () => { throw new Error('none') } })
const make = () => {
  let state = 0
  const odd = [new Odd(), Object.create(URL.prototype), Object.create(Map.prototype), Proxy.revocable({}, {}).proxy, Object.create(null), Symbol('s')]
  let map = new Map<number, number>()
  return {
    get: () => state * odd.length / 6 + map.size * 0,
    set: (s: number) => { state = s },
    fill: (size: number) => { map.clear(); for (let i = 0; i < size; i += 1) map.set(i, size) }, first: () => map.get(0)!,
    put: (size: number) => { map = new Map(Array.from({ length: size }, (_, i) => [i, size])) },
  }
}
export const shown = [Object.create(URL.prototype), new Odd()]
const store = make()
store.fill(3_000)
const set = (t: number) => store.set(t)
const f = op('f', (x: number) => store.get() * x + shown.length - 2)
const g = op('g', () => store.first())`, `for (const t of [1, 2, 1]) { set(t); results.push(await unwrap(f(10))) }
for (const size of [2, 3, 2]) { store.fill(size); results.push(await unwrap(g())) }
for (const size of [3_000, 4, 3_000, 4]) { store.put(size); results.push(await unwrap(g())) }`) })
  const { result, executed, warnings } = await run()
  assert.deepEqual([result, executed], [[10, 20, 10, 2, 3, 2, 3_000, 4, 3_000, 4], ['f', 'f', 'g', 'g', 'g', 'g']])
  assert.deepEqual(started(warnings), ['f', 'g'].map((name) => `${name} uses src/main.ts#store (it keeps more inside than is looked at)`))
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
})
