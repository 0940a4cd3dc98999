import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { findParameters } from '../../src/code/parameters.ts'
import { loadProgram, traceCall, type Files } from '../tracked-program.ts'

/** Where nothing is tracked. */
const plain = mkdtempSync(join(tmpdir(), 'mandala-plain-'))
after(() => rmSync(plain, { recursive: true }))
writeFileSync(join(plain, 'package.json'), '{ "type": "module" }')

let count = 0

async function loadPlain(files: Files): Promise<Record<string, (...args: unknown[]) => unknown>> {
  const folder = mkdtempSync(join(plain, `p${(count += 1)}-`))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return (await import(pathToFileURL(join(folder, Object.keys(files)[0] as string)).href)) as never
}

async function outcome(run: () => unknown): Promise<unknown> {
  try {
    return await run()
  } catch (error) {
    assert.ok(error instanceof Error)
    return [error.name, error.message, /:(\d+):\d+/.exec(error.stack ?? '')?.[1]]
  }
}

const only = (text: string): Files => ({ 'main.js': text })

/** Each exports `run`, and what it gives, or throws and where, must not depend on being tracked. */
const CASES: Readonly<Record<string, Files>> = {
  'names of functions and classes': only(`const N = 1
const a = () => N, b = function () { return N }, c = class { m() { return N } }, d = N ? () => N : 0
const o = { e: () => N, f() { return N }, get g() { return N }, ['h' + N]: () => N }
let { i = () => N, j = class {} } = {}
export default function () { return N }
export const run = () => [a, b, c, d, o.e, o.f, o['h1'], i, j, c.prototype.m].map((f) => f.name)
  .concat(Object.getOwnPropertyDescriptor(o, 'g').get.name, (function (x = () => N) { return x.name })(), (({ k = () => N }) => k.name)({}))`),
  'arrow functions at the ends of lines without semicolons': only(`export function run(x = 3) {
  let f, o = {}
  f = () => { return x }
  +x
  o.get = async () => { return x }
  ;[1].forEach((each) => { o.each = () => { return [each, x] } })
  let r = x ? () => { return x } : () => { return -x }
  [x] = [5]
  if (x > 9) f = () => { return x }
  else f = () => () => { return [x, r()] }
  for (const g = () => { return x }; o.n === undefined; o.n = g()) continue
  return [typeof f, f()(), o.n, o.each(), r.name]
}`),
  'arrow functions at the ends of branches, fields and exports': only(`const N = 1
let log = []
let x = a => () => { return log }
[1, 2].forEach((each) => log.push(each))
class Module { a = N ? () => { return N } : () => { return 3 }
['b'] = 2 }
function f(c, local) { if (c) return N ? local : () => { return local }
else return 2 }
function loop(local) { let y; for (const each of [1, 2]) y = () => { return each + local }
/re/.test('re')
return y() }
function g(c, local) { if (c) x = N && (() => { return local }), x = () => { return local }
else c = 0
return [c, x()] }
const made = (local) => { class A { a = local ? () => { return local } : () => { return local + 1 }
['b'] = 2
c = y => () => { return y }
*h() { yield N } }
return Object.entries(new A()).map(([k, v]) => [k, typeof v]) }
export const run = () => [log, typeof x(1), Object.keys(new Module()), f(1, 2), f(0), loop(3), g(1, 2), g(0, 5), made(0), made(1)]
export default a => () => { return [a, N] }
[3, 4].forEach((each) => log.push(each))`),
  'what is made by new in place': only(`export const run = (x = 3) => [
  new { A: function () { this.v = [x][0] } }.A().v, new (function () { this.v = x })().v, new class { v = [x][0] }().v,
]`),
  'names of functions that keep locals': only(`export const run = (n = 1) => {
  const a = () => n, o = { b: () => n, c() { return n }, get d() { return n }, ['e' + n]: () => n }; let f, g, [h = () => n] = []
  f = () => n; (g) = () => n; f.i ??= () => n
  return [a, o.b, o.c, o.e1, f, g, h, f.i, (() => n), function j() { return n }, ((k = () => n) => k)()].map((each) => each.name)
}`),
  'numbers of parameters and arguments': only(`const N = 1
function f(a, b = N, ...c) { return [f.length, arguments.length, a, b, c.length] }
export const run = () => [f(1), f(1, 2, 3), ((x, y) => N).length]`),
  'new.target and instances': only('const N = 1\nfunction F() { this.t = new.target === F; this.n = N }\nexport const run = () => [new F().t, F.call({})]'),
  'use before initialisation': only(`export const run = () => early()
function early() { return later }
let seen; try { early() } catch (e) { seen = e.message }
export const first = seen
const later = 1; let x = ((() => { try { return y } catch (e) { return e.message } })()); let y = 1
export { x }`),
  'hoisting': only(`export const value = hoisted()
function hoisted() { return typeof later }
var later = 1
export const run = () => [value, hoisted(), inner()]
function inner() { return g(); function g() { return later } }`),
  'a sloppy CommonJS script': { 'main.cjs': `function f() { return this === globalThis }
if (true) { function inBlock() { return 010 } }
exports.self = this === module.exports
exports.run = () => [f(), inBlock(), exports.self, typeof require.resolve, __filename.endsWith("main.cjs")]
if (exports.run) return
exports.run = 0` },
  'a strict CommonJS script': { 'main.cjs': `'use strict'
const N = 1
exports.run = function () { return [this === undefined || typeof this, (function () { return this })(), N] }` },
  'a directive in a function': { 'main.cjs': `const N = 1
function f() { "use strict"
return [this, N] }
function g() { 'use strict'; return this }
exports.run = () => [f(), g()]` },
  'generators told to return and to throw': only(`const N = 1
function* g(a = N) { try { const x = yield a; yield x + N } catch (e) { yield e } finally { yield N } }
export const run = () => { const a = g(), b = g(5); return [a.next(), a.next(2), a.return(9), a.next(), b.next(), b.throw('t'), b.next(), b.next()] }`),
  'constructors that call super': only(`const N = 1
class A { constructor(x) { this.x = x + N } static make() { return new this(N) } }
class B extends A { y = this.x + N; constructor(x) { if (x > 5) { super(N) } else { super(x) } this.z = N } get w() { return super.constructor === A } }
class C extends A { constructor() { } }
export const run = () => [new B(1), new B(9), B.make(), new B(1).w, (() => { try { return new C() } catch (e) { return e.name } })()].map((x) => ({ ...x }))`),
  'private members and static blocks': only(`const N = 1
class A { #p = N; static #q = N + 1; static r; static { this.r = this.#q + N }
  #m() { return this.#p } get #g() { return N } has(o) { return #p in o }
  all() { return [this.#m(), this.#g, A.#q, A.r] } accessorless }
export const run = () => [new A().all(), new A().has({}), Object.keys(new A())]`),
  'no semicolons': only(`const N = 1
let a = N
const b = [N]
;[a] = b
const f = function () { return N }
a++
N
export const run = () => {
  let i = 0
  do i++
  while (i < N)
  if (i) i += N
  else i -= N
  for (const x of b) i += x
  return N > 5
    ? 0
    : i
}`),
  'bodies without braces': only(`const A = 1, B = 2
export const run = () => [0, 1, 2, 3].map((x) => {
  if (x === 0) return A; else if (x === 1) return B
  if (x === 2) for (;;) if (x++ > 3) return A + x; else continue
  else { if (x) return -B }
})`),
  'switches, labels and loops': only(`const A = 1, B = 2
export const run = () => [1, 2, 3, 4].map((x) => {
  let out = ''
  outer: for (let i = 0; i < 3; i++) {
    switch (x) { case A: out += 'a'; case B: out += 'b'; break; default: out += B; continue outer; case 4: { if (i) break outer } }
    out += i
  }
  return out
})`),
  'arrows that give objects, sequences and functions': only(`const N = 1
export const run = () => [(() => ({ N }))(), (() => (0, N))(), (() => () => N)()(), ((a, b = (N, 2)) => b)()]`),
  'templates and their raw text': only(`const N = 1
const seen = new Set()
const tag = (s, ...v) => { seen.add(s); return [s.raw.join("|"), v, seen.size] }
export const run = () => [1, 2].map((x) => tag\`a\\n\${N}b\${x}\`)`),
  'optional chains': only(`const N = 1
const o = { n: N, m() { return this.n }, u: undefined }
export const run = () => [o?.m(), o.m?.(), (o?.m)(), o.u?.x.y.z, o.u?.[N], delete o?.q]`),
  'names that aren\'t declared': only('const N = 1\nexport const run = () => [typeof nowhere, (() => { try { return nowhere + N } catch (e) { return e.name } })()]'),
  'assignments that may not happen': only(`const N = 1
export const run = () => { let a = null, b = 0, c = 1; a ??= N; b ||= N + 1; c &&= N + 2; const { d = N, e: [f = N] } = { e: [] }; return [a, b, c, d, f] }`),
  'async iteration and errors in it': only(`const N = 1
async function* g() { yield N; await null; yield Promise.resolve(2); throw new RangeError('end') }
export const run = async () => { const out = []; try { for await (const x of g()) out.push(x + N) } catch (e) { out.push(e.message) } return out }`),
  'resources given back': only(`const log = []
const make = (n) => ({ [Symbol.dispose]() { log.push(n) } })
export const run = () => { { using a = make(1), b = make(2); log.push(0) } return log }`),
  'the line of an error': only('const N = 1\nfunction fail() {\n  if (N) {\n    throw new Error(`at ${N}`)\n  }\n}\nexport const run = () => fail()'),
  'a hashbang, CRLF and wide characters': only([
    '#!/usr/bin/env node', '// 😀 comment', 'const 名 = "😀"', 'export const run = () => {', '  if (名) throw new Error(名)', '}', '',
  ].join('\r\n')),
  'a byte order mark': only('\ufeffconst N = 1\nexport const run = () => N'),
  'names like those of the markers': only('const $md = 1, $mdb = 2, $mdp = 3, $mdc = 4, $mdr = 5\nexport const run = () => $md + $mdb + $mdp + $mdc + $mdr'),
  'names of globals used for something else': only('const Symbol = 1, Map = 2\nexport const run = () => Symbol + Map'),
  'top-level await and import.meta': only(`const N = await Promise.resolve(1)
export const run = () => [N, typeof import.meta.url, import.meta.filename.endsWith("main.js")]`),
  'a circle that calls a function before its module began': {
    'main.js': 'import { b } from "./b.js"\nexport function a(x) { return x > 0 ? b(x - 1) + typeof N : "0" }\nvar N = 1\nexport const run = () => [a(3), b(2)]',
    'b.js': 'import { a } from "./main.js"\nexport const early = a(0) + a(1)\nexport function b(x) { return "b" + a(x - 1) }\nexport const c = early',
  },
  'direct eval': { 'main.cjs': 'const N = 1\nexports.run = () => { var x = 2; return eval("x + N") }' },
  'getters that count': only('let n = 0\nconst o = { get x() { return ++n } }\nconst N = 1\nexport const run = () => [o.x, o.x, N, n]'),
  'JSON': { 'main.js': 'import d from "./d.json" with { type: "json" }\nexport const run = () => d', 'd.json': '{"a":[1]}' },
  'what a class says of itself': only(`const N = 1
class A extends Array { static get [Symbol.species]() { return Array }
  static s = N; m() { return N } }
export const run = () => [Object.getOwnPropertyNames(A),
  Object.getOwnPropertyNames(A.prototype), A.length, new A(2).map((x) => x) instanceof A]`),
}

