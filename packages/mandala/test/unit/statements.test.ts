import assert from 'node:assert/strict'
import { test } from 'node:test'
import { originOf } from '../../src/code/reach.ts'
import { linkProgram } from '../program-in-memory.ts'

/** Whether another number in what a module does besides is another origin of `model`. */
function isCounting(does: string): boolean {
  const source = (k: number): string => `import { op, Storage } from 'mandala-ts'
import { make, call, app } from './other.ts'
const storage = new Storage()
const model = make(1)
const table = new Map()
${does.replaceAll('K', String(k))}`
  const other = 'export function make(k) { return k }\nexport function call(fn) { fn() }\nexport let app'
  const codesOf = (k: number): string => {
    const program = linkProgram({ 'main.ts': source(k), 'other.ts': other })
    const { reach, statements } = originOf(program, 'main.ts#model')
    return JSON.stringify([statements, reach.map((touched) => ('id' in touched ? program.findFingerprint(touched.id) : touched.name))])
  }
  return codesOf(3) !== codesOf(4)
}

/** What is done as the module is loaded, or may be soon after. */
const COUNTING = [
  'model.set(K)',
  '[1].forEach(() => model.set(K))',
  '(() => { model.set(K) })()',
  'call(() => { model.set(K) })',
  'queueMicrotask(() => model.set(K))',
  'Promise.resolve(K).then((k) => model.set(k))',
  'const timer = setTimeout(() => model.set(K))',
  'app.on("ready", () => model.set(K))',
  'table.set("a", () => model.set(K))',
  'table.a = () => model.set(K)',
  'class A { static { model.set(K) } }',
  'class A { static #x = model.set(K) }',
  'class A { static [model.set(K)] = 1 }',
  'class A extends call(() => model.set(K)) {}',
  'export default class { static { model.set(K) } }',
  'export default model.set(K)',
  'export const x = model.set(K)',
  'namespace Inner { model.k = K }',
  'enum Steps { One = model.set(K) }',
  '@call(() => model.set(K)) class A {}',
  'class A { constructor() { model.set(K) } }\nnew A()',
  'class A { x = model.set(K) }\nclass B extends A {}\nnew B()',
  'class A { run() { model.set(K) } }\nnew A().run()',
  'class A { run() { model.set(K) } }\nclass B extends A { go() { const { run } = this; run() } }\nconst b = new B()\nb.go()',
  'class A { static get x() { return model.set(K) } }\nA["x"]',
  'class A { #run() { model.set(K) }; constructor() { this.#run() } }\nconst a = new A()',
  'class A { toString() { model.set(K) } }\nString(new A())',
  'const a = { run() { model.set(K) } }\na.run()',
  'await storage.run(async () => { model.set(K) })',
  'await storage.run(async () => model.set(K))',
  'class A { run() { model.set(K) } }\nconst a = new A()\nawait storage.run(async () => a.run())',
]

/** In functions that make calls: `RUN` does. */
const COUNTING_BESIDE_CALLS = [
  'model.set(K); RUN',
  'RUN; model.set(K)',
  'model = make(K); RUN',
  'model.k = K; RUN',
  'const k = K; const { a } = make(k); model.set(a); RUN',
  'const list = []; list.push(K); model.set(list); RUN',
  'let k = 1; k += K; model.set(k); RUN',
  'const change = (k) => { model.set(k) }; change(K); RUN',
  'change(K); RUN; function change(k) { model.set(k) }',
  'function change(k) { model.set(k) }\nchange(K); RUN',
  'for (const k of [K, 1]) { model.set(k); RUN }',
  'for (let i = 0; i < K; i += 1) { model.set(i); RUN }',
  'if (run(K)) { RUN } else model.set(1)',
  'switch (make(1)) { case K: model.set(1); RUN }',
  'try { RUN } catch { model.set(K) } finally { model.set(K) }',
  'await Promise.all([1, K].map(async (k) => { model.set(k); RUN }))',
  'await storage.run(async () => { model.set(K); await f(1) })',
  'if (make(K)) return; model.set(1); RUN',
  'try { if (K > 2) throw 1; make(1) } catch { model.set(1) } RUN',
  'each: for (const i of [1, 2, 3]) { if (i === K) break each; model.set(i) } RUN',
  'for (const i of [1, 2]) { model.set(i); if (i === K) break } RUN',
  'while (model.next(K)) {} RUN',
  'set(K); RUN',
  'new Setter(K).set(); RUN',
  'model.set([K, RUN])',
  'model.k = await storage.run(async () => { const k = await f(K); return k })',
]

const SILENT_BESIDE_CALLS = [
  'console.log(model.k, K); RUN',
  'const k = K; RUN',
  'model.set(1); RUN; if (make(K)) return; table.set(1)',
  'model.set(1); const rows = [1, 2].filter((row) => { if (row === K) return true; return false }); RUN',
  'const rows = make(K); for (const row of rows) await f(row, model)',
  'await f(model, K)',
  'await storage.run(async () => { console.log(K, await f(model)) })',
  'const result = await storage.run(() => f(model, K)); console.log(result)',
  'table.set("a", K); RUN',
  'return [model.k, K, RUN]',
]

/** What is done in calls, or by nobody yet. */
const SILENT = [
  'const later = () => model.set(K)',
  'export default () => model.set(K)',
  'class A { x = model.set(K); static y = () => model.set(K); run() { model.set(K) } }',
  'const f = op("f", () => model.set(K))',
  'table.set("f", op("f", () => model.set(K)))',
  'class A { run() { model.set(K) } }\nconst a = new A()',
  '[1].forEach(() => other.set(K)); model.set(1)',
]

/** A program whose `main` makes calls. */
const withMain = (does: string): string => `const f = op("f", async (x) => model.get(x))
const set = (k) => model.set(k)
class Setter { constructor(k) { this.k = k }; set() { model.set(this.k) } }
async function main() { ${does.replaceAll('RUN', 'await storage.run(() => f(1))')} }
await main()`

/** The same as an arrow, as a method, and with what it is called with for the number. */
const MAINS: readonly ((does: string) => string)[] = [
  withMain,
  (does) => withMain(does).replace('async function main() {', 'const main = async () => {'),
  (does) => withMain(does).replace('async function main() {', 'class App { async main() {').replace(/}\nawait main\(\)$/, '} }\nawait new App().main()'),
  (does) => withMain(does).replaceAll('K', 'given').replace('main()', 'main({ given = K } = {})'),
  (does) => withMain(does).replaceAll('K', 'given').replace('main()', 'main(given)').replace('await main()', 'await main(K)'),
]

for (const [list, expected] of [[COUNTING_BESIDE_CALLS, true], [SILENT_BESIDE_CALLS, false]] as const) {
  for (const does of list) {
    test(`what code that makes calls does beside them ${expected ? 'counts' : "doesn't count, as it changes nothing"}: ${does}`, () => {
      assert.deepEqual(MAINS.map((make) => isCounting(make(does))), MAINS.map(() => expected))
    })
  }
}
for (const does of COUNTING) test(`what changed a value before any call counts: ${does}`, () => assert.equal(isCounting(does), true))
for (const does of SILENT) test(`what may only come to a value in calls reports itself: ${does}`, () => assert.equal(isCounting(does), false))
