import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUNDLERS } from './bundlers.ts'
import { makeProject, type Report } from './tracked-project.ts'

/** A program with an op over closures in a Map of the module level, and a `main` that puts some in before it calls the op by `call`. */
const program = (code: string): string => `import { op, Storage, unwrap } from 'mandala-ts'
const multiply = (k: number) => (x: number) => [x].map((each) => each * k)[0]!
const steps = new Map<string, (x: number) => number>([['by', multiply(1)]])
let offset = multiply(0)
class Model { #steps: typeof offset[] = []; add(step: typeof offset) { this.#steps.push(step) } run(x: number) { return this.#steps[0]?.(x) ?? 0 } }
const model = new Model()
const f = op('f', (x: number) => steps.get('by')!(x) + offset(x) + model.run(x))
const [executed, warnings]: [string[], string[]] = [[], []]
const logger = { warn: (text: string) => { warnings.push(text) }, show: () => {}, progress: () => {} }
const storage = new Storage({ path: 'store.db', deps: 'src', logger })
storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
const call = () => storage.run(async () => unwrap(f(2)))
${code}
const result = await main()
await storage.close()
console.log(JSON.stringify({ result, executed, warnings }))
`

const CHANGING: Readonly<Record<string, (k: number) => string>> = {
  'what it puts into a Map': (k) => `async function main() { steps.set('by', multiply(${k})); return call() }`,
  'what it gives a variable': (k) => `const main = async () => { offset = multiply(${k - 1}); return call() }`,
  'what it hands to an instance': (k) => `const main = async () => { model.add(multiply(${k - 1})); return call() }`,
  'what it hands to an instance where it makes its calls': (k) =>
    `const main = () => storage.run(async () => { model.add(multiply(${k - 1})); return unwrap(f(2)) })`,
  'what it is called with': (k) => `const start = async (k: number) => { const by = multiply(k); steps.set('by', by); return call() }
const main = () => start(${k})`,
  'what it asks another function to do': (k) => `function fill(map: typeof steps, k: number) { map.set('by', multiply(k)) }
async function main() { fill(steps, ${k}); return call() }`,
  'which branch it takes': (k) => `async function main() {
  const k = ${k}\n  if (k > 3) steps.set('by', multiply(4)); else steps.set('by', multiply(3))
  return call() }`,
  'what it loops over': (k) => `async function main() { for (const k of [${k}]) { steps.set('by', multiply(k)); return call() } }`,
  'what it put into a list and took out again': (k) => `const queue: typeof offset[] = []
function drain() { while (queue.length > 0) model.add(queue.pop()!) }
async function main() { queue.push(multiply(${k - 1})); drain(); return call() }`,
  'what a list lost that still has some': (k) => `const sizes: number[] = []
async function main() { sizes.push(1, ${k - 1}); model.add(multiply(sizes.pop()!)); return call() }`,
  'what a variable held for a while': (k) => `let current: typeof offset | undefined
async function main() { current = multiply(${k - 1}); model.add(current); current = undefined; return call() }`,
  'what functions in a Map give': (k) => `const makers = new Map<string, () => number>()
async function main() { makers.set('by', () => ${k - 1}); model.add(multiply(makers.get('by')!())); return call() }`,
  'what a function in an object gives': (k) => `const makers: Record<string, () => number> = {}
async function main() { makers.by = () => ${k - 1}; model.add(multiply(makers.by())); return call() }`,
  'what functions in a list give one that calls them': (k) => `const makers: (() => number)[] = []
class Adding { all(list: typeof makers) { for (const make of list) model.add(multiply(make())) } }
async function main() { makers.push(() => ${k - 1}); new Adding().all(makers); return call() }`,
  'what a counter was before it was set back': (k) => `let size = 0
for (let i = 1; i < ${k}; i += 1) size += 1
model.add(multiply(size)); size = 0
const main = call`,
  'what a Map held before a function used and changed it': (k) => `const sizes = new Map<string, number>()
sizes.set('by', ${k - 1})
function take() { model.add(multiply(sizes.get('by')!)); sizes.set('by', 0) }
async function main() { sizes.set('by', ${k - 1}); take(); return call() }`,
  'what functions kept that others changed again': (k) => `const state = { size: 0 }
function resize(size: number) { state.size = size }
function add() { model.add(multiply(state.size)) }
resize(${k - 1}); add(); resize(0)
const main = call`,
  'what a list gave that was taken apart': (k) => `const makers: (() => number)[] = []
makers.push(() => ${k - 1})
const [make] = [...makers]
model.add(multiply(make!()))
const main = call`,
  'what stands in a static field': (k) => `class Config { static sizes = new Map<string, number>(); static set(k: number) { this.sizes.set('by', k) } }
async function main() { Config.set(${k - 1}); model.add(multiply(Config.sizes.get('by')!)); return call() }`,
  'what a function in a list does where another calls it': (k) => `const changes: ((x: number) => number)[] = []
async function main() { changes.push((x) => x * ${k - 1}); model.add(multiply([1].map(changes[0]!)[0]!)); return call() }`,
  'what a method has from another, and that from the constructor': (k) => `class App { k; constructor(k: number) { this.k = k }
  fill() { steps.set('by', multiply(this.k)) }
  async start() { this.fill(); return call() } }
const app = new App(${k})\nconst main = () => app.start()`,
  'what a method of an object does': (k) => `const app = { fill() { steps.set('by', multiply(${k})) }, start: () => call() }
async function main() { app.fill(); return app.start() }`,
}

