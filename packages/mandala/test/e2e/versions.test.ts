import assert from 'node:assert/strict'
import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeProject, program, type Report } from './tracked-project.ts'

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

test('the small methods of instances inside an instance within an input count', async (t) => {
  const usage = (factor: number): string => `export class Price { amount = 10; get whole() { return this.amount * ${factor} } }
export class Usage extends Map<string, Price> {
  #more = new Price()
  constructor(readonly name: string) { super([['a', new Price()]]) }
  sum() { return [...this.values(), this.#more].map((each) => each.whole).join() }
}`
  const main = program(`import { registerType } from 'mandala-ts'
import { Usage } from './usage.ts'
registerType<Usage, string>({ name: 'Usage', is: (v) => v instanceof Usage, encode: (u) => u.name, decode: (name) => new Usage(name) })
const total = op(function total(usage: Usage) { return usage.sum() })`, "return unwrap(total(new Usage('x')))")
  const { write, run } = makeProject(t, { 'src/usage.ts': usage(2), 'src/main.ts': main })
  assert.equal((await run()).result, '20,20')
  assert.deepEqual((await run()).executed, [])
  write('src/usage.ts', usage(3))
  assert.equal((await run()).result, '30,30')
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

test('a default export without a name counts by its value', async (t) => {
  const main = program("import limit, { get } from './limit.ts'\nconst f = op(function f() { return [limit, get()] })", 'return unwrap(f())')
  for (const write of [(k: number) => `export default ${k} as number`, (k: number) => `export default { k: [1].map((each) => each * ${k})[0] }.k`]) {
    const parts = (k: number): string => `${write(k)}\nconst make = () => { let k = 0; return { get: () => k, set: (n: number) => { k = n } } }
export const { get, set } = make()\nset(1)\n`
    const project = makeProject(t, { 'src/main.ts': main, 'src/limit.ts': parts(3) })
    assert.deepEqual([await project.run(), (await project.run()).executed], [{ result: [3, 1], executed: ['f'], warnings: [] }, []])
    project.write('src/limit.ts', parts(4))
    assert.deepEqual([await project.run(), (await project.run()).executed], [{ result: [4, 1], executed: ['f'], warnings: [] }, []])
    project.write('src/limit.ts', parts(4).replace('set(1)', 'set(2)'))
    assert.deepEqual(await project.run(), { result: [4, 2], executed: ['f'], warnings: [] })
  }
})

test('a WeakMap counts by the code that fills it', async (t) => {
  const main = (k: number): string => program(`const key = {}\nconst states = new WeakMap<object, number>([[key, ${k}]])
const f = op(function f() { return states.get(key) })`, 'return unwrap(f())')
  const { write, run } = makeProject(t, { 'src/main.ts': main(3) })
  assert.deepEqual([(await run()).result, (await run()).executed], [3, []])
  write('src/main.ts', main(4))
  assert.equal((await run()).result, 4)
})

test('all of a value counts that a module reads from a file, however large, in shared memory too', async (t) => {
  const { write, run } = makeProject(t, {
    'src/rows.ts': `import { readFileSync } from 'node:fs'
const read = () => JSON.parse(readFileSync('rows.json', 'utf8')) as number[]
export class Table { name = 'rows'; rows = read() }
export const table = new Table()
export const shared = new Float64Array(new SharedArrayBuffer(8))
shared[0] = read().at(-1)!
`,
    'src/main.ts': program(`import { shared, table } from './rows.ts'
const last = op(function last() { return table.rows.at(-1) })
const first = op(function first() { return shared[0] })`,
    'return [await unwrap(last()), await unwrap(first())]'),
  })
  const rows = (end: number): string => JSON.stringify([...new Array<number>(300_000).fill(1), end])
  write('rows.json', rows(3))
  assert.deepEqual(await run(), { result: [3, 3], executed: ['last', 'first'], warnings: [] })
  assert.deepEqual(await run(), { result: [3, 3], executed: [], warnings: [] })
  write('rows.json', rows(4))
  assert.deepEqual(await run(), { result: [4, 4], executed: ['last', 'first'], warnings: [] })
})

test('a call that uses a value nested too deeply to be looked at is executed in every process, and that is said', async (t) => {
  const { write, run } = makeProject(t, {
    'src/main.ts': program(`import { readFileSync } from 'node:fs'
const tree = JSON.parse(readFileSync('tree.json', 'utf8')) as any
const inmost = op(function inmost() { let node = tree; while (Array.isArray(node)) node = node[0]; return node })`, 'return unwrap(inmost())'),
  })
  for (const end of [3, 3, 4]) {
    write('tree.json', `${'['.repeat(5000)}${end}${']'.repeat(5000)}`)
    const { result, executed, warnings } = await run()
    assert.deepEqual([result, executed, warnings.length], [end, ['inmost'], 1])
    assert.match(warnings[0] as string, /^inmost uses src\/main\.ts#tree \(more of it than can be looked at\)/)
  }
})

test('a call is found again at once when a value is what it was before the last call', async (t) => {
  const { run } = makeProject(t, {
    'src/main.ts': program("let rate = 1\nconst f = op(function f(x: number) { return x * rate })",
      'for (let x = 0; x < 50; x += 1) for (rate of [1, 2, 1]) await f(x)\nfor (const x of [1, 1, 2]) for (rate of [3, 4, 3]) await f(await f(x))'),
  })
  const { executed } = await run()
  assert.equal(executed.length, 100 + 8)
})

for (const [kind, field] of [['public', 't'], ['private', '#t']] as const) {
  test(`an instance is what is in its fields: a longer loop over what is set executes what is new, and code what it touches: ${kind}`, async (t) => {
    const main = (values: string, before = ''): string => program(`import { model } from './model.ts'
const f = op('f', (x: number) => model.run(x))${before}`,
    `const results = []; for (const t of ${values}) { model.set(t); results.push(await unwrap(f(10))) } return results`)
    const model = (body: string): string => `import { base } from './base.ts'
class Base { names: string[] = []; add(name: string) { this.names.push(name) } }
class Model extends Base { ${field}: number; constructor(t: number) { super(); this.${field} = t * base }
  set(t: number) { this.${field} = t } run(x: number) { ${body} } }
export const model = new Model(1)`
    const { write, run } = makeProject(t, {
      'src/main.ts': main('[1, 2]'), 'src/model.ts': model(`return [x].length * x * this.${field} + this.names.length`), 'src/base.ts': 'export const base = [1].length',
    })
    assert.deepEqual(await run(), { result: [10, 20], executed: ['f', 'f'], warnings: [] })
    write('src/main.ts', main('[1, 2, 3]'))
    assert.deepEqual(await run(), { result: [10, 20, 30], executed: ['f'], warnings: [] })
    write('src/base.ts', 'export const base = [2, 3].length')
    assert.deepEqual(await run(), { result: [10, 20, 30], executed: [], warnings: [] })
    write('src/main.ts', main('[1, 2, 3]', "\nmodel.add('a')"))
    assert.deepEqual(await run(), { result: [11, 21, 31], executed: ['f', 'f', 'f'], warnings: [] })
    write('src/main.ts', main('[1, 2, 3]'))
    write('src/model.ts', model(`return [x].length * x * this.${field} + 5`))
    assert.deepEqual(await run(), { result: [15, 25, 35], executed: ['f', 'f', 'f'], warnings: [] })
  })
}

/** Files of a package in the version given, by where it is imported from and how. */
const PACKAGED: Readonly<Record<string, readonly [source: string, file: string, inner: Readonly<Record<string, string>>]>> = {
  'with a package.json in a folder of it': ['scaler', 'scaler/lib/esm/index.js', { 'scaler/lib/esm/package.json': '{ "type": "module" }' }],
  'by a folder of it that has a name': ['scaler/fp', 'scaler/fp/index.js', {
    'scaler/fp/package.json': '{ "name": "scaler/fp", "type": "module", "main": "index.js" }',
  }],
  'under another name': ['other', 'other/index.js', {}],
  'of an organization': ['@org/scaler', '@org/scaler/dist/index.js', { '@org/scaler/dist/package.json': '{ "type": "module" }' }],
}

for (const [what, [source, file, inner]] of Object.entries(PACKAGED)) {
  test(`a package counts by its version ${what}`, async (t) => {
    const home = file.startsWith('@') ? '@org/scaler' : file.split('/')[0] as string
    const { write, run } = makeProject(t, {
      'src/main.ts': program(`import { scale } from '${source}'\nconst f = op('f', (x: number) => scale(x))`, 'return unwrap(f(1))'),
    })
    const install = (version: number): void => {
      for (const [name, text] of Object.entries(inner)) write(`node_modules/${name}`, text)
      const exports = { [source === home ? '.' : './fp']: `./${file.slice(home.length + 1)}` }
      write(`node_modules/${home}/package.json`, JSON.stringify({ name: home.replace('other', 'scaler'), version: `${version}.0.0`, type: 'module', exports }))
      write(`node_modules/${file}`, `export const scale = (x) => x * ${version}`)
    }
    const results: Report[] = []
    for (const version of [2, 2, 3]) {
      install(version)
      results.push(await run())
    }
    const [found, changed] = [{ result: 2, warnings: [] }, { result: 3, warnings: [] }]
    assert.deepEqual(results, [{ ...found, executed: ['f'] }, { ...found, executed: [] }, { ...changed, executed: ['f'] }])
  })
}

for (const report of ['new Report()', 'makeReport()']) {
  test(`calls are found by the next process where a block changes one value and fills another that code made: ${report}`, async (t) => {
    const { run } = makeProject(t, {
      'src/main.ts': program(`class Model { by = 0; set(by: number) { this.by = by } run(x: number) { return x * this.by } }
class Report { rows: number[] = []; add(row: number) { this.rows.push(row) } }
const makeReport = () => { const rows: number[] = []; return { rows, add: (row: number) => { rows.push(row) } } }
const model = new Model()\nconst report = ${report}
const f = op('f', (x: number) => model.run(x))`, 'for (const by of [1, 2]) { model.set(by); report.add(await unwrap(f(10))) } return report.rows'),
    })
    assert.deepEqual([await run(), await run()], [{ result: [10, 20], executed: ['f', 'f'], warnings: [] }, { result: [10, 20], executed: [], warnings: [] }])
  })
}

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

test('another version of this library changes nothing', async (t) => {
  const { write, folder, run } = makeProject(t, {
    'src/lib.ts': "export { op, unwrap } from 'mandala-ts'",
    'src/main.ts': program(`import * as lib from './lib.ts'
class Model { by = 0; set(by: number) { this.by = by } run(x: number) { return x * this.by } }
const model = new Model()
const f = lib.op('f', (x: number) => model.run(x))
const g = op('g', (x: number) => (typeof lib.unwrap === 'function' ? x + 1 : x))`,
    'const results = []; for (const by of [1, 2]) { model.set(by); results.push(await lib.unwrap(f(10)), await unwrap(g(by))) } return results'),
  })
  unlinkSync(join(folder, 'node_modules/mandala-ts'))
  for (const name of ['index', 'register']) {
    write(`node_modules/mandala-ts/${name}.js`, `export * from ${JSON.stringify(import.meta.resolve(name === 'index' ? 'mandala-ts' : `mandala-ts/${name}`))}`)
  }
  const runs: Report[] = []
  for (const version of ['0.1.0', '0.2.0']) {
    const exports = { '.': './index.js', './register': './register.js' }
    write('node_modules/mandala-ts/package.json', JSON.stringify({ name: 'mandala-ts', version, type: 'module', exports }))
    runs.push(await run())
  }
  const result = [10, 2, 20, 3]
  assert.deepEqual(runs, [{ result, executed: ['f', 'g', 'f', 'g'], warnings: [] }, { result, executed: [], warnings: [] }])
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

test('what a value hides and read from a file counts by its content, however large; where code gives something else each time it is named', async (t) => {
  const many = [3, ...Array.from({ length: 3_000 }, (_, i) => i)]
  const { write, run } = makeProject(t, {
    'rows.json': '[3]',
    'many.json': JSON.stringify(many),
    'src/rows.ts': `import fs, { readFileSync } from 'node:fs'
import { op } from 'mandala-ts'
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as number[]
class Table { #rows; constructor(path: string) { this.#rows = read(path) } first() { return [...this.#rows][0] } }
class Open { rows; constructor(path: string) { this.rows = JSON.parse(fs.readFileSync(path, 'utf8')) as number[] } }
class Log { #lines: string[] = []; add(line: string) { return [...this.#lines, line].length } }
class Client { #rows; #since = Date.now(); constructor(path: string) { this.#rows = read(path) } first() { return [...this.#rows, this.#since][0] } }
const firstOf = (path: string) => { const rows = read(path); return () => rows[0] }
export const holder = { table: new Table('rows.json') }
export const closure = firstOf('rows.json')
export const open = new Open('rows.json')
export const log = new Log()
export const large = { table: new Table('many.json') }
export const client = new Client('rows.json')
export const make = () => { const first = firstOf('rows.json'); const table = new Table('rows.json')
  return [op('local', () => first()), op('seen', () => table.first())] }
`,
    'src/main.ts': program(`import { client, closure, holder, large, log, make, open } from './rows.ts'
const largely = op(function largely() { return large.table.first() })
const since = op(function since() { return client.first() })
const hiding = op(function hiding() { return holder.table.first() })
const closing = op(function closing() { return closure() })
const showing = op(function showing() { return open.rows[0]! + log.add('used') })`,
    'return Promise.all([hiding, closing, showing, ...make(), largely, since].map((each) => each().then((ref: any) => unwrap(ref))))'),
  })
  const { result, executed, warnings } = await run()
  assert.deepEqual(result, [3, 3, 4, 3, 3, 3, 3])
  assert.deepEqual(warnings.map((text) => text.slice(0, text.indexOf(','))), [
    'since uses src/rows.ts#client (what it hides may come from a file)',
  ])
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
  write('rows.json', '[4]')
  const known = ['largely', 'since']
  assert.deepEqual(await run(), { result: [4, 4, 5, 4, 4, 3, 3], executed: executed.filter((each) => !known.includes(each)), warnings: [] })
  write('many.json', JSON.stringify(many.with(0, 5)))
  assert.deepEqual(await run(), { result: [4, 4, 5, 4, 4, 5, 3], executed: ['largely'], warnings: [] })
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
