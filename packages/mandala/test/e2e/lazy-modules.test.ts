import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { makeProject, program } from './tracked-project.ts'

const CONFIG = 'export const config = { rate: 2 }\nexport const scale = (x: number) => { const scaled = x * config.rate; return scaled }\n'

/** A program whose op loads `lazy.ts` and gives its `value`. */
const main = (block: string): string => program(`import { config } from './config.ts'
const read = op(async function read(x: number) { const { value } = await import('./lazy.ts'); return value + x })`, block)

const start = (t: TestContext, lazy: string, { block = 'return unwrap(read(1))' } = {}) =>
  makeProject(t, { 'src/main.ts': main(block), 'src/config.ts': CONFIG, 'src/lazy.ts': lazy, 'src/deep.ts': 'export const deep = [1, 2].map((x) => x * 10)\n' })

/** Sources of `lazy.ts` that count by where their value comes from; with a change of each, and what both give. */
const PURE: Readonly<Record<string, readonly [lazy: string, from: string, to: string, results: readonly [number, number]]>> = {
  'a literal': ['export const value = 5', '5', '6', [6, 7]],
  'what a function makes': ["import { scale } from './config.ts'\nexport const value = scale(5)", 'scale(5)', 'scale(6)', [11, 13]],
  'a value of another lazy module': ["import { deep } from './deep.ts'\nexport const value = deep[0]!", '[0]', '[1]', [11, 21]],
  'statements, in their order': [
    'let base = 1\nexport const value = base + 1\nbase = 7', 'export const value = base + 1\nbase = 7', 'base = 7\nexport const value = base + 1', [3, 9]],
  'what is filled later': ['const all: number[] = []\nfor (let i = 0; i < 3; i += 1) all.push(i)\nexport const value = all.length', 'i < 3', 'i < 4', [4, 5]],
  'a static part of a class': ['class A { static #n = 3; static get n() { return A.#n } }\nexport const value = A.n', '#n = 3', '#n = 4', [4, 5]],
  'a variable of the environment': ["export const value = process.env.NOBODY === 'x' ? 1 : 2", ': 2', ': 3', [3, 4]],
}

for (const [name, [lazy, from, to, results]] of Object.entries(PURE)) {
  test(`a value of a module that the call loads counts by where it comes from: ${name}`, async (t) => {
    const { write, run } = start(t, lazy)
    assert.deepEqual(await run(), { result: results[0], executed: ['read'], warnings: [] })
    assert.deepEqual(await run(), { result: results[0], executed: [], warnings: [] })
    write('src/lazy.ts', lazy.replace(from, to))
    assert.deepEqual(await run(), { result: results[1], executed: ['read'], warnings: [] })
    write('src/lazy.ts', `// again\n${lazy}`)
    assert.deepEqual(await run(), { result: results[0], executed: [], warnings: [] })
  })
}

test('what other modules hold when it is loaded counts', async (t) => {
  const { write, run } = start(t, PURE['what a function makes']![0])
  assert.equal((await run()).result, 11)
  write('src/main.ts', main('config.rate = 3; return unwrap(read(1))'))
  assert.deepEqual(await run(), { result: 16, executed: ['read'], warnings: [] })
  assert.deepEqual((await run()).executed, [])
  write('src/config.ts', CONFIG.replace('x * config.rate', 'x * config.rate + 1'))
  assert.equal((await run()).result, 17)
})

test('a value that may be another one the next time is asked for in every process', async (t) => {
  const sources = [
    'export const value = Math.random()', 'export const value = Date.now()',
    "import { readFileSync } from 'node:fs'\nexport const value = readFileSync('package.json').length",
    "const name = './deep.ts'\nexport const value = (await import(name)).deep[0]", 'const { random } = Math\nexport const value = random()',
    'export const value = Number(globalThis.given ?? 1)',
  ]
  for (const lazy of sources) {
    const { run } = start(t, lazy)
    await run()
    assert.deepEqual((await run()).executed, ['read'], lazy)
  }
})

test('what the program makes of it later is another value', async (t) => {
  const lazy = 'export let value = 5\nexport const set = (x: number) => { value = x }'
  const block = "const results = []; for (const x of [0, 6, 5]) { if (x > 0) (await import('./lazy.ts')).set(x); results.push(await unwrap(read(1))) } return results"
  const { run } = start(t, lazy, { block })
  const first = await run()
  assert.deepEqual([first.result, first.executed.length], [[6, 7, 6], 2])
  const again = await run()
  assert.deepEqual([again.result, again.executed.length <= 1], [[6, 7, 6], true])
})

test('a module that changes its value while the call that loads it goes on fails that call', async (t) => {
  const { run } = start(t, 'export let value = 5\nexport const bump = () => { value += 1 }', {
    block: "const bumped = op(async function bumped() { const lazy = await import('./lazy.ts'); const before = lazy.value; lazy.bump(); return before })\n" +
      'return bumped().then(unwrap, (error) => error.code)',
  })
  assert.equal((await run()).result, 'CODE_UNSTABLE')
})

test('a call is found by the next process if an op that others of its block call loads a module', async (t) => {
  const { run } = makeProject(t, {
    'src/clip.ts': `class Clip { max = 7; log: string[] = []; apply(x: number) { return [x, x].map((y) => Math.min(y, this.max)).length } }
export const clip = new Clip()`,
    'src/report.ts': "export const title = 'report'\nexport function render(x: number) { return `${title}: ${x}` }",
    'src/main.ts': program(`import { clip } from './clip.ts'
const apply = op('apply', (x: number) => clip.apply(x))
const text = op('text', async (x: number) => { const { render } = await import('./report.ts'); return render(x) })`,
    'for (const x of [1, 2]) clip.log.push(await unwrap(text(apply(x)))); return clip.log'),
  })
  const { result } = await run()
  assert.deepEqual(await run(), { result, executed: [], warnings: [] })
})