for (const [what, write] of Object.entries(CHANGING)) {
  test(`what code that makes calls did before them counts: ${what}`, async (t) => {
    const { folder, run, start, ...project } = makeProject(t, {})
    const runBundle = async (): Promise<Report> => start([await BUNDLERS['esbuild, minified and split']({ project: folder })])
    const runs: unknown[] = []
    for (const [k, runIt] of [[3, run], [3, run], [4, runBundle], [3, runBundle], [4, run]] as const) {
      project.write('src/main.ts', program(write(k)))
      const { result, executed, warnings }: Report = await runIt()
      runs.push([result, executed.length, ...warnings])
    }
    assert.deepEqual(runs, [[6, 1], [6, 0], [8, 1], [6, 0], [8, 0]])
  })
}

test('what code that makes calls says and asks counts in none', async (t) => {
  const main = (text: string): string => program(`async function main() {
  steps.set('by', multiply(3))
  console.error('${text}', steps.size)
  const results = [await call()]
  for (const each of results) if ('${text}' === '') console.error(each)
  return results[0] }`)
  const { write, run } = makeProject(t, { 'src/main.ts': main('one') })
  assert.deepEqual((await run()).executed, ['f'])
  write('src/main.ts', main('two'))
  assert.deepEqual(await run(), { result: 6, executed: [], warnings: [] })
})

test('a class that is changed between two calls is another one to the second', async (t) => {
  const code = (k: number): string => `import { op, Storage, unwrap } from 'mandala-ts'
const multiply = (k: number) => (x: number) => [x].map((each) => each * k)[0]!
class Model { static size = 0; step(x: number) { return [x].length } }
const executed: string[] = []
const f = op('f', (x: number) => [Model.size, new Model().step(x)])
const storage = new Storage({ path: 'store.db', deps: 'src' })
storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
const call = () => storage.run(async () => unwrap(f(2)))
const result = [await call()]
Model.size = 1
Model.prototype.step = multiply(${k})
result.push(await call())
await storage.close()
console.log(JSON.stringify({ result, executed, warnings: [] }))
`
  const { write, run } = makeProject(t, { 'src/main.ts': code(3) })
  const runs: unknown[] = []
  for (const k of [3, 3, 4]) {
    write('src/main.ts', code(k))
    const { result, executed } = await run()
    runs.push([result, executed.length])
  }
  assert.deepEqual(runs, [[[[0, 1], [1, 6]], 2], [[[0, 1], [1, 6]], 0], [[[0, 1], [1, 8]], 1]])
})
