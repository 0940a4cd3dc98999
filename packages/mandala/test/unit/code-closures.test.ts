import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transform } from '../../src/code/transform.ts'

/** Whether a function inside another one is marked as a closure. */
const isClosure = (body: string): boolean => {
  const source = `let shared = 1\nfunction outer(param, Part) { ${body} }\n{ function late() {} }\n`
  const { facts } = transform({ file: 'closures.jsx', source, kind: 'commonjs' })
  return facts.refs.some((ref) => ref.kind === 'enter' && ref.name === 'outer' && ref.closesOver !== undefined)
}

test('a function is a closure if it uses locals of those around it', () => {
  for (const body of [
    'later(() => param)', 'later((x = param) => x)', 'later(({ [param]: x }) => x)', 'later(() => { param = 1 })', 'later(() => { param += 1 })',
    'later(function () { return inner }); var inner', 'for (const each of param) later(() => each)', 'try { f() } catch (error) { later(() => error) }',
    'class Own {} later(() => new Own())', 'later(function self() { return () => self })', 'later(() => { { function hoisted() {} } return () => hoisted })',
    'later(class { [param]() { return 1 } })', 'later({ method() { return param } })', 'label: later(() => later(() => param))', 'later(() => late)',
    'later(() => <Part/>)', 'later(() => <param.Part/>)',
  ]) assert.equal(isClosure(body), true, body)
})

test('an arrow function is a closure if it uses `this`, another function is not', () => {
  assert.deepEqual(['later(() => this)', 'later(() => later(() => this.x))', 'later({ m() { return () => super.m() } })'].map(isClosure), [true, true, true])
  assert.deepEqual(['later(function () { return this })', 'later({ m() { return super.m() } })'].map(isClosure), [false, false])
  assert.equal(isClosure('later(() => class { x = this; static { this.y = 1 } m() { return this } })'), false)
  assert.equal(isClosure('later(() => function () { return this })'), false)
  assert.deepEqual(['later(() => class { [this.x] = 1 })', 'later(() => class extends this.x {})', 'later((x = this) => x)'].map(isClosure), [true, true, true])
})

test('an arrow function is a closure if it uses the `arguments` or the `new.target` of a function around it; any is that evaluates text', () => {
  for (const body of ['later(() => arguments[0])', 'later(() => new.target)', "later(() => eval('param'))", "later(function () { return eval('param') })"]) {
    assert.equal(isClosure(body), true, body)
  }
  for (const body of ['later(function () { return arguments[0] })', 'later(function () { return new.target })', 'later(() => { var arguments; return arguments })']) {
    assert.equal(isClosure(body), false, body)
  }
})

test('a function that uses its own names, those of its module and globals is no closure', () => {
  for (const body of [
    'later((x) => x)', 'later(() => <param/>)',
    'later(() => shared)', 'later(() => { shared += 1 })', 'later(() => console)', 'later(() => outer)', 'later(function self() { return self })',
    'later(() => { const own = 1; return own })', 'later(() => { { function hoisted() {} } return hoisted })', 'later({ key(x) { return x } })',
    'later(() => ({ param: 1 }).param)', 'label: later(() => { label: for (;;) break label })',
  ]) assert.equal(isClosure(body), false, body)
})