/** Node 22 doesn't know `using` itself. */
const isMissing = (subject: string): boolean => subject === 'resources given back' && process.version.startsWith('v22.')

for (const [subject, files] of Object.entries(CASES)) {
  test(`tracking leaves as they are: ${subject}`, { skip: isMissing(subject) }, async () => {
    const untracked = await loadPlain(files)
    const { exports: tracked } = await loadProgram(files)
    const expected = await outcome(() => untracked.run?.())
    assert.deepEqual((await traceCall(() => outcome(() => tracked.run?.()))).result, expected)
    const values = (exports: object): unknown => Object.entries(exports).filter(([, value]) => typeof value !== 'function' && typeof value !== 'object')
    assert.deepEqual(values(tracked), values(untracked))
  })
}

test('the parameters of a tracked function are read off its text as before', async () => {
  const { exports } = await loadProgram({
    'main.ts': `const N = 4
export function f(a: number, b = 10, c = N, { d } = { d: [1] }) { return [a, b, c, d] }
export const g = async ({ x, y = "1" }: { x: number; y?: string }) => [x, y, N]`,
  })
  assert.deepEqual(findParameters(exports.f as never, 'f'), findParameters(function f(a: number, b = 10, c = count, { d } = { d: [1] }) { return [a, b, c, d] }, 'f'))
  assert.deepEqual(findParameters(exports.g as never, 'g'), findParameters(async ({ x, y = '1' }: { x: number; y?: string }) => [x, y, count], 'g'))
})
