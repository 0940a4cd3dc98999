import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUNDLERS } from './bundlers.ts'
import { makeProject, program } from './tracked-project.ts'

/** A table of functions that `fill` fills when the program starts, and an op that calls one of them. */
const table = (fill: string, block = 'return unwrap(step(5))'): string => program(`
import { existsSync } from 'node:fs'
const table = new Map<string, (x: number) => number>()
const register = (name: string, fn: (x: number) => number) => { table.set(name, fn); return name }
const adder = (n: number) => (x: number) => { const sum = x + n; return sum }
const step = op(function step(x: number) { return table.get('a')!(x) })
${fill}`, block)

interface Start {
  readonly env?: Record<string, string>
  readonly args?: readonly string[]
}

/** What fills the table, what a second start does otherwise, and what `step` gives in both. */
const CASES: Readonly<Record<string, readonly [fill: string, other: Start | { readonly file: string }, results: readonly [unknown, unknown]]>> = {
  'a nameless function, by an argument': [
    "register('a', (x) => x + 1)\nif (process.argv[2] === 'swap') register('a', (x) => x - 1)", { args: ['swap'] }, [6, 4]],
  'a nameless function, by a file': ["register('a', existsSync('flag') ? (x) => x - 1 : (x) => x + 1)", { file: 'flag' }, [6, 4]],
  'a closure, by an argument': ["register('a', adder(process.argv[2] === 'swap' ? 3 : 2))", { args: ['swap'] }, [7, 8]],
  'a closure, by a variable of the environment': ["register('a', adder(process.env.SWAP === 'yes' ? 3 : 2))", { env: { SWAP: 'yes' } }, [7, 8]],
  'a closure, by a variable under a name in quotes': ["register('a', adder(globalThis.process['env']['SWAP'] === 'yes' ? 3 : 2))", { env: { SWAP: 'yes' } }, [7, 8]],
  'a closure, by a variable taken out of the environment': [
    "const { SWAP = 'no' } = process.env\nregister('a', adder(SWAP === 'yes' ? 3 : 2))", { env: { SWAP: 'yes' } }, [7, 8]],
  'a closure, by an imported environment': [
    "import { env } from 'node:process'\nregister('a', adder(env.SWAP === 'yes' ? 3 : 2))", { env: { SWAP: 'yes' } }, [7, 8]],
  'a closure, in a function that a statement with the storage calls': [
    "const setUp = (_: unknown) => register('a', adder(process.env.SWAP === 'yes' ? 3 : 2))\nsetUp(Storage)", { env: { SWAP: 'yes' } }, [7, 8]],
  'a closure, in a declaration': ["const name = register('a', adder(process.env.SWAP === 'yes' ? 3 : 2))", { env: { SWAP: 'yes' } }, [7, 8]],
}

for (const [name, [fill, other, results]] of Object.entries(CASES)) {
  test(`which function is in a value counts: ${name}`, async (t) => {
    const { folder, write, start, run } = makeProject(t, { 'src/main.ts': table(fill) })
    assert.deepEqual([(await run()).result, (await run()).executed], [results[0], []])
    const minified = await BUNDLERS['esbuild, minified and split']({ project: folder })
    assert.deepEqual((await start([minified])).executed, [])
    const { env, args }: Start = 'file' in other ? {} : other
    if ('file' in other) write(other.file, '')
    assert.equal((await run(env, args)).result, results[1])
    assert.deepEqual((await run(env, args)).executed, [])
    const { result, executed } = await start([minified, ...args ?? []], env)
    assert.deepEqual([result, executed], [results[1], []])
  })
}

test('declarations that fill a table count in their order', async (t) => {
  const [first, second] = ["const one = register('a', adder(1))\n", "const two = register('a', adder(2))\n"]
  const { write, run } = makeProject(t, { 'src/main.ts': table(first + second) })
  assert.equal((await run()).result, 7)
  write('src/main.ts', table(second + first))
  assert.equal((await run()).result, 6)
})

test('what a module puts into a value counts that has nothing but a statement', async (t) => {
  const setUp = (k: number): string => `import { add } from './table.ts'\nadd('a', ${k})\n`
  const { write, run } = makeProject(t, {
    'src/table.ts': `const table = new Map<string, (x: number) => number>()
export const add = (name: string, k: number) => { table.set(name, (x) => [x].map((each) => each * k)[0]!) }
export const look = (name: string) => table.get(name)!
`,
    'src/main.ts': program("import { look } from './table.ts'\nimport './set-up.ts'\nconst f = op(function f(x: number) { return look('a')(x) })", 'return unwrap(f(2))'),
    'src/set-up.ts': setUp(3),
  })
  assert.deepEqual([(await run()).result, (await run()).executed], [6, []])
  write('src/set-up.ts', setUp(4))
  assert.equal((await run()).result, 8)
  write('src/set-up.ts', setUp(3))
  assert.deepEqual(await run(), { result: 6, executed: [], warnings: [] })
})

