import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findParameters, type Default } from '../../src/code/parameters.ts'
import { hasCode } from '../helpers.ts'

type AnyFunction = (...args: any[]) => unknown

/** A function from its source: as a compiler or a person may have written it. */
function fromSource(source: string): AnyFunction {
  return new Function('lib', 'newArg', `return ${source}`)({ newArg: (x: unknown) => x }, (x: unknown) => x) as AnyFunction
}

/** Parameters in short: names, `=` and the default's value, `…` before a rest parameter. */
function show(fn: AnyFunction): string | undefined {
  const found = findParameters(fn, 'f')
  if (!found) return undefined
  const shown = found.parameters.map(({ name, default: fallback }) => name + showDefault(fallback))
  if (found.kind === 'named') return `{${[...shown, ...(found.hasRest ? ['…'] : [])].join()}}`
  return `(${[...shown, ...(found.rest === undefined ? [] : [`…${found.rest}`])].join()})`
}

function showDefault(fallback: Default): string {
  if (fallback.kind === 'none') return ''
  return fallback.kind === 'code' ? '=code' : `=${fallback.kind}:${typeof fallback.value} ${String(fallback.value)}`
}

const forms: readonly (readonly [source: string, shown: string])[] = [
  ['function f() {}', '()'],
  ['function (a, b) {}', '(a,b)'],
  ['async function f(a) { await a }', '(a)'],
  ['function* f(a, b) { yield a }', '(a,b)'],
  ['async function* f(a) { yield a }', '(a)'],
  ['a => a', '(a)'],
  ['async a => a', '(a)'],
  ['(a, b) => ({ a, b })', '(a,b)'],
  ['async (a, ...bs) => a', '(a,…bs)'],
  ['({ m(a, b) {} }).m', '(a,b)'],
  ['({ async m(a) {} }).m', '(a)'],
  ['({ *m(a) {} }).m', '(a)'],
  ['({ async *m(a) {} }).m', '(a)'],
  ['({ ["computed" + 1](a) {} }).computed1', '(a)'],
  ['({ "quoted name"(a) {} })["quoted name"]', '(a)'],
  ['({ get(a) {} }).get', '(a)'],
  ['({ async(a) {} }).async', '(a)'],
  ['({ if(a) {} }).if', '(a)'],
  ['(class { static m(a, b) {} }).m', '(a,b)'],
  ['(class { static async m(a) {} }).m', '(a)'],
  ['new (class { m(a) {} })().m', '(a)'],
  ['(class { static m = (a) => a }).m', '(a)'],
  ['function /* a */ f /* (b) */ (/* c */ a /* = 1 */, // , d\n b /* ) */) {}', '(a,b)'],
  ['(a, /* "b" */ b = /* 2 */ 3) => a /* => */', '(a,b=literal:number 3)'],
  ['function f(\n  a,\n  b,\n) {}', '(a,b)'],
  ['function $f(_a, $b, ünï) {}', '(_a,$b,ünï)'],
  ['function f(a = ")", b = "=>{") {}', '(a=literal:string ),b=literal:string =>{)'],
]
for (const [source, shown] of forms) {
  test(`the parameters of ${source.replaceAll('\n', '⏎')} are ${shown}`, () => assert.equal(show(fromSource(source)), shown))
}

const literals: readonly (readonly [source: string, value: unknown])[] = [
  ['1', 1], ['-1.5e3', -1500], ['-0', -0], ['0x10', 16], ['1_000', 1000], ['10n', 10n], ['-10n', -10n], ['(3)', 3],
  ['"text"', 'text'], ["'it\\'s'", "it's"], ['`plain`', 'plain'], ['/a.b/gi', /a.b/gi],
  ['true', true], ['false', false], ['!0', true], ['!1', false], ['null', null], ['undefined', undefined], ['void 0', undefined],
  ['NaN', NaN], ['Infinity', Infinity], ['-Infinity', -Infinity],
  ['[]', []], ['[1, [2, "x"]]', [1, [2, 'x']]], ['{}', {}], ['{ 5: 1 }', { 5: 1 }],
  ['{ a: 1, "b c": { d: [null] } }', { a: 1, 'b c': { d: [null] } }],
]
for (const [source, value] of literals) {
  test(`the default ${source} is a literal`, () => {
    const found = findParameters(fromSource(`function f(a = ${source}) {}`), 'f')
    assert.deepEqual(found, { kind: 'positional', parameters: [{ name: 'a', default: { kind: 'literal', value } }], rest: undefined })
  })
}

