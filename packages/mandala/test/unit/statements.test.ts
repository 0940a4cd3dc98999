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
]

/** What is done in calls, or by nobody yet. */
const SILENT = [
  'const later = () => model.set(K)',
  'export default () => model.set(K)',
  'class A { x = model.set(K); static y = () => model.set(K); run() { model.set(K) } }',
  'await storage.run(async () => { model.set(K) })',
  'const f = op("f", () => model.set(K))',
  'table.set("f", op("f", () => model.set(K)))',
  'class A { run() { model.set(K) } }\nconst a = new A()',
  'class A { run() { model.set(K) } }\nconst a = new A()\nawait storage.run(async () => a.run())',
  '[1].forEach(() => other.set(K)); model.set(1)',
]

for (const does of COUNTING) test(`what changed a value before any call counts: ${does}`, () => assert.equal(isCounting(does), true))
for (const does of SILENT) test(`what may only come to a value in calls reports itself: ${does}`, () => assert.equal(isCounting(does), false))