test('a function that another takes the place of while the program runs is another', async (t) => {
  const swaps = "for (const fn of fns) { table.set('a', fn); results.push(await unwrap(step(5))) }"
  for (const fns of ['[(x: number) => x + 1, (x: number) => x - 1]', '[2, 3].map(adder)']) {
    const { run } = makeProject(t, { 'src/main.ts': table('', `const results: number[] = []; const fns = ${fns}; fns.push(fns[0]!); ${swaps}; return results`) })
    const first = await run()
    assert.deepEqual(first.result, fns.startsWith('[2') ? [7, 8, 7] : [6, 4, 6])
    assert.equal(first.executed.length, 2)
    assert.deepEqual((await run()).result, first.result)
  }
})

test('a variable taken out of the environment in an op is a dependency', async (t) => {
  const read = "const { MODE_A, MODE_B: b = 'none' } = process.env; const { env: { MODE_C } } = process; return [MODE_A, b, MODE_C].join()"
  const { run } = makeProject(t, { 'src/main.ts': program(`const read = op(function read() { ${read} })`, 'return unwrap(read())') })
  for (const env of [{ MODE_A: '1', MODE_C: '1' }, { MODE_A: '2', MODE_C: '1' }, { MODE_A: '2', MODE_B: '2', MODE_C: '1' }, { MODE_A: '2', MODE_B: '2', MODE_C: '2' }]) {
    const { result, ...rest } = await run(env)
    assert.deepEqual([result, rest], [[env.MODE_A, env.MODE_B ?? 'none', env.MODE_C].join(), { executed: ['read'], warnings: [] }])
    assert.deepEqual((await run(env)).executed, [])
  }
})

test('a closure that a package made counts by the version of the package', async (t) => {
  const files = {
    'src/main.ts': table("import { maker } from 'maker'\nregister('a', maker(2))"),
    'node_modules/maker/package.json': '{ "name": "maker", "version": "1.0.0", "type": "module", "exports": "./index.js" }',
    'node_modules/maker/index.js': 'export const maker = (n) => (x) => x + n',
  }
  const { write, run } = makeProject(t, files)
  assert.equal((await run()).result, 7)
  write('node_modules/maker/package.json', files['node_modules/maker/package.json'].replace('1.0.0', '2.0.0'))
  write('node_modules/maker/index.js', 'export const maker = (n) => (x) => x * n')
  assert.equal((await run()).result, 10)
})

test('what a module that is loaded between two calls puts into a value counts', async (t) => {
  const plugin = (n: number): string => `import { register, Handler } from './registry.ts'
const adder = (n: number) => (x: number) => { const sum = x + n; return sum }
register('closure', adder(${n}))
register('instance', new Handler(${n}).handle)
`
  const { write, run } = makeProject(t, {
    'src/registry.ts': `export const registry = new Map<string, (x: number) => number>()
export const register = (name: string, fn: (x: number) => number) => { registry.set(name, fn) }
export class Handler { #n: number; constructor(n: number) { this.#n = n } handle = (x: number) => x * this.#n }
`,
    'src/main.ts': program("import { registry } from './registry.ts'\nconst step = op(function step(name: string) { return registry.get(name)?.(5) ?? 0 })",
      "const before = await unwrap(step('closure')); await import('./plugin.ts'); return [before, await unwrap(step('closure')), await unwrap(step('instance'))]"),
    'src/plugin.ts': plugin(2),
  })
  assert.deepEqual(await run(), { result: [0, 7, 10], executed: ['step', 'step', 'step'], warnings: [] })
  assert.deepEqual((await run()).executed, [])
  write('src/plugin.ts', plugin(3))
  assert.deepEqual(await run(), { result: [0, 8, 15], executed: ['step', 'step'], warnings: [] })
  assert.deepEqual((await run()).executed, [])
})

/** Their marks are passed in one order, and the versions of a call ask in another. */
test('values that were made from each other are the same whichever is asked for first', async (t) => {
  const { run } = makeProject(t, { 'src/main.ts': program(`
class Node { #to: Node[] = []; link(to: Node) { this.#to.push(to); return this } size(): number { const all = this.#to; return all.length } }
const z = new Node()
const a = new Node().link(z)
const m = new Node().link(a)
z.link(m)
const step = op(function step(x: number) { return x + m.size() + z.size() + a.size() })`, 'return unwrap(step(5))') })
  assert.equal((await run()).result, 8)
  assert.deepEqual((await run()).executed, [])
})