const expressions = [
  'g()', 'lib.x', 'new Date()', '`a${1}`', '1 + 1', '[...[]]', '[g()]', '{ ...{} }', '{ [lib]: 1 }', '{ a }', '{ a() {} }',
  '{ get a() { return 1 } }', '() => 1', '[1, , 2]', 'a => a',
]
for (const source of expressions) {
  test(`the default ${source} is code`, () => {
    assert.deepEqual(findParameters(fromSource(`function f(a = ${source}) {}`), 'f')?.parameters[0]?.default, { kind: 'code' })
  })
}

test('an object literal with __proto__ as a default is code: it sets no property', () => {
  assert.deepEqual(findParameters(fromSource('function f(a = { __proto__: null }) {}'), 'f')?.parameters[0]?.default, { kind: 'code' })
})

for (const source of ['newArg(5)', 'lib.newArg(5)', '(0, lib.newArg)(5)', '(0,newArg)(5)', '/* #__PURE__ */ newArg(5)']) {
  test(`the default ${source} is a new argument`, () => {
    for (const form of [`function f(a, b = ${source}) {}`, `function f({ a, b = ${source} }) {}`]) {
      assert.deepEqual(findParameters(fromSource(form), 'f')?.parameters[1], { name: 'b', default: { kind: 'new-arg', value: 5 } })
    }
  })
}

test('a new argument of anything but a literal is refused', () => {
  assert.throws(() => findParameters(fromSource('function f(a = newArg(lib)) {}'), 'train'), hasCode('OP_INVALID', /train: newArg/))
})

const named: readonly (readonly [source: string, shown: string])[] = [
  ['function f({ a, b }) {}', '{a,b}'],
  ['({ a, b = 2, ...rest }) => a', '{a,b=literal:number 2,…}'],
  ['function f({ a: renamed = 1, "b c": d, 5: e }) {}', '{a=literal:number 1,b c,5}'],
  ['function f({ a: { b, c } }) {}', '{a}'],
  ['function f({ a = 1 } = {}) {}', '{a=literal:number 1}'],
  ['function f({}) {}', '{}'],
]
for (const [source, shown] of named) {
  test(`the inputs of ${source} are ${shown}`, () => assert.equal(show(fromSource(source)), shown))
}

test('a destructured parameter among others goes by its position', () => {
  assert.equal(show(fromSource('function f({ a }, [b], c, ...[d]) {}')), '(arg0,arg1,c,…arg3)')
  assert.equal(show(fromSource('function f([a, b]) {}')), '(arg0)')
})

test('where the source tells nothing, there is nothing', () => {
  assert.equal(findParameters(Math.max, 'f'), undefined)
  assert.equal(findParameters(function f() {}.bind(undefined), 'f'), undefined)
  assert.equal(findParameters(class A { constructor(a: number) { void a } } as unknown as AnyFunction, 'f'), undefined)
  assert.equal(findParameters(fromSource('function f({ ["a" + 1]: b }) {}'), 'f'), undefined)
})

test('a function that asks for its module\'s place has parameters as any other', () => {
  assert.equal(show(function f(x: unknown, place = 1) { return [x, place, import.meta.url] }), '(x,place=literal:number 1)')
})

test('an arrow function that uses the `super` of the method around it has parameters as any other', () => {
  class Base { scale(x: number): number { return x } }
  class Scaled extends Base { make() { return (x: number, by = 2) => super.scale(x) * by } }
  assert.equal(show(new Scaled().make() as AnyFunction), '(x,by=literal:number 2)')
})
