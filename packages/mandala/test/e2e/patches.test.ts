import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUNDLERS } from './bundlers.ts'
import { makeProject, type Report } from './tracked-project.ts'

/** An op that asks classes and functions for all that they may have been given beside their text. */
const program = (code: string): string => `import { op, Storage, unwrap } from 'mandala-ts'
class Base { step(x: number) { return [x].map((each) => each + 1)[0]! } }
class Model extends Base { half(x: number) { return x / 2 } static make(x: number) { return [x].length } get size() { return [1].length } }
function tool(x: number) { return [x].length }
function Legacy(this: { n: number }) { this.n = 1 }
const others = { one: (x: number) => [x].map((each) => each + 10)[0]!, two: (x: number) => [x].map((each) => each + 20)[0]! }
const multiply = (k: number) => (x: number) => [x].map((each) => each * k)[0]!
const third = (x: number) => x / 3
const limitOf = (made: unknown) => (made as { limit?: number }).limit ?? 0
const model = new Model()
${code}
const f = op('f', (x: number) => {
  const [made, legacy] = [new Model(), new (Legacy as any)()]
  return [made.step(x), made.half(x), made.size, model.step(x), Model.make(x), legacy.step?.(x), ...[tool, Model, made, legacy].map(limitOf)].join()
})
const executed: string[] = []
const storage = new Storage({ path: 'store.db', deps: 'src' })
storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
const result = await storage.run(async () => unwrap(f(6)))
await storage.close()
console.log(JSON.stringify({ result, executed, warnings: [] }))
`

/** By what is done, the code for that, and the result where nothing of the kind is done is `7,3,1,7,1,,0,0,0,0`. */
const PATCHES: Readonly<Record<string, readonly [code: string, result: string]>> = {
  'a method is replaced by a function of another object': ['Model.prototype.step = others.two', '26,3,1,26,1,,0,0,0,0'],
  'one of a class that it extends is': ['Base.prototype.step = others.one', '16,3,1,16,1,,0,0,0,0'],
  'a method is replaced by a small function of the module': ['Model.prototype.half = third', '7,2,1,7,1,,0,0,0,0'],
  'a method is replaced by a closure': ['Model.prototype.step = multiply(3)', '18,3,1,18,1,,0,0,0,0'],
  'a method is replaced by a function in its place': ['Model.prototype.step = (x) => x * 4', '24,3,1,24,1,,0,0,0,0'],
  'a method is replaced under a condition': ['if (others) Base.prototype.step = third', '2,3,1,2,1,,0,0,0,0'],
  'a static method is replaced': ['Model.make = others.one', '7,3,1,7,16,,0,0,0,0'],
  'an accessor is replaced': [`Object.defineProperty(Model.prototype, 'size', { get: () => 9 })`, '7,3,9,7,1,,0,0,0,0'],
  'a prototype is given a method': ['Legacy.prototype.step = others.one', '7,3,1,7,1,16,0,0,0,0'],
  'a prototype is given data': ['Object.assign(Legacy.prototype, { limit: 5 })', '7,3,1,7,1,,0,0,0,5'],
  'a class is given data': ['Object.assign(Model, { limit: 5 })', '7,3,1,7,1,,0,5,0,0'],
  'the prototype of a class is given data': [`Reflect.set(Model.prototype, 'limit', 5)`, '7,3,1,7,1,,0,0,5,0'],
  'a function is given data': [`Reflect.set(tool, 'limit', 5)`, '7,3,1,7,1,,5,0,0,0'],
}

for (const [what, [code, patched]] of Object.entries(PATCHES)) {
  test(`a call that was stored before is another one where ${what}`, async (t) => {
    const { folder, run, start, ...project } = makeProject(t, {})
    const runBundle = async (): Promise<Report> => start([await BUNDLERS['esbuild, minified and split']({ project: folder })])
    const bare = '7,3,1,7,1,,0,0,0,0'
    const runs: unknown[] = []
    for (const [text, runIt] of [['', run], ['', run], [code, run], ['', runBundle], [code, runBundle], [code, run]] as const) {
      project.write('src/main.ts', program(text))
      const { result, executed }: Report = await runIt()
      runs.push([result, executed.length])
    }
    assert.deepEqual(runs, [[bare, 1], [bare, 0], [patched, 1], [bare, 0], [patched, 0], [patched, 0]])
  })
}

test('what a class is given counts for a call that a change which means nothing made use it', async (t) => {
  const write = (body: string, statement: string, onChange: string): string => `import { op, Storage, unwrap } from 'mandala-ts'
class Model { static rates: { limit?: number } = {} }
class Plain { half(x: number) { return x / 2 } }
const third = (x: number) => x / 3
${statement}
const executed: string[] = []
const f = op('f', (x: number) => ${body})
const storage = new Storage({ path: 'store.db', deps: 'src', onChange: '${onChange}' })
storage.subscribe((event) => { if (event.kind === 'call-will-execute') executed.push(event.op) })
const result = await storage.run(async () => unwrap(f(6)))
await storage.close()
console.log(JSON.stringify({ result, executed, warnings: [] }))
`
  const { run, ...project } = makeProject(t, {})
  const using = 'new Plain().half(x) * 2 + (Model.rates.limit ?? 0)'
  const runs: unknown[] = []
  for (const [body, statement, onChange] of [['x', '', 'recompute'], [using, '', 'reuse'], [using, 'Model.rates.limit = 5', 'recompute'],
    [using, 'Plain.prototype.half = third', 'recompute'], [using, '', 'recompute']] as const) {
    project.write('src/main.ts', write(body, statement, onChange))
    const { result, executed } = await run()
    runs.push([result, executed.length])
  }
  assert.deepEqual(runs, [[6, 1], [6, 0], [11, 1], [4, 1], [6, 0]])
})
