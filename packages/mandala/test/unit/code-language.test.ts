import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { useOf, type Files } from '../tracked-program.ts'

interface Case {
  readonly files: Files
  readonly args?: readonly unknown[]
  readonly result: unknown
  /** Beside `run` itself: `f` is code that ran, `=N` a value that was read. */
  readonly uses: readonly string[]
}

const only = (main: string): Files => ({ 'main.ts': main })

const CASES: Readonly<Record<string, Case>> = {
  'a function called, and a constant that it reads': {
    files: only(`const N: number = 2
const M = 3
function scale(x: number) { return [x].concat(N).length * N }
function other() { return [M] }
export const run = (x: number) => scale(x)`),
    args: [4], result: 4, uses: ['scale', '=N'],
  },
  'the branch that isn\'t taken': {
    files: only(`const A = 1
const B = 2
export function run(x: boolean) {
  if (x) return A
  return B
}`),
    args: [true], result: 1, uses: ['=A'],
  },
  'what follows an early return': {
    files: only(`const A = 1
const B = 2
export function run(x: boolean) {
  if (x) return A
  return B
}`),
    args: [false], result: 2, uses: ['=B'],
  },
  'both sides of a condition': {
    files: only(`const A = 1
const B = 2
const C = 3
export const run = (x: number) => x > 1 ? A : x > 0 && B || C`),
    args: [0], result: 3, uses: ['=C'],
  },
  'a switch': {
    files: only(`const A = 1
const B = 2
export function run(x: string) {
  switch (x) {
    case "a": return A
    default: return B
  }
}`),
    args: ['a'], result: 1, uses: ['=A'],
  },
  'a handler that isn\'t reached': {
    files: only(`const A = 1
const B = 2
export function run() { try { return A } catch { return B } }`),
    result: 1, uses: ['=A'],
  },
  'a default parameter': {
    files: only(`const N = 5
export function run(x: number, y = N) { return x + y }`),
    args: [1, 2], result: 3, uses: [],
  },
  'a default parameter that is needed': {
    files: only(`const N = 5
export function run(x: number, { y = N } = {}) { return x + y }`),
    args: [1], result: 6, uses: ['=N'],
  },
  'a nested function and a closure': {
    files: only(`const N = 5
export function run(x: number) {
  const add = (y: number) => x + y + N
  function twice() { return add(add(1)) }
  return twice()
}`),
    args: [1], result: 13, uses: ['=N'],
  },
  'callbacks of array methods': {
    files: only(`const N = 5
const half = (x: number) => Math.floor(x / 2)
export function run(xs: number[]) { return xs.map(half).filter((x) => x < N).reduce((a, b) => a + b, 0) }`),
    args: [[2, 4, 20]], result: 3, uses: ['half', '=half', '=N'],
  },
  'functions in a Map': {
    files: only(`const N = 5
const table = new Map([["a", (x: number) => [x, N].length], ["b", (x: number) => x]])
export const run = (k: string) => table.get(k)!(1)`),
    args: ['a'], result: 2, uses: ['=table', 'table', '=N'],
  },
  'an object of functions': {
    files: only(`const N = 5
const tools = { plus(x: number) { return [x + N][0] }, minus: (x: number) => [x - N][0] }
export const run = (x: number) => tools.plus(x)`),
    args: [1], result: 6, uses: ['=tools', 'tools.plus', '=N'],
  },
  'a function made by another': {
    files: only(`const makeAdder = (n: number) => (x: number) => x + n
const add3 = makeAdder(3)
export const run = (x: number) => add3(x)`),
    args: [1], result: 4, uses: ['=add3', 'makeAdder'],
  },
  'a function passed as an argument': {
    files: only(`function twice(f: (x: number) => number, x: number) { return f(f(x)) }
function next(x: number) { return [x + 1][0] }
export const run = (x: number) => twice(next, x)`),
    args: [1], result: 3, uses: ['twice', 'next', '=next'],
  },
  'a class: constructor, method, field, accessor, private and static parts': {
    files: only(`const N = 2
class Model {
  static made = 0
  #k = N
  scale: number
  constructor(scale: number) { this.scale = Number(scale) }
  get twice() { return Number(this.scale * 2) }
  #secret() { return String(this.#k) }
  static create(x: number) { return new Model(x) }
  run() { return this.twice + this.#secret() }
  other() { return [N] }
}
export const run = (x: number) => Model.create(x).run()`),
    args: [3], result: '62', uses: ['Model', '=Model', 'Model.constructor', 'Model.get twice', 'Model.#secret', 'Model.static create', 'Model.run', '=N'],
  },
  'an inherited method, and an overriding one': {
    files: only(`const K = 7
class Base { describe() { return String(this.name()) }\n  name() { return String('base') } }
class Sub extends Base { name() { return String(super.name() + K) } }
export const run = () => new Sub().describe()`),
    result: 'base7', uses: ['Base', '=Base', 'Sub', '=Sub', 'Base.describe', 'Sub.name', 'Base.name', '=K'],
  },
  'a method too small to report itself, with its class': {
    files: only(`class Point { x = 1; getX() { return this.x } }
export const run = () => new Point().getX()`),
    result: 1, uses: ['Point', '=Point'],
  },
  'a function too small to report itself, where it is named': {
    files: only(`const half = (x: number) => x / 2
export const run = (x: number) => half(x)`),
    args: [4], result: 2, uses: ['half'],
  },
  'an iterator, a generator partly used, and an async generator': {
    files: only(`const A = 1\nconst B = 2
function* numbers() { yield A; yield B }
async function* later() { for (const x of numbers()) yield await x }
export async function run() { for await (const x of later()) return x }`),
    result: 1, uses: ['numbers', 'later', '=A'],
  },
  'what runs after an await': {
    files: only(`const N = 2
async function later() { await null; return N }
export async function run() { await new Promise((r) => setTimeout(r, 2)); return await later() }`),
    result: 2, uses: ['later', '=N'],
  },
  'a named and a default import, a re-export under another name, and export *': {
    files: {
      'main.ts': 'import { a as first, renamed } from "./index.ts"\nimport main from "./main-export.ts"\nexport const run = () => first + renamed + main()',
      'index.ts': 'export * from "./a.ts"\nexport { b as renamed } from "./b.ts"',
      'a.ts': 'export const a = 1\nexport const unused = 2', 'b.ts': 'export const b = 10', 'main-export.ts': 'export default function () { return Number(100) }',
    },
    result: 111, uses: ['=a.ts#a', '=b.ts#b', 'main-export.ts#default'],
  },
  'a member of a namespace': {
    files: { 'main.ts': 'import * as ns from "./a.ts"\nexport const run = () => ns.A', 'a.ts': 'export const A = 1\nexport const B = 2' },
    result: 1, uses: ['=a.ts#A'],
  },
  'a namespace as a value': {
    files: {
      'main.ts': 'import * as ns from "./a.ts"\nexport const run = (k: "A") => ns[k]',
      'a.ts': 'export const A = 1\nexport const B = 2\nexport const f = () => Number(1)',
    },
    args: ['A'], result: 1, uses: ['a.ts#*', '=a.ts#A', '=a.ts#B', '=a.ts#f'],
  },
  'a live binding': {
    files: { 'main.ts': 'import { n, set } from "./a.ts"\nset(4)\nexport const run = () => n', 'a.ts': 'export let n = 1\nexport const set = (x: number) => { n = x }' },
    result: 4, uses: ['=a.ts#n'],
  },
  'a dynamic import': {
    files: { 'main.ts': 'export const run = async () => (await import("./a.ts")).f()', 'a.ts': 'export const A = 1\nexport function f() { return [A].length }' },
    result: 1, uses: ['a.ts#*', 'a.ts#f', '~a.ts#A'],
  },
  'modules that import each other': {
    files: {
      'main.ts': 'import { even } from "./even.ts"\nexport const run = (n: number) => even(n)',
      'even.ts': 'import { odd } from "./odd.ts"\nexport function even(n: number): boolean { return n === 0 || odd(n - 1) }\nexport const early = odd(1)',
      'odd.ts': 'import { even } from "./even.ts"\nexport const first = even(0)\nexport function odd(n: number): boolean { return n !== 0 && even(n - 1) }',
    },
    args: [2], result: true, uses: ['even.ts#even', 'odd.ts#odd'],
  },
  'a module that waits at its top level': {
    files: { 'main.ts': 'import { N } from "./a.ts"\nexport const run = () => N', 'a.ts': 'export const N = await Promise.resolve(3)' },
    result: 3, uses: ['=a.ts#N'],
  },
  'JSON': {
    files: { 'main.ts': 'import data from "./data.json" with { type: "json" }\nexport const run = () => data.n', 'data.json': '{ "n": 5 }' },
    result: 5, uses: ['=data.json#default'],
  },
  'CommonJS: members, a whole, functions': {
    files: {
      'main.cjs': 'const { n, f } = require("./a.cjs")\nconst b = require("./b.cjs")\nexports.run = () => n + f() + b.k',
      'a.cjs': 'const own = 7\nfunction f() { return [own][0] }\nmodule.exports = { n: 1, f, unused: 2 }', 'b.cjs': 'exports.k = 10\nexports.l = 11',
    },
    result: 18, uses: ['=a.cjs#module.exports', 'a.cjs#f', '=a.cjs#own', '=b.cjs#exports.k'],
  },
  'an enum, a const enum and a namespace': {
    files: only(`enum Color { Red = 1, Blue }
const enum Size { Small = 10 }
namespace Tools { export const k = 100; export function f() { return [k][0]! } }
export const run = () => Color.Blue + Size.Small + Tools.f()`),
    result: 112, uses: ['=Color', '=Size', '=Tools', 'Tools'],
  },
  'parameter properties and assertions': {
    files: only(`const N = 3
class P { constructor(private readonly x: number) {}
  get() { return Number(this.x) } }
export const run = () => (new P(N) as P).get()! satisfies number`),
    result: 3, uses: ['P', '=P', 'P.constructor', 'P.get', '=N'],
  },
  'JSX': {
    files: {
      'main.tsx': `/** @jsxRuntime classic */
/** @jsx h */
const h = (tag: unknown, props: object) => [tag, props]
const N = 1
function Box() { return [N] }
export const run = () => (<Box size={N} />)[1]`,
    },
    result: { size: 1 }, uses: ['h', '=Box', '=N'],
  },
  'properties that functions carry': {
    files: {
      'main.ts': `import { tool } from './tool.ts'
function own(x: number) { return Number(x) }
own.limit = 3
export const run = () => own.limit + tool.factor`,
      'tool.ts': 'export function tool() { return Number(1) }\ntool.factor = 4',
    },
    result: 7, uses: ['=own', '=tool.ts#tool'],
  },
  'a small function registered in a Map': {
    files: {
      'main.ts': `import { half } from './half.ts'
const tools = new Map<string, (x: number) => number>()
tools.set('half', half)
export const run = () => tools.get('half')!(4)`,
      'half.ts': 'export const half = (x: number) => x / 2',
    },
    result: 2, uses: ['=tools'],
  },
  'variables assigned together': {
    files: only(`const { a, b: [c] } = { a: 1, b: [2] }
export const run = () => c`),
    result: 2, uses: ['=c'],
  },
  'a class expression, and static parts that other code makes': {
    files: only(`const seed = 2
function table() { return [seed] }
const Model = class { static rows = table(); static { this.rows.push(3) } static sum() { return Model.rows.reduce((a, b) => a + b, 0) } }
export const run = () => Model.sum()`),
    result: 5, uses: ['Model', '=Model', 'Model.static sum', 'table', '=seed'],
  },
  'a tagged template, an optional call and a private check': {
    files: only(`const tag = (s: TemplateStringsArray, ...v: unknown[]) => s.raw.join("|") + v.length
const N = 4
const maybe: undefined | (() => number) = undefined
export const run = () => tag\`a\\n\${N}b\` + maybe?.()`),
    result: 'a\\n|b1undefined', uses: ['tag', '=N', '=maybe'],
  },
}

for (const [subject, { files, args, result, uses }] of Object.entries(CASES)) {
  test(`a call uses ${subject}`, async () => {
    const found = await useOf(files, args)
    assert.deepEqual(found.result, result)
    assert.deepEqual(found.names, [...uses, found.names.includes('exports.run') ? 'exports.run' : 'run'].sort())
  })
}

test('the page on dependencies lists every case, with what it uses', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/dependencies-tracking.md'), 'utf8')
  const rows = Object.entries(CASES).map(([subject, { uses }]) => `| ${subject} | ${uses.map((use) => `\`${use}\``).join(', ') || 'nothing more'} |`)
  assert.deepEqual(page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| a call uses')), rows)
})
